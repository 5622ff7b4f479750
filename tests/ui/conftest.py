"""What the tests of the UI look with: a browser, and a page that must meet no error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.ui.browser import MeshPage, chromium

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium, started once."""
    with chromium() as started:
        yield started


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[[str], MeshPage]]:
    """Opens tabs on a UI, keeps a picture of each, and holds them to having met no error."""
    pages: list[MeshPage] = []

    def open_one(url: str) -> MeshPage:
        pages.append(MeshPage(browser, url))
        return pages[-1]

    yield open_one
    for position, page in enumerate(pages):
        page.keep(f"{request.node.name}_{position}" if position else request.node.name)
    errors = [error for page in pages for error in page.errors]
    for page in pages:
        page.close()
    assert errors == []
