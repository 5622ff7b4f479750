"""The sheets of a workbook as Excel wrote them before 2007 (`.xls`), read by xlrd: cells as `workbook` has them."""

from __future__ import annotations

import io
from contextlib import ExitStack, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, TypeAlias

from meshlake.errors import DamagedFileError
from meshlake.formats import refuse_pages
from meshlake.formats.cells import (
    BUILT_IN_KINDS,
    DAY_ZERO,
    DAY_ZERO_OF_1904,
    MOST_WHOLE,
    Hidden,
    as_shown,
    cell_name,
    number_kind,
)
from meshlake.formats.workbook import OLD_OR_LOCKED, open_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from typing import BinaryIO

    from meshlake.formats.cells import Value
    from meshlake.formats.workbook import Workbook

AnyWorkbook: TypeAlias = "Workbook | OldWorkbook"
_START_BYTES = 1024
_AGAIN = "Land the file again, whole; or save it as .xlsx, without a password."


@contextmanager
def open_any_workbook(name: str, opening: AbstractContextManager[BinaryIO]) -> Iterator[AnyWorkbook]:
    """The workbook, as Excel writes it or as it did before 2007, whatever its name says.

    Raises:
        LandingError: it is damaged, locked by a password, or of another format.
    """
    with ExitStack() as until_end:
        stream = until_end.enter_context(opening)
        start = stream.read(_START_BYTES)
        stream.seek(0)
        refuse_pages(name, start)
        if start.startswith(OLD_OR_LOCKED):
            yield OldWorkbook(name, stream.read())
        else:
            yield until_end.enter_context(open_workbook(name, nullcontext(stream)))


class OldWorkbook:
    """See `workbook.Workbook`: an open workbook, its `sheets` by name, what the last one has `merged` and `hidden`."""

    def __init__(self, name: str, content: bytes) -> None:
        import xlrd

        try:
            self._book = xlrd.open_workbook(
                file_contents=content, formatting_info=True, on_demand=True, logfile=io.StringIO()
            )
        except (xlrd.XLRDError, xlrd.compdoc.CompDocError, AssertionError, LookupError, ValueError) as error:
            raise DamagedFileError(
                f"{name}: it is locked by a password, or as Excel wrote it before 2007 and damaged: {error}",
                _AGAIN,
            ) from error
        self.merged: list[str] = []
        self.hidden = Hidden()
        self.sheets = {sheet: sheet for sheet in self._book.sheet_names()}
        self._day_zero = DAY_ZERO_OF_1904 if self._book.datemode else DAY_ZERO

    @property
    def filled_sheets(self) -> list[str]:
        """The sheets in which any cell holds something."""
        return [sheet for sheet in self.sheets if next(self.rows(sheet), None)]

    def rows(self, sheet: str) -> Iterator[tuple[int, dict[int, Value]]]:
        """The rows that hold something, each with its number, as values by number of column, both from 1."""
        table = self._book.sheet_by_name(sheet)
        self.merged = [
            f"{cell_name(left + 1, top + 1)}:{cell_name(right, bottom)}"
            for top, bottom, left, right in table.merged_cells
        ]
        self.hidden = Hidden(
            [row + 1 for row, info in sorted(table.rowinfo_map.items()) if info.hidden],
            [range(column + 1, column + 2) for column, info in table.colinfo_map.items() if info.hidden],
            is_sheet=bool(table.visibility),
        )
        for number in range(table.nrows):
            cells = {}
            for column, cell in enumerate(table.row(number), start=1):
                value = self._value(cell)
                if value is not None:
                    cells[column] = value
            if cells:
                yield number + 1, cells

    def _value(self, cell: Any) -> Value | None:
        import xlrd

        if cell.ctype == xlrd.XL_CELL_TEXT:
            return str(cell.value) or None
        if cell.ctype == xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        if cell.ctype == xlrd.XL_CELL_ERROR:
            return str(xlrd.error_text_from_code.get(cell.value, "#ERROR!"))
        if cell.ctype in {xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE}:
            return self._number(float(cell.value), cell.xf_index)
        return None

    def _number(self, value: float, style: int) -> Value:
        format_ = self._book.format_map[self._book.xf_list[style].format_key]
        kind = BUILT_IN_KINDS.get(format_.format_key) or number_kind(format_.format_str)
        number = int(value) if value.is_integer() and abs(value) <= MOST_WHOLE else value
        return number if kind is None else as_shown(number, kind, self._day_zero)
