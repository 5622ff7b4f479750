"""Chapter: a few labels for many rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

from benchmarks.models.tables import LABEL
from benchmarks.techniques.data import SEED
from benchmarks.techniques.row import Shown, row
from meshlake.ml_assets.churn import train_churn
from meshlake.ml_assets.scoring import churn_probability

if TYPE_CHECKING:
    from benchmarks.techniques.data import Data
    from meshlake.ml_assets.spec import ChurnSpec

_ALONE, _SPREAD = "logistic_regression", "label_spreading"


@row("Label propagation / spreading", "ml_assets.candidates.label_spreading")
def _spreading(data: Data) -> Shown:
    found = [
        _of_few_labels(name, rows, data.flat.spec)
        for name, rows in (("churn", data.flat.rows), ("odd digits", _odd_digits()))
    ]
    return Shown("; ".join(each.told for each in found), all(each.holds for each in found))


def _of_few_labels(name: str, rows: pd.DataFrame, spec: ChurnSpec) -> Shown:
    """With a label on a tenth of `rows` it is taken only if it beats logistic regression on all others."""
    few, hidden = train_test_split(
        np.arange(len(rows)), train_size=0.1, stratify=rows[LABEL], random_state=SEED
    )
    given = rows.astype({LABEL: "boolean"})
    given.loc[hidden, LABEL] = pd.NA
    both, alone = (
        train_churn(given, replace(spec, candidates=names)) for names in ((_ALONE, _SPREAD), (_ALONE,))
    )
    losses = [
        log_loss(rows[LABEL].iloc[hidden], churn_probability(each.model.pipeline, rows.iloc[hidden]))
        for each in (both, alone)
    ]
    is_taken = both.algorithm == _SPREAD
    on_folds = ", ".join(f"{each.algorithm} {each.out_of_fold['log_loss']:.3f}" for each in both.candidates)
    told = (
        f"{name}, {len(few)} labels: log loss on folds {on_folds}: {'taken' if is_taken else 'rejected'}; on the "
        f"{len(hidden)} others {losses[0]:.3f}, {_ALONE} {losses[1]:.3f}"
    )
    return Shown(told, losses[0] < losses[1] if is_taken else losses[0] == losses[1])


def _odd_digits() -> pd.DataFrame:
    """Handwritten digits as customers, the odd ones of whom have left."""
    digits = load_digits()
    pixels = pd.DataFrame(digits.data, columns=[f"pixel_{i}" for i in range(digits.data.shape[1])])
    return pixels.assign(customer_id=range(len(pixels)), **{LABEL: digits.target % 2 == 1})
