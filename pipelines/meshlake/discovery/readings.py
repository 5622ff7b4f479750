"""The ways text can be read as something else: which SQL reads a cell, and which columns it can be true of.

A reading is believed only of a column whose values come back as the text they were; counting them is `scan`'s work.
What the platform casts by itself (`meshlake.landing.text_values`) is asked of the very SQL that a build will run.
"""

from __future__ import annotations

from dataclasses import dataclass

from meshlake.landing.text_values import text_value
from meshlake.names import quote_literal
from meshlake.types.tree import Decimal, Scalar, Type

_TYPES: dict[str, Type] = {
    "integer": Scalar.BIGINT,
    "number": Scalar.DOUBLE,
    "boolean": Scalar.BOOLEAN,
    "date": Scalar.DATE,
    "timestamp": Scalar.TIMESTAMP,
    "time": Scalar.TIME,
}
# Text is a number if it is written as numbers are, so that it comes back as it was: nothing before the first digit but
# a minus, no zeros that say nothing, an exponent only where printers of floats have one. Whole floats may end in .0,
# and have no more digits than they are printed with: longer ones are identifiers.
_INTEGER = "(0|-?[1-9][0-9]*)([.]0)?"
_EXPONENT = "-?[1-9]([.][0-9]*[1-9])?e(-0[5-9]|-[1-9][0-9]{1,2}|[+]1[6-9]|[+][2-9][0-9]|[+][1-3][0-9]{2})"
_NUMBER = f"-?(0|[1-9][0-9]{{0,15}})([.]([0-9]*[1-9]|0))?|{_EXPONENT}"
_SCALES = range(2, 7)
# What somebody may take for a number, however it is written: 007, +49, 1.10, 12E4, 0x1F, 6_0311.
NUMERIC = "[-+]?([0-9][0-9_]*([.][0-9_]*)?|[.][0-9]+)([eE][-+]?[0-9]+)?|0[xX][0-9a-fA-F]+"
_DECIMAL_DIGITS = 18
# With a sign and a point: no more than any number keeps.
_SURE_DIGITS = 15
DECIMALS = "whether a sign between digits groups thousands or begins the decimals"
POINT, DECIMAL_COMMA, SPACED = "decimal point", "decimal comma", "1 234"
_ISO_DATE = r"[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}"
_ISO_TIME = r"[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?"
_ZONE = " ?(Z|[-+][0-9]{2}(:?[0-9]{2})?)"
_THOUSANDS = "-?(0|[1-9][0-9]{0,2}(,[0-9]{3})*)([.][0-9]+)?"
ORDER = "which of day, month and year comes first"
_OPEN_ORDERS = ("%d/%m", "%m/%d", "%d-%m", "%m-%d", "%y-%m", "%y/%m")
YEAR_FIRST = "year first"
_FIRST = {"%d": "day first", "%m": "month first", "%y": YEAR_FIRST}
_WEEKDAYS = "(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? "
SHORT_YEARS = "years have two digits: 00 to 39 are read as 2000 to 2039, 40 to 99 as 1940 to 1999"
_COMMA = "-?(0|[1-9][0-9]{0,2}([.][0-9]{3})+|[1-9][0-9]*)(,[0-9]+)?"
# Java's letters, of contracts.
_LETTERS = {"%d": "d", "%m": "M", "%Y": "yyyy", "%b": "MMM", "%B": "MMMM", "%H": "H", "%M": "mm", "%S": "ss"}
_DIGITS = {
    ".": "[.]",
    "%d": "[0-9]{1,2}",
    "%m": "[0-9]{1,2}",
    "%Y": "[0-9]{4}",
    "%y": "[0-9]{2}",
    "%b": "[A-Za-z]{3}",
    "%B": "[A-Za-z]{3,9}",
    "%H": "[0-9]{1,2}",
    "%I": "(0?[1-9]|1[0-2])",
    "%M": "[0-9]{2}",
    "%S": "[0-9]{2}",
    "%p": "([AP]M|[ap]m)",
}


