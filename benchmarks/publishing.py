"""Publishing, and casting what has landed, against a bare `COPY` of the same rows; checks are no part of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from benchmarks.bench_mesh import EVENTS, LANDED, PARTS, copy_bare, publish, select_of
from benchmarks.timing import interleave, ratio_figure
from meshlake.engines.duckdb.session import DuckDBSession
from meshlake.landing.relation import columns, relation_sql
from meshlake.names import quote_literal
from meshlake.products.source_aligned import source_select

if TYPE_CHECKING:
    from benchmarks.bench_mesh import BenchMesh
    from benchmarks.figure import Figure

_CSV_TYPES = {
    "event_id": "BIGINT",
    "customer_id": "VARCHAR",
    "happened_on": "DATE",
    "plan": "VARCHAR",
    "minutes": "DOUBLE",
    "data_mb": "BIGINT",
}


def publishing_figures(bench: BenchMesh, rounds: int) -> list[Figure]:
    """The same SELECT published without checks, and copied."""
    mesh, select = bench.open(), select_of(bench.landed())

    def ours() -> None:
        with DuckDBSession(mesh.settings, str(EVENTS)) as session:
            publish(session, mesh, select)

    bare_file = bench.bare_folder() / "publish.parquet"
    times = interleave({"ours": ours, "bare": lambda: copy_bare(select, bare_file)}, rounds)
    name = f"publish {bench.row_count:,} rows without checks / bare COPY"
    return [ratio_figure(name, times["ours"], times["bare"], aim=1.10, limit=1.25)]


def casting_figures(bench: BenchMesh, rounds: int) -> list[Figure]:
    """A source-aligned product of landed Parquet and CSV, against a `COPY` that reads and casts the same files."""
    types = ", ".join(f"{name}: {quote_literal(kind)}" for name, kind in _CSV_TYPES.items())
    typed = f"read_csv({quote_literal(bench.landed_csv)}, header = true, columns = {{{types}}})"
    bare = {
        "Parquet": select_of(bench.landed()),
        "CSV": f"SELECT * FROM {typed}",
    }
    rows = {"Parquet": bench.row_count, "CSV": bench.row_count // PARTS}
    return [_casting_figure(bench, rounds, form, bare[form], rows[form]) for form in LANDED]


def _casting_figure(bench: BenchMesh, rounds: int, form: str, bare: str, row_count: int) -> Figure:
    mesh = bench.open()
    contract = replace(mesh.products.get(EVENTS).contract, source=str(LANDED[form]))
    dataset = mesh.landing.dataset(LANDED[form])

    def ours() -> None:
        with DuckDBSession(mesh.settings, str(EVENTS)) as session:
            session.bind(LANDED[form], relation_sql(dataset))
            landed = columns(session.connection, dataset)
            source = source_select(contract, landed)
            publish(session, mesh, source.select_sql)

    bare_file = bench.bare_folder() / f"{form}.parquet"
    times = interleave({"ours": ours, "bare": lambda: copy_bare(bare, bare_file)}, rounds)
    name = f"source-aligned from {form}, {row_count:,} rows / bare read and cast"
    return ratio_figure(name, times["ours"], times["bare"])
