"""Which columns, alone or in pairs, tell the rows of a dataset apart: suspected on a sample, proven on all rows."""

from __future__ import annotations

from itertools import combinations, islice
from typing import TYPE_CHECKING

from meshlake.discovery.batches import batches
from meshlake.discovery.landed_view import LANDED, SAMPLE
from meshlake.discovery.names import is_identifier
from meshlake.names import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import duckdb

_KEY_TYPES = frozenset({"string", "integer", "date", "timestamp"})
# Approximate distinct counts are within about 5 %; one this far below the rows is no miscount.
_NEARLY_ALL = 0.85
_PROVEN_SINGLES = 4
_PROVEN_PAIRS = 3
_SAMPLED_PAIRS = 60
# Of wider tables the columns that come first, identifiers before all.
_PAIRED = 500
_DISTINCT_COST = 50
# Of so few rows approximate counts say too little: any column may be a key.
_FEW_ROWS = 100


def single_suspects(
    connection: duckdb.DuckDBPyConnection,
    found_types: Mapping[str, str],
    distincts: Mapping[str, int],
    row_count: int,
) -> list[str]:
    """The columns that may each be a key alone, the likeliest first; the arguments are those of `candidate_keys`."""
    least = 2 if row_count <= _FEW_ROWS else _NEARLY_ALL * row_count
    singles = ((name,) for name in _usable(found_types, distincts) if distincts[name] >= least)
    return [name for (name,) in islice(_unrefuted(connection, singles), _PROVEN_SINGLES)]


def candidate_keys(
    connection: duckdb.DuckDBPyConnection,
    found_types: Mapping[str, str],
    distincts: Mapping[str, int],
    row_count: int,
    counted: Mapping[str, int],
) -> tuple[tuple[str, ...], ...]:
    """Columns without null and without a value twice, the likeliest key first; pairs when no column is one alone.

    `found_types` are logical: fractions and yes/no identify nothing. `distincts` counts the values, nearly,
    of the columns that are never null; `counted` exactly, of `single_suspects`.
    """
    if row_count < 2:
        return ()
    found = tuple((name,) for name, distinct in counted.items() if distinct == row_count)
    if found:
        return found
    usable = _usable(found_types, distincts)
    pairs = (
        pair
        for pair in combinations(usable[:_PAIRED], 2)
        if distincts[pair[0]] * distincts[pair[1]] >= _NEARLY_ALL**2 * row_count
    )
    suspected = islice(_unrefuted(connection, islice(pairs, _SAMPLED_PAIRS)), _PROVEN_PAIRS)
    return _proven(connection, list(suspected), row_count)


def _usable(found_types: Mapping[str, str], distincts: Mapping[str, int]) -> list[str]:
    """Identifiers first, then as the columns stand."""
    usable = [name for name in distincts if distincts[name] > 1 and found_types[name] in _KEY_TYPES]
    return sorted(usable, key=lambda name: not is_identifier(name))


def _unrefuted(
    connection: duckdb.DuckDBPyConnection, suspects: Iterable[tuple[str, ...]]
) -> Iterator[tuple[str, ...]]:
    """Those that have no value twice in the sample, looked at as far as they are asked for."""
    for batch in batches(connection, suspects, lambda _: _DISTINCT_COST):
        row = connection.execute(f"SELECT count(*), {_distincts(batch)} FROM {SAMPLE}").fetchone() or ()
        yield from (suspect for suspect, distinct in zip(batch, row[1:], strict=True) if distinct == row[0])


def _proven(
    connection: duckdb.DuckDBPyConnection, suspects: Sequence[tuple[str, ...]], row_count: int
) -> tuple[tuple[str, ...], ...]:
    if not suspects:
        return ()
    row = connection.execute(f"SELECT {_distincts(suspects)} FROM {LANDED}").fetchone() or ()
    return tuple(suspect for suspect, distinct in zip(suspects, row, strict=True) if distinct == row_count)


def _distincts(suspects: Sequence[tuple[str, ...]]) -> str:
    counts = []
    for suspect in suspects:
        columns = ", ".join(map(quote_identifier, suspect))
        counts.append(f"count(DISTINCT {columns if len(suspect) == 1 else f'row({columns})'})")
    return ", ".join(counts)
