"""The queries over all rows of a landed dataset, each of as many columns as a statement can hold: measures, values.

What the answers mean is told in `profile`, `keys` and `joins`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from meshlake.discovery.aggregates import aggregated, distinct_counts
from meshlake.discovery.batches import batches
from meshlake.discovery.landed_view import LANDED
from meshlake.discovery.measures import Asked, Measure
from meshlake.discovery.sketches import Sketch, Sketched
from meshlake.discovery.suspicion import FEW_VALUES, Suspicion
from meshlake.names import quote_identifier
from meshlake.types.tree import Scalar, is_nested

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from meshlake.discovery.readings import Reading
    from meshlake.types.tree import Type

# What a reading of a column costs in a statement, with a plain column as one.
_READING_COST = 10
_VALUES_COST = 4
_PLAIN = frozenset(range(0x20, 0x7F)) - set(b"'\"\\")  # bytes that DuckDB writes as themselves
# Of what is bytes rather than text; line ends and tabs aside.
_CONTROLS = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]"


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
            Asked(i, name, columns[name], tuple(candidates.get(name, ())), suspicion)
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
