"""How good predictions are by part of the customers: what is well on average may be wrong for some of them.

Rows are those whose labels the model did not see, parts those by the features that matter most to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from scipy.stats import binomtest

from meshlake.ml_assets.comparison import can_compare
from meshlake.ml_assets.ordering import Ordered
from meshlake.ml_assets.preprocessing import MISSING

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_FEATURES = 6
MOST_VALUES = 8
QUARTERS = 4
# Fewer tell nothing by themselves, and may tell of a person.
MIN_ROWS = 30
_UNKNOWN = "unknown"


def by_slice(tested: pd.DataFrame, frame: pd.DataFrame, features: Sequence[str]) -> list[dict[str, Any]]:
    """Facts of each slice of at least `MIN_ROWS` along the first of `features`, JSON-able.

    Each has `feature`, `value`, `rows`, `churned_share`, from `low` to `high` (95 %), `predicted_share`,
    `flagged_share`, `recall` (null where none churned) and `roc_auc` (null where too few rows tell it). Of a feature of
    many values those are quarters of its numbers, or its commonest words.

    Args:
        tested: rows as `ChurnTraining.honest` has them, each under an index of its own.
        frame: their features, under the same index, as a `FeatureFrame` gives them.
        features: the most important first.
    """
    needed = tested[["is_churned", "is_predicted_churn", "churn_probability"]]
    return [
        {"feature": name, "value": value, **_measured(needed.loc[where])}
        for name in features[:MOST_FEATURES]
        for value, where in parts_of(frame[name])
        if len(where) >= MIN_ROWS
    ]


def parts_of(values: pd.Series[Any]) -> list[tuple[str, pd.Index[Any]]]:
    """Each part of the rows by their `values`, and where its rows are, in order of what it holds."""
    is_known = values.notna() & (values != MISSING)
    known = values[is_known]
    if values.dtype == object:
        of = known[known.isin(known.value_counts().index[:MOST_VALUES])]
    elif known.nunique() <= MOST_VALUES:
        of = known
    else:
        of = pd.qcut(known, QUARTERS, labels=False, duplicates="drop")
    parts = [of.index[of == each] for each in sorted(of.unique())]
    return [*((_named(known[part]), part) for part in parts), (_UNKNOWN, values.index[~is_known])]


def _named(values: pd.Series[Any]) -> str:
    if values.dtype == object:
        return str(values.iloc[0])
    least, most = (f"{value:.4g}" for value in (values.min(), values.max()))
    return least if least == most else f"{least} to {most}"


def _measured(rows: pd.DataFrame) -> dict[str, Any]:
    is_churned = rows["is_churned"].to_numpy(dtype=bool)
    is_flagged = rows["is_predicted_churn"].to_numpy(dtype=bool)
    interval = binomtest(int(is_churned.sum()), len(rows)).proportion_ci(method="wilson")
    probability = rows["churn_probability"].to_numpy()
    has_area = can_compare(is_churned)
    return {
        "rows": len(rows),
        "churned_share": float(is_churned.mean()),
        "low": float(interval.low),
        "high": float(interval.high),
        "predicted_share": float(probability.mean()),
        "flagged_share": float(is_flagged.mean()),
        "recall": float(is_flagged[is_churned].mean()) if is_churned.any() else None,
        "roc_auc": Ordered.of(is_churned, probability).roc_auc if has_area else None,
    }
