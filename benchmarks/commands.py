"""Whole commands on a demo mesh, and the rows per second of what makes rows there: the generator and the scoring."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.figure import Figure
from benchmarks.timing import Times, seconds_figure
from meshlake.building.context import BuildContext
from meshlake.building.inputs import PinnedInputs, bind_published
from meshlake.demo import land_demo
from meshlake.engines.duckdb.session import DuckDBSession
from meshlake.landing.relation import relation_sql
from meshlake.landing.zone import LandingZone
from meshlake.names import ProductName, quote_literal
from meshlake.settings import load_settings
from meshlake.transforms.model import ModelTransform
from meshlake.workspace import open_workspace

if TYPE_CHECKING:
    from meshlake.workspace import Workspace

CUSTOMERS, DAYS = 5_000, 180
_SCORED_ROWS = 500_000
_PREDICTIONS = ProductName("retention", "churn_predictions")
_SMALL_QUERY = "SELECT plan, count(*) AS customers FROM crm.customers GROUP BY plan"


def command_figures(folder: Path, rounds: int) -> list[Figure]:
    """All of it, on a demo mesh landed and built in `folder`."""
    settings = load_settings({"MESH_HOME": str(folder)})
    variables = {**os.environ, "MESH_HOME": str(folder)}
    generator = _generator_figure(settings.landing)
    _mesh(variables, "build")
    asked = [_mesh(variables, "sql", _SMALL_QUERY) for _ in range(2 * rounds)]
    unchanged = [_mesh(variables, "build") for _ in range(rounds)]
    mesh = open_workspace(settings)
    products = f", {len(mesh.products.products)} products"
    return [
        _process_figure("mesh sql, a small query, whole process", asked, aim=0.7),
        _process_figure("mesh build, nothing changed, whole process", unchanged, note=products),
        generator,
        _scoring_figure(mesh, folder / "scores.parquet"),
    ]


def _process_figure(
    name: str, runs: list[tuple[float, float]], *, aim: float | None = None, note: str = ""
) -> Figure:
    cpu = median(cpu_seconds for _, cpu_seconds in runs)
    return seconds_figure(name, [wall for wall, _ in runs], aim=aim, note=f"{cpu:.2f} CPU seconds{note}")


def _mesh(variables: dict[str, str], *arguments: str) -> tuple[float, float]:
    """Wall-clock and CPU seconds of one `mesh` process."""
    command = [str(Path(sys.executable).with_name("mesh")), *arguments]
    used = _children_cpu_seconds()
    started = time.perf_counter()
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}\n{done.stderr}")
    return seconds, _children_cpu_seconds() - used


def _children_cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _generator_figure(landing: str) -> Figure:
    times = Times()
    times.measure(lambda: land_demo(Path(landing), CUSTOMERS, DAYS))
    zone = LandingZone(landing)
    row_count = 0
    with DuckDBSession(load_settings({"MESH_HOME": landing}), "landing") as session:
        for name in zone.datasets():
            row_count += int(
                str(session.rows(f"SELECT count(*) FROM {relation_sql(zone.dataset(name))}")[0][0])
            )
    return _rate_figure("demo generator", row_count, times)


def _scoring_figure(mesh: Workspace, path: Path) -> Figure:
    """The champion over its own features, repeated under other keys, streamed into a Parquet file; not the imports."""

    product = mesh.products.get(_PREDICTIONS)
    transform = product.transform
    assert isinstance(transform, ModelTransform)
    head = mesh.lake.head((_PREDICTIONS.domain, _PREDICTIONS.product))
    assert head is not None
    with DuckDBSession(mesh.settings, "scoring") as session:
        bind_published(mesh, session, product.inputs)
        latest = (
            f"SELECT * FROM ({transform.model.features_sql}) QUALIFY cutoff_date = max(cutoff_date) OVER ()"
        )
        repeated = (
            f"SELECT f.* REPLACE (customer_id || '-' || i AS customer_id) "
            f"FROM ({latest}) AS f, range({_SCORED_ROWS}) AS r (i) LIMIT {_SCORED_ROWS}"
        )
        build = BuildContext(
            mesh, product, PinnedInputs({}, {}), session, head, False, "bench", None, lambda _step: None
        )
        scored = replace(transform, model=replace(transform.model, features_sql=repeated))
        copy = "COPY ({}) TO " + quote_literal(str(path)) + " (FORMAT parquet)"
        times = Times()
        times.measure(lambda: session.rows(copy.format(scored.make_rows(build).select)))
    return _rate_figure("scoring, with reasons for those at risk", _SCORED_ROWS, times)


def _rate_figure(name: str, row_count: int, times: Times) -> Figure:
    detail = f"{row_count:,} rows in {times.wall[0]:.2f} s, {times.cpu[0]:.2f} CPU seconds"
    return Figure(name, row_count / times.wall[0], "rows/s", detail=detail)
