"""Products partitioned by date on real servers: each engine builds only the days that changed, one after the other."""

from __future__ import annotations

from datetime import date

import pytest

from meshlake.building.build import build_product
from meshlake.building.compact import compact_lake
from meshlake.errors import AuditError
from meshlake.landing.storage import add_file
from meshlake.names import ProductName
from support.server_mesh import settings_of
from support.small_mesh import SmallMesh

pytestmark = pytest.mark.services

DAY = {"logicalType": "date", "required": True, "partitioned": True}
CALLS, TOTALS = ProductName("daily", "calls"), ProductName("daily", "totals")
TWO_DAYS = """
SELECT days.dt, CAST(sum(calls.minutes) AS BIGINT) AS minutes
FROM (SELECT DISTINCT dt FROM daily.calls) AS days
INNER JOIN daily.calls ON calls.dt BETWEEN days.dt - INTERVAL 1 DAY AND days.dt
GROUP BY days.dt
"""


class ServedDays(SmallMesh):
    """Calls that land by day in the servers' bucket, and their totals over two days."""

    def __init__(self, root, endpoints):
        super().__init__(root, **settings_of(endpoints) | {"landing": "s3://landing/days"})
        self.product("daily.calls", {"dt": DAY, "caller": "string", "minutes": "integer"})
        totals = {"dt": DAY, "minutes": "integer"}
        self.product("daily.totals", totals, {"transform.sql": TWO_DAYS}, custom={"lookbackDays": 1})

    def served(self, engine="duckdb"):
        return self.having(engine=engine).workspace

    def land_day(self, day, minutes, name="a"):
        self._add(f"daily/calls/dt=2024-01-{day:02}/{name}.csv", f"caller,minutes\nC1,{minutes}\n")

    def land_caller(self, domain, day, caller):
        self._add(f"{domain}/callers/dt=2024-01-{day:02}/a.csv", f"caller\n{caller}\n")

    def _add(self, place, text):
        settings = self.settings
        add_file(self.land(place, text), f"{settings.landing}/{place}", settings.store_of(settings.landing))

    def remove_day(self, day):
        settings = self.settings
        place = f"{settings.landing}/daily/calls/dt=2024-01-{day:02}"
        settings.store_of(place).remove_folder(place)

    def build_both(self, engine, **options):
        """The days built of each product, by the engine; `None` for all."""
        results = [build_product(self.served(engine), name, **options) for name in (CALLS, TOTALS)]
        assert [r.snapshot.properties["engine"] for r in results] == [engine] * 2
        return [
            None if (days := r.facts.get("days_built")) is None else [date.fromisoformat(d).day for d in days]
            for r in results
        ]

    def totals(self):
        rows = self.served().lake.table(("daily", "totals")).scan().to_arrow().to_pylist()
        return {row["dt"].day: row["minutes"] for row in rows}


def test_each_engine_builds_the_days_that_changed_on_what_the_other_built(tmp_path, endpoints):
    mesh = ServedDays(tmp_path / "mesh", endpoints)
    for day in (1, 2, 3):
        mesh.land_day(day, day)
    assert mesh.build_both("trino") == [None, None]
    assert mesh.totals() == {1: 1, 2: 3, 3: 5}
    mesh.land_day(4, 4)
    assert mesh.build_both("trino") == [[4], [4, 5]]
    mesh.land_day(1, 100, name="late")
    assert mesh.build_both("duckdb") == [[1], [1, 2]]
    mesh.remove_day(3)
    assert mesh.build_both("trino") == [[3], [3, 4]]
    by_days = mesh.totals()
    assert by_days == {1: 101, 2: 103, 4: 4}
    compact_lake(mesh.served("trino"))
    assert mesh.build_both("trino", is_forced=True) == [None, None]
    assert mesh.totals() == by_days


@pytest.mark.parametrize("engine", ["duckdb", "trino"])
def test_rules_on_all_days_see_the_new_days_before_they_are_published(tmp_path, endpoints, engine):
    mesh = ServedDays(tmp_path / "mesh", endpoints)
    callers = ProductName(f"daily_{engine}", "callers")
    once = {"logicalType": "string", "primaryKey": True, "required": True}
    mesh.product(
        str(callers), {"dt": DAY, "caller": once}, custom={"source": f"landing.{callers.domain}.callers"}
    )
    for day in (1, 2):
        mesh.land_caller(callers.domain, day, f"C{day}")
        build_product(mesh.served(engine), callers)
    mesh.land_caller(callers.domain, 3, "C1")
    with pytest.raises(AuditError, match="check primary_key failed: 2 failing rows"):
        build_product(mesh.served(engine), callers)