@dataclass(frozen=True)
class Reading:
    """Text read as `logical_type` (as contracts name it). `format` says how it is written, when not the plain way.

    `pattern` is what a whole cell looks like; `converted` is SQL over `{cell}` that brings it to a form the platform's
    own cast takes, None when it takes the cell as it is. `is_zoned` times say how far they are from UTC; numbers of a
    `scale` all have so many digits after the point. Of two readings with the same `rivalry` both can be true of a text
    that means one thing; `convention` names what decides. `unit` is what stands beside every number, and is no part of
    the value; `doubt` what nobody can tell from the text, for people.
    """

    logical_type: str
    pattern: str
    format: str | None = None
    converted: str | None = None
    is_zoned: bool = False
    scale: int | None = None
    rivalry: str | None = None
    convention: str | None = None
    unit: str | None = None
    doubt: str | None = None

    @property
    def type(self) -> Type:
        """The type a value has."""
        if self.scale is not None:
            return Decimal(_DECIMAL_DIGITS, self.scale)
        return Scalar.TIMESTAMPTZ if self.is_zoned else _TYPES[self.logical_type]

    def expression(self, cell: str) -> str | None:
        """The `transformLogic` a contract needs for `cell`; None when it needs none.

        Of text that is written otherwise it makes none that a cast takes: 1.5 among decimal commas is not 15.
        """
        if self.converted is None:
            return None
        text = f"NULLIF(TRIM({cell}), '')"
        is_so = f"REGEXP_FULL_MATCH({text}, {quote_literal(self.pattern)})"
        return self.converted.format(cell=f"CASE WHEN {is_so} THEN {text} ELSE '? ' || {text} END")

    @property
    def written(self) -> str | None:
        """How dates and times are written, in a contract's letters; None of what needs no such word, or has none."""
        if self.format is None or self.converted != _parsed(self.format):
            return None
        written = self.format.replace("%Y%m%d", "yyyyMMdd")
        for directive, letters in _LETTERS.items():
            written = written.replace(directive, letters)
        return None if "%" in written else written

    def value(self, cell: str) -> str:
        """SQL for the value of `cell`, null where it cannot be read so."""
        if self.converted is not None:
            plain = self.converted.format(cell=f"TRIM({cell})").replace("STRPTIME", "TRY_STRPTIME")
            value = f"TRY_CAST({plain} AS {self.type})"
            if self.is_number:
                # The pattern leaves no doubt but of these, and what is said once is worked out once.
                sure = "t_ = '-0'" if self.type is Scalar.BIGINT else f"LENGTH(t_) > {_SURE_DIGITS}"
                value = f"LIST_TRANSFORM([{plain}], LAMBDA t_ : CASE WHEN {sure} THEN {text_value('t_', self.type)} "
                value += f"ELSE TRY_CAST(t_ AS {self.type}) END)[1]"
            return f"CASE WHEN {self.looks_right(cell)} THEN {value} END"
        value = text_value(cell, self.type)
        # A cast does what it is asked for: 1.10 is a DOUBLE, `t` a BOOLEAN, a time without a zone one of UTC.
        return f"CASE WHEN {self.looks_right(cell)} THEN {value} END"

    @property
    def is_number(self) -> bool:
        """Whether values are numbers."""
        return self.logical_type in {"integer", "number"}

    @property
    def is_plain_number(self) -> bool:
        """Whether values are numbers, written as an engine writes them."""
        return self.is_number and self.converted is None

    def looks_right(self, cell: str) -> str:
        """SQL for whether `cell` is written as this reading expects."""
        return f"REGEXP_FULL_MATCH(TRIM({cell}), {quote_literal(self.pattern)})"


def _parsed(format_: str) -> str:
    return f"STRPTIME({{cell}}, {quote_literal(format_)})"


