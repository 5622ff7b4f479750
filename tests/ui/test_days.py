"""What `mesh build` built, in Dagster's UI: on its timeline, with what the contract promises of times, and by day."""

from __future__ import annotations

import re
import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.ui.browser import BUILD_MILLISECONDS, WAIT_MILLISECONDS
from tests.ui.runs import A_PERSON, launcher, settled_runs
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
LAST = "SELECT max(dt) AS dt FROM usage.calls\n"
NIGHTLY = [{"property": "frequency", "value": "0 3 * * *", "unit": "cron"}]
LATENCY = [{"property": "latency", "value": 30, "unit": "d", "element": "last.dt"}]
# Of the last days, so that Dagster's dialog, which begins with 90, has them; of today nothing has landed.
TODAY = datetime.now(UTC).date()
FIRST, SECOND, THIRD = (TODAY - timedelta(days=back) for back in (3, 2, 1))
TICK_SECONDS = 180
DAYS = """{assetNodeOrError(assetKey: {path: ["usage", "calls"]}) {... on AssetNode {partitionKeys}}}"""
TICKS = """{repositoriesOrError{... on RepositoryConnection{nodes{sensors{name
    sensorState{ticks(limit: 1){timestamp endTimestamp}}}}}}}"""
JOB_OF_LOCATION = "/locations/mesh/jobs/build"
JOB = "/locations/__repository__@mesh/jobs/build"


@pytest.fixture(scope="module")
def mesh(tmp_path_factory: pytest.TempPathFactory) -> SmallMesh:
    """Three days of calls, a product kept by date of them and two that are not; all built by `mesh build`."""
    folder = SmallMesh(tmp_path_factory.mktemp("usage"))
    folder.product("usage.calls", COLUMNS)
    folder.product("usage.totals", COLUMNS, {"transform.sql": TOTALS})
    folder.product("usage.whole", {"minutes": "integer"}, {"transform.sql": WHOLE}, slaProperties=NIGHTLY)
    folder.product("usage.last", {"dt": "date"}, {"transform.sql": LAST}, slaProperties=LATENCY)
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


def wait_for_idle_tick(ui: Ui, after: float) -> None:
    """Wait until automation has looked at what changed, from the beginning, later than `after`."""
    deadline = time.monotonic() + TICK_SECONDS
    while True:
        (node,) = ui.query(TICKS)["repositoriesOrError"]["nodes"]
        sensors = {each["name"]: each["sensorState"]["ticks"] for each in node["sensors"]}
        if any(
            tick["timestamp"] > after and tick["endTimestamp"] for tick in sensors["rebuild_what_changed"]
        ):
            return
        assert time.monotonic() < deadline, sensors
        time.sleep(1)


def test_timeline_shows_what_was_built_from_the_command_line(ui: Ui, open_page: OpenPage) -> None:
    page = open_page(ui.url)
    page.go("/overview/timeline")
    # A job is there only for its runs.
    expect(page.page.get_by_role("button", name=re.compile(r"mesh \d"))).to_be_visible(
        timeout=WAIT_MILLISECONDS
    )
    expect(page.page.locator(f'a[href="{JOB_OF_LOCATION}"]').first).to_be_visible(timeout=WAIT_MILLISECONDS)


def test_product_page_tells_the_cron_of_its_contract(ui: Ui, open_page: OpenPage) -> None:
    page = open_page(ui.url)
    page.go("/assets/usage/whole")
    page.sees("on changes, and cron 0 3 * * * (UTC)", "frequency", "cron 0 3 * * * (UTC)")
    page.sees("Freshness policy", "Passing", "Deadline: At 03:00 AM UTC")


def test_product_page_tells_the_latency_of_its_contract(ui: Ui, open_page: OpenPage) -> None:
    page = open_page(ui.url)
    page.go("/assets/usage/last")
    page.sees("on changes of what it reads", "latency", "the newest dt is at most 30 d old")
    page.sees("Freshness policy", "Passing", "Fails if more than a month since last materialization")


def test_what_was_built_again_and_had_not_changed_starts_no_run(
    ui: Ui, mesh: SmallMesh, open_page: OpenPage
) -> None:
    settled_runs(ui, {A_PERSON})
    wait_for_idle_tick(ui, time.time())
    before = {run["runId"] for run in settled_runs(ui, {A_PERSON})}
    assert "0 built, 1 unchanged" in mesh.process("build", "usage.calls").ended().err
    wait_for_idle_tick(ui, time.time())
    later = [run for run in settled_runs(ui, {A_PERSON}) if run["runId"] not in before]
    assert [launcher(run) for run in later] == [A_PERSON], "the build itself, and nothing that it set off"
    page = open_page(ui.url)
    page.go("/runs")
    page.sees(later[0]["runId"][:8])


def test_partitions_page_shows_the_days_that_are_built_and_none_is_missing(
    ui: Ui, mesh: SmallMesh, open_page: OpenPage
) -> None:
    page = open_page(ui.url)
    page.go(f"/assets/usage/totals?view=partitions&partition={SECOND}")
    page.sees(f"Materialized ({len(builds(mesh))})", "Missing (0)", "Failed (0)", "snapshot_id")


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


def test_a_day_that_lands_is_shown_without_a_hand(ui: Ui, mesh: SmallMesh, open_page: OpenPage) -> None:
    land(mesh, TODAY, 40)
    mesh.process("build").ended()
    deadline = time.monotonic() + TICK_SECONDS
    while str(TODAY) not in ui.query(DAYS)["assetNodeOrError"]["partitionKeys"]:
        assert time.monotonic() < deadline
        time.sleep(1)
    page = open_page(ui.url)
    page.go("/assets/usage/calls?view=partitions")
    page.sees("Materialized (4)", "Missing (0)", str(TODAY))


def test_the_terminal_is_told_one_line(ui: Ui) -> None:
    assert ui.log.read_text() == f"Dagster's UI: {ui.url} (stop with Ctrl-C)\n"
