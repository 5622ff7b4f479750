"""Figures of predictions whose label is known by now, as columns of `mesh.model_performance`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    import pyarrow as pa

    from meshlake.ml_assets.spec import ChurnSpec


def figures_of(matured: pa.Table, spec: ChurnSpec) -> dict[str, Any]:
    """What is told of `matured`: keys, amounts, what was predicted, and `is_churned`."""
    from meshlake.ml_assets.comparison import can_compare, groups_of, measure
    from meshlake.ml_assets.metrics import flag_metrics

    rows, is_churned = matured.to_pandas(), labels_of(matured)
    probability = rows["churn_probability"].to_numpy(dtype=float)
    flags = flag_metrics(is_churned, rows["is_predicted_churn"].to_numpy(dtype=bool))
    found: dict[str, Any] = {
        "matured_rows": len(rows),
        "churned_share": float(is_churned.mean()),
        "predicted_share": float(probability.mean()),
        "flagged_rows": int(flags["true_positive"] + flags["false_positive"]),
        "precision": flags["precision"],
        "recall": flags["recall"],
    }
    found |= _profit(spec, rows, is_churned)
    if can_compare(is_churned):
        for name, figure in measure(is_churned, probability, groups_of(rows, spec.key), spec.seed).items():
            found |= {name: figure.estimate, f"{name}_low": figure.low, f"{name}_high": figure.high}
    return found


def labels_of(matured: pa.Table) -> npt.NDArray[np.bool_]:
    """Which of them churned, shape (n,)."""
    labels: npt.NDArray[np.bool_] = matured["is_churned"].to_numpy().astype(bool)
    return labels


def _profit(spec: ChurnSpec, rows: pd.DataFrame, is_churned: npt.NDArray[np.bool_]) -> dict[str, float]:
    """What contacting the flagged brings; nothing where their amounts are not known any more."""
    from meshlake.ml_assets.decisions import expected_profit

    flagged = rows["is_predicted_churn"].to_numpy(dtype=bool)
    if spec.profit is None:
        return {}
    try:
        expected = expected_profit(spec.profit, rows[flagged], rows["churn_probability"].to_numpy()[flagged])
        realised = expected_profit(spec.profit, rows[flagged], is_churned[flagged])
    except ValueError:
        return {}
    return {"expected_profit": float(expected.sum()), "realised_profit": float(realised.sum())}
