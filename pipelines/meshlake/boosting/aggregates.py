"""What is counted of rows that were known before a cut-off: features as SQL, each with its grain, window and unit in
its name.

Windows are of a fixed ladder, and values of categories are written as constants: nothing in a feature is chosen from
rows later than the cut-off.
"""

from __future__ import annotations

from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING

from meshlake.boosting.feature import AGE, DISTINCT, Feature, Over
from meshlake.names import quote_identifier, quote_literal, snake_case

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from meshlake.boosting.columns import Columns

MOST_OF_A_TABLE = 60
WINDOWS_DAYS = (1, 7, 28, 91, 364)
_MOST_SHARES, _MOST_BY_KIND = 5, 3
_NOTHING: Mapping[str, float] = MappingProxyType({})


def aggregated(
    prefix: str, columns: Columns, *, is_dated: bool, about: str, says: Mapping[str, float] = _NOTHING
) -> list[Feature]:
    """Features of all rows of one thing before a cut-off, the plainest first.

    Args:
        prefix: what their names begin with.
        columns: of the rows.
        is_dated: whether rows have an age.
        about: what the rows are, in words.
        says: of columns how much they say; what does not stand here says nothing.
    """
    tiers: list[Iterator[Feature]] = [_counts(prefix, about, is_dated=is_dated)]
    columns = columns.in_order(says)
    tiers.append(chain.from_iterable(_ahead(prefix, name, about) for name in columns.ahead))
    plainest = sorted(_plainest(prefix, columns, about, is_dated), key=lambda each: -says.get(each[0], 0.0))
    tiers += [iter(features) for _, features in plainest]
    tiers.append(chain.from_iterable(_dates(prefix, name, about) for name in columns.later))
    if is_dated:
        tiers.append(chain.from_iterable(_windows(prefix, name, about) for name in columns.numbers))
        tiers.append(_last_values(prefix, columns, about))
    tiers += [_by_kind(prefix, columns, about, days) for days in ((None, 91) if is_dated else (None,))]
    tiers.append(chain.from_iterable(_spread(prefix, name, about) for name in columns.numbers))
    named: dict[str, Feature] = {}
    for feature in chain.from_iterable(tiers):
        named.setdefault(feature.name, feature)
    return list(named.values())


def probes(prefix: str, columns: Columns, about: str) -> dict[str, list[Feature]]:
    """Of each column the features that tell at a glance what it says."""
    return dict(_plainest(prefix, columns, about, is_dated=False))


def _plainest(
    prefix: str, columns: Columns, about: str, is_dated: bool
) -> Iterator[tuple[str, list[Feature]]]:
    for name in columns.numbers:
        yield name, list(_first_of_number(prefix, name, about, is_dated))
    for name in columns.kinds:
        yield name, list(_kinds(prefix, name, about, is_dated))
    for name in columns.booleans:
        share = Over("AVG", _so(name))
        yield name, [_plain(f"{_named(prefix, name)}_share", share, f"Share of {about} with {name}.")]
    for name, values in columns.categories:
        yield name, list(_shares(prefix, name, values, about))


def _counts(prefix: str, about: str, *, is_dated: bool) -> Iterator[Feature]:
    yield _plain(f"{prefix}_count", Over("COUNT"), f"Rows of {about}.", is_count=True)
    if not is_dated:
        return
    for days in WINDOWS_DAYS:
        told = f"Rows of {about} in the last {days} days."
        yield _plain(f"{prefix}_count_{days}d", Over("COUNT", days=days), told, is_count=True)
    newest, oldest, active = Over("MIN", AGE), Over("MAX", AGE), Over(DISTINCT, AGE)
    yield _plain(f"{prefix}_days_since_last", newest, f"Days since the newest row of {about}.")
    yield _plain(f"{prefix}_days_since_first", oldest, f"Days since the first row of {about}.")
    yield _plain(f"{prefix}_active_days", active, f"Days with rows of {about}.", is_count=True)
    for days in WINDOWS_DAYS[3:]:
        told = f"Days with rows of {about} in the last {days} days."
        yield _plain(f"{prefix}_active_days_{days}d", Over(DISTINCT, AGE, days), told, is_count=True)
    told = f"Days with rows of {about} in the 91 days that began 364 days ago, when a year's season was this one."
    a_year_ago = Over(DISTINCT, AGE, 364, after_days=273)
    yield _plain(f"{prefix}_active_days_91d_a_year_ago", a_year_ago, told, is_count=True)
    yield Feature(
        f"{prefix}_mean_gap_days",
        "CAST({0} - {1} AS DOUBLE) / NULLIF({2} - 1, 0)",
        f"Mean days between two days with rows of {about}.",
        (oldest, newest, active),
    )
    yield Feature(
        f"{prefix}_silent_in_gaps",
        "CAST({1} AS DOUBLE) * NULLIF({2} - 1, 0) / NULLIF({0} - {1}, 0)",
        f"Days since the newest row of {about}, in mean gaps of its own past.",
        (oldest, newest, active),
    )
    yield Feature(
        f"{prefix}_count_28d_of_91d",
        "CAST({0} AS DOUBLE) / NULLIF({1}, 0)",
        f"Of the rows of {about} in 91 days, the share in the last 28.",
        (Over("COUNT", days=28), Over("COUNT", days=91)),
    )
    for days in (28, 91):
        told = f"Rows of {about} in the last {days} days"
        yield _to_peers(f"{prefix}_count_{days}d", Over("COUNT", days=days), told, is_count=True)


