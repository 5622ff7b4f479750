"""What the values of a column show of personal data, whatever the column is called."""

from __future__ import annotations

import ipaddress
import random
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from meshlake.discovery import person_names, personal_numbers
from meshlake.discovery.meanings import PATTERNS
from meshlake.discovery.special_words import ANY, WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_MOST, _FEWEST, _FEWEST_NAMES = 0.9, 8, 20
# One in ten thousand, as a logarithm: of seven countries' plans the one that takes most is asked. What chance gives is
# known to two hundredths.
_UNLIKELY, _DRAWN_ANEW = 9.2, 400
_SHAPES = {kind: re.compile(PATTERNS[kind]) for kind in ("e-mail", "MAC address")}
_DOTTED = re.compile(r"\d{1,3}(\.\d{1,3}){3}(/\d{1,2})?")
_SSN = re.compile(r"(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}")
_NINO = re.compile(r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]")
_NUMBER = re.compile(r"[A-Z]{0,6}\d[\dA-Z .\-/]{6,30}", re.IGNORECASE)
_PHONE = re.compile(r"[+(]?[\d(][\d ()./-]{5,20}(\s*(x|ext\.?)\s*\d{1,6})?", re.IGNORECASE)
# Of countries where a number begins with a zero, and of those where it does not.
_REGIONS = ("GB", "DE", "FR", "IT", "NL", "TR", "CH", "AT", "BE", "AU")
_OTHER_REGIONS = ("US", "ES", "PT", "PL", "RU", "BR", "IN")
_WRITTEN = re.compile(r"(1[ .-])?(\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}|\(?0\d{1,4}\)?[ ./-]\d[\d /-]{4,}")
_STREET = re.compile(
    r"(?i)(?:\b(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|place|pl|square|sq|way|terrace|"
    r"close|crescent|highway|hwy|parkway|pkwy|trail|circle|cir|rue|impasse|all[ée]e|chemin|quai|route|calle|c/|avenida|"
    r"plaza|paseo|via|viale|piazza|corso|vicolo|rua|travessa|alameda|pra[çc]a|ul|ulica|aleja|al|plac|os|sokak|sok|sk|"
    r"cadde|caddesi|cad|mahallesi|mah|bulvar[ıi]|ул|улица|проспект|пр|переулок|наб|apt|suite|unit)\b"
    r"|(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|ring|damm|ufer|straat|laan|plein|gracht|kade|singel|dijk)(?:\W|$)"
    r"|^(?:am|im|zum|zur|an der|auf de[rm]|unter den) [^\W\d_]{3})"
)
_NUMBERED = re.compile(
    r"\d+[ -]?[a-zA-Z]?[ ,].*[^\W\d_]{3}|.*[^\W\d_]{2}\.?,? (?:nr\.? ?|n[°º] ?)?\d{1,5} ?[a-zA-Z]?(?:[ ,/-].*)?"
)
# Three capitals are no place: so plates of cars end.
_CITY = re.compile(r"(?:[A-Z]{1,2}-)?\d{2,5}[- ]?(?:\d{3}|[A-Z]{2})?,? (?![A-Z]{3}$)[^\W\d_]{3,}[^\d_]*")
_ICD = re.compile(r"[A-TV-Z]\d[\dAB](\.[\dA-Z]{1,4})?")
_PLACE = re.compile(r"[-+]?\d{1,2}\.\d{3,}[,; ]\s*[-+]?\d{1,3}\.\d{3,}")
_LEAST_WORDS = 3


@dataclass(frozen=True)
class Seen:
    """What values show: a kind of personal data, how surely, and why."""

    kind: str
    confidence: float
    evidence: str


def seen(values: Sequence[str], named: str | None) -> Seen | None:
    """What distinct values of a column show; `named` is the kind that its name says, which needs less proof."""
    found = (each for judge in _JUDGES for each in judge(values, named))
    return max(found, key=lambda each: (each.kind == named, each.confidence), default=None)


def share(values: Sequence[str], test: Callable[[str], object], least: float = 0.0) -> float:
    """The share of values that pass a test; 0 where it is less than `least`, which the first that fail tell."""
    passed = count = len(values)
    for value in values:
        if not test(value):
            passed -= 1
            if passed / count < least:
                return 0.0
    return passed / max(count, 1)


def _told(values: Sequence[str], part: float, what: str) -> str:
    return f"{round(part * len(values)):,} of {len(values):,} different values {what}"


