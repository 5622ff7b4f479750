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
    landing columns in their stead. `format` is how landed dates are written, in Java's letters, `zone` that of landed
    times that say none. One that `is_row_key` tells rows apart that have no key: `meshlake.products.row_key`.
    One that `is_known_in_advance` is a plan: what it says of a day was known before that day. `known_after_days` is
    how many days after its row's day it is known, as what comes of the next 90 days is; None where none are said.
    `unit` is what numbers of it are in.
    Whether it `is_protected` is None where its contract does not say: `meshlake.products.protected`.
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
    format: str | None = None
    zone: str | None = None
    is_row_key: bool = False
    is_known_in_advance: bool = False
    known_after_days: int | None = None
    unit: str = ""
    is_protected: bool | None = None

    @property
    def wanted(self) -> str:
        """What a landed value must be, in words."""
        written = f" written {self.format}" if self.format else ""
        return f"{self.type}{written}" + (f" that {self.zone} has once" if self.zone else "")
