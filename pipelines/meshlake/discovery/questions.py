"""What discovery leaves to people, what is asked alike of several columns asked once."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from meshlake.discovery.dataset_profile import DatasetProfile

Told = TypeVar("Told", str, tuple[str, str])


def alike(told: Iterable[tuple[str, Told]]) -> dict[Told, list[str]]:
    """The columns that the same is told of, in their order; no column where its name is empty, nor an empty text.

    Example:
        >>> alike([("born", "day or month first?"), ("name", ""), ("joined", "day or month first?")])
        {'day or month first?': ['born', 'joined']}
    """
    found: dict[Told, list[str]] = {}
    for column, text in told:
        if text:
            found.setdefault(text, []).extend([column] if column else [])
    return found


def asked(profile: DatasetProfile) -> dict[str, list[str]]:
    """The questions of a dataset, the columns of each with it; of one about all of them no column."""
    found: dict[str, list[str]] = {}
    if profile.near_key:
        found[profile.near_key.told(profile.row_count)] = []
    found |= {drift.message: [] for drift in profile.questions}
    return found | alike((column.name, column.question) for column in profile.columns)


def asked_of_all(profiles: Sequence[DatasetProfile]) -> dict[str, dict[str, list[str]]]:
    """The questions of all datasets, each with the datasets and columns that it is asked of."""
    found: dict[str, dict[str, list[str]]] = {}
    for profile in profiles:
        for question, columns in asked(profile).items():
            found.setdefault(question, {})[profile.name] = columns
    return found
