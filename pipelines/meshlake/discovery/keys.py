"""Which columns, alone or together, tell the rows of a dataset apart: suspected on a sample, proven on all rows.

Counts of distinct values that are estimates only ever suspect: each key, and how many rows keep a column from being
one, is counted exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, islice
from math import prod
from typing import TYPE_CHECKING

from meshlake.discovery.aggregates import distinct_counts
from meshlake.discovery.batches import batches
from meshlake.discovery.landed_view import LANDED, SAMPLE
from meshlake.discovery.meaning_words import is_measure
from meshlake.discovery.names import is_identifier, is_moment, is_ordinal, is_row_number
from meshlake.discovery.personal_words import clear_kind
from meshlake.names import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import duckdb

_KEY_TYPES = frozenset({"string", "integer", "date", "timestamp"})
_MOMENTS = frozenset({"date", "timestamp"})
# DuckDB's approximate counts of distinct values were seen 25 % below the true ones.
_MISCOUNTED = 0.7
_NEARLY_SHARE, _NEARLY_ROWS = 0.01, 20
# Of so few rows approximate counts say too little: any column may be a key.
_FEW_ROWS = 100
_PROVEN_AT_ONCE = 4
# Together they are looked for among so many columns, the likeliest parts of a key first.
_PARTS, _MOST_TOGETHER = 12, 4
# What a column costs as a part of a key: none that is named as one, least of all what only counts the rows.
_IDENTIFIER, _MOMENT_ID, _MOMENT, _ORDINAL = 0.0, 0.2, 0.4, 0.5
_FEW, _OTHER, _PERSONAL, _ROW_NUMBER = 0.9, 1.5, 1.8, 2.5
_SURE_PART = _ORDINAL
_FEW_VALUES = 100
_DISTINCT_COST = 50
# Rows that would be equal by chance in so many places, and are in none, are apart by more than chance.
_BEYOND_CHANCE = 5
_SHOWN = 3


@dataclass(frozen=True)
class Part:
    """A column as a part of a key: its logical type, its place from 0 to 1, and nearly how many different values it
    has: exactly, where those are few."""

    name: str
    type: str
    position: float
    distinct: int
    null_count: int

    @property
    def kind_cost(self) -> float:
        """How unlikely its name and type make it a part of a key; 0 for what is named an identifier."""
        if is_row_number(self.name):
            return _ROW_NUMBER
        if is_identifier(self.name):
            return _MOMENT_ID if is_moment(self.name) else _IDENTIFIER
        if self.type in _MOMENTS or is_moment(self.name):
            return _MOMENT
        if is_ordinal(self.name):
            return _ORDINAL
        if clear_kind(self.name):
            return _PERSONAL
        return _FEW if self.distinct <= _FEW_VALUES else _OTHER

    @property
    def is_named_as_key(self) -> bool:
        """Whether its name, or its place at the beginning, makes it a key alone."""
        return self.kind_cost <= _MOMENT_ID or (self.position == 0 and self.kind_cost <= _OTHER)

    @property
    def cost(self) -> float:
        """The same with its place: who writes a table begins with its key."""
        return self.kind_cost + self.position


@dataclass(frozen=True)
class NearKey:
    """Columns that would be a key but for `repeated_count` rows that repeat another's values, and `null_count` without
    a value. `examples` are values that occur more than once."""

    columns: tuple[str, ...]
    repeated_count: int
    null_count: int
    examples: tuple[str, ...]

    def told(self, row_count: int) -> str:
        """What keeps it from being a key, in a line.

        Example:
            >>> NearKey(("id",), 1, 0, ("7",)).told(1001)
            "id is a key but for 1 of 1,001 rows, of which 1 repeats another's value, for example '7'"
        """
        reasons = []
        if self.repeated_count:
            verb = "repeats another's value" if self.repeated_count == 1 else "repeat others' values"
            shown = ", ".join(map(repr, self.examples))
            reasons.append(f"{self.repeated_count:,} {verb}, for example {shown}")
        if self.null_count:
            reasons.append(f"{self.null_count:,} {'has' if self.null_count == 1 else 'have'} none")
        count = self.repeated_count + self.null_count
        but_for = f"{', '.join(self.columns)} is a key but for {count:,} of {row_count:,} rows"
        return f"{but_for}, of which {' and '.join(reasons)}"


@dataclass(frozen=True)
class Keys:
    """The keys that hold on all rows, the likeliest first; where none is meant, what would be one but for few rows."""

    proven: tuple[tuple[str, ...], ...] = ()
    nearly: NearKey | None = None

    @property
    def apart(self) -> frozenset[str]:
        """The columns that alone tell the rows apart, or nearly."""
        nearly = self.nearly.columns if self.nearly else ()
        return frozenset({name for name, *others in self.proven if not others}.union(nearly))


def suspects(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[Part], row_count: int, shares: dict[str, float]
) -> list[str]:
    """The columns whose values are to be counted exactly: each may be a key alone, or be kept from it by few rows.

    `shares` has, and is given, the share of the sample's rows that each column tells apart: it is asked for once.
    """
    if row_count < 2:
        return []
    enough = 1 if row_count <= _FEW_ROWS else _MISCOUNTED * row_count
    likely = [(part,) for part in _usable(columns) if part.distinct >= enough and _is_whole(part, row_count)]
    whole: list[str] = []
    nearly: list[str] = []
    # The likeliest come first: once so many may be keys, no other is looked at.
    for part, share in _shared(connection, likely, shares):
        if share == 1:
            whole.append(part.name)
        elif part.is_named_as_key and share >= 1 - 2 * _NEARLY_SHARE:
            nearly.append(part.name)
        if len(whole) == _PROVEN_AT_ONCE:
            break
    return [*whole, *nearly[:_PROVEN_AT_ONCE]]


def find_keys(
    connection: duckdb.DuckDBPyConnection,
    columns: Sequence[Part],
    counted: Mapping[str, int],
    row_count: int,
    *,
    are_columns_apart: bool = False,
) -> Keys:
    """The keys of the dataset that is open as `landed` and `sampled`: one column, else two to four together; those
    also where each column that is a key alone is no more than unlikely to repeat, as a sum of money is.

    Fractions, yes/no and what is measured in a unit identify nothing. Of several columns together those are believed
    that are named as parts of keys are, or that differ in more rows than chance would have it. `counted` has the exact
    counts of `suspects`.
    """
    if row_count < 2:
        return Keys()
    usable = _usable(columns)
    whole = [part for part in usable if part.distinct > 1 and not part.null_count]
    singles = [part for part in whole if counted.get(part.name) == row_count]
    alone = tuple((part.name,) for part in singles)
    if any(part.is_named_as_key for part in singles):
        return Keys(alone)
    near = _nearly(connection, usable, counted, row_count)
    # What nearly is a key is one with any other column that parts its few rows.
    parts = [
        part for part in whole if part not in singles and (near is None or part.name not in near.columns)
    ]
    together = _together(connection, parts[:_PARTS], row_count, are_columns_apart)
    return Keys(alone + together, near)


def _usable(columns: Sequence[Part]) -> list[Part]:
    may_be = (column for column in columns if column.type in _KEY_TYPES and not is_measure(column.name))
    return sorted(may_be, key=lambda column: column.cost)


def _is_whole(part: Part, row_count: int) -> bool:
    """Whether it has a value in all rows, or, named as a key, in nearly all."""
    return part.null_count <= (_NEARLY_SHARE * row_count if part.is_named_as_key else 0)


def _together(
    connection: duckdb.DuckDBPyConnection, parts: Sequence[Part], row_count: int, are_columns_apart: bool
) -> tuple[tuple[str, ...], ...]:
    """The likeliest columns that are a key together, none of which could be left out."""
    likeliest = sorted(_suspected(parts, row_count), key=lambda s: sum(part.cost + 0.3 for part in s))
    unrefuted = (suspect for suspect, share in _sampled(connection, likeliest) if share == 1)
    found: tuple[tuple[str, ...], ...] = ()
    while not found and (batch := list(islice(unrefuted, _PROVEN_AT_ONCE))):
        found = _proven(connection, batch, row_count, are_columns_apart)
    return tuple(key for key in found if not any(set(other) < set(key) for other in found))


def _suspected(parts: Sequence[Part], row_count: int) -> Iterator[tuple[Part, ...]]:
    for size in range(2, _MOST_TOGETHER + 1):
        for together in combinations(parts, size):
            most = prod(part.distinct for part in together)
            is_enough = most >= _MISCOUNTED**size * row_count
            is_meant = all(part.kind_cost <= _SURE_PART for part in together)
            if is_enough and (is_meant or row_count**2 >= 2 * _BEYOND_CHANCE * most):
                yield together


def _sampled(
    connection: duckdb.DuckDBPyConnection, suspects: Sequence[tuple[Part, ...]]
) -> Iterator[tuple[tuple[Part, ...], float]]:
    """Each with the share of the sample's rows that it tells apart, looked at as far as they are asked for."""
    for batch in batches(connection, suspects, lambda _: _DISTINCT_COST):
        # Of a sample equal hashes are proof enough; a whole row is slow to compare.
        counts = ", ".join(
            f"count(DISTINCT hash({', '.join(quote_identifier(part.name) for part in suspect)}))"
            for suspect in batch
        )
        row = connection.execute(f"SELECT count(*), {counts} FROM {SAMPLE}").fetchone() or ()
        yield from ((suspect, distinct / row[0]) for suspect, distinct in zip(batch, row[1:], strict=True))


