"""One column of a product, as every part of the platform speaks of it; and how much a broken promise weighs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from meshlake.types.tree import Type


class Severity(StrEnum):
    """Whether a broken rule keeps the rows from being published."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Column:
    """One column of a product.

    `sources` are the landing columns it comes from, the first that has a value winning; `expression` is SQL over
    landing columns in their stead.
    """

    name: str
    type: Type
    description: str = ""
    is_required: bool = False
    primary_key_position: int | None = None
    partition_position: int | None = None
    sources: tuple[str, ...] = ()
    expression: str | None = None
    classification: str | None = None
    on_bad_value: Severity = Severity.ERROR
    tags: tuple[str, ...] = ()
