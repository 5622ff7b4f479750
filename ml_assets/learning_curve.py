"""Whether more rows would make a model better: what it makes of fewer, and how well it does on those it learned from.

Method: Perlich, Provost and Simonoff, Tree induction vs. logistic regression: a learning-curve analysis (2003). The fit
on all rows but the fold's is that of the comparison; one more is fitted, on a fifth of them: a curve falls by so much
for each doubling of the rows, so two points far apart tell what more between them would, for less time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from meshlake.ml_assets.comparison import can_compare
from meshlake.ml_assets.ensembles import fit_again
from meshlake.ml_assets.features import Features
from meshlake.ml_assets.metrics import log_losses

if TYPE_CHECKING:
    from meshlake.ml_assets.preprocessing import FeaturePlan
    from meshlake.ml_assets.scoring import ChurnModel
    from meshlake.ml_assets.spec import ChurnSpec

SHARES = (0.2,)
# Of those learned from: how far a model knows them better than others is seen long before.
MEASURED_ROWS = 2_000
_NORMAL_95 = 1.96


def learning_curve(
    model: ChurnModel, plan: FeaturePlan, inside: Features, outside: Features, spec: ChurnSpec
) -> list[dict[str, float]]:
    """Of each number of rows learned from, the log loss on those and, with a 95 % interval, on rows that are not.

    A number of rows that an algorithm cannot learn from is left out; all are where too few rows tell anything.

    Args:
        model: fitted on the rows `inside`.
        plan: what the features are.
        inside: labelled rows, to learn from.
        outside: others, to measure on.
        spec: how models are fitted.
    """
    if not can_compare(outside.is_churned):
        return []
    found = []
    for share in SHARES:
        some = some_of(inside, share, spec.seed)
        if can_compare(some.is_churned):
            try:
                fitted = fit_again(model, plan, some, spec)
            except ValueError:
                continue
            found.append(point(fitted, measured_of(some, spec.seed), outside, len(some)))
    return [*found, point(model, measured_of(inside, spec.seed), outside, len(inside))]


def some_of(features: Features, share: float, seed: int) -> Features:
    """About `share` of the rows, the same each time; all of them as they are where that is 1."""
    if share >= 1:
        return features
    positions = pd.Series(range(len(features))).sample(frac=share, random_state=seed).to_numpy()
    return Features(
        features.frame.iloc[positions], features.is_churned[positions], features.groups[positions]
    )


def measured_of(inside: Features, seed: int) -> Features:
    """Of the rows `inside`, learned from, those to measure on."""
    return some_of(inside, min(1, MEASURED_ROWS / len(inside)), seed)


def point(model: ChurnModel, measured: Features, outside: Features, rows: int) -> dict[str, float]:
    """Of a `model` fitted on so many `rows` the log loss on those `measured` among them and, from `low` to `high`, on
    rows `outside`."""
    learned, unseen = (
        log_losses(features.is_churned, features.probability(model.pipeline))
        for features in (measured, outside)
    )
    around = _NORMAL_95 * unseen.std(ddof=1) / len(unseen) ** 0.5
    return {
        "rows": rows,
        "learned_log_loss": float(learned.mean()),
        "log_loss": float(unseen.mean()),
        "low": float(unseen.mean() - around),
        "high": float(unseen.mean() + around),
    }
