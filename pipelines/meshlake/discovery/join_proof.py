"""Suspected joins, proven on the rows of landed files: which values the key has not, and in how many rows.

Of each dataset the columns that any join reads are hashed once, and all joins are counted on the hashes.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from meshlake.discovery.bound import UNBOUND
from meshlake.discovery.drift import file_schemas
from meshlake.discovery.join_written import WRITINGS
from meshlake.discovery.joins import CONTAINED, CONTAINED_BY_NAME
from meshlake.discovery.landed_view import open_landed
from meshlake.engines.duckdb.connection import connect
from meshlake.formats.unreadable import ReadAgainError
from meshlake.landing.failures import explained
from meshlake.names import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb

    from meshlake.discovery.bound import Bound
    from meshlake.discovery.joins import Join
    from meshlake.discovery.sketches import Sketch
    from meshlake.landing.zone import Dataset
    from meshlake.settings import Settings

# Above so many rows of both sides a join is told by its sketches, as about so much.
MOST_ROWS = 20_000_000


class _Hashed(NamedTuple):
    """A table of hashes, and the view of the files that they are of."""

    rows: str
    landed: str


def prove(
    settings: Settings,
    joins: Sequence[Join],
    datasets: Mapping[str, Dataset],
    sketches: Mapping[str, Mapping[str, Sketch]],
    row_counts: Mapping[str, int],
    bound: Bound = UNBOUND,
) -> tuple[list[Join], list[Join]]:
    """The joins that hold on the rows, with the count of orphans, those that cannot be counted, as they are; and those
    that there was no time to count.

    Args:
        settings: the mesh's.
        joins: what is suspected; those of several columns hold only if proven.
        datasets: the landed files, by the dataset's name; of others nothing is proven.
        sketches: how each dataset's columns were read as text.
        row_counts: how many rows each dataset has.
        bound: how long it may take.

    Raises:
        LandingError: a file cannot be read.
    """
    provable = [join for join in joins if _is_provable(join, datasets, row_counts)]
    proven: dict[int, Join | None] = {}
    with connect(settings) as connection:
        tables = _hashed(connection, provable, datasets, sketches, bound)
        for join in provable:
            if {join.dataset, join.other_dataset} <= tables.keys():
                proven[id(join)] = _counted(connection, join, tables, sketches[join.dataset])
    left = {id(join): join for join in provable if id(join) not in proven}
    judged = [proven.get(id(join), join) for join in joins if id(join) not in left]
    told = [join for join in judged if join is not None and (join.containment or join.is_declared)]
    return told, list(left.values())


def _is_provable(join: Join, datasets: Mapping[str, Dataset], row_counts: Mapping[str, int]) -> bool:
    sides = (join.dataset, join.other_dataset)
    return all(side in datasets for side in sides) and sum(map(row_counts.__getitem__, sides)) <= MOST_ROWS


def _hashed(
    connection: duckdb.DuckDBPyConnection,
    joins: Iterable[Join],
    datasets: Mapping[str, Dataset],
    sketches: Mapping[str, Mapping[str, Sketch]],
    bound: Bound,
) -> dict[str, _Hashed]:
    """A table for each dataset that there is time for, with the hash of each value of the columns that joins read."""
    wanted: dict[str, dict[tuple[str, str], None]] = {}
    for join in joins:
        for side, columns in ((join.dataset, join.column), (join.other_dataset, join.other_column)):
            asked = [(column, written) for column in columns.split(", ") for written in {"", join.written}]
            wanted.setdefault(side, {}).update(dict.fromkeys(asked))
    return {
        name: _hashes(connection, number, datasets[name], values, sketches[name])
        for number, (name, values) in enumerate(wanted.items())
        if bound.allows(name)
    }


def _hashes(
    connection: duckdb.DuckDBPyConnection,
    number: int,
    dataset: Dataset,
    values: Iterable[tuple[str, str]],
    sketches: Mapping[str, Sketch],
) -> _Hashed:
    hashes = ", ".join(
        f"{_hash(column, written, sketches.get(column))} AS {_cell(column, written)}"
        for column, written in values
    )
    table = _Hashed(f"hashed{number}", f"landed{number}")
    while True:
        with suppress(ReadAgainError), explained([dataset]):
            open_landed(connection, dataset, file_schemas(connection, dataset), table.landed)
            connection.execute(f"CREATE TEMP TABLE {table.rows} AS SELECT {hashes} FROM {table.landed}")
            return table


def _hash(column: str, written: str, sketch: Sketch | None) -> str:
    text = _text(column, sketch)
    if written:
        text = WRITINGS[written].of(text)
    return f"CASE WHEN {text} IS NOT NULL THEN hash({text}) END"


def _text(column: str, sketch: Sketch | None) -> str:
    return sketch.as_text if sketch else f"CAST({quote_identifier(column)} AS VARCHAR)"


def _cell(column: str, written: str) -> str:
    return quote_identifier(f"{column} {written}" if written else column)


def _counted(
    connection: duckdb.DuckDBPyConnection,
    join: Join,
    tables: Mapping[str, _Hashed],
    sketches: Mapping[str, Sketch],
) -> Join | None:
    mine = [_cell(column, join.written) for column in join.column.split(", ")]
    others = [_cell(column, join.written) for column in join.other_column.split(", ")]
    row = connection.execute(
        f"WITH mine AS (SELECT {_together(mine)} AS value, count(*) AS n FROM {tables[join.dataset].rows} "
        f"GROUP BY 1), others AS (SELECT DISTINCT {_together(others)} AS value "
        f"FROM {tables[join.other_dataset].rows}) "
        "SELECT count(*), count(others.value), COALESCE(sum(CASE WHEN others.value IS NULL THEN n END), 0)::BIGINT, "
        "max(n), max(CASE WHEN others.value IS NULL THEN {'n': n, 'value': mine.value} END).value, "
        "(SELECT count(value) FROM others) "
        "FROM mine LEFT JOIN others USING (value) WHERE mine.value IS NOT NULL"
    ).fetchone()
    values, held, orphans, most, orphan, keys = row or (0, 0, 0, 0, None, 0)
    containment = held / values if values else 0.0
    is_composite = len(mine) > 1
    is_unknown = not join.containment and not join.is_declared
    least = CONTAINED if is_composite or not _may_lack(join, held / max(keys, 1)) else CONTAINED_BY_NAME
    if not values or (containment < least and not join.is_declared):
        return None
    if join.written and not _is_key_so(connection, join, tables[join.other_dataset].rows):
        return None
    confidence = join.confidence * containment if is_unknown else join.confidence
    return replace(
        join,
        containment=containment,
        confidence=round(confidence, 3),
        orphan_count=orphans,
        orphan_example=_example(connection, join, tables[join.dataset], sketches, orphan) if orphans else "",
        is_one_to_one=most == 1 if is_composite else join.is_one_to_one,
    )


def _may_lack(join: Join, covered: float) -> bool:
    """Whether most of its values may be found in no row, where the key has the share `covered` of its own found."""
    return not join.written or (join.least_covered is not None and covered >= join.least_covered)


def _example(
    connection: duckdb.DuckDBPyConnection,
    join: Join,
    table: _Hashed,
    sketches: Mapping[str, Sketch],
    orphan: int,
) -> str:
    """A value by its hash, as its file has it."""
    columns = join.column.split(", ")
    texts = ", ".join(_text(column, sketches.get(column)) for column in columns)
    hashed = _together([_hash(column, join.written, sketches.get(column)) for column in columns])
    row = connection.execute(
        f"SELECT concat_ws(', ', {texts}) FROM {table.landed} WHERE {hashed} = {orphan}::UBIGINT LIMIT 1"
    ).fetchone()
    return row[0] if row else ""


def _is_key_so(connection: duckdb.DuckDBPyConnection, join: Join, table: str) -> bool:
    """Whether the key's values are as many in the form in which the column's are looked for."""
    raw, formed = _cell(join.other_column, ""), _cell(join.other_column, join.written)
    row = connection.execute(
        f"SELECT count(DISTINCT {raw}), count(DISTINCT {formed}) FROM {table}"
    ).fetchone()
    return row is not None and row[0] == row[1]


def _together(cells: Sequence[str]) -> str:
    if len(cells) == 1:
        return cells[0]
    all_present = " AND ".join(f"{cell} IS NOT NULL" for cell in cells)
    return f"CASE WHEN {all_present} THEN hash({', '.join(cells)}) END"
