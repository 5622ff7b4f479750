"""Functional dependencies: columns that another column of the dataset decides, a lookup table hiding in a wide one.

How they are found is `dependency_proof`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Breach:
    """`row_count` rows where the determinant's `value` comes with `other`, and else mostly with `usual`."""

    value: str
    usual: str | None
    other: str | None
    row_count: int


@dataclass(frozen=True)
class Dependent:
    """A column that another decides but for `exception_count` rows; `example` is the most frequent of those.

    `is_one_to_one` when it decides the other as well, both without exception.
    """

    column: str
    exception_count: int = 0
    example: Breach | None = None
    is_one_to_one: bool = False


@dataclass(frozen=True)
class Dependency:
    """A column, the determinant, whose `value_count` values in `row_count` rows decide those of its `dependents`."""

    determinant: str
    value_count: int
    row_count: int
    dependents: tuple[Dependent, ...]

    @property
    def is_exact(self) -> bool:
        """Whether no row breaks it."""
        return not any(each.exception_count for each in self.dependents)

    @property
    def is_of_twins(self) -> bool:
        """Whether its columns say the same: each decides all others."""
        return all(each.is_one_to_one for each in self.dependents)

    def told(self) -> str:
        """What it says, in a line.

        Example:
            >>> Dependency("city_id", 40, 3000, (Dependent("city_name"), Dependent("country"))).told()
            'city_id decides city_name and country, 40 values in 3,000 rows: a lookup table hides here'
            >>> Dependency("alive", 2, 891, (Dependent("survived", is_one_to_one=True),)).told()
            'alive and survived are one to one, 2 values in 891 rows'
        """
        size = f"{self.value_count:,} values in {self.row_count:,} rows"
        if self.is_of_twins:
            names = [self.determinant, *(each.column for each in self.dependents)]
            return f"{_listed(names)} are one to one, {size}"
        names = [f"{e.column} (one to one)" if e.is_one_to_one else e.column for e in self.dependents]
        line = f"{self.determinant} decides {_listed(names)}, {size}: a lookup table hides here"
        return "; ".join([line, *filter(None, map(self._but_for, self.dependents))])

    def _but_for(self, dependent: Dependent) -> str:
        example = dependent.example
        if example is None:
            return ""
        rows = "1 row has" if example.row_count == 1 else f"{example.row_count:,} rows have"
        return (
            f"{dependent.column} but for {dependent.exception_count:,} of {self.row_count:,} rows, for example "
            f"{rows} {_shown(example.other)} with {example.value!r}, and the others {_shown(example.usual)}"
        )


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _shown(value: str | None) -> str:
    return "no value" if value is None else repr(value)


def told_of_untried(count: int) -> str:
    """What is said of so many columns that were left out of the search, since their pairs would be too many."""
    return f"of {count:,} columns it was not looked for what they decide, or what decides them: there are too many"
