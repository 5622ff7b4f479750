"""Parameters of a candidate searched for inside the folds: the fold that is predicted has no say in them.

For each fold the search goes over the others, and once over all for the model that is kept. Trials are drawn from the
space that the candidate states; the parameters it has anyhow are the first of them, and others are taken only where
they are better beyond noise. They race: on the first of three inner parts all are fitted, on the next the best third,
on the last the best of these, and always what it has anyhow. scikit-learn's `RandomizedSearchCV` and
`HalvingRandomSearchCV` do neither: they set parameters of one estimator, not of a candidate (its preprocessing and
seeds), know no end of time, and halve by rows drawn without regard to households.

Method: Bergstra and Bengio, Random search for hyper-parameter optimization (2012); the race is successive halving
(Jamieson and Talwalkar, Non-stochastic best arm identification, 2016) whose resource are folds; nested as in Varma and
Simon, Bias in error estimation when using cross-validation for model selection (2006).
"""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.model_selection import ParameterSampler

from meshlake.ml_assets import metrics
from meshlake.ml_assets.candidates.candidate import CANDIDATES
from meshlake.ml_assets.cross_validation import (
    CandidateResult,
    OutOfTimeError,
    Searched,
    fit_features,
    folds_in_time,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt

    from meshlake.ml_assets.features import Features
    from meshlake.ml_assets.preprocessing import FeaturePlan
    from meshlake.ml_assets.spec import ChurnSpec

    SecondsLeft = Callable[[], float]

# Into so many parts the folds to learn from are dealt: each part takes the fits of one more rung of the race.
INNER_PARTS = 3
_KEPT = 1 / 3
_AS_IT_IS = 0
_NORMAL_95 = 1.96
_WORST = 1e9


def search(
    candidate: CandidateResult,
    plan: FeaturePlan,
    features: Features,
    folds: npt.NDArray[np.int64],
    spec: ChurnSpec,
    tell: Callable[[str], None],
    seconds_left: SecondsLeft,
) -> CandidateResult:
    """`candidate` with parameters that are searched for, `spec.search` trials each time; as it is where it has none.

    Its figures are those of the search, nested: what it says of a fold comes of parameters found without it.

    Raises:
        OutOfTimeError: when the search would take longer than `seconds_left`.
    """
    name = candidate.algorithm
    trials = _trials(name, spec)
    if len(trials) == 1:
        return candidate
    began_seconds = time.process_time()
    probability = np.empty(len(features))
    models, per_fold, found = [], [], []
    # One more than there are folds: of the last no row is out.
    for fold, is_out in enumerate(folds_in_time(folds, spec.folds + 1, seconds_left)):
        on = f"without fold {fold + 1} of {spec.folds}" if fold < spec.folds else "on all folds"
        tell(f"searching parameters of {name} {on}: {len(trials) - 1} trials")
        inside, outside = features.parted(is_out)
        told = _race(name, plan, inside, folds[~is_out], trials, spec, seconds_left)
        found.append(told)
        if fold < spec.folds:
            models.append(
                fit_features(name, plan, inside, with_parameters(spec, {name: told[0]["parameters"]}))
            )
            probability[is_out] = outside.probability(models[-1].pipeline)
            per_fold.append(metrics.probability_metrics(features.is_churned[is_out], probability[is_out]))
    *of_folds, of_all = (each[0]["parameters"] for each in found)
    return replace(
        candidate,
        out_of_fold=metrics.probability_metrics(features.is_churned, probability),
        folds=tuple(per_fold),
        probability=probability,
        models=tuple(models),
        seconds=candidate.seconds + time.process_time() - began_seconds,
        searched=Searched(of_all, tuple(of_folds), tuple(found[-1])),
    )


def with_parameters(spec: ChurnSpec, found: Mapping[str, Mapping[str, Any]]) -> ChurnSpec:
    """`spec` with the parameters `found`, by candidate; what is given for a candidate and not found stays."""
    given = {name: {**spec.parameters.get(name, {}), **each} for name, each in found.items()}
    return replace(spec, parameters={**spec.parameters, **given})


def _trials(name: str, spec: ChurnSpec) -> list[dict[str, Any]]:
    """None first, for the parameters that it has anyhow; what is given for it is not searched for."""
    given = spec.parameters.get(name, {})
    space = {each: values for each, values in CANDIDATES.get(name).search_space.items() if each not in given}
    drawn = ParameterSampler(space, spec.search, random_state=spec.seed) if space else []
    return [{}, *drawn]


def _race(
    name: str,
    plan: FeaturePlan,
    features: Features,
    folds: npt.NDArray[np.int64],
    trials: Sequence[Mapping[str, Any]],
    spec: ChurnSpec,
    seconds_left: SecondsLeft,
) -> list[dict[str, Any]]:
    """The trials as `Searched.trials` has them: first the one that is taken, then the best."""
    part = np.unique(folds, return_inverse=True)[1] % INNER_PARTS
    losses: list[list[npt.NDArray[np.float64]]] = [[] for _ in trials]
    left = list(range(len(trials)))
    for rung in range(INNER_PARTS):
        inside, outside = features.where(part != rung), features.where(part == rung)
        for trial in left:
            if seconds_left() <= 0:
                raise OutOfTimeError
            tried = with_parameters(spec, {name: trials[trial]})
            losses[trial].append(_losses(name, plan, inside, outside, tried))
        left.sort(key=lambda trial: _mean(losses[trial]))
        if rung < INNER_PARTS - 1:
            left = list(dict.fromkeys([*left[: max(1, math.ceil(_KEPT * len(left)))], _AS_IT_IS]))
    taken = left[0] if _is_better(losses[left[0]], losses[_AS_IT_IS]) else _AS_IT_IS
    order = sorted(range(len(trials)), key=lambda t: (t != taken, -len(losses[t]), _mean(losses[t])))
    return [
        {"parameters": dict(trials[t]), "log_loss": _mean(losses[t]), "parts": len(losses[t])} for t in order
    ]


def _mean(losses: Sequence[npt.NDArray[np.float64]]) -> float:
    return float(np.concatenate(losses).mean())


def _is_better(losses: Sequence[npt.NDArray[np.float64]], others: Sequence[npt.NDArray[np.float64]]) -> bool:
    """Whether the losses are less than `others`, of the same rows, beyond noise."""
    gain = np.concatenate(others) - np.concatenate(losses)
    return bool(gain.mean() > _NORMAL_95 * gain.std(ddof=1) / len(gain) ** 0.5)


def _losses(
    name: str, plan: FeaturePlan, inside: Features, outside: Features, spec: ChurnSpec
) -> npt.NDArray[np.float64]:
    """The log loss of each row `outside`; above all others where it cannot learn with these parameters."""
    try:
        model = fit_features(name, plan, inside, spec)
    except ValueError:
        return np.full(len(outside), _WORST)
    return metrics.log_losses(outside.is_churned, outside.probability(model.pipeline))
