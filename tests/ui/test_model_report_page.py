"""The page that `mesh model report` writes, in a browser: narrow and wide, light and dark, without script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.ui.browser import ARTIFACTS
from tests.unit.models.conftest import make

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make(tmp_path_factory.mktemp("report") / "mesh")
    folder.build_model()
    return folder.open().model_report("crm.predictions").write_page()


@pytest.mark.parametrize(("width", "scheme"), [(400, "light"), (1280, "dark")])
def test_it_is_seen_without_errors_or_overflow(browser: Browser, file: Path, width: int, scheme: str) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        java_script_enabled=False,
    )
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda m: errors.append(m.text) if m.type in {"error", "warning"} else None)
    page.goto(file.as_uri())
    assert page.locator(".verdict").is_visible()
    drawn = page.locator(".drawings img")
    assert drawn.count() >= 10
    boxes = [box for each in drawn.all() if (box := each.bounding_box())]
    assert all(box["width"] > 300 and box["height"] > 200 for box in boxes)
    assert max(box["x"] + box["width"] for box in boxes) <= width
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"model_report_{scheme}_{width}.png", full_page=True)
    assert page.pdf(format="A4").startswith(b"%PDF")
    context.close()
    assert errors == []
