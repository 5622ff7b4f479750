"""Two versions of a model held against each other, by the honest predictions that were stored with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.errors import UsageError
from meshlake.models.task import task_of

if TYPE_CHECKING:
    from meshlake.models.store import ModelVersion
    from meshlake.models.task import Compared


def compare_versions(version: ModelVersion, other: ModelVersion) -> Compared:
    """How much better `version` is than `other` on the rows that both predicted without having seen their label.

    Raises:
        UsageError: they are models of different tasks or keys, of no label, or too few rows are in both.
        BuildError: a file is not the one that was stored.
    """
    first, second = (each.record["definition"]["task"] for each in (version, other))
    if first != second:
        raise UsageError(f"{version.version} is a model of {first}, {other.version} of {second}")
    return task_of(version).compare(version, other)