def _patterns(values: Sequence[str], named: str | None) -> Iterator[Seen]:
    least = 0.7 if named else 0.8
    if (part := share(values, _SHAPES["e-mail"].fullmatch, least)) >= least:
        yield Seen("email", 0.95, _told(values, part, "are e-mail addresses"))
    if (part := share(values, _SHAPES["MAC address"].fullmatch, least)) >= least:
        yield Seen("network address", 0.9, _told(values, part, "are MAC addresses"))
    if (part := share(values, _is_ip, least)) >= least and (
        named == "network address" or share(values, _is_no_version) >= 0.5
    ):
        yield Seen("network address", 0.9, _told(values, part, "are IP addresses"))
    if (part := share(values, _PLACE.fullmatch, _MOST)) >= _MOST and named == "location":
        yield Seen("location", 0.8, _told(values, part, "are latitudes with longitudes"))


def _is_ip(value: str) -> bool:
    if not (_DOTTED.fullmatch(value) or value.count(":") >= 2):
        return False
    try:
        ipaddress.ip_interface(value)
    except ValueError:
        return False
    return True


def _is_no_version(value: str) -> bool:
    """Versions such as 1.2.3.4 have small numbers."""
    numbers = list(map(int, re.findall(r"\d+", value))) if ":" not in value else [255]
    return numbers[0] > 9 and max(numbers) > 31


def _numbers(values: Sequence[str], named: str | None) -> Iterator[Seen]:
    if share(values, lambda v: _NUMBER.fullmatch(v) and sum(c.isdigit() for c in v) >= 6, 0.75) < 0.75:
        if checked := personal_numbers.national_number(values, is_named=named == "national id"):
            yield Seen("national id", 0.95, checked.told)
        return
    for pattern, what in ((_SSN, "US social security number"), (_NINO, "British National Insurance number")):
        if (part := share(values, pattern.fullmatch)) >= _MOST and len(values) >= (1 if named else _FEWEST):
            yield Seen(
                "national id", 0.85, _told(values, part, f"are written as a {what}, which has no check digit")
            )
    if checked := personal_numbers.iban(values):
        yield Seen("bank account", 0.97, checked.told)
    if checked := personal_numbers.card_number(values, is_named=named == "card number"):
        yield Seen("card number", 0.97, checked.told)
    elif checked := personal_numbers.imei(values, is_named=named == "device id"):
        yield Seen("device id", 0.9, checked.told)
    elif checked := personal_numbers.national_number(values, is_named=named == "national id"):
        yield Seen("national id", 0.95, checked.told)


def _phones(values: Sequence[str], named: str | None) -> Iterator[Seen]:
    if share(values, lambda v: _PHONE.fullmatch(v) and 6 <= sum(c.isdigit() for c in v) <= 17, _MOST) < _MOST:
        return
    if share(values, _is_ip) > 0.5 or share(values, _SSN.fullmatch) > 0.5:
        return
    few = values[:60]
    if (part := share(few, lambda v: v.startswith(("+", "00")) and _is_phone(v, None))) >= 0.8:
        yield Seen("phone", 0.9, _told(few, part, "are international phone numbers"))
        return
    # A country's plan takes many plain numbers, so those of digits alone need a name that says so, or a zero before.
    is_spaced = (
        share(values, lambda v: not v.isdigit()) >= 0.8 and share(values, lambda v: v.count(".") != 1) > 0.5
    )
    if not is_spaced and named != "phone" and share(values, lambda v: v[0] == "0" and len(v) >= 9) < _MOST:
        return
    regions = _REGIONS if share(few, lambda v: v.lstrip("(")[0] == "0") >= 0.8 else _OTHER_REGIONS
    by_region = {region: share(few, partial(_is_phone, region=region)) for region in regions}
    part = max(by_region.values())
    # Several countries' plans take them: which is meant is not known.
    region, *others = [each for each, found in by_region.items() if found == part]
    is_likely = (
        share(values, _is_dated) < 0.2
        and part >= 0.8
        and (named == "phone" or _is_beyond_chance(few, region, part))
    )
    if is_likely and len(values) >= (1 if named else _FEWEST):
        yield Seen(
            "phone",
            0.85 if is_spaced else 0.65,
            _told(few, part, f"are phone numbers of {' or '.join([region, *others])}"),
        )
    elif (
        is_spaced
        and (part := share(values, _WRITTEN.fullmatch)) >= 0.8
        and len(values) >= _FEWEST
        and share(values, _is_dated) < 0.2
    ):
        yield Seen("phone", 0.6, _told(values, part, "are written as phone numbers are"))


