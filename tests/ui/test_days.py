"""Products kept by date in Dagster's UI: the days that are built; a day, some days or all products launched by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.ui.browser import BUILD_MILLISECONDS
from tests.ui.server import served

from meshlake.building.days import BuiltDays
from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.ui.browser import MeshPage
    from tests.ui.server import Ui

    OpenPage = Callable[[str], MeshPage]

DAY = {"logicalType": "date", "required": True, "partitioned": True}
COLUMNS = {"dt": DAY, "minutes": "integer"}
TOTALS = "SELECT dt, sum(minutes)::BIGINT AS minutes FROM usage.calls GROUP BY dt\n"
WHOLE = "SELECT sum(minutes)::BIGINT AS minutes FROM usage.calls\n"
# Of the last days, so that Dagster's dialog, which begins with 90, has them; of today nothing has landed.
TODAY = datetime.now(UTC).date()
FIRST, SECOND, THIRD = (TODAY - timedelta(days=back) for back in (3, 2, 1))
JOB = "/locations/__repository__@mesh/jobs/build"


@pytest.fixture(scope="module")
def mesh(tmp_path_factory: pytest.TempPathFactory) -> SmallMesh:
    """Three days of calls, a product kept by date of them and one that is not; all built by `mesh build`."""
    folder = SmallMesh(tmp_path_factory.mktemp("usage"))
    folder.product("usage.calls", COLUMNS)
    folder.product("usage.totals", COLUMNS, {"transform.sql": TOTALS})
    folder.product("usage.whole", {"minutes": "integer"}, {"transform.sql": WHOLE})
    for day, minutes in ((FIRST, 10), (SECOND, 20), (THIRD, 30)):
        land(folder, day, minutes)
    folder.process("build").ended()
    return folder


@pytest.fixture(scope="module")
def ui(mesh: SmallMesh, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ui]:
    """`mesh ui` on it."""
    with served(mesh.environment, tmp_path_factory.mktemp("ui")) as running:
        yield running


def land(mesh: SmallMesh, day: date, minutes: int) -> None:
    mesh.land(f"usage/calls/dt={day}/a.csv", f"minutes\n{minutes}\n")


def builds(mesh: SmallMesh) -> dict[date, str]:
    """The build that made each published day of the calls."""
    built = BuiltDays.of(mesh.workspace.lake.head(("usage", "calls")))
    assert built is not None
    return {day: facts.run for day, facts in built.days.items()}


def rebuilt(mesh: SmallMesh, before: dict[date, str]) -> set[date]:
    """The days of the calls that were made anew since `before`."""
    return {day for day, run in builds(mesh).items() if run != before.get(day)}


def choose(page: MeshPage, days: str) -> None:
    """Open the dialog of the product's page, and write `days` into it."""
    page.page.get_by_role("button", name="Materialize").click()
    page.sees("Partition selection")
    # The page has such a field too; the dialog's comes after it.
    field = page.page.get_by_placeholder("ex:").last
    field.fill(days)
    field.press("Enter")


def test_partitions_page_shows_the_days_that_are_built(ui: Ui, open_page: OpenPage) -> None:
    page = open_page(ui.url)
    page.go(f"/assets/usage/totals?view=partitions&partition={SECOND}")
    page.sees("Materialized (3)", "Missing (1)", "Failed (0)", "snapshot_id")


def test_one_day_is_launched_and_no_other_built(ui: Ui, mesh: SmallMesh, open_page: OpenPage) -> None:
    before = builds(mesh)
    page = open_page(ui.url)
    page.go("/assets/usage/calls?view=partitions")
    choose(page, str(SECOND))
    page.keep("one_day")
    page.waits_for_run(page.launch("Launch 1 run"), "Success")
    assert rebuilt(mesh, before) == {SECOND}


def test_a_range_of_days_is_one_run(ui: Ui, mesh: SmallMesh, open_page: OpenPage) -> None:
    before = builds(mesh)
    page = open_page(ui.url)
    page.go("/assets/usage/calls?view=partitions")
    choose(page, f"[{FIRST}...{SECOND}]")
    page.sees("Backfills all partitions in a single run.")
    page.page.get_by_role("button", name="Launch backfill").click()
    page.page.get_by_role("link", name="View", exact=True).click()
    expect(page.page.get_by_text("100% completed")).to_be_visible(timeout=BUILD_MILLISECONDS)
    assert rebuilt(mesh, before) == {FIRST, SECOND}
    assert len(set(builds(mesh).values())) == 2


def test_the_job_builds_what_changed_whatever_day_it_is_asked_for(
    ui: Ui, mesh: SmallMesh, open_page: OpenPage
) -> None:
    before = builds(mesh)
    land(mesh, FIRST, 11)
    page = open_page(ui.url)
    page.go(JOB)
    page.sees("take Latest")
    page.waits_for_run(page.launch("Materialize all", days="Latest"), "Success")
    assert rebuilt(mesh, before) == {FIRST}
    assert [row["minutes"] for row in mesh.rows("usage.totals")] == [11, 20, 30]
    assert mesh.rows("usage.whole") == [{"minutes": 61}]