def _first_of_number(prefix: str, column: str, about: str, is_dated: bool) -> Iterator[Feature]:
    cell, name = _number(column), _named(prefix, column)
    yield _plain(f"{name}_mean", Over("AVG", cell), f"Mean {column} of {about}.")
    yield _plain(f"{name}_sum", Over("SUM", cell), f"Sum of {column} of {about}.")
    if is_dated:
        told = f"{column} on the newest day of {about}, its mean."
        yield _plain(f"{name}_last", Over("AVG", cell, is_newest=True), told)


def _windows(prefix: str, column: str, about: str) -> Iterator[Feature]:
    cell, name = _number(column), _named(prefix, column)
    for days in (28, 91, 364):
        told = f"Sum of {column} of {about} in the last {days} days."
        yield _plain(f"{name}_sum_{days}d", Over("SUM", cell, days), told)
    yield _to_peers(
        f"{name}_sum_91d", Over("SUM", cell, 91), f"Sum of {column} of {about} in the last 91 days"
    )
    yield Feature(
        f"{name}_mean_28d_to_364d",
        # A mean of amounts that cancel each other is 0 but for the order that they were added up in.
        "{0} / CASE WHEN ABS({1}) > 1e-9 * {2} THEN {1} END",
        f"Mean {column} of {about} in 28 days, as a multiple of that in 364.",
        (Over("AVG", cell, 28), Over("AVG", cell, 364), Over("AVG", f"ABS({cell})", 364)),
    )


def _spread(prefix: str, column: str, about: str) -> Iterator[Feature]:
    cell, name = _number(column), _named(prefix, column)
    for word, function in (("max", "MAX"), ("min", "MIN"), ("sd", "STDDEV_SAMP")):
        told = {"max": "Largest", "min": "Smallest", "sd": "Standard deviation of"}[word]
        yield _plain(f"{name}_{word}", Over(function, cell), f"{told} {column} of {about}.")


def _kinds(prefix: str, column: str, about: str, is_dated: bool) -> Iterator[Feature]:
    cell, name = quote_identifier(column), _named(prefix, column)
    yield _plain(f"{name}_kinds", Over(DISTINCT, cell), f"Different {column} of {about}.", is_count=True)
    for days in (91, 364) if is_dated else ():
        told = f"Different {column} of {about} in the last {days} days."
        yield _plain(f"{name}_kinds_{days}d", Over(DISTINCT, cell, days), told, is_count=True)


def _shares(prefix: str, column: str, values: Sequence[str], about: str) -> Iterator[Feature]:
    cell, name = quote_identifier(column), _named(prefix, column)
    for value, short in shorts(values):
        is_it = f"CASE WHEN {cell} = {quote_literal(value)} THEN 1.0 WHEN {cell} IS NOT NULL THEN 0.0 END"
        yield _plain(
            f"{name}_is_{short}_share", Over("AVG", is_it), f"Share of {about} with {column} {value}."
        )
    yield _plain(f"{name}_kinds", Over(DISTINCT, cell), f"Different {column} of {about}.", is_count=True)


