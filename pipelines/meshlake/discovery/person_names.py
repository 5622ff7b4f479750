"""Names that people have, in some eighty countries: the lists of Faker, which is kept, MIT-licensed and no model.

They hold the frequent names alone, so a column of people's names has perhaps half of its values in them.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TITLES_TEXT = (
    "mr mrs ms miss dr prof sir herr frau mme mlle m sr sra srta sig sr. dott dhr mevr pan pani bay bayan"
)
_TITLES = frozenset(_TITLES_TEXT.split())
_PARTICLES_TEXT = "von van de der den del della di da dos la le ten ter zu al bin y e i und and jr jr. ii iii"
_PARTICLES = frozenset(_PARTICLES_TEXT.split())
_COMPANIES = re.compile(
    r"(?i)(?:^|\W)(inc|llc|ltd|gmbh|ag|corp|co|company|group|sarl|sas|s\.?a|s\.?l|s\.?p\.?a|b\.?v|bros|sons|partners|holdings?|"
    r"plc|oy|ab|kg|limited|foundation|university|bank|services|solutions|systems|stores?|shop|center|centre)(?:$|\W)|&"
)
_WORDS = re.compile(r"[^\W\d_]+(?:[’'.-][^\W\d_]+)*\.?")
_NAME = re.compile(r"[^\W\d_][^\W\d_’'. ,/-]*(?:[’'. ,/-]+[^\W\d_’'. ,/-]+){0,4}\.?")


@lru_cache(maxsize=1)
def known_names() -> tuple[frozenset[str], frozenset[str]]:
    """First names and family names, in small letters."""
    package = import_module("faker.providers.person")
    first: set[str] = set()
    last: set[str] = set()
    for each in iter_modules(package.__path__):
        provider = import_module(f"{package.__name__}.{each.name}").Provider
        first.update(_listed(provider, ("first_name",)))
        last.update(_listed(provider, ("last_name",)))
    return frozenset(first), frozenset(last)


def _listed(provider: type, words: Sequence[str]) -> Iterator[str]:
    for name in dir(provider):
        if any(name.startswith(word) for word in words):
            listed = getattr(provider, name)
            if isinstance(listed, list | tuple | dict | set):
                yield from (str(each).casefold() for each in listed)


def looks_like_a_name(value: str) -> bool:
    """Whether a value has the shape of a name: one to five words of letters, the first begun by a capital or any."""
    return len(value) <= 60 and _NAME.fullmatch(value) is not None


def shares(values: Sequence[str]) -> tuple[float, float, float]:
    """The shares of values that are a known first name, a known family name, and whole names that begin or end so."""
    first, last = known_names()
    of_first = of_last = of_whole = 0
    for value in values:
        words = [w.casefold().strip(".") for w in _WORDS.findall(value)]
        words = [w for w in words if w not in _TITLES] or words
        has_initials = len(words) > 1 and any(len(w) == 1 for w in words)
        words = [w for w in words if len(w) > 1] or words
        if not words:
            continue
        if len(words) == 1 or all(w in _PARTICLES for w in words[:-1]):
            of_first += _is_in(words[-1], first)
            of_last += _is_in(words[-1], last)
            of_whole += has_initials and (_is_in(words[-1], first) or _is_in(words[-1], last))
        elif len(words) <= 5:
            ends = (words[0], words[-1])
            has_first = any(_is_in(w, first) for w in ends)
            of_whole += has_first and (any(_is_in(w, last) for w in ends) or _is_in(words[0], first))
            of_first += all(_is_in(w, first) for w in words)
            of_last += all(_is_in(w, last) or w in _PARTICLES for w in words)
    count = max(len(values), 1)
    return of_first / count, of_last / count, of_whole / count


def _is_in(word: str, names: frozenset[str]) -> bool:
    return word in names or ("-" in word and all(part in names for part in word.split("-")))


def is_of_one_word(values: Sequence[str]) -> bool:
    """Whether most values begin or end by the same word, as fields and roads do and people do not."""
    words = [[w for w in _WORDS.findall(v.casefold()) if w.strip(".") not in _TITLES] for v in values]
    words = [each for each in words if len(each) > 1]
    ends = (Counter(each[end] for each in words) for end in (0, -1))
    return any(count > len(values) / 2 for end in ends for _, count in end.most_common(1))


def company_share(values: Sequence[str]) -> float:
    """The share of values that name a company."""
    return sum(_COMPANIES.search(value) is not None for value in values) / max(len(values), 1)
