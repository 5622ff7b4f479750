"""Excel workbooks as bytes, down to cells that no program would write."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


class Raw(str):
    """A cell as XML: `t="e"><v>#N/A</v>` is what stands behind its place."""

    __slots__ = ()


def styled(number: float | str, style: int) -> Raw:
    """A number shown in the number format at this place among those of the workbook, from 1."""
    return Raw(f's="{style}"><v>{number}</v>')


def workbook(
    sheets: Mapping[str, Sequence[Sequence[object]]],
    *,
    number_formats: Sequence[str] = (),
    is_1904: bool = False,
    merged: Sequence[str] = (),
    hidden_rows: Sequence[int] = (),
    hidden_columns: str = "",
    is_hidden: bool = False,
) -> bytes:
    """A workbook of `sheets` with rows of cells: None is no cell, text one that is shared.

    All have `merged` ranges, and hide rows, the `<col>` elements `hidden_columns`, and themselves.
    """
    strings: list[str] = []
    parts = {
        "_rels/.rels": _relations({"r1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": _book(sheets, is_1904, is_hidden),
        "xl/_rels/workbook.xml.rels": _relations(
            {
                f"s{number}": ("worksheet", f"worksheets/sheet{number}.xml")
                for number in range(1, len(sheets) + 1)
            }
            | {"styles": ("styles", "/xl/styles.xml"), "strings": ("sharedStrings", "sharedStrings.xml")}
        ),
        "xl/styles.xml": _styles(number_formats),
    }
    ranges = "".join(f'<mergeCell ref="{each}"/>' for each in merged)
    ends = f"<mergeCells>{ranges}</mergeCells>" if merged else ""
    columns = f"<cols>{hidden_columns}</cols>" if hidden_columns else ""
    for number, rows in enumerate(sheets.values(), start=1):
        lines = "".join(
            f'<row r="{r}" hidden="{int(r in hidden_rows)}">'
            f"{''.join(_cell(cell, r, c, strings) for c, cell in enumerate(row))}</row>"
            for r, row in enumerate(rows, start=1)
            if row
        )
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{_MAIN}">{columns}<sheetData>{lines}</sheetData>{ends}</worksheet>'
        )
    items = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in strings)
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{_MAIN}">{items}</sst>'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return packed.getvalue()


def _book(sheets: Mapping[str, object], is_1904: bool, is_hidden: bool) -> str:
    state = ' state="hidden"' if is_hidden else ""
    names = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="s{number}"{state}/>'
        for number, name in enumerate(sheets, start=1)
    )
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f'<workbookPr date1904="{int(is_1904)}"/><sheets>{names}</sheets></workbook>'
    )


def _styles(number_formats: Sequence[str]) -> str:
    told = "".join(
        f'<numFmt numFmtId="{number}" formatCode={quoteattr(code)}/>'
        for number, code in enumerate(number_formats, start=200)
    )
    used = "".join(f'<xf numFmtId="{number}"/>' for number in range(200, 200 + len(number_formats)))
    return (
        f'<styleSheet xmlns="{_MAIN}"><numFmts>{told}</numFmts>'
        f'<cellXfs><xf numFmtId="0"/>{used}</cellXfs></styleSheet>'
    )


def _relations(places: Mapping[str, tuple[str, str]]) -> str:
    each = "".join(
        f'<Relationship Id="{identifier}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for identifier, (kind, target) in places.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}">{each}</Relationships>'


def _cell(cell: object, row: int, column: int, strings: list[str]) -> str:
    place = f'<c r="{chr(ord("A") + column)}{row}" '
    if cell is None:
        return ""
    if isinstance(cell, Raw):
        return f"{place}{cell}</c>"
    if isinstance(cell, bool):
        return f'{place}t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, str):
        strings.append(cell)
        return f'{place}t="s"><v>{len(strings) - 1}</v></c>'
    return f"{place}><v>{cell!r}</v></c>"
