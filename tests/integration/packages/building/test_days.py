"""Products partitioned by date: only the days whose inputs changed are built, and the rows are a full build's."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meshlake.errors import AuditError, BuildError
from support.small_mesh import SmallMesh

DAY = {"logicalType": "date", "required": True, "partitioned": True}
CALLS = {"dt": DAY, "caller": "string", "minutes": "integer"}
TOTALS = {"dt": DAY, "minutes": "integer"}
TOTAL = "SELECT dt, sum(minutes)::BIGINT AS minutes FROM usage.calls GROUP BY dt\n"
# The day and the day before it.
TWO_DAYS = """
SELECT days.dt, sum(calls.minutes)::BIGINT AS minutes
FROM (SELECT DISTINCT dt FROM usage.calls) AS days
JOIN usage.calls ON calls.dt BETWEEN days.dt - 1 AND days.dt
GROUP BY days.dt
"""


def land(mesh, day, *minutes, name="a"):
    rows = "".join(f"C{number},{count}\n" for number, count in enumerate(minutes))
    return mesh.land(f"usage/calls/dt=2024-01-{day:02}/{name}.csv", f"caller,minutes\n{rows}")


def totals(mesh, name="usage.totals"):
    return {row["dt"].day: row["minutes"] for row in mesh.rows(name)}


def days_built(result):
    return [date.fromisoformat(day).day for day in result.facts["days_built"]]


def describe(mesh):
    mesh.product("usage.calls", CALLS)
    mesh.product("usage.totals", TOTALS, {"transform.sql": TOTAL})
    mesh.product("usage.two_days", TOTALS, {"transform.sql": TWO_DAYS}, custom={"lookbackDays": 1})


@pytest.fixture
def usage(mesh):
    """Three days of calls, their totals, and totals that look back one day; all built."""
    describe(mesh)
    for day in (1, 2, 3):
        land(mesh, day, day, 10 * day)
    build(mesh)
    return mesh


def build(mesh, **options):
    mesh.build_product("usage.calls", "usage.totals", "usage.two_days", **options)


def test_the_first_build_makes_every_day(usage):
    assert totals(usage) == {1: 11, 2: 22, 3: 33}
    assert totals(usage, "usage.two_days") == {1: 11, 2: 33, 3: 55}


def change_late(mesh):
    land(mesh, 2, 100, name="late")


def change_removed(mesh):
    shutil.rmtree(mesh.landing / "usage/calls/dt=2024-01-02")


CHANGES = {
    "nothing": (lambda mesh: None, None, None),
    "a new day": (lambda mesh: land(mesh, 4, 44), [4], [4, 5]),
    "late data": (change_late, [2], [2, 3]),
    "a rewritten day": (lambda mesh: land(mesh, 1, 7), [1], [1, 2]),
    "a removed day": (change_removed, [2], [2, 3]),
    "a day of an empty file": (lambda mesh: mesh.land("usage/calls/dt=2024-01-04/a.csv", ""), [4], [4, 5]),
    "an empty file of a day": (lambda mesh: mesh.land("usage/calls/dt=2024-01-03/b.csv", ""), [3], [3, 4]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_only_the_days_that_changed_are_built_and_those_that_look_back_on_them(usage, change):
    act, built, built_looking_back = CHANGES[change]
    act(usage)
    for name, days in [
        ("usage.calls", built),
        ("usage.totals", built),
        ("usage.two_days", built_looking_back),
    ]:
        result = usage.build_product(name)
        assert result.is_rebuilt is (days is not None)
        if days is not None:
            assert days_built(result) == days
            assert result.snapshot.row_count == len(usage.rows(name))


@pytest.fixture
def unseen(monkeypatch):
    """Nobody sees that a file was changed whose time is set back: the time of the change itself cannot be."""
    monkeypatch.setattr("meshlake.stores.disk._version", lambda status: str(status.st_mtime_ns))


def test_files_of_days_that_did_not_change_are_not_even_opened(unseen, usage):
    # A file of the same size and time that nothing can read.
    damaged = usage.landing / "usage/calls/dt=2024-01-01/a.csv"
    before = damaged.stat()
    damaged.write_bytes(b"\0" * before.st_size)
    os.utime(damaged, ns=(before.st_atime_ns, before.st_mtime_ns))
    land(usage, 3, 5)
    assert days_built(usage.build_product("usage.calls")) == [3]


@pytest.mark.parametrize(
    "change",
    [
        lambda mesh: mesh.product("usage.totals", TOTALS, {"transform.sql": TOTAL + "-- other code\n"}),
        lambda mesh: mesh.product("usage.calls", CALLS, version="2.0.0"),
    ],
    ids=["its code", "the code of what it reads"],
)
def test_other_code_builds_every_day(usage, change):
    change(usage)
    result = usage.build_product("usage.calls", "usage.totals")
    assert result.is_rebuilt
    assert len(result.facts.get("days_built", [1, 2, 3])) == 3


PAID = "SELECT dt, sum(minutes * price)::BIGINT AS minutes FROM usage.calls, usage.prices GROUP BY dt"


def test_an_input_that_is_not_kept_by_date_builds_every_day(usage):
    usage.land("usage/prices/a.csv", "price\n2\n")
    usage.product("usage.prices", {"price": "integer"})
    usage.product(
        "usage.paid",
        TOTALS,
        {"transform.sql": PAID},
    )
    usage.build_product("usage.prices", "usage.paid")
    land(usage, 3, 5)
    assert days_built(usage.build_product("usage.calls", "usage.paid")) == [3]
    assert totals(usage, "usage.paid") == {1: 22, 2: 44, 3: 10}
    usage.land("usage/prices/a.csv", "price\n3\n")
    assert "days_built" not in usage.build_product("usage.prices", "usage.paid").facts
    assert totals(usage, "usage.paid") == {1: 33, 2: 66, 3: 15}


def test_days_asked_for_are_built_though_nothing_changed(usage):
    result = usage.build_product("usage.totals", days=[date(2024, 1, 2)])
    assert days_built(result) == [2]
    assert totals(usage) == {1: 11, 2: 22, 3: 33}
    assert not usage.build_product("usage.totals").is_rebuilt


def test_a_day_asked_for_that_no_input_is_of_builds_only_what_changed(usage):
    future = [date(2030, 1, 1)]
    assert not usage.build_product("usage.calls", days=future).is_rebuilt
    land(usage, 2, 7)
    assert days_built(usage.build_product("usage.calls", days=future)) == [2]


def test_rows_of_days_that_the_inputs_do_not_make_are_refused(usage):
    shifted = TOTAL.replace("SELECT dt,", "SELECT (dt + 1)::DATE AS dt,")
    usage.product("usage.totals", TOTALS, {"transform.sql": shifted})
    with pytest.raises(BuildError, match=r"gives rows of 2024-01-04, which come of the inputs of other days"):
        usage.build_product("usage.totals")
    assert totals(usage) == {1: 11, 2: 22, 3: 33}


def test_a_row_without_a_day_is_refused(usage):
    usage.product(
        "usage.totals",
        TOTALS,
        {"transform.sql": "SELECT NULL::DATE AS dt, 1::BIGINT AS minutes FROM usage.calls"},
    )
    with pytest.raises(AuditError, match="dt_required"):
        usage.build_product("usage.totals")


KEYED = CALLS | {"caller": {"logicalType": "string", "primaryKey": True, "required": True}}


def test_a_key_without_the_day_is_unique_over_all_days(mesh):
    mesh.product("usage.calls", KEYED)
    land(mesh, 1, 1)
    mesh.build_product("usage.calls")
    land(mesh, 2, 2)
    with pytest.raises(AuditError, match="primary_key"):
        mesh.build_product("usage.calls")


def test_rules_about_all_rows_see_them_and_checks_of_a_day_see_the_day(mesh):
    few = "-- scope: day\nSELECT 1 FROM usage.calls HAVING count(*) > 2\n"
    at_least_three = {"metric": "rowCount", "mustBeGreaterOrEqualTo": 3}
    land(mesh, 1, 1, 2)
    land(mesh, 2, 1, 2)
    mesh.product("usage.calls", CALLS, quality=[at_least_three])
    mesh.build_product("usage.calls")
    mesh.product(
        "usage.calls", CALLS, {"checks/few.sql": few.replace("> 2", "> 9")}, quality=[at_least_three]
    )
    mesh.build_product("usage.calls")
    land(mesh, 3, *range(8))
    assert mesh.build_product("usage.calls").snapshot.row_count == 12


def test_the_quarantine_keeps_the_rows_of_other_days(mesh):
    bad = {"metric": "invalidValues", "mustBe": 0, "severity": "warning"}
    mesh.product("usage.calls", CALLS | {"minutes": {"logicalType": "integer", "quality": [bad]}})
    for day in (1, 2):
        land(mesh, day, "x", 5)
    mesh.build_product("usage.calls")
    land(mesh, 2, 5)
    land(mesh, 3, "y")
    mesh.build_product("usage.calls")
    found = [(row["file"].split("/")[2], row["value"]) for row in mesh.rows("usage.calls__quarantine")]
    assert found == [("dt=2024-01-01", "x"), ("dt=2024-01-03", "y")]


STEP = st.dictionaries(
    st.integers(1, 6), st.none() | st.lists(st.integers(0, 9), max_size=2), min_size=1, max_size=3
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEP, min_size=2, max_size=3))
def test_any_sequence_of_changes_gives_the_rows_of_a_full_build(steps):
    with tempfile.TemporaryDirectory() as folder:
        mesh = SmallMesh(Path(folder))
        describe(mesh)
        land(mesh, 1, 1)
        for number, step in enumerate(steps):
            for day, minutes in step.items():
                place = mesh.landing / f"usage/calls/dt=2024-01-{day:02}"
                if minutes is not None:
                    land(mesh, day, *minutes, name=f"n{number}")
                elif day != 1 and place.exists():
                    shutil.rmtree(place)
            build(mesh)
        names = ("usage.calls", "usage.totals", "usage.two_days")
        found = [mesh.rows(name) for name in names]
        build(mesh, is_forced=True)
        assert found == [mesh.rows(name) for name in names]
