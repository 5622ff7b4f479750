"""Queries on a product against the same files without the mesh."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from benchmarks.bench_mesh import EVENTS
from benchmarks.timing import interleave, ratio_figure
from meshlake.building.views import refresh_views
from meshlake.engines.duckdb.confined import open_mesh_file
from meshlake.lake.mesh_file import attach_mesh_file
from meshlake.names import quote_literal

if TYPE_CHECKING:
    from benchmarks.bench_mesh import BenchMesh
    from benchmarks.figure import Figure

_GROUPED = """
    SELECT plan, count(*), round(avg(minutes), 3), sum(data_mb), max(happened_on)
    FROM {relation} WHERE happened_on >= DATE '2024-03-01' GROUP BY plan
"""


def query_figures(bench: BenchMesh, rounds: int) -> list[Figure]:
    """A grouped query through the view in `mesh.duckdb`, through `mesh sql`'s connection, and on the files."""
    mesh = bench.open()
    refresh_views(mesh)
    head = mesh.lake.head((EVENTS.domain, EVENTS.product))
    assert head is not None, "publishing_figures publishes the product"
    files = ", ".join(quote_literal(file) for file in mesh.lake.files(head))
    on_product, on_files = (
        _GROUPED.format(relation=EVENTS),
        _GROUPED.format(relation=f"read_parquet([{files}])"),
    )
    with (
        duckdb.connect() as bare,
        duckdb.connect() as client,
        open_mesh_file(mesh.settings.mesh_file, [mesh.settings.warehouse]) as confined,
    ):
        attach_mesh_file(client, mesh.settings.mesh_file)
        assert sorted(client.execute(on_product).fetchall()) == sorted(bare.execute(on_files).fetchall())
        arms = {
            "view": lambda: client.execute(on_product).fetchall(),
            "mesh sql": lambda: confined.execute(on_product).fetchall(),
            "bare": lambda: bare.execute(on_files).fetchall(),
        }
        times = interleave(arms, 5 * rounds)
    return [
        ratio_figure(
            f"grouped query on a product, {through} / read_parquet", times[arm], times["bare"], limit=1.05
        )
        for arm, through in (("view", "view in mesh.duckdb"), ("mesh sql", "mesh sql's connection"))
    ]
