"""Joins between datasets: foreign keys of a database, and columns whose values are found among the keys of another."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from meshlake.discovery.names import name_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from meshlake.discovery.dataset_profile import ColumnProfile, DatasetProfile
    from meshlake.discovery.sketches import Sketch

_CONTAINED = 0.9
_SAME_NAME = 0.75
_TELL_NOTHING = frozenset((word,) for word in ("id", "key", "no", "nr", "number", "code", "index"))


@dataclass(frozen=True)
class Join:
    """`dataset.column` refers to the key `other_column` of `other_dataset`, which holds about `containment` of its
    distinct values. One to one when both columns are keys. A database keeps those that are declared; several columns
    of one are written with commas."""

    dataset: str
    column: str
    other_dataset: str
    other_column: str
    containment: float
    is_one_to_one: bool
    is_declared: bool = False


def likely_joins(found: Sequence[tuple[DatasetProfile, Mapping[str, Sketch]]]) -> list[Join]:
    """The joins between the profiled datasets, those declared first, then the surest; each one-to-one join once.

    Few whole numbers are found among any others, so those need a like name as well.
    """
    joins = {_pair(join): join for profile, _ in found for join in _declared(profile)}
    for profile, sketches in found:
        for other, other_sketches in found:
            if other.name == profile.name:
                continue
            for key in (names[0] for names in other.keys if len(names) == 1 and names[0] in other_sketches):
                for column in (c for c in profile.columns if c.name in sketches):
                    share = sketches[column.name].share_in(other_sketches[key])
                    if share >= _CONTAINED and _is_believable(column, key, other.name):
                        is_key = (column.name,) in profile.keys
                        join = Join(profile.name, column.name, other.name, key, share, is_key)
                        joins.setdefault(_pair(join), join)
    order = sorted(joins.values(), key=lambda join: (-join.containment, join.dataset, join.column))
    return sorted(order, key=lambda join: not join.is_declared)


def _pair(join: Join) -> frozenset[tuple[str, str]]:
    return frozenset({(join.dataset, join.column), (join.other_dataset, join.other_column)})


def _declared(profile: DatasetProfile) -> Iterator[Join]:
    for key in profile.table.foreign_keys if profile.table else ():
        mine, others = ", ".join(key.columns), ", ".join(key.other_columns)
        is_key = key.columns in profile.keys
        yield Join(
            profile.name,
            mine,
            f"{key.catalog}.{key.other_table}",
            others,
            1.0,
            is_key,
            is_declared=True,
        )


def _is_believable(column: ColumnProfile, key: str, dataset: str) -> bool:
    # Codes of digits, kept as text, are as common as whole numbers.
    is_digits = (column.minimum or "").isdigit() and (column.maximum or "").isdigit()
    if column.found_type == "string" and not is_digits:
        return True
    mine, words = name_words(column.name), name_words(key)
    # `id` of the dataset `customers` is called `customer_id` elsewhere.
    owned = (*name_words(dataset.rpartition(".")[2].removesuffix("s")), *words)
    if mine == words:
        return mine not in _TELL_NOTHING
    return any(_likeness(mine, name) >= _SAME_NAME for name in (words, owned))


def _likeness(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    return SequenceMatcher(None, "".join(one), "".join(other)).ratio()
