"""Adding one day to a year of days, against building them all: both with every check, as `mesh build` does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.bench_mesh import copy_bare
from benchmarks.timing import Times, ratio_figure
from meshlake.building.build import build_product
from meshlake.names import ProductName

if TYPE_CHECKING:
    from benchmarks.bench_mesh import BenchMesh
    from benchmarks.figure import Figure
    from meshlake.workspace import Workspace

DAILY = ProductName("bench", "daily")
DAYS = 365
_FIRST = date(2024, 1, 1)
_MADE_UP = """
    SELECT
        format('C{{:07d}}', i) AS customer_id,
        (hash(i + {day}) % 60000) / 100.0::DOUBLE AS minutes,
        (hash(i + {day} + 1) % 4000)::BIGINT AS data_mb
    FROM range({rows}) AS numbers (i)
"""


def incremental_figures(bench: BenchMesh, rounds: int) -> list[Figure]:
    """A year has landed and is built; then a day more lands, round by round, and all is built anew for comparison."""
    mesh, rows = bench.open(), bench.row_count // DAYS
    for day in range(DAYS):
        _land(mesh, day, rows)
    build_product(mesh, DAILY)
    one, every = Times(), Times()
    for number in range(rounds):
        _land(mesh, DAYS + number, rows)
        one.measure(lambda: _build_one(mesh))
        every.measure(lambda: build_product(mesh, DAILY, is_forced=True))
    name = f"one day of {rows:,} rows more / building all {DAYS} days"
    found = ratio_figure(name, one, every)
    low, high = 100 * (found.low or 0), 100 * (found.high or 0)
    return [replace(found, value=100 * found.value, low=low, high=high, unit="%", limit=2.0)]


def _build_one(mesh: Workspace) -> None:
    built = build_product(mesh, DAILY).facts["days_built"]
    if len(built) != 1:
        raise AssertionError(f"{len(built)} days were built, not the one that is new")


def _land(mesh: Workspace, day: int, rows: int) -> None:
    folder = Path(mesh.landing.root, DAILY.domain, DAILY.product, f"dt={_FIRST + timedelta(days=day)}")
    copy_bare(_MADE_UP.format(day=day, rows=rows), folder / "part_0.parquet")
