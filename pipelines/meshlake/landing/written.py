"""Dates and times as a contract says they are written: `format`, in Java's letters, and the zone of local times."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from meshlake.landing.text_values import short_text_value, text_value
from meshlake.names import quote_literal
from meshlake.types.casting import fail_unless
from meshlake.types.tree import TIMESTAMPS, Scalar

if TYPE_CHECKING:
    from meshlake.landing.casts import Cast
    from meshlake.types.tree import Type

# Java's letters, the longest first: strptime's directive, and what a value looks like.
_LETTERS = {
    "yyyy": ("%Y", "[0-9]{4}"),
    "uuuu": ("%Y", "[0-9]{4}"),
    "MMMM": ("%B", "[A-Za-z]+"),
    "MMM": ("%b", "[A-Za-z]{3}"),
    "MM": ("%m", "[0-9]{2}"),
    "M": ("%m", "[0-9]{1,2}"),
    "dd": ("%d", "[0-9]{2}"),
    "d": ("%d", "[0-9]{1,2}"),
    "HH": ("%H", "[0-9]{2}"),
    "H": ("%H", "[0-9]{1,2}"),
    "mm": ("%M", "[0-9]{2}"),
    "ss": ("%S", "[0-9]{2}"),
}
_PART = re.compile(r"'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']")
# ISO 8601, in whichever letters, is what a plain cast reads.
_ISO = re.compile(
    r"(?:yyyy|uuuu)-mm-dd(?:[t ]hh:mm(?::ss(?:[.,]s+)?)?(?:z+|x+|zz:zz)?)?|hh:mm(?::ss)?|iso-?8601",
    re.IGNORECASE,
)
_HAS_OFFSET = "(Z|[-+][0-9]{2}(:?[0-9]{2})?)$"
_SHIFTS = ("30 MINUTE", "1 HOUR", "2 HOUR")  # of clocks that are put back


def strptime_format(written: str) -> str | None:
    """What `written`, Java's DateTimeFormatter pattern, is to strptime; None where a plain cast reads it.

    Example:
        >>> strptime_format("yyyy-dd-MM"), strptime_format("dd.MM.yyyy HH:mm"), strptime_format("yyyy-MM-dd")
        ('%Y-%d-%m', '%d.%m.%Y %H:%M', None)

    Raises:
        ValueError: it has letters that are not understood here.
    """
    if _ISO.fullmatch(written.replace("'", "").strip()):
        return None
    return "".join(directive for directive, _ in _parts(written))


def cast_written(cell: str, given: Type, wanted: Type, format_: str | None, zone: str | None) -> Cast | None:
    """Cast `cell` as its contract says it is written; None where that says no more than a plain cast does.

    A local time that its zone has not, or has twice, is bad.
    """
    from meshlake.landing.casts import Cast

    trimmed = f"NULLIF(TRIM({cell}), '')" if given is Scalar.VARCHAR else cell
    directives = strptime_format(format_) if format_ else None
    if given is Scalar.VARCHAR and directives:
        local = _read(trimmed, format_ or "", directives)
    elif zone and given in TIMESTAMPS:
        local = f"CAST({cell} AS TIMESTAMP)"
    elif zone and given is Scalar.VARCHAR:
        local = short_text_value(cell, Scalar.TIMESTAMP)
    else:
        return None
    value = f"CAST({local} AS {wanted})"
    if wanted is Scalar.TIMESTAMPTZ:
        value = _once(local, zone or "UTC")
        if given is Scalar.VARCHAR and not directives:
            is_zoned = f"REGEXP_MATCHES({trimmed}, '{_HAS_OFFSET}') AND {cell} LIKE '%:%'"
            value = f"CASE WHEN {is_zoned} THEN {text_value(cell, wanted)} ELSE {value} END"
    has_value = f"({trimmed} IS NOT NULL)"
    strict = fail_unless(f"{trimmed} IS NULL OR {value} IS NOT NULL", value, cell)
    text = cell if given is Scalar.VARCHAR else f"CAST({cell} AS VARCHAR)"
    return Cast(strict, value, has_value, text, can_fail=True)


def _read(trimmed: str, written: str, directives: str) -> str:
    pattern = "".join(look for _, look in _parts(written))
    looks_right = f"REGEXP_FULL_MATCH({trimmed}, {quote_literal(pattern)})"
    # Of a known type: what a zone makes of it depends on that.
    value = f"CAST(TRY(STRPTIME({trimmed}, {quote_literal(directives)})) AS TIMESTAMP)"
    return f"CASE WHEN {looks_right} THEN {value} END"


def _once(local: str, zone: str) -> str:
    """The moment of a local time in `zone`; null where there is none, or two."""
    quoted = quote_literal(zone)
    moment = f"({local} AT TIME ZONE {quoted})"
    is_there = f"{moment} AT TIME ZONE {quoted} = {local}"
    is_twice = " OR ".join(
        f"({moment} {sign} INTERVAL {shift}) AT TIME ZONE {quoted} = {local}"
        for shift in _SHIFTS
        for sign in "+-"
    )
    return f"TRY(CASE WHEN {is_there} AND NOT ({is_twice}) THEN {moment} END)"


def _parts(written: str) -> list[tuple[str, str]]:
    parts, end = [], 0
    for match in _PART.finditer(written):
        text = match[0]
        if text.startswith("'"):
            literal = text[1:-1].replace("''", "'") or "'"
            parts.append((literal.replace("%", "%%"), re.escape(literal)))
        elif match[1] is None:
            parts.append((text.replace("%", "%%"), re.escape(text)))
        elif text in _LETTERS:
            parts.append(_LETTERS[text])
        else:
            break
        end = match.end()
    if end < len(written) or not parts:
        known = ", ".join(_LETTERS)
        raise ValueError(
            f"format '{written}' is not understood at '{written[end:] or written}': known are {known}"
        )
    return parts
