"""What Dagster's UI shows when a check fails, and of a product whose folder cannot be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from tests.ui.browser import MeshPage
from tests.ui.lab import lab
from tests.ui.runs import A_PERSON, settled_runs
from tests.ui.server import served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser
    from tests.ui.server import Ui

    OpenPage = Callable[[str], MeshPage]

MATERIALIZED = """query($path: [String!]!) {assetNodeOrError(assetKey: {path: $path}) {
    ... on AssetNode {assetMaterializations {runId}}}}"""


@pytest.fixture(scope="module")
def ui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ui]:
    """`mesh ui` on the mesh with something wrong."""
    mesh = lab(tmp_path_factory.mktemp("lab"))
    with served(mesh.environment, tmp_path_factory.mktemp("ui")) as running:
        yield running


@pytest.fixture(scope="module")
def failed_run(ui: Ui, browser: Browser) -> str:
    """The page of the run that tried to materialize everything."""
    page = MeshPage(browser, ui.url)
    page.lineage(["landing", "lab"])
    page.sees("warmest")
    path = page.launch("Materialize all")
    page.waits_for_run(path, "Failure")
    assert page.errors == []
    page.close()
    # The sensors try it again; while they do, a check is shown as under way.
    settled_runs(ui, {A_PERSON})
    return path


def test_failed_check_names_the_rows(ui: Ui, failed_run: str, open_page: OpenPage) -> None:
    page = open_page(ui.url)
    page.go("/assets/lab/readings?view=checks&checkDetail=plausible")
    page.sees(
        "No thermometer of ours goes beyond 60 degrees.", "1 failing row", "failing_sql", "samples", "Failed"
    )
    page.sees("roof", "400.0", within=page.page.locator("table").filter(has_text="celsius").last)


def test_run_tells_why(ui: Ui, failed_run: str, open_page: OpenPage) -> None:
    page = open_page(ui.url)
    page.go(failed_run)
    page.sees("lab__readings", "lab__unreadable")
    page.page.get_by_placeholder("Filter…").fill("type:STEP_FAILURE")
    page.page.keyboard.press("Enter")
    page.sees("check plausible failed: 1 failing row", "not YAML")


def test_what_reads_the_failed_is_not_built(ui: Ui, failed_run: str, open_page: OpenPage) -> None:
    page = open_page(ui.url)
    page.go("/assets/lab/warmest")
    page.sees("The warmest station", "Failed in", failed_run.rsplit("/", 1)[1][:8])
    assert ui.query(MATERIALIZED, path=["lab", "warmest"])["assetNodeOrError"]["assetMaterializations"] == []
    assert ui.query(MATERIALIZED, path=["landing", "lab", "readings"])["assetNodeOrError"][
        "assetMaterializations"
    ]


def test_broken_product_is_shown_with_its_reason(ui: Ui, failed_run: str, open_page: OpenPage) -> None:
    page = open_page(ui.url)
    page.lineage(["landing", "lab"])
    page.sees("readings", "warmest", "unreadable", re.compile("^Failed"))
    page.keep("failed_graph")
    page.go("/assets/lab/unreadable")
    page.sees("Cannot be read", "contract.odcs.yaml")
