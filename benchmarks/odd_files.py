"""CSV files that DuckDB cannot read where they lie, and that are copied first: how fast, by what is odd with them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from benchmarks.figure import Figure
from meshlake.engines.duckdb.connection import connect
from meshlake.landing.relation import relation_sql
from meshlake.landing.zone import files_zone
from meshlake.names import DatasetName
from meshlake.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ROWS = 600_000
_HEADER = "id;name;city;amount;note"


def odd_file_figures(folder: Path) -> Iterator[Figure]:
    """The MB of each kind of file that are read in a second, its copy included."""
    settings = load_settings({"MESH_HOME": str(folder)})
    for kind, content in _kinds():
        place = folder / "landing" / "odd" / kind.replace(" ", "_") / "a.csv"
        place.parent.mkdir(parents=True)
        place.write_bytes(content)
        dataset = files_zone(settings).dataset(DatasetName("odd", place.parent.name))
        with connect(settings) as connection:
            started = time.perf_counter()
            connection.execute(f"SELECT count(COLUMNS(*)) FROM {relation_sql(dataset)}").fetchall()
            seconds = time.perf_counter() - started
        yield Figure(f"read {len(content) / 1e6:.0f} MB of CSV, {kind}", len(content) / 1e6 / seconds, "MB/s")


def _kinds() -> Iterator[tuple[str, bytes]]:
    rows = [f"{n};Müller {n % 977};Zürich;{n % 10_007}.50;a remark of some length" for n in range(_ROWS)]
    yield "Windows-1252", "\n".join([_HEADER, *rows]).encode("cp1252")
    yield (
        "line ends mixed",
        "".join(row + ("\r\n" if n % 3 else "\n") for n, row in enumerate([_HEADER, *rows])).encode(),
    )
    yield (
        "a tenth of the rows short",
        "\n".join(
            row if n % 10 else row.rpartition(";")[0] for n, row in enumerate([_HEADER, *rows])
        ).encode(),
    )
    yield "UTF-16", "\n".join([_HEADER, *rows]).encode("utf-16")
