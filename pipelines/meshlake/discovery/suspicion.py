"""What the sample lets one suspect of columns, so that the scan of all rows asks the right thing of each at once.

Where all rows show otherwise, they are scanned once more for that column: a suspicion costs or saves time, and changes
nothing that is found.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from meshlake.discovery.aggregates import aggregated
from meshlake.discovery.batches import batches
from meshlake.discovery.keys import Part, suspects
from meshlake.discovery.landed_view import SAMPLE
from meshlake.discovery.missing import suspected_words
from meshlake.names import quote_identifier
from meshlake.types.odcs import logical_name
from meshlake.types.tree import Scalar, is_nested

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from meshlake.discovery.readings import Reading
    from meshlake.types.tree import Type

FEW_VALUES = 20
# Of so few values approximate counts are not off by more than the difference.
_NEARLY_FEW = 30
_LEAST_KEYED = 0.6
_LOOK_COST = 4


@dataclass(frozen=True)
class Suspicion:
    """`with_blanks` are columns of text that is blank, or begins so; `values` those of columns of text that have few,
    none of them blank or read as anything but text; `keys` columns that may tell rows apart, and `shares` how far those
    that were asked for do in the sample; `missing` words for no value of columns of text that may be read otherwise."""

    with_blanks: frozenset[str] = frozenset()
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keys: frozenset[str] = frozenset()
    shares: dict[str, float] = field(default_factory=dict)
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Look:
    present: int
    distinct: int
    has_blanks: bool


def suspect(
    connection: duckdb.DuckDBPyConnection,
    types: Mapping[str, Type],
    candidates: Mapping[str, Sequence[Reading]],
) -> Suspicion:
    """What the sample says of the columns of `types`, whose text may be read as `candidates`."""
    row_count, looks = _looks(connection, {name: kind for name, kind in types.items() if not is_nested(kind)})
    with_blanks = frozenset(name for name, look in looks.items() if look.has_blanks)
    few = [
        name
        for name, look in looks.items()
        if types[name] is Scalar.VARCHAR
        and look.distinct <= _NEARLY_FEW
        and not look.has_blanks
        and not candidates.get(name)
    ]
    parts = [
        Part(
            name,
            candidates[name][0].logical_type if candidates.get(name) else logical_name(types[name]),
            i / len(looks),
            # An approximate count of few thousand is off by more than one of many.
            row_count if look.distinct >= _LEAST_KEYED * row_count else look.distinct,
            row_count - look.present,
        )
        for i, (name, look) in enumerate(looks.items())
    ]
    shares: dict[str, float] = {}
    keys = suspects(connection, parts, row_count, shares)
    missing = suspected_words(connection, [name for name, readings in candidates.items() if readings])
    return Suspicion(with_blanks, _values(connection, few), frozenset(keys), shares, missing)


def _looks(connection: duckdb.DuckDBPyConnection, types: Mapping[str, Type]) -> tuple[int, dict[str, _Look]]:
    row_count = 0
    looks: dict[str, _Look] = {}
    for names in batches(connection, types, lambda _: _LOOK_COST):
        asked = [
            (f"{quote_identifier(name)} AS c{i}", _look(f"c{i}", types[name])) for i, name in enumerate(names)
        ]
        row_count, *found = aggregated(
            connection, [("0 AS n", "count(*)"), *asked], are_columns_apart=True, table=SAMPLE
        )
        looks |= {name: _Look(*each) for name, each in zip(names, found, strict=True)}
    return row_count, looks


def _look(cell: str, kind: Type) -> str:
    has_blanks = f"coalesce(min({cell}) < '!', false)" if kind is Scalar.VARCHAR else "false"
    return f"row(count({cell}), approx_count_distinct({cell}), {has_blanks})"


def _values(connection: duckdb.DuckDBPyConnection, few: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Those of the columns `few` that have few."""
    found: dict[str, tuple[str, ...]] = {}
    for names in batches(connection, few, lambda _: _LOOK_COST):
        histograms = ", ".join(f"histogram({quote_identifier(name)})" for name in names)
        row = connection.execute(f"SELECT {histograms} FROM {SAMPLE}").fetchone() or ()
        found |= {name: tuple(value or ()) for name, value in zip(names, row, strict=True)}
    return {name: values for name, values in found.items() if len(values) <= FEW_VALUES}
