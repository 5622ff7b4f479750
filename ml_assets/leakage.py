"""Features that know the label too well to have been known before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn.metrics import roc_auc_score

from meshlake.ml_assets.preprocessing import FeatureFrame, Kind

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from meshlake.ml_assets.preprocessing import FeaturePlan

# On the real telco data an honest model of all features together reaches .92, while a churn score and a
# satisfaction score taken after the fact reach .94 and .95 alone.
SUSPECT_ROC_AUC = 0.9


def suspected_leaks(
    rows: pd.DataFrame, plan: FeaturePlan, is_churned: npt.NDArray[np.bool_]
) -> dict[str, float]:
    """The planned features that alone reach `SUSPECT_ROC_AUC`, with the ROC AUC each reaches.

    A number counts in either direction, null being its own lowest value; a text by the churn rate of its
    values.
    """
    frame = FeatureFrame(plan.kinds, plan.cutoff).transform(rows)
    found = {name: _roc_auc_alone(frame[name], plan.kinds[name], is_churned) for name in plan.kinds}
    return {name: area for name, area in found.items() if area >= SUSPECT_ROC_AUC}


def _roc_auc_alone(values: pd.Series[Any], kind: Kind, is_churned: npt.NDArray[np.bool_]) -> float:
    if kind is Kind.TEXT:
        churned = values.isna().astype(float) + is_churned
        return float(roc_auc_score(is_churned, churned.groupby(values).transform("mean")))
    area = float(roc_auc_score(is_churned, values.fillna(values.min() - 1)))
    return max(area, 1 - area)
