"""A mesh made to measure in: one folder, landed files of any number of rows, the product `bench.events`.

Written once and then only read; what the benchmarks write goes into the same folder, so onto the same disk.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

import meshlake
from meshlake.lake.draft import Draft
from meshlake.names import DatasetName, ProductName, quote_literal

if TYPE_CHECKING:
    from meshlake.engines.session import Session
    from meshlake.lake.snapshot import Snapshot
    from meshlake.workspace import Workspace

EVENTS = ProductName("bench", "events")
PRODUCTS = Path(__file__).parent / "products"
PARTS = 4
LANDED = {"Parquet": DatasetName("bench", "events"), "CSV": DatasetName("bench", "events_csv")}
# Integers and days as other systems write them, so that the product has something to cast.
MADE_UP = """
    SELECT
        i AS event_id,
        format('C{{:07d}}', (hash(i) % {customers})::BIGINT) AS customer_id,
        (DATE '2024-01-01' + (i % 366)::INTEGER)::TIMESTAMP AS happened_on,
        ['basic', 'plus', 'max'][1 + (hash(i + 1) % 3)::INTEGER] AS plan,
        (hash(i + 2) % 60000) / 100.0::DOUBLE AS minutes,
        (hash(i + 3) % 4000)::INTEGER AS data_mb
    FROM range({first}, {end}) AS numbers (i)
"""


@dataclass(frozen=True)
class BenchMesh:
    """The mesh in `folder`: `row_count` rows have landed as `PARTS` Parquet files, the first of them as CSV too."""

    folder: Path
    row_count: int

    @property
    def variables(self) -> dict[str, str]:
        """The `MESH_*` variables of a process that works in it."""
        return {"MESH_HOME": str(self.folder), "MESH_PRODUCTS": str(PRODUCTS)}

    def open(self) -> Workspace:
        """The mesh as a build opens it."""
        return meshlake.open(self.folder, home=self.folder, products=PRODUCTS).workspace

    def landed(self, part_count: int = PARTS) -> list[str]:
        """The Parquet files of the first `part_count` parts."""
        return [str(_part(self.folder, part)) for part in range(part_count)]

    @property
    def landed_csv(self) -> str:
        """The CSV file, with the rows of the first part."""
        return str(self.folder / "landing" / "bench" / LANDED["CSV"].dataset / "part_0.csv")

    def bare_folder(self) -> Path:
        """Where the bare tools write: beside the product's own files."""
        folder = self.folder / "warehouse" / "bare"
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def make_bench_mesh(folder: Path, row_count: int) -> BenchMesh:
    """Land `row_count` rows (a multiple of `PARTS`) in `folder`."""
    mesh = BenchMesh(folder, row_count)
    rows_per_part = row_count // PARTS
    with duckdb.connect() as connection:
        for part in range(PARTS):
            first = part * rows_per_part
            rows = MADE_UP.format(customers=max(row_count // 100, 1), first=first, end=first + rows_per_part)
            _copy(connection, rows, _part(folder, part), "FORMAT parquet, COMPRESSION zstd")
        first_part = select_of(mesh.landed(1))
        _copy(connection, first_part, Path(mesh.landed_csv), "FORMAT csv, HEADER")
    return mesh


def select_of(files: list[str]) -> str:
    """The rows of `bench.events` out of landed Parquet `files`, its columns and types."""
    listed = ", ".join(quote_literal(file) for file in files)
    return (
        "SELECT event_id, customer_id, CAST(happened_on AS DATE) AS happened_on, plan, minutes, "
        f"CAST(data_mb AS BIGINT) AS data_mb FROM read_parquet([{listed}])"
    )


def publish(session: Session, mesh: Workspace, select: str) -> Snapshot:
    """Stage `select`, write the audit branch, publish: a build of `bench.events` without its checks."""
    columns = mesh.products.get(EVENTS).contract.columns
    draft = Draft(mesh.lake, (EVENTS.domain, EVENTS.product), columns, "bench")
    staged = session.stage(select, draft)
    draft.write_branch(staged.files, {"run": "bench"})
    return draft.publish()


def copy_bare(select: str, path: Path) -> None:
    """A bare DuckDB `COPY` of `select` into one Parquet file, with all that makes DuckDB fast."""
    with duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = false")
        _copy(connection, select, path, "FORMAT parquet, COMPRESSION zstd")


def _copy(connection: duckdb.DuckDBPyConnection, select: str, path: Path, options: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(f"COPY ({select}) TO {quote_literal(str(path))} ({options})")


def _part(folder: Path, part: int) -> Path:
    return folder / "landing" / "bench" / LANDED["Parquet"].dataset / f"part_{part}.parquet"
