"""The queries over a landed dataset, each asked of the engine once for all columns: a sample, measures, values.

What the answers mean is told in `profile`, `keys` and `joins`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meshlake.discovery.readings import INTEGER, NUMBER, READINGS, Reading
from meshlake.discovery.sketches import Sketch, Sketched
from meshlake.names import quote_identifier
from meshlake.types.odcs import logical_name
from meshlake.types.tree import FLOATS, Scalar, is_nested

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from meshlake.types.tree import Type

# Whether the text of a column, given by its name, may be read so.
MayRead = Callable[[str, Reading], bool]
LANDED = "landed"
SAMPLE = "sampled"
SAMPLE_ROWS = 20_000
# A reading true of less than this share of a sample's values cannot be true of nearly all values.
_CANDIDATE_SHARE = 0.2
_CANDIDATES = 3


@dataclass(frozen=True)
class Measure:
    """What one scan tells of a column.

    `present` counts values that are neither null nor blank text, `non_empty` blank text too, `whole` floats without a
    fraction, `zero_led` text like 007. `fits` counts, for each candidate reading, the values it reads; `lows` and
    `highs` are the least and greatest of those.
    """

    present: int
    non_empty: int
    distinct: int
    low: str | None
    high: str | None
    zero_led: int
    whole: int
    fits: tuple[int, ...]
    lows: tuple[str | None, ...]
    highs: tuple[str | None, ...]


def take_sample(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `sampled`, the same rows each time the same files are read by as many threads."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {SAMPLE} AS "
        f"SELECT * FROM {LANDED} USING SAMPLE reservoir({SAMPLE_ROWS} ROWS) REPEATABLE (42)"
    )


def candidate_readings(
    connection: duckdb.DuckDBPyConnection, columns: Mapping[str, Type], may_read: MayRead
) -> dict[str, tuple[Reading, ...]]:
    """For each text column, the readings it may have that the sample leaves possible, the best first."""
    texts = [name for name, kind in columns.items() if kind is Scalar.VARCHAR]
    if not texts:
        return {}
    counts = _one_row(connection, [_reading_counts(quote_identifier(name)) for name in texts], SAMPLE)
    candidates = {}
    for name, count in zip(texts, counts, strict=True):
        present, *fits = count
        order = sorted(range(len(READINGS)), key=lambda i: (-fits[i], i))
        likely = [READINGS[i] for i in order if fits[i] and fits[i] >= _CANDIDATE_SHARE * present]
        if INTEGER in likely and NUMBER not in likely:
            likely.append(NUMBER)
        candidates[name] = tuple([reading for reading in likely if may_read(name, reading)][:_CANDIDATES])
    return candidates


def measure(
    connection: duckdb.DuckDBPyConnection,
    columns: Mapping[str, Type],
    candidates: Mapping[str, Sequence[Reading]],
) -> tuple[int, dict[str, Measure]]:
    """The row count, and the measures of every column, in one scan."""
    selected = [_measures(name, kind, candidates.get(name, ())) for name, kind in columns.items()]
    row_count, *measured = _one_row(connection, ["count(*)", *selected], LANDED)
    return row_count, {name: _read(values) for name, values in zip(columns, measured, strict=True)}


def values_of(
    connection: duckdb.DuckDBPyConnection, few: Sequence[str], sketched: Mapping[str, Sketched]
) -> tuple[dict[str, dict[Any, int]], dict[str, Sketch]]:
    """How often each value of the columns `few` occurs, and sketches of the columns `sketched`, in one scan."""
    counted = [f"histogram({quote_identifier(name)})" for name in few]
    hashes = [column.hashes_sql for column in sketched.values()]
    if not counted and not hashes:
        return {}, {}
    row = _one_row(connection, [*counted, *hashes], LANDED)
    histograms = dict(zip(few, (value or {} for value in row[: len(few)]), strict=True))
    sketches = {
        name: Sketch(column.share, frozenset(value or ()))
        for (name, column), value in zip(sketched.items(), row[len(few) :], strict=True)
    }
    return histograms, sketches


def misfits(connection: duckdb.DuckDBPyConnection, name: str, reading: Reading, limit: int) -> list[str]:
    """Up to `limit` different values of `name` that `reading` does not read, the most frequent first."""
    cell = quote_identifier(name)
    rows = connection.execute(
        f"SELECT {cell} FROM {LANDED} WHERE TRIM({cell}) <> '' AND {reading.value(cell)} IS NULL "
        f"GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {limit}"
    ).fetchall()
    return [row[0] for row in rows]


def _read(values: Sequence[Any]) -> Measure:
    present, non_empty, distinct, low, high, zero_led, whole, fits, lows, highs = values
    # An approximate count can exceed the values there are.
    return Measure(
        present,
        non_empty,
        min(distinct, non_empty),
        low,
        high,
        zero_led,
        whole,
        *map(tuple, (fits, lows, highs)),
    )


def _reading_counts(cell: str) -> str:
    counts = [f"count(NULLIF(TRIM({cell}), ''))"]
    counts += [
        f"count(*) FILTER (WHERE {r.looks_right(cell)} AND {r.value(cell)} IS NOT NULL)" for r in READINGS
    ]
    return f"[{', '.join(counts)}]"


def _measures(name: str, kind: Type, candidates: Sequence[Reading]) -> str:
    cell = quote_identifier(name)
    text = "CAST({}({}) AS VARCHAR)"
    present, non_empty, zero_led, whole = f"count({cell})", f"count({cell})", "0", "0"
    distinct, low, high = f"approx_count_distinct({cell})", text.format("min", cell), text.format("max", cell)
    if kind is Scalar.VARCHAR:
        present, non_empty = f"count(NULLIF(TRIM({cell}), ''))", f"count(NULLIF({cell}, ''))"
        distinct = f"approx_count_distinct(NULLIF({cell}, ''))"
    elif is_nested(kind) or str(kind) in {"BLOB", "BIT", "GEOMETRY"}:
        distinct, low, high = (
            f"approx_count_distinct(CAST({cell} AS VARCHAR))",
            "NULL::VARCHAR",
            "NULL::VARCHAR",
        )
    if kind in FLOATS:
        whole = f"count(*) FILTER (WHERE {cell} = FLOOR({cell}))"
    if INTEGER in candidates or NUMBER in candidates:
        zero_led = f"count(*) FILTER (WHERE {cell} LIKE '0_%' AND {cell} NOT LIKE '0.%')"
    values = [reading.value(cell) for reading in candidates]
    lists = [
        f"[{', '.join(f'count({value})' for value in values)}]::BIGINT[]",
        f"[{', '.join(text.format('min', value) for value in values)}]::VARCHAR[]",
        f"[{', '.join(text.format('max', value) for value in values)}]::VARCHAR[]",
    ]
    return f"row({', '.join([present, non_empty, distinct, low, high, zero_led, whole, *lists])})"


def _one_row(
    connection: duckdb.DuckDBPyConnection, expressions: Sequence[str], table: str
) -> tuple[Any, ...]:
    row = connection.execute(f"SELECT {', '.join(expressions)} FROM {table}").fetchone()
    if row is None:
        raise RuntimeError("an aggregate gave no row")
    return row


def sketched_columns(
    types: Mapping[str, Type], measures: Mapping[str, Measure], readings: Mapping[str, Reading | None]
) -> dict[str, Sketched]:
    """The columns to sketch: text and whole numbers of more than two values."""
    joinable = {}
    for name, kind in types.items():
        cell, reading = quote_identifier(name), readings[name]
        logical = reading.logical_type if reading else logical_name(kind)
        if measures[name].whole and measures[name].whole == measures[name].present:
            text = f"CAST(TRY_CAST({cell} AS BIGINT) AS VARCHAR)"
        elif logical == "integer":
            text = f"CAST({reading.value(cell)} AS VARCHAR)" if reading else f"CAST({cell} AS VARCHAR)"
        elif logical == "string" and not is_nested(kind):
            text = f"NULLIF({cell}, '')" if kind is Scalar.VARCHAR else f"CAST({cell} AS VARCHAR)"
        else:
            continue
        if measures[name].distinct > 1:
            joinable[name] = Sketched(text, measures[name].distinct)
    return joinable
