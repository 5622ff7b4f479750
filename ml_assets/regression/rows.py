"""Which rows a model of amounts may learn from: the label, folds, and columns known only after it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from meshlake.ml_assets.comparison import can_compare, groups_by
from meshlake.ml_assets.feature_choice import Suspects, feature_columns, plan_without
from meshlake.ml_assets.leaks.one_feature import MAX_ROWS, drawn_rows, single_roc_aucs
from meshlake.ml_assets.leaks.scored import vanishing_leaks
from meshlake.ml_assets.regression.conformal import fewest_rows
from meshlake.ml_assets.training_rows import deal_groups

if TYPE_CHECKING:
    import numpy.typing as npt

    from meshlake.ml_assets.preprocessing import FeaturePlan
    from meshlake.ml_assets.regression.spec import RegressionSpec

FEWEST_ROWS = 40
# Of amounts the same column of the period before may order rows very well; what was written after them does nearly
# always.
SUSPECT_ROC_AUC = 0.98


def read_amounts(values: pd.Series[Any]) -> pd.Series[Any]:
    """A column of numbers as float64, null as NaN.

    Raises:
        ValueError: when it holds anything else, or an infinite number.
    """
    kind = pd.api.types.infer_dtype(values, skipna=True)
    if kind not in ("integer", "floating", "decimal", "mixed-integer-float", "empty"):
        examples = ", ".join(repr(value) for value in values.dropna().unique()[:3].tolist())
        hint = "; task: churn predicts yes or no" if kind == "boolean" else ""
        raise ValueError(f"the label '{values.name}' must be a number or null; it holds {examples}{hint}")
    numbers = values.astype("Float64").astype(np.float64) if kind == "decimal" else values
    found = pd.Series(numbers.to_numpy(np.float64, na_value=np.nan), index=values.index, name=values.name)
    if infinite := int(np.isinf(found).sum()):
        raise ValueError(f"the label '{values.name}' is infinite in {infinite:,} of {len(values):,} rows")
    return found


def require_amounts(rows: pd.DataFrame, spec: RegressionSpec) -> None:
    """Refuse a label from which nothing can be learnt.

    Raises:
        ValueError: when too few rows have one, or it is the same in all.
    """
    label = rows[spec.label]
    needed = max(FEWEST_ROWS, int(np.ceil(fewest_rows(spec.coverage) * spec.folds / (spec.folds - 1))))
    if not len(label):
        raise ValueError(f"the label '{spec.label}' is null in every row: nothing to learn from")
    if len(label) < needed:
        raise ValueError(
            f"{len(label)} rows have a label '{spec.label}'; {needed} are needed to say how far off predictions are"
        )
    if label.nunique() == 1:
        raise ValueError(f"the label '{spec.label}' is {label.iloc[0]:g} in all {len(label):,} labelled rows")


def amount_folds(rows: pd.DataFrame, spec: RegressionSpec) -> npt.NDArray[np.int64]:
    """The fold, 0 to `spec.folds` - 1, in which each row is predicted: shape (n,).

    Rows of one group, or key, stay in one fold; each fold is dealt groups of small and of large amounts.

    Raises:
        ValueError: when there are fewer groups than folds.
    """
    groups = groups_by(rows, spec)
    totals = np.bincount(groups, weights=rows[spec.label].to_numpy())
    if len(totals) < spec.folds:
        told = "groups" if spec.group else "keys"
        raise ValueError(
            f"{len(totals)} different {told} are too few for {spec.folds} folds; lower 'policy.folds'"
        )
    return deal_groups(groups, (totals,), spec)


def suspected(rows: pd.DataFrame, scored: pd.DataFrame, spec: RegressionSpec) -> Suspects:
    """The columns that say alone, nearly without a fault, which labelled rows have more than most, or anything at all;
    and those that say so of hardly any row of `scored`, whose amount is to come, though others do.

    Parts of a column that are nearly sure are no evidence here: amounts of the period before have such. `last_period`
    is not asked. At most 50,000 rows are looked at.
    """
    some = rows.iloc[drawn_rows(len(rows), MAX_ROWS)]
    label, found = some[spec.label].to_numpy(), {}
    columns = [name for name in feature_columns(rows, spec) if name != spec.last_period]
    for told, is_so in halves(label).items():
        if columns:
            for name, area in single_roc_aucs(some, columns, is_so, groups_by(some, spec)).items():
                if area >= SUSPECT_ROC_AUC:
                    found[name] = f"it tells alone which rows have {told} (ROC AUC {area:.3f})"
            for name, evidence in vanishing_leaks(some, scored, columns, is_so).items():
                found.setdefault(name, f"of which rows have {told}, {evidence}")
    return Suspects(found)


def halves(label: npt.NDArray[np.float64]) -> dict[str, npt.NDArray[np.bool_]]:
    """Which amounts (n,) are large, by words for it, in two ways; of those none is so of hardly any rows, or all.

    Example:
        >>> {told: is_so.sum().item() for told, is_so in halves(np.arange(20.0) // 8).items()}
        {'more than half of all rows': 4, 'anything': 12}
    """
    found = {"more than half of all rows": label > np.median(label), "anything": label != 0}
    return {told: is_so for told, is_so in found.items() if can_compare(is_so)}


def plan_of(suspects: Suspects, rows: pd.DataFrame, spec: RegressionSpec) -> FeaturePlan:
    """What the features of `rows` are, without the `suspects`.

    Raises:
        ValueError: when no column is left to learn from.
    """
    return replace(plan_without(suspects, rows, spec), target="continuous")
