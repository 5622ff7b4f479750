"""A soft vote of candidates: the weighted mean of their probabilities, weighed on the folds they were compared on.

Method: non-negative stacking (Breiman, Stacked Regressions, 1996) of out-of-fold probabilities, with the weights that
make the labels likeliest: those of a mixture of fixed components, by expectation-maximisation (Dempster, Laird and
Rubin 1977). No candidate is fitted again for it. Fitting one candidate belongs in `cross_validation`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.pipeline import Pipeline

from meshlake.ml_assets import metrics
from meshlake.ml_assets.candidates.candidate import SOFT_VOTING
from meshlake.ml_assets.comparison import can_compare, compare, groups_of
from meshlake.ml_assets.cross_validation import CandidateResult, fit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    import pandas as pd

    from meshlake.ml_assets.preprocessing import FeaturePlan
    from meshlake.ml_assets.scoring import ChurnModel
    from meshlake.ml_assets.spec import ChurnSpec

    Probabilities = npt.NDArray[np.float64]

_STEPS = 200
# A member of less weight changes what is published by less than it costs to fit, score and explain.
_LEAST_WEIGHT = 0.05
_SMALLEST = 1e-9


class WeightedVote(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Fitted classifiers by name, and the weight of each; the weights sum to one."""

    def __init__(self, members: Mapping[str, Pipeline], weights: Mapping[str, float]) -> None:
        self.members = members
        self.weights = weights

    def fit(self, X: object, y: object = None) -> WeightedVote:  # noqa: ARG002
        """Nothing to learn, the members are fitted; here because scikit-learn asks for it."""
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def predict_proba(self, X: pd.DataFrame) -> Probabilities:
        """The probabilities of both classes, shape (n, 2)."""
        parts = [self.weights[name] * member.predict_proba(X) for name, member in self.members.items()]
        probability: Probabilities = np.sum(parts, axis=0)
        return probability


def vote_weights(probability: Probabilities, is_churned: npt.NDArray[np.bool_]) -> Probabilities:
    """The weights of members that make the labels likeliest, shape (m,); those of little weight have none.

    Args:
        probability: what each member gave each row that it did not see, shape (n, m).
        is_churned: the labels, shape (n,).

    Example:
        >>> import numpy as np
        >>> said = np.array([[0.9, 0.5], [0.8, 0.5], [0.1, 0.5], [0.2, 0.5]])
        >>> vote_weights(said, np.array([True, True, False, False])).round(2).tolist()
        [1.0, 0.0]
    """
    of_label = np.where(is_churned[:, np.newaxis], probability, 1 - probability).clip(_SMALLEST)
    weights = np.full(of_label.shape[1], 1 / of_label.shape[1])
    for _ in range(_STEPS):
        share = of_label * weights
        weights = (share / share.sum(axis=1, keepdims=True)).mean(axis=0)
    weights[weights < min(_LEAST_WEIGHT, weights.max())] = 0
    kept: Probabilities = weights / weights.sum()
    return kept


def vote(
    members: Sequence[CandidateResult], rows: pd.DataFrame, folds: npt.NDArray[np.int64], spec: ChurnSpec
) -> CandidateResult:
    """The vote as a candidate: each fold is predicted with the weights that the other folds give."""
    is_churned = rows[spec.label].to_numpy(dtype=bool)
    said = np.column_stack([member.probability for member in members])
    names = [member.algorithm for member in members]
    probability = np.empty(len(rows))
    models, per_fold = [], []
    for fold in range(spec.folds):
        is_out = folds == fold
        weights = vote_weights(said[~is_out], is_churned[~is_out])
        probability[is_out] = said[is_out] @ weights
        models.append(
            _combined(
                {m.algorithm: m.models[fold] for m in members},
                dict(zip(names, weights.tolist(), strict=True)),
            )
        )
        per_fold.append(metrics.probability_metrics(is_churned[is_out], probability[is_out]))
    return CandidateResult(
        SOFT_VOTING,
        metrics.probability_metrics(is_churned, probability),
        tuple(per_fold),
        probability,
        tuple(models),
        dict(zip(names, vote_weights(said, is_churned).tolist(), strict=True)),
    )


def best_of(candidates: Sequence[CandidateResult], rows: pd.DataFrame, spec: ChurnSpec) -> CandidateResult:
    """The candidate of least out-of-fold log loss; a vote only if it is better than its best member beyond noise."""
    is_churned = rows[spec.label].to_numpy(dtype=bool)
    best = min(
        (c for c in candidates if not c.weights), key=lambda candidate: candidate.out_of_fold["log_loss"]
    )
    for voted in (c for c in candidates if c.weights):
        if can_compare(is_churned):
            of_both = compare(
                is_churned, voted.probability, best.probability, groups_of(rows, spec.key), spec.seed
            )
            best = voted if of_both.log_loss.is_better else best
    return best


def fit_candidate(
    candidate: CandidateResult, plan: FeaturePlan, rows: pd.DataFrame, spec: ChurnSpec
) -> ChurnModel:
    """A model of labelled `rows` by what won on the folds, which flags none before it is given a threshold."""
    if not candidate.weights:
        return fit(candidate.algorithm, plan, rows, spec)
    members = {name: fit(name, plan, rows, spec) for name, weight in candidate.weights.items() if weight}
    return _combined(members, candidate.weights)


def members_of(model: ChurnModel) -> list[tuple[float, ChurnModel]]:
    """The weight of each member of a vote, and the member as a model that takes what the vote's step `frame` gives."""
    voting = model.pipeline.named_steps["model"]
    return [
        (voting.weights[name], replace(model, pipeline=member, algorithm=name))
        for name, member in voting.members.items()
    ]


def _combined(members: Mapping[str, ChurnModel], weights: Mapping[str, float]) -> ChurnModel:
    """One pipeline of fitted ones, which share the step `frame`."""
    kept = {name: weights[name] for name in members if weights[name]}
    first = next(iter(members.values()))
    voting = WeightedVote({name: members[name].pipeline[1:] for name in kept}, kept)
    steps = [("frame", first.pipeline.named_steps["frame"]), ("columns", "passthrough"), ("model", voting)]
    return replace(first, pipeline=Pipeline(steps), algorithm=SOFT_VOTING)
