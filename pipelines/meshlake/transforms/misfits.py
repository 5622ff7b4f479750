"""Bad cells that are all written in one way that is known: told as one line, with the SQL that reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.discovery.readings import COMMA, READINGS, THOUSANDS
from meshlake.names import quote_identifier, quote_literal
from meshlake.types.tree import Decimal, Scalar, is_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.column import Column
    from meshlake.discovery.readings import Reading
    from meshlake.products.source_aligned import SourceSelect
    from meshlake.products.transform import LocalRows

# Fewer are each told by themselves.
_FEWEST = 3
_WORDS = {COMMA: "decimal commas", THOUSANDS: "commas between thousands"}


@dataclass(frozen=True)
class Kind:
    """`count` bad cells of `column` that `reading` reads, the first of them in `row` of `file`."""

    column: Column
    reading: Reading
    count: int
    file: str
    row: int
    value: str

    @property
    def told(self) -> str:
        """What they are, for people."""
        how = _WORDS.get(self.reading) or f"{self.reading.logical_type}s as {self.reading.format}"
        values = f"{self.count:,} values like '{self.value}'"
        return f"{self.column.name}: {values} are no {self.column.type}: {how} (first in {self.file}, row {self.row})"

    @property
    def remedy(self) -> str:
        """What to write into the contract for them to be read."""
        source = (self.column.sources or (self.column.name,))[0]
        return f"give {self.column.name} transformLogic: {self.reading.expression(quote_identifier(source))}"

    @property
    def is_of(self) -> str:
        """SQL that is true for a row of `bad_cells_sql` that is one of these."""
        name = quote_literal(self.column.name)
        return f"(column_name = {name} AND {self.reading.value('value')} IS NOT NULL)"


def kinds_of(local: LocalRows, source: SourceSelect, lineage: str, columns: Sequence[Column]) -> list[Kind]:
    """The kinds that there are among the bad cells of `columns`."""
    found = (_kind(local, source, lineage, column) for column in columns)
    return [kind for kind in found if kind is not None]


def _kind(local: LocalRows, source: SourceSelect, lineage: str, column: Column) -> Kind | None:
    readings = [each for each in READINGS if each.converted is not None and _gives(each, column)]
    if column.expression is not None or len(column.sources) > 1 or not readings:
        return None
    measures = []
    for reading in readings:
        fits = f"FILTER (WHERE {reading.value('value')} IS NOT NULL)"
        measures += [f"count(*) {fits}", f"min((file, row, value)) {fits}"]
    cells = source.bad_cells_sql(lineage, [column.name])
    (answer,) = local.rows(f"SELECT {', '.join(measures)} FROM ({cells})")
    counted = [(int(str(n)), first) for n, first in zip(answer[::2], answer[1::2], strict=True)]
    count, first = max(counted, key=lambda each: each[0])
    if count <= _FEWEST or not isinstance(first, tuple):
        return None
    file, row, value = first
    return Kind(column, readings[counted.index((count, first))], count, str(file), int(row), str(value))


def _gives(reading: Reading, column: Column) -> bool:
    if reading.is_number:
        return isinstance(column.type, Decimal) or is_number(column.type)
    dated = {Scalar.DATE: "date", Scalar.TIMESTAMP: "timestamp"}
    return isinstance(column.type, Scalar) and dated.get(column.type) == reading.logical_type