def _is_beyond_chance(values: Sequence[str], region: str, part: float) -> bool:
    """Of India's plan three in four numbers of ten digits are: so that most are says little."""
    drawn = random.Random(42)  # noqa: S311  # the same each time, and nothing secret
    others = [_drawn_anew(values[i % len(values)], drawn) for i in range(_DRAWN_ANEW)]
    by_chance = (share(others, partial(_is_phone, region=region)) * len(others) + 1) / (len(others) + 2)
    return personal_numbers.against_chance(part, by_chance, len(values)) >= _UNLIKELY


def _drawn_anew(value: str, drawn: random.Random) -> str:
    """Another number written like `value`: a zero that it begins with stays, and none begins with a zero otherwise."""
    first = next((i for i, c in enumerate(value) if c.isdigit()), 0)
    begin = first + 2 if value[first : first + 1] == "0" else first
    rest = [drawn.choice("0123456789") if c.isdigit() else c for c in value[begin:]]
    if begin == first and rest:
        rest[0] = drawn.choice("123456789")
    return value[:begin] + "".join(rest)


def _is_dated(value: str) -> bool:
    return (
        re.match(
            r"(19|20)\d\d[-/. ]?[01]\d[-/. ]?[0-3]\d(\D|$)|\d{1,2}[-/. ]\d{1,2}[-/. ](19|20)?\d\d(\D|$)",
            value,
        )
        is not None
    )


def _is_phone(value: str, region: str | None) -> bool:
    import phonenumbers

    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number(number) if region is None else phonenumbers.is_valid_number(number)


def _names(values: Sequence[str], named: str | None) -> Iterator[Seen]:
    if share(values, person_names.looks_like_a_name, 0.85) < 0.85 or len(values) < (
        1 if named == "name" else _FEWEST
    ):
        return
    if person_names.company_share(values) >= 0.1 or (
        len(values) >= _FEWEST_NAMES and person_names.is_of_one_word(values)
    ):
        return
    of_first, of_last, of_whole = person_names.shares(values)
    part, what = max(
        (of_whole, "are whole names that begin or end as known ones do"),
        (of_first, "are known first names"),
        (of_last, "are known family names"),
    )
    several = share(values, lambda v: " " in v)
    if part is not of_whole and several > 0.5:
        part, what = of_whole, "are whole names that begin or end as known ones do"
    # Of few words as many are in the lists by chance: places, colours and months are names, too.
    least = 0.25 if named == "name" else 0.5
    if part >= least and (named == "name" or len(values) >= _FEWEST_NAMES):
        yield Seen("name", min(0.35 + 0.6 * part, 0.9), _told(values, part, what))


def _addresses(values: Sequence[str], named: str | None) -> Iterator[Seen]:
    if len(values) < (1 if named else _FEWEST):
        return
    part = share(values, lambda v: any(map(str.isdigit, v)) and _STREET.search(v) and _NUMBERED.match(v), 0.6)
    if part >= 0.6:
        yield Seen("address", 0.85, _told(values, part, "are a street with a number"))
    elif (part := share(values, _CITY.fullmatch, _MOST)) >= _MOST and share(
        values, lambda v: v[-1].isalpha()
    ) >= _MOST:
        yield Seen("address", 0.6, _told(values, part, "are a postcode with a place"))


def _categories(values: Sequence[str], named: str | None) -> Iterator[Seen]:
    if (
        (part := share(values, _ICD.fullmatch, 0.95)) >= 0.95
        and len(values) >= (3 if named == "health" else _FEWEST)
        and (named == "health" or share(values, lambda v: "." in v) >= 0.5)
    ):
        yield Seen("health", 0.85, _told(values, part, "are ICD codes of diseases"))
    if len(values) > 40:
        return
    plain = [value.strip().casefold() for value in values]
    for kind, words in WORDS.items():
        known = [value for value in plain if value in words]
        if len(known) >= 0.6 * len(plain) and len(known) >= _LEAST_WORDS and set(known) - ANY:
            is_alone = len(set(known) - ANY) >= _LEAST_WORDS or kind == named
            confidence = 0.8 if is_alone else 0.55 if len(set(known)) > _LEAST_WORDS else 0.0
            yield Seen(kind, confidence, _told(values, len(known) / len(plain), f"are words for {kind}"))


_JUDGES = (_patterns, _numbers, _phones, _names, _addresses, _categories)
