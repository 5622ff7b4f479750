"""Which columns, alone or in pairs, tell the rows of a dataset apart: suspected on a sample, proven on all rows."""

from __future__ import annotations

from itertools import combinations, islice
from typing import TYPE_CHECKING

from meshlake.discovery.batches import batches
from meshlake.discovery.landed_view import LANDED
from meshlake.discovery.names import is_identifier
from meshlake.discovery.sample import SAMPLE
from meshlake.names import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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


def candidate_keys(
    connection: duckdb.DuckDBPyConnection,
    found_types: Mapping[str, str],
    distincts: Mapping[str, int],
    row_count: int,
) -> tuple[tuple[str, ...], ...]:
    """Columns without null and without a value twice, the likeliest key first; pairs when no column is one alone.

    `found_types` are logical: fractions and yes/no identify nothing. `distincts` counts the values, nearly,
    of the columns that are never null.
    """
    if row_count < 2:
        return ()
    usable = [name for name in distincts if distincts[name] > 1 and found_types[name] in _KEY_TYPES]
    # Identifiers first, then as the columns stand.
    usable.sort(key=lambda name: not is_identifier(name))
    singles = [(n,) for n in usable if distincts[n] >= _NEARLY_ALL * row_count]
    found = _proven(connection, _unrefuted(connection, singles)[:_PROVEN_SINGLES], row_count)
    if found:
        return found
    pairs = (
        pair
        for pair in combinations(usable[:_PAIRED], 2)
        if distincts[pair[0]] * distincts[pair[1]] >= _NEARLY_ALL**2 * row_count
    )
    suspected = _unrefuted(connection, list(islice(pairs, _SAMPLED_PAIRS)))
    return _proven(connection, suspected[:_PROVEN_PAIRS], row_count)


def _unrefuted(
    connection: duckdb.DuckDBPyConnection, suspects: Sequence[tuple[str, ...]]
) -> list[tuple[str, ...]]:
    unrefuted = []
    for batch in batches(connection, suspects, lambda _: _DISTINCT_COST):
        row = connection.execute(f"SELECT count(*), {_distincts(batch)} FROM {SAMPLE}").fetchone() or ()
        unrefuted += [suspect for suspect, distinct in zip(batch, row[1:], strict=True) if distinct == row[0]]
    return unrefuted


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
