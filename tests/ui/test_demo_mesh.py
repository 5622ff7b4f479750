"""The demo's telco operator in Dagster's UI: its graph, a build set off by a click, and what is told afterwards."""

from __future__ import annotations

import re
import shutil
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.ui.browser import MeshPage
from tests.ui.runs import A_PERSON, settled_runs
from tests.ui.server import served

from meshlake.demo.telco import write_telco
from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser
    from tests.ui.server import Ui

    OpenPage = Callable[[str], MeshPage]

PRODUCTS = Path(__file__).parents[2] / "data_products"
DOMAINS = ("billing", "crm", "retention", "support", "usage")
AUTOMATION = """{repositoriesOrError{... on RepositoryConnection{nodes{
    sensors{name state: sensorState{status}} schedules{name state: scheduleState{status}}}}}}"""


@pytest.fixture(scope="module")
def mesh(tmp_path_factory: pytest.TempPathFactory) -> SmallMesh:
    """A landed, not yet built operator of 1,000 customers."""
    mesh = SmallMesh(tmp_path_factory.mktemp("demo"))
    for domain in DOMAINS:
        shutil.copytree(PRODUCTS / domain, mesh.products / domain)
    write_telco(mesh.landing, customers=1_000, days=90)
    return mesh


@pytest.fixture(scope="module")
def ui(mesh: SmallMesh, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ui]:
    """`mesh ui` on it."""
    with served(mesh.environment, tmp_path_factory.mktemp("ui")) as running:
        yield running


@pytest.fixture(scope="module")
def built(ui: Ui, browser: Browser) -> str:
    """The whole graph, materialized by a click while the sensors do their own work; the run's page."""
    page = MeshPage(browser, ui.url)
    page.lineage(("landing", *DOMAINS))
    page.sees("customers_at_risk")
    page.keep("graph_before")
    path = page.launch("Materialize all", days="Latest")
    page.keep("launched")
    page.waits_for_run(path, "Success")
    page.keep("run")
    assert page.errors == []
    page.close()
    return path


def test_graph_shows_domains_and_their_products(ui: Ui, built: str, open_page: OpenPage) -> None:
    page = open_page(ui.url)
    page.go("/asset-groups")
    page.sees("landing", *DOMAINS)
    page.keep("domains")
    page.lineage(("landing", *DOMAINS))
    page.sees("churn_features", "churn_predictions", "customers_at_risk", "customer_segments", "daily_usage")


def test_product_page_tells_contract_and_owner(ui: Ui, built: str, open_page: OpenPage) -> None:
    page = open_page(ui.url)
    page.go("/assets/retention/churn_predictions")
    page.sees("Row count", "churn_probability", "DOUBLE", "Probability of churn, 0 to 1.", "maya@example.com")
    page.sees("Scikit Learn", "Iceberg", "kind: consumer-aligned", "mesh")


def test_event_tells_model_metrics(ui: Ui, built: str, open_page: OpenPage) -> None:
    page = open_page(ui.url)
    page.go("/assets/retention/churn_predictions?view=events")
    page.sees(
        "dagster/row_count", "snapshot_id", "model/metrics/roc_auc", "model/metrics/log_loss", "model/version"
    )


def test_checks_are_passed(ui: Ui, built: str, open_page: OpenPage) -> None:
    page = open_page(ui.url)
    page.go("/assets/retention/churn_predictions?view=checks")
    page.sees("Checks (15)", "primary_key", "present_customers", "Passed", "blocking")
    assert page.page.get_by_text("Failed", exact=True).count() == 0


def test_checks_alone_look_at_what_is_published(ui: Ui, built: str, open_page: OpenPage) -> None:
    page = open_page(ui.url)
    page.go("/assets/crm/customers?view=checks")
    page.waits_for_run(page.launch("Execute all"), "Success")
    page.sees("24 checks")


def test_landed_files_are_profiled(ui: Ui, built: str, open_page: OpenPage) -> None:
    page = open_page(ui.url)
    page.go("/assets/landing/crm/customers")
    page.sees(
        "Files as they arrived in crm/customers/", "Customer ID", re.compile("% null, about .* distinct")
    )


def test_schedules_and_sensors_run(ui: Ui, built: str, open_page: OpenPage) -> None:
    page = open_page(ui.url)
    page.go("/automation")
    page.sees("new_files", "rebuild_what_changed", "retrain__retention__churn_predictions", "At 04:00 AM UTC")
    found = ui.query(AUTOMATION)["repositoriesOrError"]["nodes"]
    states = {
        one["name"]: one["state"]["status"]
        for node in found
        for one in (*node["sensors"], *node["schedules"])
    }
    assert states == dict.fromkeys(
        (
            "new_files",
            "rebuild_what_changed",
            "retrain_what_is_off",
            "retrain__retention__churn_predictions",
            "clean_every_night",
        ),
        "RUNNING",
    )


def test_runs_of_people_and_sensors_do_not_fight(ui: Ui, built: str, mesh: SmallMesh) -> None:
    runs = settled_runs(ui, {"new_files", A_PERSON})
    assert {run["status"] for run in runs} == {"SUCCESS"}
    spans = sorted((run["startTime"], run["endTime"]) for run in runs)
    assert all(ended <= began for (_, ended), (began, _) in pairwise(spans)), spans
    published = mesh.ask("SELECT product, count(*) AS snapshots FROM mesh.snapshots GROUP BY 1")
    assert {row["snapshots"] for row in published} == {1}, "what had not changed was built again"
