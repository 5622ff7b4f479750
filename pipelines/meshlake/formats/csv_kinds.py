"""Kinds of values, by which rows of data are told from rows of names."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEAST_SHARE = 0.9
_MISSING = frozenset({"na", "n/a", "nan", "null", "none", "nil", "-", "--", "?", ".", "unknown", "missing"})
TEXT = "text"
_KINDS = {
    "whole number": re.compile(r"[+-]?\d+"),
    "number": re.compile(r"[+-]?[$€£¥]?\s?(?:\d[\d.,]*|[.,]\d+)(?:[eE][+-]?\d+)?\s?[%€$£¥]?"),
    "date": re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?"),
    "time": re.compile(r"\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?"),
    "address": re.compile(r"[^\s@]+@[^\s@]+\.\w+|https?://\S+"),
    "uuid": re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
}


@lru_cache(maxsize=20_000)  # each value of the first rows is asked for several times
def kind_of(value: str) -> str:
    """What a value is: `TEXT` where it looks like nothing else.

    >>> kind_of("12"), kind_of("$1,200.50"), kind_of("2024-01-05"), kind_of("a")
    ('whole number', 'number', 'date', 'text')
    """
    return next((kind for kind, pattern in _KINDS.items() if pattern.fullmatch(value)), TEXT)


def is_name(value: str) -> bool:
    """Whether a value above others may be a part of their name, and none that is missing."""
    return (
        kind_of(value) is TEXT
        and value.lower() not in _MISSING
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
    shapes = set(map(_shape, column))
    is_code = len(shapes) == 1 and len(column) > 1 and "9" in next(iter(shapes))
    return is_code and _shape(value) in shapes, is_code and _shape(value) not in shapes


def _shape(value: str) -> str:
    return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", value))
