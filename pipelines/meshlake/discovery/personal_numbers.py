"""Numbers with check digits: whose they are, and how likely as many would hold by chance.

A check of one in ten proves nothing on five values. So what chance gives is measured: the digits of the second half of
the column's own values are drawn anew, and of those the check holds for a share `p`. That all of n values hold then has
a chance of p to the n.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from importlib import import_module
from math import log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_SCRAMBLED = 200
_LEAST_SHARE = 0.95
# Of all kinds together one false alarm in ten million columns; where the name says so, one in a hundred.
_CHANCE_ALONE, _CHANCE_NAMED = 21.0, 4.6
_SEPARATORS = re.compile(r"[\s./-]")
# Name, module of python-stdnum, and the form without separators.
_NATIONAL = (
    ("German Steuer-ID", "de.idnr", r"[1-9]\d{10}"),
    ("French NIR", "fr.nir", r"[1-478]\d{4}[\dAB]\d{9}"),
    ("Spanish DNI", "es.dni", r"\d{8}[A-Z]"),
    ("Spanish NIE", "es.nie", r"[XYZ]\d{7}[A-Z]"),
    ("Italian codice fiscale", "it.codicefiscale", r"[A-Z]{6}[\dA-Z]{2}[A-Z][\dA-Z]{2}[A-Z][\dA-Z]{3}[A-Z]"),
    ("Portuguese NIF", "pt.nif", r"[1-3]\d{8}"),
    ("Dutch BSN", "nl.bsn", r"\d{9}"),
    ("Polish PESEL", "pl.pesel", r"\d{11}"),
    ("Turkish TC kimlik", "tr.tckimlik", r"[1-9]\d{10}"),
    ("Brazilian CPF", "br.cpf", r"\d{11}"),
    ("Indian Aadhaar", "in_.aadhaar", r"[2-9]\d{11}"),
    ("Swiss AHV number", "ch.ssn", r"756\d{10}"),
    ("Austrian social insurance number", "at.vnr", r"[1-9]\d{9}"),
    ("Belgian national number", "be.nn", r"\d{11}"),
    ("Bulgarian EGN", "bg.egn", r"\d{10}"),
    ("Czech birth number", "cz.rc", r"\d{10}"),
    ("Estonian personal code", "ee.ik", r"[1-6]\d{10}"),
    ("Finnish HETU", "fi.hetu", r"\d{6}[+A]?\d{3}[\dA-Z]"),
    ("Greek AMKA", "gr.amka", r"\d{11}"),
    ("Croatian OIB", "hr.oib", r"\d{11}"),
    ("Irish PPS number", "ie.pps", r"\d{7}[A-W][A-IW]?"),
    ("Icelandic kennitala", "is_.kennitala", r"\d{10}"),
    ("Lithuanian personal code", "lt.asmens", r"\d{11}"),
    ("Norwegian fodselsnummer", "no.fodselsnummer", r"\d{11}"),
    ("Romanian CNP", "ro.cnp", r"[1-9]\d{12}"),
    ("Swedish personnummer", "se.personnummer", r"(\d{2})?\d{10}"),
    ("Slovenian EMSO", "si.emso", r"\d{13}"),
    ("Canadian SIN", "ca.sin", r"[1-79]\d{8}"),
    ("Mexican CURP", "mx.curp", r"[A-Z]{4}\d{6}[HM][A-Z]{5}[\dA-Z]\d"),
    ("Argentine CUIT", "ar.cuit", r"2\d{10}"),
    ("Chilean RUT", "cl.rut", r"\d{7,8}[\dK]"),
    ("Chinese identity number", "cn.ric", r"\d{17}[\dX]"),
    ("Korean RRN", "kr.rrn", r"\d{13}"),
    ("South African identity number", "za.idnr", r"\d{13}"),
    ("Thai identity number", "th.pin", r"[1-8]\d{12}"),
    ("Australian TFN", "au.tfn", r"\d{8,9}"),
    ("Israeli identity number", "il.idnr", r"\d{8,9}"),
    ("Russian INN", "ru.inn", r"\d{12}"),
    ("British NHS number", "gb.nhs", r"\d{10}"),
)
# What products, books and companies have, some by the same check.
_OF_THINGS = (
    ("EAN", "ean", r"\d{8}|\d{12,14}"),
    ("ISBN", "isbn", r"\d{9}[\dX]|97[89]\d{10}"),
    ("SIREN", "fr.siren", r"\d{9}"),
    ("SIRET", "fr.siret", r"\d{14}"),
    ("bank's routing number", "us.rtn", r"\d{9}"),
)
_CARD = re.compile(
    r"4\d{12}(\d{3})?|5\d{15}|2(22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|"
    r"6(011|5\d\d|4[4-9]\d)\d{12}|35(2[89]|[3-8]\d)\d{12}|3(0[0-5]|[68]\d)\d{11}|62\d{14,17}"
)


@dataclass(frozen=True)
class Checked:
    """What the check digits of a column's values say: `held` of `count` different values hold, as one in `one_in` would
    by chance."""

    what: str
    held: int
    count: int
    one_in: int

    @property
    def told(self) -> str:
        """In words."""
        article = "an" if self.what[0] in "AEIO" else "a"
        return (
            f"{self.held:,} of {self.count:,} different values hold the check of {article} {self.what}, which one in "
            f"{self.one_in:,} would by chance"
        )


def compact(value: str) -> str:
    """A number without what only parts its digits."""
    return _SEPARATORS.sub("", value.strip()).upper()


def national_number(values: Sequence[str], *, is_named: bool) -> Checked | None:
    """The national number that nearly all of `values` are; `is_named` where the column's name says so."""
    found = max(_held(values, _NATIONAL, is_named=is_named), key=lambda each: each[0], default=None)
    if found is None:
        return None
    if not is_named and found[1].what != "Swiss AHV number" and is_of_things(values):
        return None
    return found[1]