def _moment(format_: str) -> Reading:
    pattern = format_
    for part, digits in _DIGITS.items():
        pattern = pattern.replace(part, digits)
    is_time = "%M" in format_
    return _in_order("timestamp" if is_time else "date", pattern, format_, _parsed(format_))


def _in_order(
    logical_type: str, pattern: str, format_: str, converted: str, doubt: str | None = None
) -> Reading:
    """The reading of a day, whose parts stand in the order of `format_`."""
    is_order_open = format_.startswith(_OPEN_ORDERS)
    convention = _FIRST[format_[:2]] if is_order_open else None
    rivalry = ORDER if is_order_open else None
    return Reading(
        logical_type, pattern, format_, converted, rivalry=rivalry, convention=convention, doubt=doubt
    )


def _of_short_year(format_: str) -> Reading:
    """A day whose year has two digits, made one of four by what its description says."""
    order = [format_[i + 1] for i in range(len(format_)) if format_[i] == "%"][:3]
    sign = f"[{format_[2]}]"
    parts = sign.join("([0-9]{2})" if part == "y" else "([0-9]{1,2})" for part in order)
    time = "( [0-9]{1,2}:[0-9]{2}(:[0-9]{2})?)" if "%H" in format_ else "()"
    year, month, day = (order.index(part) + 1 for part in "ymd")
    converted = "{cell}"
    for century, decades in (("20", "[0-3]"), ("19", "[4-9]")):
        groups = sign.join(f"({decades}[0-9])" if part == "y" else "([0-9][0-9]?)" for part in order)
        written = f"{century}\\{year}-\\{month}-\\{day}\\4"
        converted = f"REGEXP_REPLACE({converted}, '^{groups}( [0-9:]+)?$', '{written}')"
    kind = "timestamp" if "%H" in format_ else "date"
    return _in_order(kind, parts + time, format_, converted, SHORT_YEARS)


def _of_weekday(format_: str) -> Reading:
    """A day that says its weekday, too, which says nothing more."""
    day = _moment(format_.removeprefix("%a "))
    converted = f"STRPTIME(REGEXP_REPLACE({{cell}}, '^{_WEEKDAYS}', ''), {quote_literal(day.format or '')})"
    return Reading("date", _WEEKDAYS + day.pattern, format_, converted)


def _of_language(months: str) -> Reading:
    """A day with the month's name in another language: 5. Januar 2024, 5 de enero de 2024, 1er janvier 2024."""
    names = [f"({name})" for name in months.split()]
    pattern = rf"(?i)[0-9]{{1,2}}(er)?[.]?[ -](de )?({'|'.join(names)})[.]?,?[ -](de )?[0-9]{{4}}"
    converted = "LOWER({cell})"
    for number, name in enumerate(names, start=1):
        converted = f"REGEXP_REPLACE({converted}, '[ -](de )?{name}[.]?,?[ -](de )?', '-{number}-')"
    converted = f"REGEXP_REPLACE({converted}, '^([0-9]+)(er)?[.]?-([0-9]+)-([0-9]+)$', '\\4-\\3-\\1')"
    return Reading("date", pattern, f"1 {months.partition('(')[0]} 2024", converted)


def _words(yes: str, no: str) -> Reading:
    converted = f"REGEXP_REPLACE(REGEXP_REPLACE(LOWER({{cell}}), '^({yes})$', 'true'), '^({no})$', 'false')"
    return Reading("boolean", f"(?i)({yes}|{no})", f"{yes} or {no}", converted)


def _grouped(pattern: str, format_: str, converted: str, convention: str) -> Reading:
    return Reading("number", pattern, format_, converted, rivalry=DECIMALS, convention=convention)


def _decimals(scale: int) -> Reading:
    pattern = f"-?(0|[1-9][0-9]*)[.][0-9]{{{scale}}}"
    return Reading("number", pattern, scale=scale, rivalry=DECIMALS, convention=POINT)


