"""What a model knows by each feature: how much worse it orders rows that it did not see once the feature's values are
dealt out among them at random (Breiman, Random Forests, 2001, section 10).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from meshlake.ml_assets.ordering import Ordered
from meshlake.ml_assets.scoring import ROWS_AT_ONCE, churn_probability

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from meshlake.ml_assets.scoring import ChurnModel

# Of each class: ROC AUC does not change with their shares.
MEASURED_ROWS = 500


def permutation_importances(
    models: Sequence[ChurnModel], rows: pd.DataFrame, folds: npt.NDArray[np.int64], label: str, seed: int
) -> dict[str, float]:
    """By how much ROC AUC falls without what each feature tells, the most important first; below zero is noise.

    Args:
        models: of each fold the one that was fitted without it.
        rows: labelled rows, of which at most `MEASURED_ROWS` of each class are measured.
        folds: the fold of each row, shape (n,).
        label: the column of `rows` that says who churned.
        seed: the same deals the same.
    """
    random = np.random.default_rng(seed)
    is_churned = rows[label].to_numpy(dtype=bool)
    drawn = [random.permutation(np.flatnonzero(each))[:MEASURED_ROWS] for each in (is_churned, ~is_churned)]
    chosen = np.concatenate(drawn)
    parts = [chosen[folds[chosen] == fold] for fold in range(len(models))]
    said = np.concatenate(
        [_said(model, rows.iloc[part], random) for model, part in zip(models, parts, strict=True)], axis=1
    )
    whole, *areas = (Ordered.of(is_churned[np.concatenate(parts)], each).roc_auc for each in said)
    names = models[0].pipeline[:1].transform(rows.iloc[:1]).columns
    falls = {str(name): float(whole - area) for name, area in zip(names, areas, strict=True)}
    return dict(sorted(falls.items(), key=lambda item: (-item[1], item[0])))


def _said(model: ChurnModel, rows: pd.DataFrame, random: np.random.Generator) -> npt.NDArray[np.float64]:
    """What `model` says of each row as it is, and with each feature dealt out: shape (1 + features, rows)."""
    frame = model.pipeline[:1].transform(rows)
    asked = [None, *frame.columns]
    most = max(1, ROWS_AT_ONCE // max(1, len(frame)))
    parts = (asked[begin : begin + most] for begin in range(0, len(asked), most))
    said = [churn_probability(model.pipeline[1:], _dealt(frame, names, random)) for names in parts]
    return np.concatenate(said).reshape(len(asked), len(frame))


def _dealt(frame: pd.DataFrame, names: Sequence[str | None], random: np.random.Generator) -> pd.DataFrame:
    """The rows once for each of `names`, whose values are dealt out among them; as they are where there is none."""
    columns = {name: np.tile(frame[name].to_numpy(), len(names)) for name in frame.columns}
    for place, name in enumerate(names):
        if name is not None:
            there = slice(place * len(frame), (place + 1) * len(frame))
            columns[name][there] = random.permutation(frame[name].to_numpy())
    # Objects that are texts would be made strings, and objects again where they are encoded.
    return pd.DataFrame({name: pd.Series(of, dtype=frame[name].dtype) for name, of in columns.items()})