def is_of_things(values: Sequence[str]) -> bool:
    """Whether they hold the check digit of products, books or companies."""
    return any(_held(values, _OF_THINGS, is_named=False))


def card_number(values: Sequence[str], *, is_named: bool) -> Checked | None:
    """Payment cards: length, issuer's range and check digit."""
    return _check("payment card", _is_card, list(map(compact, values)), is_named=is_named)


def imei(values: Sequence[str], *, is_named: bool) -> Checked | None:
    """Numbers of phones, fifteen digits with a check digit."""
    return next((c for _, c in _held(values, (("IMEI", "imei", r"\d{15}"),), is_named=is_named)), None)


def iban(values: Sequence[str]) -> Checked | None:
    """Bank accounts by their check digits, modulo 97, whatever country's."""
    is_valid = import_module("stdnum.iban").is_valid
    return _check(
        "IBAN", lambda v: bool(is_valid(v, check_country=False)), list(map(compact, values)), is_named=False
    )


def _is_card(number: str) -> bool:
    return _CARD.fullmatch(number) is not None and bool(import_module("stdnum.luhn").is_valid(number))


def _held(
    values: Sequence[str], kinds: Sequence[tuple[str, str, str]], *, is_named: bool
) -> Iterator[tuple[float, Checked]]:
    few = [compact(value) for value in values[:3]]
    for what, module, shape in kinds:
        form = _form(shape)
        # The first few refuse most kinds at once.
        if all(form.fullmatch(number) is None for number in few):
            continue
        numbers = [compact(value) for value in values]
        checked = _check(what, partial(_is_valid, form, module), numbers, is_named=is_named)
        if checked:
            yield (checked.held * log(checked.one_in), checked)


@cache
def _form(shape: str) -> re.Pattern[str]:
    return re.compile(shape)


def _is_valid(form: re.Pattern[str], module: str, number: str) -> bool:
    return form.fullmatch(number) is not None and _valid(module)(number)


@lru_cache
def _valid(module: str) -> Callable[[str], bool]:
    is_valid: Callable[[str], bool] = import_module(f"stdnum.{module}").is_valid
    return is_valid


def _check(
    what: str, holds: Callable[[str], bool], numbers: Sequence[str], *, is_named: bool
) -> Checked | None:
    if not numbers or sum(map(holds, numbers[:20])) < 0.8 * min(20, len(numbers)):
        return None
    held, count = sum(map(holds, numbers)), len(numbers)
    share = held / count
    if share < (0.8 if is_named else _LEAST_SHARE):
        return None
    scrambled = _scrambled(numbers)
    by_chance = (sum(map(holds, scrambled)) + 1) / (len(scrambled) + 2)
    if against_chance(share, by_chance, count) < (_CHANCE_NAMED if is_named else _CHANCE_ALONE):
        return None
    return Checked(what, held, count, max(round(1 / by_chance), 1))


def against_chance(share: float, by_chance: float, count: int) -> float:
    """How unlikely it is that a `share` of `count` values hold of which each would `by_chance`: the negative logarithm
    of Chernoff's bound.
    """
    if share <= by_chance:
        return 0.0
    rest = 1 - share
    return count * (share * log(share / by_chance) + (rest and rest * log(rest / (1 - by_chance))))


def _scrambled(numbers: Sequence[str]) -> list[str]:
    drawn = random.Random(42)  # noqa: S311  # the same each time, and nothing secret
    found = []
    for i in range(_SCRAMBLED):
        number = numbers[i % len(numbers)]
        half = len(number) // 2
        tail = "".join(drawn.choice("0123456789") if c.isdigit() else c for c in number[half:])
        found.append(number[:half] + tail)
    return found
