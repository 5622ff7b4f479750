"""Which columns may decide which others: refuted on a sample, of a bounded number of columns, the likeliest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from meshlake.discovery.landed_view import SAMPLE
from meshlake.discovery.names import is_identifier, is_moment, is_spoken
from meshlake.names import name_words, quote_identifier
from meshlake.types.tree import is_nested

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    import duckdb
    import numpy.typing as npt

    from meshlake.discovery.dataset_profile import ColumnProfile

    _Cells = npt.NDArray[np.uint64]

# Pairs grow with the square of the columns: of more than these the likeliest are looked at.
_MOST_COLUMNS, _MOST_DETERMINANTS = 500, 100
_CELLS, _LEAST_ROWS = 400_000, 500
# A column with this share of different values all but tells the rows apart.
_NEARLY_UNIQUE = 0.7
# Neighbours of one value to judge by, and how many of them would have to differ by chance.
_FEWEST_NEIGHBOURS, _FEWEST_EXPECTED = 8, 5
_DIFFERING, _STRAYS, _OF_EXPECTED = 0.03, 2, 0.2
_NAMES_OF_KINDS = frozenset({"identifier", "code", "category", "ordered category", "postcode", "country"})
_NO_KINDS = frozenset({"free text", "json", "date", "timestamp", "time of day"})


@dataclass(frozen=True)
class Suspects:
    """By column those that it may decide. `untried_count` columns that may decide some, or be decided, were not looked
    at."""

    dependents: dict[str, list[str]]
    untried_count: int = 0


def suspected(
    connection: duckdb.DuckDBPyConnection,
    columns: Sequence[ColumnProfile],
    apart: Collection[str],
    row_count: int,
) -> Suspects:
    """What the sample does not refute of `columns`, of which those of `apart` tell the rows apart, or nearly."""
    usable = [c for c in columns if c.name not in apart and _is_usable(c, row_count)]
    looked_at = sorted(usable, key=cost)[:_MOST_COLUMNS]
    deciding = [column for column in looked_at if _may_decide(column, looked_at)]
    determinants = deciding[:_MOST_DETERMINANTS]
    untried = len(usable) - len(looked_at) + len(deciding) - len(determinants)
    if len(looked_at) < 2 or not determinants:
        return Suspects({}, untried)
    names = [column.name for column in looked_at]
    cells = _sampled(connection, names)
    varied = (cells[1:] != cells[:-1]).mean(axis=0) if len(cells) > 1 else np.zeros(len(names))
    found = {c.name: _unrefuted(cells, names.index(c.name), varied) for c in determinants}
    return Suspects(
        {name: [names[i] for i in places] for name, places in found.items() if len(places)}, untried
    )


def cost(column: ColumnProfile) -> int:
    """How unlikely a column is what a lookup table would be looked up by; an identifier is likeliest."""
    if is_identifier(column.name) or is_spoken(column.name):
        return 0
    return 1 if column.found_type == "string" else 2


def _is_usable(column: ColumnProfile, row_count: int) -> bool:
    return (
        not is_nested(column.type)
        and not column.is_constant
        and 1 < column.distinct_count <= _NEARLY_UNIQUE * (row_count - column.null_count)
    )


def _may_decide(column: ColumnProfile, others: Iterable[ColumnProfile]) -> bool:
    """Whether it names things, rather than to measure them: no amount, no moment, no text that people wrote."""
    if column.meaning in _NO_KINDS or (is_moment(column.name) and not is_identifier(column.name)):
        return False
    if column.found_type not in {"string", "integer", "boolean"}:
        return False
    if column.found_type == "string" or column.values:
        return True
    words = name_words(column.name)
    is_named_with = any(
        name_words(other.name)[: len(words)] == words for other in others if other is not column
    )
    return cost(column) == 0 or column.meaning in _NAMES_OF_KINDS or (not column.meaning and is_named_with)


def cell_sql(name: str) -> str:
    """The text of a cell without the blanks around it; null where there is none."""
    return f"NULLIF(TRIM(CAST({quote_identifier(name)} AS VARCHAR)), '')"


def _sampled(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> _Cells:
    """Hashes of some rows of the sample, in an order of chance; 0 for null."""
    rows = max(_CELLS // len(names), _LEAST_ROWS)
    hashes = ", ".join(
        f"CASE WHEN {cell_sql(n)} IS NULL THEN 0 ELSE hash({cell_sql(n)}) END AS c{i}"
        for i, n in enumerate(names)
    )
    found = connection.execute(
        f"SELECT {hashes} FROM (SELECT * FROM {SAMPLE} USING SAMPLE reservoir({rows} ROWS) REPEATABLE (42))"
    ).fetchnumpy()
    cells = np.column_stack([found[f"c{i}"] for i in range(len(names))]).astype(np.uint64, copy=False)
    return np.random.default_rng(42).permutation(cells)


def _unrefuted(cells: _Cells, place: int, varied: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
    """The places of the columns that hardly ever differ between rows that have the same value in column `place`."""
    ordered = cells[np.argsort(cells[:, place])]
    alike = (ordered[1:, place] == ordered[:-1, place]) & (ordered[1:, place] != 0)
    neighbours = np.count_nonzero(alike)
    if neighbours < _FEWEST_NEIGHBOURS:
        return np.empty(0, dtype=np.intp)
    differing = (ordered[1:][alike] != ordered[:-1][alike]).sum(axis=0)
    expected = varied * neighbours
    is_left = (
        (expected >= _FEWEST_EXPECTED)
        & (differing <= _STRAYS + _DIFFERING * neighbours)
        & (differing <= _OF_EXPECTED * expected)
    )
    is_left[place] = False
    return np.flatnonzero(is_left)
