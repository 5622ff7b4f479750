"""What is counted of rows that were known before a cut-off: features as SQL, each with its grain, window and unit in
its name.

Windows are of a fixed ladder, and values of categories are written as constants: nothing in a feature is chosen from
rows later than the cut-off. Rows have `age_days`, from when they were known to the cut-off, and of one thing the
newest `newest_age_days`; where no date says when they were known, neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from meshlake.names import quote_identifier, quote_literal, snake_case

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_OF_A_TABLE = 60
WINDOWS_DAYS = (7, 28, 91, 364)
_MOST_SHARES = 5
AGE, NEWEST = "age_days", "newest_age_days"


@dataclass(frozen=True)
class Feature:
    """A column of the drafted product: `sql` over the rows, `told` in words; `is_count` is 0 where there are none."""

    name: str
    sql: str
    told: str
    is_count: bool = False
    is_number: bool = True


@dataclass(frozen=True)
class Columns:
    """Which columns of a table's rows may be counted, by what they are; `top_values` of each category, most first.

    `later` are dates of a row that come after it was known, `ahead` days from a cut-off to dates known in advance; of
    `kinds` different ones are counted.
    """

    numbers: tuple[str, ...] = ()
    booleans: tuple[str, ...] = ()
    categories: tuple[tuple[str, tuple[str, ...]], ...] = ()
    later: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    ahead: tuple[str, ...] = ()


def aggregated(prefix: str, columns: Columns, *, is_dated: bool, about: str) -> list[Feature]:
    """Features of all rows of one thing before a cut-off, at most 60, the plainest first.

    Args:
        prefix: what their names begin with.
        columns: of the rows.
        is_dated: whether rows have an age.
        about: what the rows are, in words.
    """
    tiers: list[Iterator[Feature]] = [_counts(prefix, about, is_dated=is_dated)]
    tiers.append(chain.from_iterable(_ahead(prefix, name, about) for name in columns.ahead))
    tiers.append(
        chain.from_iterable(_first_of_number(prefix, name, about, is_dated) for name in columns.numbers)
    )
    tiers.append(chain.from_iterable(_kinds(prefix, name, about, is_dated) for name in columns.kinds))
    tiers.append(_shares(prefix, columns, about))
    tiers.append(chain.from_iterable(_dates(prefix, name, about) for name in columns.later))
    if is_dated:
        tiers.append(chain.from_iterable(_windows(prefix, name, about) for name in columns.numbers))
        tiers.append(_last_values(prefix, columns, about))
    tiers.append(chain.from_iterable(_spread(prefix, name, about) for name in columns.numbers))
    named: dict[str, Feature] = {}
    for feature in chain.from_iterable(tiers):
        named.setdefault(feature.name, feature)
    return list(named.values())[:MOST_OF_A_TABLE]


def _counts(prefix: str, about: str, *, is_dated: bool) -> Iterator[Feature]:
    yield Feature(f"{prefix}_count", "COUNT(*)", f"Rows of {about}.", is_count=True)
    if not is_dated:
        return
    for days in WINDOWS_DAYS:
        sql = f"COUNT(CASE WHEN {AGE} <= {days} THEN 1 END)"
        yield Feature(
            f"{prefix}_count_{days}d", sql, f"Rows of {about} in the last {days} days.", is_count=True
        )
    yield Feature(f"{prefix}_days_since_last", f"MIN({AGE})", f"Days since the newest row of {about}.")
    yield Feature(f"{prefix}_days_since_first", f"MAX({AGE})", f"Days since the first row of {about}.")
    yield Feature(
        f"{prefix}_active_days", f"COUNT(DISTINCT {AGE})", f"Days with rows of {about}.", is_count=True
    )
    gap = f"CAST(MAX({AGE}) - MIN({AGE}) AS DOUBLE) / NULLIF(COUNT(DISTINCT {AGE}) - 1, 0)"
    yield Feature(f"{prefix}_mean_gap_days", gap, f"Mean days between two days with rows of {about}.")
    ratio = f"CAST(MIN({AGE}) AS DOUBLE) * NULLIF(COUNT(DISTINCT {AGE}) - 1, 0) / NULLIF(MAX({AGE}) - MIN({AGE}), 0)"
    yield Feature(
        f"{prefix}_silent_in_gaps",
        ratio,
        f"Days since the newest row of {about}, in mean gaps of its own past.",
    )
    recent, before = (f"COUNT(CASE WHEN {AGE} <= {days} THEN 1 END)" for days in (28, 91))
    share = f"CAST({recent} AS DOUBLE) / NULLIF({before}, 0)"
    yield Feature(
        f"{prefix}_count_28d_of_91d", share, f"Of the rows of {about} in 91 days, the share in the last 28."
    )


def _first_of_number(prefix: str, column: str, about: str, is_dated: bool) -> Iterator[Feature]:
    cell, name = _number(column), _named(prefix, column)
    yield Feature(f"{name}_mean", f"AVG({cell})", f"Mean {column} of {about}.")
    yield Feature(f"{name}_sum", f"SUM({cell})", f"Sum of {column} of {about}.")
    if is_dated:
        yield Feature(
            f"{name}_last", _at_newest("AVG", cell), f"{column} on the newest day of {about}, its mean."
        )


def _windows(prefix: str, column: str, about: str) -> Iterator[Feature]:
    cell, name = _number(column), _named(prefix, column)
    for days in (28, 91, 364):
        within = f"SUM(CASE WHEN {AGE} <= {days} THEN {cell} END)"
        yield Feature(f"{name}_sum_{days}d", within, f"Sum of {column} of {about} in the last {days} days.")
    recent, before = (f"AVG(CASE WHEN {AGE} <= {days} THEN {cell} END)" for days in (28, 364))
    yield Feature(
        f"{name}_mean_28d_to_364d",
        f"{recent} / NULLIF({before}, 0)",
        f"Mean {column} of {about} in 28 days, as a multiple of that in 364.",
    )


def _spread(prefix: str, column: str, about: str) -> Iterator[Feature]:
    cell, name = _number(column), _named(prefix, column)
    for word, function in (("max", "MAX"), ("min", "MIN"), ("sd", "STDDEV_SAMP")):
        told = {"max": "Largest", "min": "Smallest", "sd": "Standard deviation of"}[word]
        yield Feature(f"{name}_{word}", f"{function}({cell})", f"{told} {column} of {about}.")


def _kinds(prefix: str, column: str, about: str, is_dated: bool) -> Iterator[Feature]:
    cell, name = quote_identifier(column), _named(prefix, column)
    yield Feature(
        f"{name}_kinds", f"COUNT(DISTINCT {cell})", f"Different {column} of {about}.", is_count=True
    )
    for days in (91, 364) if is_dated else ():
        within = f"COUNT(DISTINCT CASE WHEN {AGE} <= {days} THEN {cell} END)"
        told = f"Different {column} of {about} in the last {days} days."
        yield Feature(f"{name}_kinds_{days}d", within, told, is_count=True)


def _shares(prefix: str, columns: Columns, about: str) -> Iterator[Feature]:
    for column in columns.booleans:
        yield Feature(
            f"{_named(prefix, column)}_share",
            f"AVG({_so(column)})",
            f"Share of {about} with {column}.",
        )
    for column, values in columns.categories:
        cell, name = quote_identifier(column), _named(prefix, column)
        for value in values[:_MOST_SHARES]:
            is_it = f"AVG(CASE WHEN {cell} = {quote_literal(value)} THEN 1.0 WHEN {cell} IS NOT NULL THEN 0.0 END)"
            short = snake_case(value)[:24].strip("_") or "other"
            yield Feature(f"{name}_is_{short}_share", is_it, f"Share of {about} with {column} {value}.")
        yield Feature(
            f"{name}_kinds", f"COUNT(DISTINCT {cell})", f"Different {column} of {about}.", is_count=True
        )


def _dates(prefix: str, column: str, about: str) -> Iterator[Feature]:
    cell, name = quote_identifier(column), _named(prefix, column)
    yield Feature(
        f"{name}_open_count",
        f"COUNT(CASE WHEN {cell} IS NULL THEN 1 END)",
        f"Rows of {about} whose {column} had not come.",
        is_count=True,
    )
    yield Feature(f"{name}_mean_days", f"AVG({cell})", f"Mean days from a row of {about} to its {column}.")


def _ahead(prefix: str, column: str, about: str) -> Iterator[Feature]:
    cell, name = quote_identifier(column), _named(prefix, column)
    told = f"rows of {about} whose {column} is still to come"
    yield Feature(
        f"{name}_days_until_next",
        f"MIN(CASE WHEN {cell} >= 0 THEN {cell} END)",
        f"Days until the next of {told}.",
    )
    for days in WINDOWS_DAYS[:3]:
        sql = f"COUNT(CASE WHEN {cell} BETWEEN 0 AND {days} THEN 1 END)"
        within = f"Number of {told}, within {days} days."
        yield Feature(f"{name}_ahead_count_{days}d", sql, within, is_count=True)


def _last_values(prefix: str, columns: Columns, about: str) -> Iterator[Feature]:
    for column in columns.booleans:
        yield Feature(
            f"{_named(prefix, column)}_last",
            _at_newest("AVG", f"({_so(column)})"),
            f"{column} on the newest day of {about}, its share.",
        )
    for column, _ in columns.categories:
        yield Feature(
            f"{_named(prefix, column)}_last",
            _at_newest("MAX", quote_identifier(column)),
            f"{column} on the newest day of {about}; of several the last in the alphabet.",
            is_number=False,
        )


def _at_newest(function: str, cell: str) -> str:
    return f"{function}(CASE WHEN {AGE} = {NEWEST} THEN {cell} END)"


def looked_up(prefix: str, columns: Sequence[tuple[str, bool]], about: str) -> list[Feature]:
    """Features of the one row that a thing has: its cells as they are; of each is said whether it is a number."""
    return [
        Feature(_named(prefix, name), quote_identifier(name), f"{name} of {about}.", is_number=is_number)
        for name, is_number in columns[:MOST_OF_A_TABLE]
    ]


def _number(column: str) -> str:
    return f"CAST({quote_identifier(column)} AS DOUBLE)"


def _so(column: str) -> str:
    cell = quote_identifier(column)
    return f"CASE WHEN {cell} THEN 1.0 WHEN NOT {cell} THEN 0.0 END"


def _named(prefix: str, column: str) -> str:
    return column if column.startswith(f"{prefix}_") else f"{prefix}_{column}"
