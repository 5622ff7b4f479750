"""Meshes for the tests of the UI, a browser, and a page that must meet no error."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from tests.ui.browser import MeshPage, chromium
from tests.ui.server import MESH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

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


def mesh_environment(root: Path, products: Path) -> dict[str, str]:
    """The variables of a mesh that lies wholly below `root`."""
    return {
        "MESH_HOME": str(root / ".mesh"),
        "MESH_LANDING": str(root / "landing"),
        "MESH_PRODUCTS": str(products),
    }


def mesh_json(environment: Mapping[str, str], *arguments: str) -> Any:
    """What `mesh ARGUMENTS --json` prints."""
    import os

    answer = subprocess.run(
        [MESH, *arguments, "--json"],
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
        timeout=60,
    )
    return json.loads(answer.stdout)
