"""What is told of a version of a model to those who decide on it: a verdict, and sections of tables and drawings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class Table:
    """Rows of cells as they are shown."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Section:
    """One thing that is told: in words, by tables, and by drawings (SVG by what each shows)."""

    title: str
    told: str = ""
    tables: Sequence[Table] = ()
    drawings: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Evaluation:
    """`verdict` in one sentence, then the `sections`, what matters most first."""

    verdict: str
    sections: Sequence[Section] = ()
