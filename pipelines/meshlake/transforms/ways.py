"""The ways in which values are written that no cast takes, each with the SQL that reads just these.

The SQL of all of them gives text, so that a column written in several ways is read by one CASE.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from meshlake.discovery.readings import COMMA, READINGS, THOUSANDS
from meshlake.landing.text_values import text_value
from meshlake.names import quote_literal
from meshlake.types.tree import INTEGERS, MAX_DECIMAL_DIGITS, Decimal, Scalar, is_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meshlake.discovery.readings import Reading
    from meshlake.types.tree import Type


@dataclass(frozen=True)
class Way:
    """A way to write values: `pattern` is what a whole trimmed cell looks like, `text` SQL over `{cell}` for the value.

    Without `text` nothing has to be converted: a wider type holds the values. `reading` is that of discovery's
    which it is; alone in a column that reads more plainly.
    """

    words: str
    pattern: str
    text: str | None
    reading: Reading | None = None

    def is_of(self, cell: str, wanted: Type) -> str:
        """SQL for whether `cell` is written so, and gives a value of `wanted`."""
        held = self.text and self.text.format(cell=f"TRIM({cell})").replace("STRPTIME", "TRY_STRPTIME")
        held = held and held.replace("CAST(CAST(", "CAST(TRY_CAST(")
        if self.text == _NULL:
            return self.looks_right(cell)
        widest = (
            f"TRY_CAST(TRIM({cell}) AS DECIMAL({MAX_DECIMAL_DIGITS},{0 if '[.]' not in self.pattern else 9}))"
        )
        value = text_value(f"({held})", wanted) if held else widest
        return f"CASE WHEN {self.looks_right(cell)} THEN {value} IS NOT NULL ELSE FALSE END"

    @property
    def with_a_comma(self) -> Way:
        """It, of decimal commas only where there is one: beside 60000.50, 1.234 has a point and not a thousand."""
        is_loose = self.words == _DECIMAL_COMMAS and self.pattern.endswith(")?")
        return replace(self, pattern=self.pattern.removesuffix("?"), reading=None) if is_loose else self

    def looks_right(self, cell: str) -> str:
        """SQL for whether `cell` is written so."""
        return f"REGEXP_FULL_MATCH(TRIM({cell}), {quote_literal(self.pattern)})"


_NULL = "NULL"
_DECIMAL_COMMAS = "decimal commas"
_POINT = "([0-9]{1,3}(,[0-9]{3})+|[0-9]+)([.][0-9]+)?"
_COMMA = "([0-9]{1,3}([.][0-9]{3})+|[0-9]+),[0-9]+"
_MONEY = "([€$£¥₹]|[A-Z]{3}|kr|zł|Fr[.]?)"
_DIGITS_ONLY = "REGEXP_REPLACE({cell}, '[^-0-9.,]', '', 'g')"
_POINT_TEXT = "REPLACE({digits}, ',', '')"
_COMMA_TEXT = "REPLACE(REPLACE({digits}, '.', ''), ',', '.')"
_MARKED = (
    ("amounts of money", f"-?{_MONEY} ?-?NUMBER|-?NUMBER ?{_MONEY}", _DIGITS_ONLY),
    ("percent, read as 12.5 for 12.5 %", "-?NUMBER ?%", _DIGITS_ONLY),
    ("negative numbers in brackets", "[(]NUMBER[)]", "'-' || " + _DIGITS_ONLY),
    ("numbers with the minus behind", "NUMBER-", "'-' || RTRIM({cell}, '-')"),
)
_NUMBERS = (
    Way("commas between thousands", THOUSANDS.pattern, THOUSANDS.converted, THOUSANDS),
    Way(_DECIMAL_COMMAS, COMMA.pattern, COMMA.converted, COMMA),
    *(
        Way(f"{words}{tail}", pattern.replace("NUMBER", f"({number})"), text.format(digits=digits))
        for words, pattern, digits in _MARKED
        for number, text, tail in ((_POINT, _POINT_TEXT, ""), (_COMMA, _COMMA_TEXT, ", with decimal commas"))
    ),
    Way(
        "spaces or apostrophes between thousands",
        "-?[0-9]{1,3}([ '’\u00a0\u202f][0-9]{3})+([.,][0-9]+)?",
        "REPLACE(REGEXP_REPLACE({cell}, '[ ''’\u00a0\u202f]', '', 'g'), ',', '.')",
    ),
    Way(
        "numbers padded with zeros, or with a plus; without logicalType: string the padding is lost",
        "[+]?-?0*[0-9]+([.][0-9]+)?",
        r"REGEXP_REPLACE(REGEXP_REPLACE({cell}, '^[+]', ''), '^(-?)0+([0-9])', '\1\2')",
    ),
)
_WIDER = (
    Way("numbers too large for it", "-?[1-9][0-9]*", None),
    Way("more decimals than it holds", "-?(0|[1-9][0-9]*)[.][0-9]{1,9}", None),
)
_NO_VALUE = Way(
    "words for no value", r"(?i)(n/?a|n[.]a[.]|#n/a|#null!|null|none|nan|nil|-+|[?]+|unknown|\\n|[.])", _NULL
)
# No and n are booleans already.
_WORDS = (
    ("ja", "nein", "j"),
    ("oui", "non", "o"),
    ("si", "no", "sí", "s"),
    ("sim", "não", "nao"),
    ("on", "off"),
)
_MORE_WORDS = (
    ("wahr", "falsch"),
    ("vrai", "faux"),
    ("active", "inactive"),
    ("enabled", "disabled"),
    ("да", "нет"),
)
_OFFSET = Way(
    "moments with an offset, read as of UTC; logicalTypeOptions: {timezone: true} keeps them moments",
    "[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})? ?(Z|[-+][0-9]{2}(:?[0-9]{2})?)",
    "CAST(CAST({cell} AS TIMESTAMP WITH TIME ZONE) AT TIME ZONE 'UTC' AS VARCHAR)",
)
_ISO = {Scalar.DATE: ("date", "%Y-%m-%d"), Scalar.TIMESTAMP: ("timestamp", "%Y-%m-%d %H:%M:%S")}


def ways_to_write(wanted: Type) -> Iterator[Way]:
    """The ways that there are for values of type `wanted`, the likelier of two that are both true before the other."""
    if (scale := scale_of(wanted)) is not None:
        yield from (_of_scale(way, scale) for way in _NUMBERS)
        yield from _WIDER
    elif is_number(wanted):
        yield from _NUMBERS
    elif wanted is Scalar.BOOLEAN:
        yield from map(_words, (*_WORDS, *_MORE_WORDS))
    elif wanted in (Scalar.DATE, Scalar.TIMESTAMP):
        yield from _moments(wanted)
    if wanted is not Scalar.VARCHAR:
        yield _NO_VALUE


def scale_of(wanted: Type) -> int | None:
    """How many decimals values of `wanted` have, none for whole numbers; None where a cast rounds no decimals away."""
    if isinstance(wanted, Decimal):
        return wanted.scale
    return 0 if wanted in INTEGERS else None


def fraction(sign: str, scale: int) -> str:
    """The pattern of decimals that `scale` holds.

    >>> fraction("[.]", 2), fraction(",", 0)
    ('[.][0-9]{1,2}0*', ',0+')
    """
    return f"{sign}[0-9]{{1,{scale}}}0*" if scale else f"{sign}0+"


def _of_scale(way: Way, scale: int) -> Way:
    """`way` for values of so many decimals: what has more would be rounded by the cast of what is pasted."""
    pattern = way.pattern
    for sign in ("[.,]", "[.]", ","):
        pattern = pattern.replace(f"{sign}[0-9]+", fraction(sign, scale))
    return replace(way, pattern=pattern, reading=None)


def _words(words: tuple[str, ...]) -> Way:
    true, false, *more = words
    trues = ", ".join(map(quote_literal, (true, *more)))
    return Way(
        f"{true} and {false}",
        f"(?i)({'|'.join(words)})",
        f"CASE WHEN LOWER({{cell}}) IN ({trues}) THEN 'true' ELSE 'false' END",
    )


def _moments(wanted: Type) -> Iterator[Way]:
    logical, iso = _ISO[wanted]  # type: ignore[index]
    for each in READINGS:
        if each.format is not None and each.logical_type == logical:
            is_parsed = "STRPTIME" in (each.converted or "")
            text = f"STRFTIME({each.converted}, {quote_literal(iso)})" if is_parsed else each.converted
            yield Way(f"{logical}s as {each.format}", each.pattern, text, each)
    if wanted is Scalar.TIMESTAMP:
        yield _OFFSET
