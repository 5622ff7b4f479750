"""Discovery of large datasets, wide and long, against DuckDB's own `SUMMARIZE` of the same rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.timing import interleave, ratio_figure
from meshlake.discovery.profile import profile_dataset
from meshlake.engines.duckdb.connection import connect
from meshlake.landing.relation import relation_sql
from meshlake.landing.zone import files_zone
from meshlake.names import DatasetName, quote_literal
from meshlake.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.figure import Figure
    from meshlake.settings import Settings

_TEXTS = tuple(f"'v' || (range * {7919 * i} + {i}) % 100003" for i in range(300))
# A key and references, amounts, counts, categories and days, each of four kinds.
_MIXED = tuple(
    made
    for i in range(4)
    for made in (
        f"hash(range) % {500_000 * i}" if i else "range",
        f"(hash(range + {i}) % 1000000) / 100.0::DOUBLE",
        f"(hash(range * {i + 2}) % {10 ** (i + 1)})::INTEGER",
        f"['basic', 'plus', 'max', 'none'][1 + (hash(range + {i + 7}) % 4)::INTEGER]",
        f"DATE '2020-01-01' + (hash(range + {i + 3}) % 1500)::INTEGER",
    )
)
_UNIQUE = tuple(f"(hash(range + {i}) % 1000000) || '-' || lpad(range::VARCHAR, 18, '0')" for i in range(6))


@dataclass(frozen=True)
class _Case:
    """A dataset of so many rows, whose columns are SQL over `range`."""

    name: str
    columns: tuple[str, ...]
    row_count: int
    format: str
    aim: float


_CASES = (
    _Case("columns of text in CSV", _TEXTS, 100_000, "csv", aim=1.5),
    _Case("columns of text in Parquet", _TEXTS, 100_000, "parquet", aim=1.5),
    _Case("columns of Parquet", _MIXED, 5_000_000, "parquet", aim=1.0),
    _Case("columns of Parquet, six of them unique text", _UNIQUE + _MIXED[6:], 5_000_000, "parquet", aim=1.0),
)


def discovery_figures(folder: Path, rounds: int) -> Iterator[Figure]:
    """300 columns of text in 100,000 rows, and 20 columns in 5,000,000 rows of Parquet."""
    settings = load_settings({"MESH_HOME": str(folder)})
    for number, case in enumerate(_CASES):
        yield _figure(settings, case, f"wide_{number}", rounds)


def _figure(settings: Settings, case: _Case, name: str, rounds: int) -> Figure:
    landed = settings.home / "landing" / "wide" / name
    landed.mkdir(parents=True)
    cells = ", ".join(f"{column} AS c{i}" for i, column in enumerate(case.columns))
    file = quote_literal(str(landed / f"rows.{case.format}"))
    with connect(settings) as connection:
        connection.execute(
            f"COPY (SELECT {cells} FROM range({case.row_count})) TO {file} (FORMAT {case.format})"
        )
    dataset = files_zone(settings).dataset(DatasetName("wide", name))

    def bare() -> None:
        with connect(settings) as connection:
            connection.execute(f"SUMMARIZE SELECT * FROM {relation_sql(dataset)}").fetchall()

    times = interleave({"ours": lambda: profile_dataset(settings, dataset), "bare": bare}, rounds)
    what = f"discover {len(case.columns)} {case.name}, {case.row_count:,} rows / SUMMARIZE"
    return ratio_figure(what, times["ours"], times["bare"], aim=case.aim)
