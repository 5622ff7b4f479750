"""What a column's name tells: its words."""

from __future__ import annotations

from functools import lru_cache

from pipelines.landing.arrival import snake_case


@lru_cache(maxsize=10_000)
def name_words(name: str) -> tuple[str, ...]:
    """The words of a column's name in small letters: 'CustomerID' gives customer, id; never empty."""
    return tuple(snake_case(name).split("_")) or ("",)
