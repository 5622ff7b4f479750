"""Bad cells that are all written in ways that are known: a line for each way, with the SQL that reads the column."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from meshlake.names import quote_identifier, quote_literal
from meshlake.transforms.ways import fraction, scale_of, ways_to_write
from meshlake.types.tree import MAX_DECIMAL_DIGITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.column import Column
    from meshlake.products.source_aligned import SourceSelect
    from meshlake.products.transform import LocalRows
    from meshlake.transforms.ways import Way

# Fewer are each told by themselves.
_FEWEST = 3


@dataclass(frozen=True)
class Kind:
    """`count` bad cells of a column that are written in one `way`, the first of them in `row` of `file`."""

    way: Way
    count: int
    file: str
    row: int
    value: str
    decimals: int


@dataclass(frozen=True)
class Misfits:
    """The kinds of bad cells of `column`; `is_all` where it has no value that fits."""

    column: Column
    kinds: tuple[Kind, ...]
    is_all: bool

    @property
    def told(self) -> list[str]:
        """What they are, for people."""
        name, wanted = self.column.name, self.column.wanted
        return [
            f"{name}: {kind.count:,} values like '{kind.value}' are no {wanted}: {kind.way.words} "
            f"(first in {kind.file}, row {kind.row})"
            for kind in self.kinds
        ]

    @property
    def remedy(self) -> str:
        """What to write into the contract for them to be read."""
        name = self.column.name
        if wider := [kind for kind in self.kinds if kind.way.text is None]:
            scale = max(kind.decimals for kind in wider)
            return f"give {name} physicalType: DECIMAL({MAX_DECIMAL_DIGITS},{scale})"
        return f"give {name} transformLogic: {self._expression()}"

    def _expression(self) -> str:
        cell = quote_identifier((self.column.sources or (self.column.name,))[0])
        ways = [kind.way for kind in self.kinds]
        if len(ways) == 1 and self.is_all and ways[0].reading is not None:
            return ways[0].reading.expression(cell) or ""
        branches = [
            f"WHEN {way.looks_right(cell)} THEN {(way.text or '').format(cell=f'TRIM({cell})')}"
            for way in ways
        ]
        rest = f"NULLIF(TRIM({cell}), '')"
        if (scale := scale_of(self.column.type)) is not None:  # whose cast would round what else there is
            fits = f"REGEXP_FULL_MATCH(TRIM({cell}), '-?[0-9]+({fraction('[.]', scale)})?')"
            branches.append(f"WHEN {fits} THEN TRIM({cell})")
            # Fails, so that the value that landed is told.
            rest = f"CAST(CAST({rest} || '?' AS {self.column.type}) AS VARCHAR)"
        return f"CASE {' '.join(branches)} ELSE {rest} END"

    @property
    def is_of(self) -> str:
        """SQL that is true for a row of `bad_cells_sql` that is one of these."""
        kinds = " OR ".join(kind.way.is_of("value", self.column.type) for kind in self.kinds)
        return f"(column_name = {quote_literal(self.column.name)} AND ({kinds}))"


def kinds_of(
    local: LocalRows, source: SourceSelect, bad_cells: str, columns: Sequence[Column]
) -> list[Misfits]:
    """The kinds that there are of `columns` in the table `bad_cells` of `local`."""
    found = (_misfits(local, source, bad_cells, column) for column in columns)
    return [misfits for misfits in found if misfits is not None]


def _misfits(local: LocalRows, source: SourceSelect, bad_cells: str, column: Column) -> Misfits | None:
    ways = list(ways_to_write(column.type))
    if column.expression is not None or len(column.sources) > 1 or not ways:
        return None
    marks = " || ".join(f"CASE WHEN {way.is_of('value', column.type)} THEN '1' ELSE '0' END" for way in ways)
    decimals = "max(LENGTH(REGEXP_EXTRACT(TRIM(value), '[.]([0-9]+)$', 1)))"
    counted = local.rows(
        f"SELECT {marks} AS marks, count(*), min((file, row, value)), {decimals} FROM {bad_cells} "
        f"WHERE column_name = {quote_literal(column.name)} GROUP BY marks"
    )
    kinds, left = [], [(str(marks), int(str(n)), first, int(str(d or 0))) for marks, n, first, d in counted]
    while left:
        totals = [sum(n for marks, n, *_ in left if marks[at] == "1") for at in range(len(ways))]
        at = totals.index(max(totals))
        if totals[at] <= _FEWEST:
            break
        of_it = [each for each in left if each[0][at] == "1"]
        file, row, value = min(first for _, _, first, _ in of_it if isinstance(first, tuple))
        kinds.append(Kind(ways[at], totals[at], str(file), int(row), str(value), max(d for *_, d in of_it)))
        left = [each for each in left if each[0][at] != "1"]
    if not kinds:
        return None
    ((fitting, pointed),) = local.rows(source.fitting_sql(column.name))
    if pointed:  # so that 1.234 is read as the others that fit
        kinds = [replace(kind, way=kind.way.with_a_comma) for kind in kinds]
    return Misfits(column, tuple(kinds), is_all=not fitting)