def _shared(
    connection: duckdb.DuckDBPyConnection, suspects: Sequence[tuple[Part]], shares: dict[str, float]
) -> Iterator[tuple[Part, float]]:
    for batch in batches(connection, suspects, lambda _: _DISTINCT_COST):
        unknown = [suspect for suspect in batch if suspect[0].name not in shares]
        shares |= {part.name: share for (part,), share in _sampled(connection, unknown)}
        yield from ((part, shares[part.name]) for (part,) in batch)


def _proven(
    connection: duckdb.DuckDBPyConnection,
    suspects: Sequence[tuple[Part, ...]],
    row_count: int,
    are_columns_apart: bool,
) -> tuple[tuple[str, ...], ...]:
    names = [
        tuple(part.name for part in sorted(suspect, key=lambda part: part.position)) for suspect in suspects
    ]
    distincts = distinct_counts(connection, names, row_count, are_columns_apart=are_columns_apart)
    return tuple(key for key, distinct in zip(names, distincts, strict=True) if distinct == row_count)


def _nearly(
    connection: duckdb.DuckDBPyConnection,
    usable: Sequence[Part],
    counted: Mapping[str, int],
    row_count: int,
) -> NearKey | None:
    """The column, named as a key, that fewest rows keep from being one."""
    if row_count < _NEARLY_ROWS:
        return None
    found = [
        (row_count - part.null_count - counted[part.name], part)
        for part in usable
        if part.is_named_as_key and part.name in counted
    ]
    repeated, part = min(found, key=lambda each: each[0] + each[1].null_count, default=(row_count, None))
    if part is None or repeated + part.null_count > max(_NEARLY_SHARE * row_count, 1):
        return None
    return NearKey((part.name,), repeated, part.null_count, _repeated(connection, part.name))


def _repeated(connection: duckdb.DuckDBPyConnection, name: str) -> tuple[str, ...]:
    cell = quote_identifier(name)
    rows = connection.execute(
        f"SELECT CAST({cell} AS VARCHAR) FROM {LANDED} WHERE {cell} IS NOT NULL "
        f"GROUP BY {cell} HAVING count(*) > 1 ORDER BY count(*) DESC, 1 LIMIT {_SHOWN}"
    ).fetchall()
    return tuple(value for (value,) in rows)
