"""References of several columns together, to a key of several columns: suspected by their names, proven on the rows."""

from __future__ import annotations

from itertools import islice, product
from typing import TYPE_CHECKING

from meshlake.discovery.join_names import name_evidence, named
from meshlake.discovery.joins import Join
from meshlake.discovery.names import is_identifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from meshlake.discovery.dataset_profile import DatasetProfile
    from meshlake.discovery.join_names import Named

_NAMED_SO = 0.7
_ROLES = 4


def suspected_composites(profiles: Sequence[DatasetProfile]) -> list[Join]:
    """For each dataset with a key of several columns, the datasets with columns named as all of those are.

    Nothing is known of their values yet: `containment` is 0.
    """
    names = {p.name: named(p.name, [column.name for column in p.columns]) for p in profiles}
    by_name: dict[Named, list[tuple[DatasetProfile, str]]] = {}
    for profile in profiles:
        for column, name in names[profile.name].items():
            by_name.setdefault(name, []).append((profile, column))
    joins: list[Join] = []
    for profile in profiles:
        for key in _meant(profile):
            alike = [_alike(names[profile.name][column], by_name) for column in key]
            joins += _of(profile, key, alike)
    return joins


def _meant(profile: DatasetProfile) -> list[tuple[str, ...]]:
    """The keys of several columns that others may refer to: the likely one, and those of identifiers alone."""
    keys = [profile.likely_key, *(key for key in profile.keys if all(map(is_identifier, key)))]
    return [key for key in dict.fromkeys(keys) if len(key) > 1]


def _alike(
    part: Named, by_name: Mapping[Named, Sequence[tuple[DatasetProfile, str]]]
) -> dict[str, list[tuple[float, str]]]:
    """By dataset, the columns that are named like a part of a key, the likest first."""
    found: dict[str, list[tuple[float, str]]] = {}
    for name, columns in by_name.items():
        likeness, _ = name_evidence(name, part)
        if likeness >= _NAMED_SO:
            for profile, column in columns:
                found.setdefault(profile.name, []).append((likeness, column))
    return {dataset: sorted(each, reverse=True) for dataset, each in found.items()}


def _of(
    profile: DatasetProfile, key: tuple[str, ...], alike: Sequence[Mapping[str, list[tuple[float, str]]]]
) -> Iterator[Join]:
    others = set.intersection(*(set(each) for each in alike)) - {profile.name}
    for other in sorted(others):
        for chosen in islice(_chosen([each[other] for each in alike]), _ROLES):
            columns = tuple(column for _, column in chosen)
            yield Join(
                other,
                ", ".join(columns),
                profile.name,
                ", ".join(key),
                0.0,
                is_one_to_one=False,
                confidence=min(likeness for likeness, _ in chosen),
                evidence=("all parts of the key are named so",),
            )


def _chosen(parts: Iterable[list[tuple[float, str]]]) -> Iterator[tuple[tuple[float, str], ...]]:
    """Of each part the likest column; several where they are equally like, as `team_winner` and `team_loser` are."""
    likest = [[each for each in part if each[0] == part[0][0]] for part in parts]
    for chosen in product(*likest):
        if len({column for _, column in chosen}) == len(chosen):
            yield chosen
