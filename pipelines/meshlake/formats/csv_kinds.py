"""Kinds of values, by which rows of data are told from rows of names."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEAST_SHARE = 0.9
MISSING = frozenset({"na", "n/a", "nan", "null", "none", "nil", "-", "--", "?", ".", "unknown", "missing"})
TEXT = "text"
_KINDS = {
    "whole number": r"[+-]?\d+",
    "number": r"[+-]?[$€£¥]?\s?(?:\d[\d.,]*|[.,]\d+)(?:[eE][+-]?\d+)?\s?[%€$£¥]?",
    "date": r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?",
    "time": r"\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?",
    "address": r"[^\s@]+@[^\s@]+\.\w+|https?://\S+",
    "uuid": r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
}
_NAMES = (TEXT, *_KINDS)
NUMBERS = frozenset({"whole number", "number"})
# One group for each kind, the first of which that is true of all of a value counts.
_ANY_KIND = re.compile("|".join(f"({pattern})" for pattern in _KINDS.values()))


@lru_cache(maxsize=20_000)  # each value of the first rows is asked for several times
def kind_of(value: str) -> str:
    """What a value is: `TEXT` where it looks like nothing else.

    >>> kind_of("12"), kind_of("$1,200.50"), kind_of("2024-01-05"), kind_of("a")
    ('whole number', 'number', 'date', 'text')
    """
    found = _ANY_KIND.fullmatch(value)
    return _NAMES[(found and found.lastindex) or 0]


def is_name(value: str) -> bool:
    """Whether a value above others may be a part of their name, and none that is missing."""
    return (
        kind_of(value) is TEXT
        and value.lower() not in MISSING
        and re.search(r"[^\W\d_]|%", value) is not None
    )


def is_text_among(value: str, kind: str | None) -> bool:
    """Whether `value` is text, and none that is missing, where the values of its column are of another `kind`."""
    return kind not in {None, TEXT} and is_name(value)


def kind_of_column(column: Sequence[str]) -> str | None:
    """The kind of nearly all values; None where there are none."""
    if not column:
        return None
    kinds = Counter(map(kind_of, column))
    kind, count = kinds.most_common(1)[0]
    return kind if count >= _LEAST_SHARE * len(column) else TEXT


def by_shape(value: str, column: Sequence[str]) -> tuple[bool, bool]:
    """Whether text looks just like the codes below it, and whether they all look alike, but not like it."""
    shape = _shape(column[0]) if len(column) > 1 else ""
    is_code = "9" in shape and all(_shape(each) == shape for each in column)
    is_alike = is_code and _shape(value) == shape
    return is_alike, is_code and not is_alike


def _shape(value: str) -> str:
    return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", value))