INTEGER = Reading("integer", _INTEGER)
NUMBER = Reading("number", _NUMBER, rivalry=DECIMALS, convention=POINT)
# Of what a format marks as numbers, in any spelling.
MARKED_NUMBER = Reading(
    "number",
    "-?[0-9]+([.][0-9]+)?([eE][-+]?[0-9]+)?",
    doubt="marked as numbers and read so, whatever zeros and exponents they are written with (1.10 beside 1.1, 1e3): "
    "who wants them as they are written says logicalType: string",
)
LETTERS = Reading("boolean", "(?i)(y|n)")
TIME = Reading("time", "([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?")
THOUSANDS = _grouped(_THOUSANDS, "1,234.5", "REPLACE({cell}, ',', '')", POINT)
COMMA = _grouped(_COMMA, "1.234,5", "REPLACE(REPLACE({cell}, '.', ''), ',', '.')", DECIMAL_COMMA)
# All of digits, and so a whole number, too: which is meant is told by the name, and by how the values lie.
DIGIT_DAYS = Reading(
    "date", "(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])", "%Y%m%d", _parsed("%Y%m%d")
)
# Each is a word that either may be, so that both have to be there.
WORDS = (
    *(_words(*pair.split()) for pair in ("on off", "ja nein", "oui non", "sí|si no", "sim não|nao", "j n")),
    *(_words(*pair.split()) for pair in ("wahr falsch", "vrai faux", "verdadero falso", "vero falso")),
)
_DAYS = ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%d %b %Y", "%d-%b-%Y")
_LONG_DAYS = ("%b %d, %Y", "%B %d, %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y")
_SHORT_DAYS = ("%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%y", "%m-%d-%y", "%y-%m-%d", "%y/%m/%d")
_HALF_DAYS = ("%m/%d/%Y", "%d/%m/%Y", "%Y-%m-%d", "%d %b %Y", "%b %d, %Y")
_MONTHS = (
    "jan(uar)?|jän(ner)? feb(ruar)? märz?|mrz apr(il)? mai juni? juli? aug(ust)? sept?(ember)? okt(ober)? "
    "nov(ember)? dez(ember)?",
    "janv(ier)? févr?(ier)? mars avr(il)? mai juin juil(let)? août sept(embre)? oct(obre)? nov(embre)? déc(embre)?",
    "ene(ro)? feb(rero)? mar(zo)? abr(il)? may(o)? jun(io)? jul(io)? ago(sto)? sept?(iembre)? oct(ubre)? "
    "nov(iembre)? dic(iembre)?",
)
# In order of preference: where two readings are true of a column, the earlier one is told.
READINGS = (
    INTEGER,
    NUMBER,
    *map(_decimals, _SCALES),
    Reading("boolean", "(?i)(true|false)"),
    Reading("boolean", "(?i)(yes|no)"),
    LETTERS,
    *WORDS,
    Reading("date", _ISO_DATE + "([ T]00:00(:00([.]0+)?)?)?"),
    Reading("timestamp", f"{_ISO_DATE}({_ISO_TIME})?"),
    Reading("timestamp", f"{_ISO_DATE}{_ISO_TIME}{_ZONE}", is_zoned=True),
    TIME,
    DIGIT_DAYS,
    THOUSANDS,
    COMMA,
    *map(_moment, (*_DAYS, *_LONG_DAYS)),
    *(_moment(f"{day} {time}") for day in _DAYS for time in ("%H:%M", "%H:%M:%S")),
    *(_moment(f"{day} {time} %p") for day in _HALF_DAYS for time in ("%I:%M", "%I:%M:%S")),
    *(_of_short_year(f"{day}{time}") for time in ("", " %H:%M") for day in _SHORT_DAYS),
    *(_of_weekday(f"%a {day}") for day in ("%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y")),
    *map(_of_language, _MONTHS),
)
