"""Discovery of a wide table of text, against DuckDB's own `SUMMARIZE` of the same rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.timing import interleave, ratio_figure
from meshlake.discovery.profile import profile_dataset
from meshlake.engines.duckdb.connection import connect
from meshlake.landing.relation import relation_sql
from meshlake.landing.zone import files_zone
from meshlake.names import DatasetName, quote_literal
from meshlake.settings import load_settings

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.figure import Figure

_COLUMNS, _ROWS = 300, 100_000


def discovery_figures(folder: Path, rounds: int) -> list[Figure]:
    """300 columns of text, 100,000 rows of CSV."""
    settings = load_settings({"MESH_HOME": str(folder)})
    landed = folder / "landing" / "wide" / "table"
    landed.mkdir(parents=True)
    cells = ", ".join(f"'v' || (range * {7919 * i} + {i}) % 100003 AS c{i}" for i in range(_COLUMNS))
    with connect(settings) as connection:
        connection.execute(
            f"COPY (SELECT {cells} FROM range({_ROWS})) TO {quote_literal(str(landed / 'wide.csv'))} (HEADER)"
        )
    dataset = files_zone(settings).dataset(DatasetName("wide", "table"))

    def bare() -> None:
        with connect(settings) as connection:
            connection.execute(f"SUMMARIZE SELECT * FROM {relation_sql(dataset)}").fetchall()

    times = interleave({"ours": lambda: profile_dataset(settings, dataset), "bare": bare}, rounds)
    name = f"discover {_COLUMNS} columns of text, {_ROWS:,} rows / SUMMARIZE"
    return [ratio_figure(name, times["ours"], times["bare"], aim=1.5)]
