"""A sample of a landed dataset, and what its text tells: which readings are possible, what looks like personal data.

It is the beginning of the files, spread over them, since to draw it from all rows would mean one more pass. Where all
rows then show something else, `drawn_again` draws another from all of them, of the columns in doubt alone.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from meshlake.discovery.batches import thread_count
from meshlake.discovery.column_types import NEARLY_ALL
from meshlake.discovery.landed_view import CELLS, LANDED, SAMPLE, are_of, beginnings_sql, is_all
from meshlake.discovery.missing import is_word_sql
from meshlake.discovery.names import is_spoken
from meshlake.discovery.readings import INTEGER, MARKED_NUMBER, NUMBER, READINGS, Reading
from meshlake.discovery.spelled import spelled_readings
from meshlake.names import quote_identifier, quote_literal
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    import duckdb

    from meshlake.discovery.landed_view import LandedView
    from meshlake.discovery.measures import Measure

    # As what the text of a column, given by its name, may be read, of what it looks like.
    ReadAs = Callable[[str, Sequence[Reading]], Sequence[Reading]]

_NUMBER = '"_number of the row"'
# Of the sample's text the part that looks like anything but text.
_LOOKING = "looking_cells"
_ROWS, _LEAST_ROWS, _CELLS = 20_000, 2_000, 600_000
# Rows of the sample whose text is looked at, fewer where so many cells are; columns that are mostly empty in them are
# looked at in all.
_READ_ROWS, _LEAST_READ_ROWS, _READ_CELLS, _SURE_VALUES = 512, 256, 80_000, 64
# A reading true of less than this share of a sample's values cannot be true of nearly all values.
_CANDIDATE_SHARE = 0.2
_CANDIDATES = 4
# Different cells of a column, any of which looks like each reading that most of it has.
_LOOKED_AT = 40
# Different values of a column by which one knows what they mean.
SOME = 64
MIXED = "dates and times written in more than one way"
# Most text looks like none of them, which one pattern says at once.
_ANY_READING = "|".join(f"({reading.pattern})" for reading in READINGS)
_LOOKS_READ = f"REGEXP_FULL_MATCH(TRIM(value), {quote_literal(_ANY_READING)})"
_FROM_DIGITS = "^[-+.0-9]"


def take_sample(connection: duckdb.DuckDBPyConnection, view: LandedView) -> None:
    """Make `sampled` of the first rows of up to eight files, the same each time; and `cells`, of its text."""
    row_limit = _row_limit(len(view.types))
    # Each further thread would read on behind the first rows.
    threads = thread_count(connection)
    connection.execute("SET threads = 1; SET preserve_insertion_order = true")
    connection.execute(f"CREATE TEMP TABLE {SAMPLE} AS {beginnings_sql(view, row_limit)}")
    connection.execute(f"SET threads = {threads}; SET preserve_insertion_order = false")
    if is_all(view, _row_count(connection, SAMPLE), row_limit):
        # Each further pass reads it from here: of many columns and few rows, what a file costs is to be opened.
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {LANDED} AS SELECT * FROM {SAMPLE}")
    connection.execute(f"CREATE TEMP TABLE {CELLS} (name VARCHAR, value VARCHAR)")
    _read_cells(connection, SAMPLE, [name for name, kind in view.types.items() if kind is Scalar.VARCHAR])


def _row_limit(column_count: int) -> int:
    return min(_ROWS, max(_LEAST_ROWS, _CELLS // column_count))


def _row_count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(row[0]) if row else 0


def _read_cells(connection: duckdb.DuckDBPyConnection, table: str, texts: Sequence[str]) -> None:
    if not texts:
        return
    wanted = min(_READ_ROWS, max(_LEAST_READ_ROWS, _READ_CELLS // len(texts)))
    step = max(1, -(-_row_count(connection, table) // wanted))
    # A column of the table may be called `rowid`.
    every = f"(SELECT *, row_number() OVER () AS {_NUMBER} FROM {table})" if step > 1 else table
    # Not each so-and-so-many-th, which rows that come in turns would always or never be.
    _insert_cells(connection, every, texts, f"hash({_NUMBER}) % {step} = 0" if step > 1 else "true")
    if step > 1:
        found = _counted_cells(connection)
        sparse = [name for name in texts if found.get(name, (0, 0))[1] < _SURE_VALUES]
        _forget_cells(connection, sparse)
        _insert_cells(connection, table, sparse, "true")


def _insert_cells(
    connection: duckdb.DuckDBPyConnection, table: str, texts: Sequence[str], condition: str
) -> None:
    if texts:
        selected = f"SELECT {', '.join(map(quote_identifier, texts))} FROM {table} WHERE {condition}"
        connection.execute(
            f"INSERT INTO {CELLS} SELECT name, value "
            f"FROM (UNPIVOT ({selected}) ON COLUMNS(*) INTO NAME name VALUE value) WHERE TRIM(value) <> ''"
        )


def _forget_cells(connection: duckdb.DuckDBPyConnection, names: Iterable[str]) -> None:
    if forgotten := list(names):
        connection.execute(f"DELETE FROM {CELLS} WHERE {are_of(forgotten)}")


def _counted_cells(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, int]]:
    """How many cells each column has, and how many of them hold more than a word that stands for no value."""
    told = _count_if(f"NOT {is_word_sql('value')}")
    rows = connection.execute(f"SELECT name, count(*), {told} FROM {CELLS} GROUP BY name").fetchall()
    return {name: (present, told) for name, present, told in rows}


def some_values(
    connection: duckdb.DuckDBPyConnection, names: Iterable[str], most: int = SOME
) -> dict[str, list[str]]:
    """Up to so many different values of each column of text, without the blanks around them; the same each time, and
    of fewer the first."""
    return dict(
        connection.execute(
            f"SELECT name, arg_min(value, hash(value), {most}) FROM (SELECT DISTINCT name, TRIM(value) AS value "
            f"FROM {CELLS} WHERE {are_of(names)}) GROUP BY name"
        ).fetchall()
    )


def candidate_readings(
    connection: duckdb.DuckDBPyConnection, read_as: ReadAs, numbers: Collection[str]
) -> dict[str, tuple[Reading, ...]]:
    """For each text column with any text in the sample, the readings that it leaves possible, the best first.

    Last comes that of `numbers`, the columns that files mark as such.
    """
    found = _counted_cells(connection)
    candidates: dict[str, tuple[Reading, ...]] = dict.fromkeys(found, ())
    unread = {name: (present, 0) for name, (present, _) in found.items() if not is_spoken(name)}
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {_LOOKING} AS SELECT * FROM {CELLS} WHERE {_LOOKS_READ}"
    )
    readings = _possible(connection)
    for name, *fits in _fits(connection, readings):
        present, told = found[name]
        order = sorted(range(len(readings)), key=lambda i: (-fits[i], i))
        likely = [readings[i] for i in order if fits[i] and fits[i] >= _CANDIDATE_SHARE * told]
        if INTEGER in likely and NUMBER not in likely:
            likely.append(NUMBER)
        candidates[name] = tuple(likely)
        if name in unread and (read := fits[order[0]]) < present:
            unread[name] = (present, read)
        else:
            unread.pop(name, None)
    for name, spelled in spelled_readings(connection, unread).items():
        candidates[name] = (*spelled, *candidates[name])
    return {
        name: (*read_as(name, likely)[:_CANDIDATES], *([MARKED_NUMBER] if name in numbers else ()))
        for name, likely in candidates.items()
    }


def _possible(connection: duckdb.DuckDBPyConnection) -> list[Reading]:
    """The readings that some of the sample looks like: for an engine to plan for all of them takes longer than this."""
    rows = connection.execute(
        f"SELECT arg_min(TRIM(value), hash(value), {_LOOKED_AT}) FROM (SELECT DISTINCT name, value FROM {_LOOKING}) "
        "GROUP BY name"
    ).fetchall()
    some = {value for (values,) in rows for value in values}
    return [reading for reading in READINGS if any(map(_pattern(reading).fullmatch, some))]


@cache
def _pattern(reading: Reading) -> re.Pattern[str]:
    return re.compile(reading.pattern)


def _fits(connection: duckdb.DuckDBPyConnection, readings: Sequence[Reading]) -> list[tuple[Any, ...]]:
    """Of each column with text that looks so: how many cells each of `readings` reads."""
    if not readings:
        return []
    counts = [_count_if(f"{r.looks_right('value')} AND {r.value('value')} IS NOT NULL") for r in readings]
    return connection.execute(f"SELECT name, {', '.join(counts)} FROM {_LOOKING} GROUP BY name").fetchall()


def mixtures(connection: duckdb.DuckDBPyConnection, names: Iterable[str]) -> dict[str, str]:
    """Those of `names`, kept as text, whose sample is moments written in several ways, with what to say of it."""
    moments = [reading for reading in READINGS if reading.logical_type in {"date", "timestamp"}]
    looks = quote_literal("|".join(f"({reading.pattern})" for reading in moments))
    found = connection.execute(
        f"SELECT name FROM {CELLS} WHERE {are_of(names)} AND name IN (SELECT name FROM {_LOOKING}) GROUP BY name "
        f"HAVING {_count_if(f'REGEXP_FULL_MATCH(TRIM(value), {looks})')} >= {NEARLY_ALL} * count(*)"
    ).fetchall()
    told = {}
    for (name,) in found:
        firsts = ", ".join(
            f"min(CASE WHEN {reading.looks_right('value')} THEN value END)" for reading in moments
        )
        row = connection.execute(f"SELECT {firsts} FROM {CELLS} WHERE {are_of([name])}").fetchone()
        shown = list(dict.fromkeys(value for value in row or () if value))[:2]
        zones = {reading.is_zoned for reading, value in zip(moments, row or (), strict=True) if value}
        advice = "; `timezone: true` with a `defaultTimezone` reads both" if len(zones) > 1 else ""
        told[name] = f"{MIXED}, such as {' and '.join(map(repr, shown))}: kept as text{advice}"
    return told


def drawn_again(
    connection: duckdb.DuckDBPyConnection, row_count: int, unread: Mapping[str, Measure]
) -> list[str]:
    """The columns of `unread` text of which all rows show something that the sample did not, their cells drawn anew
    from all rows.

    They show it where no candidate held, where nearly all of the sample was empty, or where something begins as
    numbers and dates do and nothing of the sample did.
    """
    if _row_count(connection, SAMPLE) >= row_count:
        return []
    rows = connection.execute(
        f"SELECT name, count(*), {_count_if(f'REGEXP_MATCHES(value, {quote_literal(_FROM_DIGITS)})')} "
        f"FROM {CELLS} GROUP BY name"
    ).fetchall()
    seen = {name: (present, from_digits) for name, present, from_digits in rows}
    doubted = [name for name, measure in unread.items() if _is_doubted(measure, *seen.get(name, (0, 0)))]
    if doubted:
        columns = ", ".join(map(quote_identifier, doubted))
        connection.execute(
            f"CREATE TEMP TABLE drawn AS SELECT {columns} FROM {LANDED} "
            f"USING SAMPLE reservoir({_row_limit(len(doubted))} ROWS) REPEATABLE (42)"
        )
        _forget_cells(connection, doubted)
        _read_cells(connection, "drawn", doubted)
        connection.execute("DROP TABLE drawn")
    return doubted


def _is_doubted(measure: Measure, present: int, from_digits: int) -> bool:
    if measure.present <= present or measure.numeric:
        return False
    begins_so = measure.first is not None and measure.first < ":"
    return bool(measure.fits) or present < _SURE_VALUES or (begins_so and not from_digits)


def _count_if(condition: str) -> str:
    return f"count(CASE WHEN {condition} THEN 1 END)"
