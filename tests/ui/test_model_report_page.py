"""The page that `mesh model report` writes, in a browser: narrow and wide, light and dark, without script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.ui.browser import ARTIFACTS, seen_page

from support.churn_mesh import make

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
    with seen_page(browser, file, width, scheme) as page:
        assert page.locator(".verdict").is_visible()
        drawn = page.locator(".drawings img")
        assert drawn.count() >= 10
        boxes = [box for each in drawn.all() if (box := each.bounding_box())]
        assert all(box["width"] > 300 and box["height"] > 200 for box in boxes)
        assert max(box["x"] + box["width"] for box in boxes) <= width
        page.screenshot(path=ARTIFACTS / f"model_report_{scheme}_{width}.png", full_page=True)
        assert page.pdf(format="A4").startswith(b"%PDF")
