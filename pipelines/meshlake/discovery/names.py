"""What a column's name tells: its words, and whether they name an identifier."""

from __future__ import annotations

from functools import lru_cache

from meshlake.landing.arrival import snake_case

_KEY_WORDS = frozenset({"id", "key", "number", "no", "nr", "code", "uuid", "guid", "sku", "zip", "invoice"})
# userid and accountid do, but not paid, valid or grid.
_KEY_ENDINGS = ("erid", "tid", "uuid", "guid")


@lru_cache(maxsize=10_000)
def name_words(name: str) -> tuple[str, ...]:
    """The words of a column's name in small letters: 'CustomerID' gives customer, id; never empty."""
    return tuple(snake_case(name).split("_"))


def is_identifier(name: str) -> bool:
    """Whether a column is named like an identifier."""
    words = name_words(name)
    return bool(_KEY_WORDS & set(words)) or words[-1].endswith(_KEY_ENDINGS)
