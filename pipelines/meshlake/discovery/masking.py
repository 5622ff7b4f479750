"""What is shown of personal data: the shape of its values, never the values.

What shows a profile's values takes it from here. A line of which no row can be made is shown as it stands all the same,
and so is a value that a question asks about.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from meshlake.discovery.dataset_profile import ColumnProfile, DatasetProfile
    from meshlake.discovery.dependencies import Dependency, Dependent
    from meshlake.discovery.joins import Join

_LONGEST = 40
# So many of a personal number name nobody: years of birth become decades.
_DIGITS = 3


def masked_text(value: str) -> str:
    """The shape of a value: signs and spaces stay, each digit becomes 9, each letter x or X.

    Example:
        >>> masked_text("Anna.Lee@example.org"), masked_text("+49 30 901820"), masked_text("Zoë")
        ('Xxxx.Xxx@xxxxxxx.xxx', '+99 99 999999', 'Xxx')
    """
    shown = value[:_LONGEST]
    return "".join(map(_mark, shown)) + ("..." if len(value) > _LONGEST else "")


def _mark(sign: str) -> str:
    if sign.isnumeric():
        return "9"
    if sign.isalpha():
        return "x" if sign.islower() else "X"
    return sign


def masked_column(column: ColumnProfile) -> ColumnProfile:
    """`column` as it may be shown: where it is personal, each value is its shape, and values of one shape are one."""
    if not column.personal:
        return column
    counts: dict[str, int] = {}
    for value, count in column.values:
        counts[masked_text(value)] = counts.get(masked_text(value), 0) + count
    return replace(
        column,
        minimum=column.minimum and masked_text(column.minimum),
        maximum=column.maximum and masked_text(column.maximum),
        values=tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0]))),
        misfits=_shapes(column.misfits),
    )


def masked(profile: DatasetProfile) -> DatasetProfile:
    """`profile` as it may be shown to whoever may look at a screen, a page or a log."""
    personal = {column.name for column in profile.columns if column.personal}
    near = profile.near_key
    if near is not None and personal.intersection(near.columns):
        near = replace(near, examples=_shapes(near.examples))
    dependencies = tuple(_masked_dependency(each, personal) for each in profile.dependencies)
    columns = tuple(map(masked_column, profile.columns))
    return replace(profile, columns=columns, near_key=near, dependencies=dependencies)


def _masked_dependency(dependency: Dependency, personal: Collection[str]) -> Dependency:
    def shape(column: str, value: str | None) -> str | None:
        return masked_text(value) if value is not None and column in personal else value

    def masked(each: Dependent) -> Dependent:
        if (example := each.example) is None:
            return each
        value = shape(dependency.determinant, example.value) or ""
        usual, other = (shape(each.column, text) for text in (example.usual, example.other))
        return replace(each, example=replace(example, value=value, usual=usual, other=other))

    return replace(dependency, dependents=tuple(map(masked, dependency.dependents)))


def masked_join(join: Join, profile: DatasetProfile) -> Join:
    """`join` of the dataset of `profile` as it may be shown and kept."""
    personal = {column.name for column in profile.columns if column.personal}
    is_masked = not personal.isdisjoint(join.column.split(", "))
    return replace(join, orphan_example=masked_text(join.orphan_example)) if is_masked else join


def _shapes(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(masked_text, values)))


def without_people(profile: DatasetProfile) -> DatasetProfile:
    """`profile` as it may be kept and drafted from: as it may be shown, but that each value counts for itself, a word
    for no value is still one, and whole numbers say about how far they reach, as joins are told by."""
    shapes = [_without_people(column) if column.personal else column for column in profile.columns]
    return replace(masked(profile), columns=tuple(shapes))


def _without_people(column: ColumnProfile) -> ColumnProfile:
    return replace(
        column,
        minimum=column.minimum and _about(column, column.minimum, is_low=True),
        maximum=column.maximum and _about(column, column.maximum, is_low=False),
        values=tuple((masked_text(value), count) for value, count in column.values),
        misfits=tuple(map(masked_text, column.misfits)),
    )


def _about(column: ColumnProfile, end: str, *, is_low: bool) -> str:
    """A whole number to its first digits, outwards; other text's shape."""
    if column.found_type != "integer" or not re.fullmatch(r"-?\d+", end):
        return masked_text(end)
    step = 10 ** max(len(end.lstrip("-")) - _DIGITS, 0)
    return str(int(end) // step * step if is_low else -(-int(end) // step) * step)
