"""The queries over all rows of a landed dataset, each of as many columns as a statement can hold: measures, values.

What the answers mean is told in `profile`, `keys` and `joins`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from meshlake.discovery.aggregates import aggregated, distinct_counts
from meshlake.discovery.batches import batches
from meshlake.discovery.landed_view import LANDED
from meshlake.discovery.readings import NUMERIC, Reading
from meshlake.discovery.sketches import Sketch, Sketched
from meshlake.discovery.suspicion import FEW_VALUES, Suspicion
from meshlake.names import quote_identifier, quote_literal
from meshlake.types.tree import FLOATS, Scalar, is_nested

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from meshlake.types.tree import Type

# What a reading of a column costs in a statement, with a plain column as one.
_READING_COST = 10
_VALUES_COST = 4
_PLAIN = frozenset(range(0x20, 0x7F)) - set(b"'\"\\")  # bytes that DuckDB writes as themselves
# Of what is bytes rather than text; line ends and tabs aside.
_CONTROLS = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]"


@dataclass(frozen=True)
class Measure:
    """What one scan tells of a column.

    `present` counts values that are neither null nor blank text, `non_empty` blank text too, `given` empty text too;
    `whole` floats without a fraction, `numeric` text that is a number however it is written: 7, 007, +7, 7E1. `fits`
    counts, for each candidate reading, the values it reads; `lows` and `highs` are the least and greatest of those.
    `first` is the least text that is not blank, without the spaces around it.
    `suspected` says how often words are there that may stand for no value, `missing` of those that do, not `present`.
    `distinct` is approximate, unless `is_exact`; `values` says how often
    each value occurs where they were counted.
    """

    present: int
    non_empty: int
    given: int
    distinct: int
    low: str | None
    high: str | None
    numeric: int
    whole: int
    fits: tuple[int, ...]
    lows: tuple[str | None, ...]
    highs: tuple[str | None, ...]
    first: str | None = None
    is_exact: bool = False
    values: dict[str, int] | None = None
    suspected: Mapping[str, int] = field(default_factory=dict)
    missing: Mapping[str, int] = field(default_factory=dict)

    def without(self, words: Mapping[str, int]) -> Measure:
        """The same, with these words for no value not counted as values."""
        more = {word: count for word, count in words.items() if word not in self.missing}
        return replace(
            self,
            present=self.present - sum(more.values()),
            distinct=max(self.distinct - len(more), 0),
            missing={**self.missing, **more},
        )


def measure(
    connection: duckdb.DuckDBPyConnection,
    columns: Mapping[str, Type],
    candidates: Mapping[str, Sequence[Reading]],
    suspicion: Suspicion,
    *,
    are_columns_apart: bool = False,
) -> tuple[int, dict[str, Measure]]:
    """The row count, and the measures of every column; those that are not as suspected are scanned again.

    Where `are_columns_apart`, what may be a key is better counted alone, by `aggregates.distinct_counts`.
    """
    if are_columns_apart:
        suspicion = replace(suspicion, keys=frozenset())
    row_count, measures = _scanned(connection, columns, candidates, suspicion, are_columns_apart)
    missed = {name: columns[name] for name, found in measures.items() if found is None}
    if missed:
        unsuspected = Suspicion(with_blanks=frozenset(missed), keys=suspicion.keys)
        measures |= _scanned(connection, missed, candidates, unsuspected, are_columns_apart)[1]
    return row_count, {name: found for name, found in measures.items() if found is not None}


def _scanned(
    connection: duckdb.DuckDBPyConnection,
    columns: Mapping[str, Type],
    candidates: Mapping[str, Sequence[Reading]],
    suspicion: Suspicion,
    are_columns_apart: bool,
) -> tuple[int, dict[str, Measure | None]]:
    def cost(name: str) -> int:
        return 1 + _READING_COST * len(candidates.get(name, ()))

    row_count = 0
    measures: dict[str, Measure | None] = {}
    for names in batches(connection, columns, cost):
        asked = [
            _Asked(i, name, columns[name], tuple(candidates.get(name, ())), suspicion)
            for i, name in enumerate(names)
        ]
        told = [("0 AS n", "count(*)"), *((each.prepared_sql, each.measures_sql) for each in asked)]
        row_count, *values = aggregated(connection, told, are_columns_apart=are_columns_apart)
        measures |= {each.name: each.read(value) for each, value in zip(asked, values, strict=True)}
    return row_count, measures


def texts_in_bytes(connection: duckdb.DuckDBPyConnection, columns: Mapping[str, Type]) -> list[str]:
    """The columns of bytes that are UTF-8 in every row: text, written by who did not mark it as such.

    Bytes with control characters, such as a short hash has by chance, are none.
    """
    found: list[str] = []
    binary = [name for name, kind in columns.items() if kind is Scalar.BLOB]
    for names in batches(connection, binary, lambda _: _VALUES_COST):
        cells = [quote_identifier(name) for name in names]
        are_text = [
            f"bool_and(coalesce(NOT regexp_matches(TRY(DECODE({c})), '{_CONTROLS}'), FALSE)) FILTER ({c} IS NOT NULL)"
            for c in cells
        ]
        row = connection.execute(f"SELECT {', '.join(are_text)} FROM {LANDED}").fetchone() or ()
        found += [name for name, is_text in zip(names, row, strict=True) if is_text]
    return found


def columns_of_few(types: Mapping[str, Type], measures: Mapping[str, Measure]) -> list[str]:
    """The columns of so few values that each may be counted, and was not."""
    return [
        name
        for name, found in measures.items()
        if 0 < found.distinct <= FEW_VALUES and found.values is None and not is_nested(types[name])
    ]


def values_of(
    connection: duckdb.DuckDBPyConnection,
    few: Sequence[str],
    sketched: Mapping[str, Sketched],
    counted: Sequence[str],
    *,
    row_count: int,
    are_columns_apart: bool = False,
) -> tuple[dict[str, dict[Any, int]], dict[str, Sketch], dict[str, int]]:
    """How often each value of the columns `few` occurs, sketches of the columns `sketched`, and exactly how many values
    the columns `counted` have: in one pass, if not `are_columns_apart`, of which the last are counted alone."""
    histograms, counts, sketches = dict[str, dict[Any, int]](), dict[str, int](), dict[str, Sketch]()
    if are_columns_apart:
        keys = [(name,) for name in counted]
        counts = dict(
            zip(counted, distinct_counts(connection, keys, row_count, are_columns_apart=True), strict=True)
        )
        counted = ()
    asked = {(name, "few"): (quote_identifier(name), "histogram({0})") for name in few}
    asked |= {(name, "sketched"): (each.as_text, each.hashes_sql("{0}")) for name, each in sketched.items()}
    asked |= {(name, "counted"): (quote_identifier(name), "count(DISTINCT {0})") for name in counted}
    for batch in batches(connection, asked, lambda _: _VALUES_COST):
        told = [(f"{asked[key][0]} AS v{i}", asked[key][1].format(f"v{i}")) for i, key in enumerate(batch)]
        row = aggregated(connection, told, are_columns_apart=are_columns_apart)
        for (name, what), value in zip(batch, row, strict=True):
            if what == "few":
                histograms[name] = {_shown(each): count for each, count in (value or {}).items()}
            elif what == "counted":
                counts[name] = value
            else:
                hashes = frozenset(value or ()) - {None}
                sketches[name] = Sketch(sketched[name].share, hashes, sketched[name].as_text)
    return histograms, sketches, counts


def _shown(value: Any) -> Any:
    """Bytes as the text that they are, else as SQL writes them: no Python."""
    if not isinstance(value, bytes):
        return value
    text = value.decode(errors="replace")
    is_text = "\ufffd" not in text and re.search(_CONTROLS, text) is None
    return text if is_text else "".join(chr(n) if n in _PLAIN else f"\\x{n:02X}" for n in value)


@dataclass(frozen=True)
class _Asked:
    """What is asked of one column, the `number`th of a statement."""

    number: int
    name: str
    kind: Type
    candidates: tuple[Reading, ...]
    suspicion: Suspicion

    @property
    def _has_blanks(self) -> bool:
        return self.kind is Scalar.VARCHAR and self.name in self.suspicion.with_blanks

    @property
    def _is_hashed(self) -> bool:
        return self.kind is Scalar.VARCHAR and self.name in self.suspicion.keys

    @property
    def _values(self) -> tuple[str, ...] | None:
        """Those that the column is suspected to have."""
        return self.suspicion.values.get(self.name)

    @property
    def prepared_sql(self) -> str:
        """The cell and its values as each candidate reads them, by names that `measures_sql` knows."""
        cell, number = quote_identifier(self.name), self.number
        values = [f"{reading.value(cell)} AS v{number}_{i}" for i, reading in enumerate(self.candidates)]
        if self._has_blanks:
            # What sorts after blanks is not blank, and needs no trimming.
            trimmed = f"CASE WHEN {cell} >= '!' THEN {cell} ELSE NULLIF(TRIM({cell}), '') END"
            values += [f"{trimmed} AS t{number}", f"{cell} = '' AS e{number}"]
        return ", ".join([f"{cell} AS c{number}", *values])

    @property
    def measures_sql(self) -> str:
        """A row of aggregates, in the order of `Measure`."""
        cell, kind = f"c{self.number}", self.kind
        if self._values is not None:
            listed = ", ".join(map(quote_literal, self._values))
            return f"row(count({cell}), histogram_exact({cell}, [{listed}]::VARCHAR[]))"
        count = "count(DISTINCT {})" if self.name in self.suspicion.keys else "approx_count_distinct({})"
        if self._is_hashed:
            # All at once, texts would be held in memory; where no hash is twice, no value is.
            count = "count(DISTINCT CASE WHEN {0} IS NOT NULL THEN hash({0}) END)"
        text, numeric, whole = "CAST({}({}) AS VARCHAR)", "0", "0"
        present = non_empty = given = f"count({cell})"
        distinct, low, high = count.format(cell), text.format("min", cell), text.format("max", cell)
        first = low if kind is Scalar.VARCHAR else "NULL"
        if self._has_blanks:
            empty = f"count_if(e{self.number})"
            present, non_empty = f"count(t{self.number})", f"{given} - {empty}"
            distinct, first = f"{distinct} - least({empty}, 1)", f"min(t{self.number})"
        elif is_nested(kind) or str(kind) in {"BLOB", "BIT", "GEOMETRY"}:
            distinct, low, high = count.format(f"CAST({cell} AS VARCHAR)"), "NULL::VARCHAR", "NULL::VARCHAR"
        if kind in FLOATS:
            whole = f"count(CASE WHEN {cell} = FLOOR({cell}) THEN 1 END)"
        if any(reading.is_number for reading in self.candidates):
            numeric = f"count(CASE WHEN REGEXP_FULL_MATCH(TRIM({cell}), {quote_literal(NUMERIC)}) THEN 1 END)"
        listed = ", ".join(map(quote_literal, self.suspicion.missing.get(self.name, ())))
        missing = f"histogram_exact(TRIM({cell}), [{listed}]::VARCHAR[])" if listed else "NULL"
        values = [f"v{self.number}_{i}" for i in range(len(self.candidates))]
        lists = [
            f"[{', '.join(f'count({value})' for value in values)}]::BIGINT[]",
            f"[{', '.join(text.format('min', value) for value in values)}]::VARCHAR[]",
            f"[{', '.join(text.format('max', value) for value in values)}]::VARCHAR[]",
        ]
        measures = (present, non_empty, given, distinct, low, high, numeric, whole, *lists, first, missing)
        return f"row({', '.join(measures)})"

    def read(self, found: Sequence[Any]) -> Measure | None:
        """What the aggregates say; `None` where the column is not as suspected."""
        if self._values is not None:
            return _counted(*found)
        present, non_empty, given, distinct, low, high, numeric, whole, fits, lows, highs, first, words = (
            found
        )
        if self.kind is Scalar.VARCHAR and not self._has_blanks and (low or "!") < "!":
            return None
        return Measure(
            present,
            non_empty,
            given,
            min(distinct, non_empty),  # an approximate count can exceed the values there are
            low,
            high,
            numeric,
            whole,
            tuple(fits),
            tuple(lows),
            tuple(highs),
            first,
            is_exact=self.name in self.suspicion.keys and (not self._is_hashed or distinct == non_empty),
            suspected={word: count for word, count in (words or {}).items() if word and count},
        )


def _counted(present: int, histogram: dict[str, int] | None) -> Measure | None:
    """What is known of text by its values, none of them blank; `None` if others were found among them."""
    values = {value: count for value, count in (histogram or {}).items() if count}
    if values.pop("", 0):
        return None
    low, high = min(values, default=None), max(values, default=None)
    return Measure(
        present, present, present, len(values), low, high, 0, 0, (), (), (), low, is_exact=True, values=values
    )
