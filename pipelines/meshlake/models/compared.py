"""Two versions of a churn model held against each other, by the honest predictions that were stored with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.errors import UsageError
from meshlake.models.churn import HONEST_FILE, honest_predictions
from meshlake.models.decided import spec_of

if TYPE_CHECKING:
    from meshlake.ml_assets.comparison import Comparison
    from meshlake.ml_assets.spec import ChurnSpec
    from meshlake.models.store import ModelVersion


def compare_versions(version: ModelVersion, other: ModelVersion) -> Comparison:
    """How much better `version` is than `other` on the rows that both predicted without having seen their label.

    Raises:
        UsageError: either is no churn model, they are about different keys, or too few rows are in both.
        BuildError: a file is not the one that was stored.
    """
    from meshlake.ml_assets.comparison import can_compare, compare, groups_of

    spec, other_spec = _spec(version), _spec(other)
    keys = spec.row_keys
    if keys != other_spec.row_keys:
        told = " and ".join(keys), " and ".join(other_spec.row_keys)
        raise UsageError(f"{version.version} is about {told[0]}, {other.version} about {told[1]}")
    first, second = (honest_predictions(each.read(HONEST_FILE)) for each in (version, other))
    rows = first.merge(second, on=[*keys, "is_churned"], suffixes=("", "_other"))
    is_churned = rows["is_churned"].to_numpy(dtype=bool)
    if not can_compare(is_churned):
        raise UsageError(
            f"both predicted {len(rows):,} rows with the same label, too few of a class to compare"
        )
    return compare(
        is_churned,
        rows["churn_probability"].to_numpy(),
        rows["churn_probability_other"].to_numpy(),
        groups_of(rows, spec.key),
        spec.seed,
    )


def _spec(version: ModelVersion) -> ChurnSpec:
    if (task := version.record["definition"]["task"]) != "churn":
        raise UsageError(f"{version.version} is a model of {task}; churn models can be compared")
    return spec_of(version)
