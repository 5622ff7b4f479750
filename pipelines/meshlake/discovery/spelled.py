"""Numbers that say more than their digits: `$5`, `€ 1.234,50`, `12 %`, `(5)` and `5-` for -5, `1 234`, `1'234`, `3 kg`.

What stands beside the digits is one currency, sign or unit, the same in the whole column, or it would be lost: which is
looked up in the sample, and made a part of the reading.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from meshlake.discovery.code_lists import CURRENCY_CODES, CURRENCY_SIGNS, is_currency
from meshlake.discovery.landed_view import CELLS, are_of
from meshlake.discovery.readings import DECIMAL_COMMA, DECIMALS, POINT, SPACED, Reading
from meshlake.names import quote_literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

_UNITS = (
    "% ‰ °C °F kg mg g t lb lbs oz km cm mm mi ft m ml cl l L kWh MWh GWh Wh kW MW W V A km/h mph m² m³ km² ha min sec "
    "ms h s days d kB KB MB GB TB MiB GiB B hPa bar ppm bpm"
)
_ALL_MARKS = {"", *CURRENCY_CODES, *CURRENCY_SIGNS, *_UNITS.split()}
_GAPS = " \u00a0\u202f"
_GAP = f"[{_GAPS}]"
_NUMBER = f"[0-9]([0-9.,'’{_GAPS}]*[0-9])?"
# A mark, a gap, a bracket and a minus may stand on one side.
_MARK = "|".join(re.escape(mark) for mark in sorted(_ALL_MARKS, reverse=True))
_AROUND = f"[-(){_GAPS}]{{0,3}}"
_SHAPE = f"{_AROUND}({_MARK}){_AROUND}{_NUMBER}{_AROUND}({_MARK}){_AROUND}"
_NO_MARK = f"[-0-9.,()'’{_GAPS}]"
_SILENT = f"['’{_GAPS}]"
_LEAST, _MOST = 0.2, 3


def spelled_readings(
    connection: duckdb.DuckDBPyConnection, unread: Mapping[str, tuple[int, int]]
) -> dict[str, tuple[Reading, ...]]:
    """The readings of numbers with what most sampled cells have beside their digits.

    Args:
        connection: has the sample.
        unread: the columns of which no other reading reads all cells, how many there are of each, and are read.
    """
    found = {}
    for name, ((mark, count, example), *_) in _marks(connection, list(unread)).items():
        present, read = unread[name]
        if count < max(_LEAST * present, read):
            continue
        readings = amounts(mark, is_before=bool(mark) and example.lstrip("-(").startswith(mark))
        counts = ", ".join(f"count({_roughly(reading)})" for reading in readings)
        fits = connection.execute(f"SELECT {counts} FROM {CELLS} WHERE {are_of([name])}").fetchone() or ()
        order = sorted(range(len(readings)), key=lambda i: (-fits[i], i))
        found[name] = tuple(readings[i] for i in order if fits[i] >= _LEAST * present and fits[i] > read)[
            :_MOST
        ]
    return found


def _roughly(reading: Reading) -> str:
    """SQL that is null where `reading` reads nothing, and of a number that it reads not quite right too."""
    plain = (reading.converted or "").format(cell="TRIM(value)")
    return f"CASE WHEN {reading.looks_right('value')} THEN TRY_CAST({plain} AS DOUBLE) END"


def mixed_currencies(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> dict[str, str]:
    """Those of `names`, kept as text, whose sample is amounts in several currencies, with what to say of it."""
    told = {}
    for name, marks in _marks(connection, names).items():
        currencies = [mark for mark, _, _ in marks if is_currency(mark)]
        if len(currencies) > 1:
            told[name] = (
                f"amounts in several currencies, such as {' and '.join(currencies[:2])}: kept as text"
            )
    return told


def _marks(
    connection: duckdb.DuckDBPyConnection, names: Sequence[str]
) -> dict[str, list[tuple[str, int, str]]]:
    """What stands beside the digits of sampled cells, in how many, with one of them; the most frequent first."""
    marks: dict[str, list[tuple[str, int, str]]] = {}
    if names:
        rows = connection.execute(
            f"SELECT name, REGEXP_REPLACE(value, {quote_literal(_NO_MARK)}, '', 'g') AS mark, count(*) AS n, "
            f"min(TRIM(value)) FROM {CELLS} WHERE {are_of(names)} "
            f"AND REGEXP_FULL_MATCH(TRIM(value), {quote_literal(_SHAPE)}) GROUP BY ALL ORDER BY n DESC, mark"
        ).fetchall()
        for name, mark, count, example in rows:
            if mark in _ALL_MARKS:
                marks.setdefault(name, []).append((mark, count, example))
    return marks


def amounts(mark: str, *, is_before: bool = False) -> tuple[Reading, ...]:
    """The readings of numbers that have `mark` beside them, or none, the likelier of two that are both true first.

    Example:
        >>> [reading.format for reading in amounts("€")]
        ['1234 €', '1,234.50 €', '1.234,50 €', '1,234.5 €', '1.234,5 €']
    """
    is_money = is_currency(mark)
    cents = "{}[0-9]{{2}}"
    parts = "{}([0-9]{{1,2}}|[0-9]{{4,}})" if is_money else "{}[0-9]+"
    made = [_whole(mark, is_before=is_before)]
    for fraction, example, scale in ((cents, "50", 2), (parts, "5", None)):
        if scale is None or is_money or not mark:
            # Of money, whole numbers are among those with cents; of plain numbers, those of a scale all have it.
            may_lack = "" if scale and not is_money else "?"
            made += [
                _amount(
                    mark, sign, (f"({fraction.format(f'[{sign[0]}]')}){may_lack}", example, scale), is_before
                )
                for sign in ((".", ",", POINT), (",", ".", DECIMAL_COMMA))
            ]
    return tuple(made)


def _whole(mark: str, *, is_before: bool) -> Reading:
    """Numbers without a sign in them that could be read in two ways."""
    kind, scale = ("number", 2 if is_currency(mark) else None) if mark else ("integer", None)
    body = _digits("") if not mark else "(0|[1-9][0-9]*)"
    format_ = _format(mark, "1234", is_before) if mark else SPACED
    return Reading(kind, _around(mark, body), format_, _plain(mark, ".", ""), scale=scale, unit=mark or None)


def _amount(
    mark: str, sign: tuple[str, str, str], fraction: tuple[str, str, int | None], is_before: bool
) -> Reading:
    (point, group, convention), (pattern, example, scale) = sign, fraction
    body = _digits(group) + pattern
    if not scale:
        # Three digits behind the first sign of an amount of money are thousands, but for 0.125.
        body = f"({body}|0[{point}][0-9]+)"
    return Reading(
        "number",
        _around(mark, body),
        _format(mark, f"1{group}234{point}{example}", is_before),
        _plain(mark, point, group),
        scale=scale,
        rivalry=DECIMALS,
        convention=convention,
        unit=mark or None,
    )


def _format(mark: str, written: str, is_before: bool) -> str:
    if not mark:
        return f"{written}, or ({written}) and {written}- below zero"
    return f"{mark}{' ' if mark.isalpha() else ''}{written}" if is_before else f"{written} {mark}"


def _digits(group: str) -> str:
    return f"(0|[1-9][0-9]*|[1-9][0-9]{{0,2}}([{group}'’{_GAPS}][0-9]{{3}})+)"


def _around(mark: str, body: str) -> str:
    """The pattern of a number with `mark` on either side; below zero, it has a minus or stands in brackets.

    What has half a bracket or two signs looks so, too, and is no number when the rest is taken off.
    """
    if not mark:
        return f"[-(]?{body}[-)]?"
    sign, gap = re.escape(mark), _GAP if mark.isalpha() and len(mark) == 1 else f"{_GAP}?"
    return f"[-(]?({sign}{gap}[-(]?{body}|{body}[-)]?{gap}{sign})[-)]?"


def _plain(mark: str, point: str, group: str) -> str:
    """SQL for the number as engines write it, of `{cell}`."""
    text = f"REPLACE({{cell}}, {quote_literal(mark)}, '')" if mark else "{cell}"
    text = f"REGEXP_REPLACE({text}, {quote_literal(_SILENT)}, '', 'g')"
    text = rf"REGEXP_REPLACE(REGEXP_REPLACE({text}, '^[(](.*)[)]$', '-\1'), '^(.*)-$', '-\1')"
    text = f"REPLACE({text}, '{group}', '')" if group else text
    return f"REPLACE({text}, ',', '.')" if point == "," else text