def _by_kind(prefix: str, columns: Columns, about: str, days: int | None = None) -> Iterator[Feature]:
    """Of payments what was paid as rent, as fees, as refunds: the rows of each frequent value, and their first numbers,
    of the last `days` the first alone."""
    end, within = (f"_{days}d", f" in the last {days} days") if days else ("", "")
    for column, values in columns.categories:
        for value, short in shorts(values):
            name, of = f"{_named(prefix, column)}_is_{short}", f"{about} with {column} {value}{within}."
            rows = Over("COUNT", _of(column, value, "1"), days)
            yield _plain(f"{name}_count{end}", rows, f"Rows of {of}", is_count=True)
            for number in columns.numbers[: 1 if days else _MOST_BY_KIND]:
                cell = _of(column, value, _number(number))
                yield _plain(f"{name}_{number}_sum{end}", Over("SUM", cell, days), f"Sum of {number} of {of}")
                if not days:
                    yield _plain(f"{name}_{number}_mean", Over("AVG", cell), f"Mean {number} of {of}")


def _of(column: str, value: str, cell: str) -> str:
    return f"CASE WHEN {quote_identifier(column)} = {quote_literal(value)} THEN {cell} END"


def shorts(values: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The values that are counted, each with its part of a name, which is no other's: of A+ and A- `a` and `a_2`."""
    taken: set[str] = set()
    for value in values[:_MOST_SHARES]:
        short = free = snake_case(value)[:24].strip("_") or "other"
        number = 1
        while free in taken:
            number += 1
            free = f"{short}_{number}"
        taken.add(free)
        yield value, free


def _dates(prefix: str, column: str, about: str) -> Iterator[Feature]:
    cell, name = quote_identifier(column), _named(prefix, column)
    is_open = Over("COUNT", f"CASE WHEN {cell} IS NULL THEN 1 END")
    told = f"Rows of {about} whose {column} had not come."
    yield _plain(f"{name}_open_count", is_open, told, is_count=True)
    told = f"Mean days from a row of {about} to its {column}."
    yield _plain(f"{name}_mean_days", Over("AVG", cell), told)


def _ahead(prefix: str, column: str, about: str) -> Iterator[Feature]:
    cell, name = quote_identifier(column), _named(prefix, column)
    told = f"rows of {about} whose {column} is still to come"
    yield Feature(
        f"{name}_days_until_next",
        f"MIN(CASE WHEN {cell} >= 0 THEN {cell} END)",
        f"Days until the next of {told}.",
    )
    for days in WINDOWS_DAYS[1:4]:
        sql = f"COUNT(CASE WHEN {cell} BETWEEN 0 AND {days} THEN 1 END)"
        within = f"Number of {told}, within {days} days."
        yield Feature(f"{name}_ahead_count_{days}d", sql, within, is_count=True)


def _last_values(prefix: str, columns: Columns, about: str) -> Iterator[Feature]:
    for column in columns.booleans:
        last = Over("AVG", _so(column), is_newest=True)
        told = f"{column} on the newest day of {about}, its share."
        yield _plain(f"{_named(prefix, column)}_last", last, told)
    for column, _ in columns.categories:
        last = Over("MAX", quote_identifier(column), is_newest=True)
        told = f"{column} on the newest day of {about}; of several the last in the alphabet."
        yield Feature(f"{_named(prefix, column)}_last", "{0}", told, (last,), is_number=False)


def _plain(name: str, over: Over, told: str, *, is_count: bool = False) -> Feature:
    return Feature(name, "{0}", told, (over,), is_count)


def _to_peers(name: str, over: Over, told: str, *, is_count: bool = False) -> Feature:
    """What is counted, held against all who are asked about at the same cut-off: so a season is no news."""
    told = f"{told}, as a multiple of the mean of all rows of the same cut-off."
    return Feature(f"{name}_to_peers", "{0}", told, (over,), is_count, is_to_peers=True)


def looked_up(prefix: str, columns: Sequence[tuple[str, bool]], about: str) -> list[Feature]:
    """Features of the one row that a thing has: its cells as they are; of each is said whether it is a number."""
    return [
        Feature(_named(prefix, name), quote_identifier(name), f"{name} of {about}.", is_number=is_number)
        for name, is_number in columns
    ]


def _number(column: str) -> str:
    return f"CAST({quote_identifier(column)} AS DOUBLE)"


def _so(column: str) -> str:
    cell = quote_identifier(column)
    return f"CASE WHEN {cell} THEN 1.0 WHEN NOT {cell} THEN 0.0 END"


def _named(prefix: str, column: str) -> str:
    return column if column.startswith(f"{prefix}_") else f"{prefix}_{column}"
