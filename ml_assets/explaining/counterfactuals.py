"""What would change a decision: the nearest change, of one or two features that a company can change, with which a
customer would no longer be flagged.

Method: counterfactual explanations (Wachter, Mittelstadt and Russell, 2017) among values that were seen in training and
of as few features as possible (Mothilal, Sharma and Tan, Explaining machine learning classifiers through diverse
counterfactual explanations, 2020). It tells what the model would say of another customer, and not what a change would
bring about.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from meshlake.ml_assets.explaining.reasons import MINIMUM_EFFECT, in_words
from meshlake.ml_assets.preprocessing import MISSING, Kind
from meshlake.ml_assets.scoring import churn_probabilities, churn_probability, published_probability

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy.typing as npt
    from sklearn.pipeline import Pipeline

    from meshlake.ml_assets.preprocessing import FeatureFrame, FeaturePlan
    from meshlake.ml_assets.scoring import ChurnModel

CHANGE = "what_would_change"
# Of a text its commonest values, of a number the tenths of those seen.
MOST_OPTIONS = 10
_TENTHS = np.linspace(0.1, 0.9, 9)
_KINDS = (Kind.NUMBER, Kind.BOOLEAN, Kind.TEXT)


def options_of(frame: pd.DataFrame, plan: FeaturePlan, changeable: Iterable[str]) -> dict[str, list[Any]]:
    """The values, as `frame` has them, that each of `changeable` may be changed to; others than features are left out.

    Dates, text of many values and free text are left out, too: nobody can change a date, and words have no nearest.
    """
    kept = (name for name in changeable if plan.kinds.get(name) in _KINDS)
    return {name: options for name in kept if (options := _options(frame[name]))}


def cannot_change(plan: FeaturePlan, changeable: Iterable[str]) -> dict[str, str]:
    """Those of `changeable` that `options_of` leaves out, with the reason."""
    return {
        name: f"is {plan.kinds[name]}" if name in plan.kinds else plan.dropped.get(name, "is no feature")
        for name in changeable
        if plan.kinds.get(name) not in _KINDS
    }


def nearest_changes(model: ChurnModel, batch: pd.DataFrame) -> pd.Series[Any]:
    """Of each row of `batch` in words what would bring it below the threshold of `model`, at the least distance.

    One feature is changed where one is enough, else two at once, each to the value that lowers the probability most.
    Where nothing brings it below, that which lowers it most is told, and null where nothing does. The distance of
    numbers is the share of tenths between them, and of texts one. Costs a scoring for each value of each feature that
    can be changed: ask for the rows to act upon.

    Raises:
        ValueError: when a feature column is missing, or a value does not fit its column.
    """
    told = pd.Series(None, index=batch.index, dtype=object)
    if batch.empty or not model.options:
        return told
    frame = model.pipeline[:1].transform(batch.reset_index(drop=True))
    now = published_probability(churn_probability(model.pipeline[1:], frame))
    single = _tried(model, frame, _single(model, frame))
    best = _nearest(single, model.threshold)
    is_open = single.chance[best, np.arange(len(frame))] >= model.threshold
    words = _words(model, frame, now, single, best)
    if len(model.options) > 1 and is_open.any():
        rest = frame[is_open].reset_index(drop=True)
        double = _tried(model, rest, _double(single, np.flatnonzero(is_open)))
        both = single.where(is_open).and_(double)
        words[is_open] = _words(model, rest, now[is_open], both, _nearest(both, model.threshold))
    told[:] = words
    return told


@dataclass(frozen=True)
class _Tried:
    """Changes, of each what stands in the changed columns of each row; `chance` and `distance` are (changes, rows).

    Where a row has the value already the distance is infinite.
    """

    changes: Sequence[Mapping[str, npt.NDArray[Any]]]
    chance: npt.NDArray[np.float64]
    distance: npt.NDArray[np.float64]

    def where(self, is_in: npt.NDArray[np.bool_]) -> _Tried:
        changes = [{name: values[is_in] for name, values in change.items()} for change in self.changes]
        return _Tried(changes, self.chance[:, is_in], self.distance[:, is_in])

    def and_(self, other: _Tried) -> _Tried:
        return _Tried(
            [*self.changes, *other.changes],
            np.concatenate([self.chance, other.chance]),
            np.concatenate([self.distance, other.distance]),
        )


def _single(model: ChurnModel, frame: pd.DataFrame) -> list[dict[str, npt.NDArray[Any]]]:
    return [
        {name: np.full(len(frame), value, dtype=object if isinstance(value, str) else np.float64)}
        for name, options in model.options.items()
        for value in options
    ]


def _double(single: _Tried, rows: npt.NDArray[np.int64]) -> list[dict[str, npt.NDArray[Any]]]:
    """Of each two columns the values that lower the probability of each row most by themselves."""
    names = [next(iter(change)) for change in single.changes]
    best: dict[str, npt.NDArray[Any]] = {}
    for name in dict.fromkeys(names):
        where = [position for position, each in enumerate(names) if each == name]
        values = np.stack([single.changes[position][name] for position in where])
        lowest = single.chance[where][:, rows].argmin(axis=0)
        best[name] = values[lowest, rows]
    return [{name: best[name] for name in pair} for pair in combinations(best, 2)]


def _tried(
    model: ChurnModel, frame: pd.DataFrame, changes: Sequence[Mapping[str, npt.NDArray[Any]]]
) -> _Tried:
    rest: Pipeline = model.pipeline[1:]
    chances = churn_probabilities(rest, (frame.assign(**change) for change in changes))
    distance = [
        sum(_distance(frame[name], values, model.options[name]) for name, values in change.items())
        for change in changes
    ]
    return _Tried(changes, published_probability(np.stack(list(chances))), np.stack(distance))


def _distance(
    before: pd.Series[Any], after: npt.NDArray[Any], options: Sequence[Any]
) -> npt.NDArray[np.float64]:
    is_same = (before == after).to_numpy()
    if before.dtype == object:
        steps = np.ones(len(before))
    else:
        ranks = (np.searchsorted(options, values) for values in (before.to_numpy(), after))
        steps = np.maximum(np.abs(np.subtract(*ranks)), 1) / len(options)
    return np.where(is_same, np.inf, np.where(before.isna(), 1.0, steps))


def _nearest(tried: _Tried, threshold: float) -> npt.NDArray[np.int64]:
    """Of each row the change of least distance that is enough, or the one that lowers most: shape (rows,)."""
    chance = np.where(np.isfinite(tried.distance), tried.chance, np.inf)
    # A change that is enough comes before any other, and of equals that which lowers more.
    distance = np.where(chance < threshold, tried.distance, np.inf)
    order = np.lexsort((chance, distance), axis=0)
    found: npt.NDArray[np.int64] = order[0]
    return found


def _words(
    model: ChurnModel,
    frame: pd.DataFrame,
    now: npt.NDArray[np.float64],
    tried: _Tried,
    best: npt.NDArray[np.int64],
) -> npt.NDArray[Any]:
    step = model.pipeline.named_steps["frame"]
    told: list[str | None] = []
    for row, change in enumerate(best):
        after = tried.chance[change, row]
        if now[row] - after < MINIMUM_EFFECT:
            told.append(None)
            continue
        parts = [
            f"{name} = {_word(step, name, values[row])} instead of {_word(step, name, frame[name].iloc[row])}"
            for name, values in tried.changes[change].items()
        ]
        still = ", still flagged" if 0 < model.threshold <= after else ""
        told.append(f"{' and '.join(parts)} would lower {now[row]:.2f} to {after:.2f}{still}")
    return np.array(told, dtype=object)


def _word(step: FeatureFrame, name: str, value: float | str) -> str:
    return in_words(value, step.kinds[name], step.unit_of(name))


def _options(values: pd.Series[Any]) -> list[Any]:
    if values.dtype == object:
        return [str(each) for each in values[values != MISSING].value_counts().index[:MOST_OPTIONS]]
    known = values.dropna()
    if known.nunique() <= MOST_OPTIONS:
        return sorted(known.unique().tolist())
    return sorted(set(known.quantile(_TENTHS, interpolation="lower").tolist()))
