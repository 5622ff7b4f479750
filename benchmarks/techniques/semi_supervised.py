"""Chapter: a few labels for many rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.semi_supervised import LabelPropagation, LabelSpreading

from benchmarks.techniques.data import SEED
from benchmarks.techniques.row import Shown, row

if TYPE_CHECKING:
    from benchmarks.techniques.data import Data

_UNKNOWN = -1


@row("Label propagation / spreading")
def _spreading(data: Data) -> Shown:
    churn, _, churned, _ = data.flat.sample(2500).numbers()
    digits = load_digits(return_X_y=True)
    told, verdicts = [], []
    for name, rows, labels in (("churn", churn, churned.astype(int)), ("digits", digits[0] / 16, digits[1])):
        few, others = train_test_split(
            np.arange(len(rows)), train_size=0.1, stratify=labels, random_state=SEED
        )
        given = np.full(len(rows), _UNKNOWN)
        given[few] = labels[few]
        alone = LogisticRegression(max_iter=500).fit(rows[few], labels[few]).predict(rows[others])
        right = {"logistic regression": alone == labels[others]}
        for kind in (LabelPropagation, LabelSpreading):
            said = kind(kernel="knn", n_neighbors=10, max_iter=100).fit(rows, given).transduction_[others]
            right[kind.__name__] = said == labels[others]
        best = max(list(right)[1:], key=lambda each: right[each].mean())
        gained = right[best].astype(float) - right["logistic regression"]
        is_taken = bool(gained.mean() - 1.96 * gained.std() / len(gained) ** 0.5 > 0)
        verdicts.append(right[best].mean() > right["logistic regression"].mean() or not is_taken)
        shares = ", ".join(f"{each} {of.mean():.2%}" for each, of in right.items())
        told.append(f"{name}, {len(few)} labels: {shares}: {best} is {'taken' if is_taken else 'rejected'}")
    return Shown("; ".join(told), all(verdicts))
