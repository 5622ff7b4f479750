"""The page that `mesh boost --html` writes, in a browser: narrow and wide, light and dark, without script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.ui.browser import ARTIFACTS, seen_page

from meshlake.boosting.page import write_boost_page
from support.boosted import a_search

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser


@pytest.mark.parametrize(("width", "scheme"), [(400, "light"), (1280, "dark")])
def test_it_is_seen_without_errors_or_overflow(
    browser: Browser, tmp_path: Path, width: int, scheme: str
) -> None:
    file = write_boost_page(a_search(), tmp_path / "boost.html")
    with seen_page(browser, file, width, scheme) as page:
        assert page.locator(".verdict").is_visible()
        boxes = [box for each in page.locator(".drawings img").all() if (box := each.bounding_box())]
        assert len(boxes) == 3
        assert all(box["width"] > 300 and box["height"] > 200 for box in boxes)
        assert max(box["x"] + box["width"] for box in boxes) <= width
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        page.screenshot(path=ARTIFACTS / f"boost_{scheme}_{width}.png", full_page=True)
        assert page.pdf(format="A4").startswith(b"%PDF")
