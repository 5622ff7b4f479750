"""One column of a product, as every part of the platform speaks of it; and how much a broken promise weighs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether a broken rule keeps the rows from being published."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Column:
    """One column of a product.

    `type` is DuckDB's type text (`VARCHAR`, `BIGINT`, `DECIMAL(12,2)`, `TIMESTAMP WITH TIME ZONE`,
    `STRUCT(...)`). `sources` are the landing columns it comes from, the first that has a value winning;
    `expression` is SQL over landing columns in their stead.
    """

    name: str
    type: str
    description: str = ""
    is_required: bool = False
    primary_key_position: int | None = None
    partition_position: int | None = None
    sources: tuple[str, ...] = ()
    expression: str | None = None
    classification: str | None = None
    on_bad_value: Severity = Severity.ERROR
    tags: tuple[str, ...] = ()
