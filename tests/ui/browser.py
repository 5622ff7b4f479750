"""Headless Chromium on Dagster's pages: what is waited for, what counts as an error, where pictures go."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Locator

ARTIFACTS = Path(__file__).parents[2] / "artifacts" / "ui"
WAIT_MILLISECONDS = 30_000
BUILD_MILLISECONDS = 150_000
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; any other that Playwright finds would do."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=_FLAGS)
        yield browser
        browser.close()


@contextlib.contextmanager
def seen_page(browser: Browser, file: Path, width: int, scheme: str) -> Iterator[Page]:
    """The page in `file` as it is seen without script; at the end it must have told no error."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        java_script_enabled=False,
    )
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda m: errors.append(m.text) if m.type in {"error", "warning"} else None)
    page.goto(file.as_uri())
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    yield page
    context.close()
    assert errors == []


class MeshPage:
    """One tab on the UI at `url`, and the errors it has met: on the console, from the server, in toasts."""

    def __init__(
        self, browser: Browser, url: str, width: int = 1600, height: int = 1000, scale: float = 1
    ) -> None:
        self.page: Page = browser.new_page(
            viewport={"width": width, "height": height}, device_scale_factor=scale
        )
        self.page.set_default_timeout(WAIT_MILLISECONDS)
        self.url = url
        self.errors: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.errors.append(f"page: {error}"))
        self.page.on(
            "response", lambda r: self.errors.append(f"{r.status} {r.url}") if r.status >= 400 else None
        )

    def go(self, path: str) -> Page:
        """Open a page of the UI."""
        self.page.goto(self.url + path)
        return self.page

    def lineage(self, groups: Iterable[str]) -> Page:
        """Open the asset graph with `groups` unfolded."""
        return self.go("/asset-groups?expanded=" + ",".join(f"global@global:{group}" for group in groups))

    def sees(self, *texts: str | re.Pattern[str], within: Locator | None = None) -> None:
        """Wait until each of `texts` is visible."""
        for text in texts:
            expect((within or self.page).get_by_text(text).first).to_be_visible(timeout=WAIT_MILLISECONDS)

    def launch(self, button: str, days: str | None = None) -> str:
        """Click `button` on the page that is open; the path of the page of the run that it launched.

        Where a product is kept by date, Dagster asks for `days` (Latest, All, Missing) before it launches.
        """
        self.page.get_by_role("button", name=button).click()
        if days is not None:
            self.page.get_by_role("button", name=days, exact=True).click()
            self.page.get_by_role("button", name=re.compile("^Launch")).click()
        expect(self.page.get_by_text(re.compile("Launched run")).first).to_be_visible(
            timeout=BUILD_MILLISECONDS
        )
        path = self.page.get_by_role("link", name="View", exact=True).get_attribute("href")
        assert path is not None
        return path

    def waits_for_run(self, path: str, status: str) -> None:
        """Open the page of a run and wait until it shows `status`."""
        self.go(path)
        expect(self.page.get_by_text(status, exact=True).first).to_be_visible(timeout=BUILD_MILLISECONDS)

    def keep(self, name: str) -> None:
        """Keep a picture of the page as `artifacts/ui/<name>.png`."""
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=ARTIFACTS / f"{name}.png", animations="disabled")

    def close(self) -> None:
        """Close the tab."""
        self.page.close()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"console: {message.text}")
