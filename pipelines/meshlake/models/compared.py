"""Two versions of a churn model held against each other, by the honest predictions that were stored with them."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from meshlake.errors import UsageError
from meshlake.models.churn import HONEST_FILE

if TYPE_CHECKING:
    import pandas as pd

    from meshlake.ml_assets.comparison import Comparison
    from meshlake.models.store import ModelVersion


def compare_versions(version: ModelVersion, other: ModelVersion) -> Comparison:
    """How much better `version` is than `other` on the rows that both predicted without having seen their label.

    Raises:
        UsageError: either is no churn model, they are about different keys, or too few rows are in both.
        BuildError: a file is not the one that was stored.
    """
    from meshlake.ml_assets.comparison import can_compare, compare, groups_of

    keys = _keys(version)
    if keys != _keys(other):
        raise UsageError(
            f"{version.version} is about {' and '.join(keys)}, {other.version} about {' and '.join(_keys(other))}"
        )
    rows = _honest(version).merge(_honest(other), on=[*keys, "is_churned"], suffixes=("", "_other"))
    is_churned = rows["is_churned"].to_numpy(dtype=bool)
    if not can_compare(is_churned):
        raise UsageError(
            f"both predicted {len(rows):,} rows with the same label, too few of a class to compare"
        )
    return compare(
        is_churned,
        rows["churn_probability"].to_numpy(),
        rows["churn_probability_other"].to_numpy(),
        groups_of(rows, keys),
        seed=0,
    )


def _keys(version: ModelVersion) -> list[str]:
    definition = version.record["definition"]
    if definition["task"] != "churn":
        raise UsageError(
            f"{version.version} is a model of {definition['task']}; churn models can be compared"
        )
    key = definition["key"]
    return [*([key] if isinstance(key, str) else key), *filter(None, [definition.get("cutoff")])]


def _honest(version: ModelVersion) -> pd.DataFrame:
    import pandas as pd

    return pd.read_parquet(BytesIO(version.read(HONEST_FILE)))
