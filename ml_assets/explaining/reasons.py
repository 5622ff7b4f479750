"""Why a row is scored as it is: the features that push it towards churn.

Method: one feature at a time is set to its usual value among the training rows (median, or most frequent
value), and the row is scored again; what the probability falls by is that feature's effect. It is exact for
the model asked and needs no second model; an algorithm that knows the same without scoring again is asked
instead (`Candidate.explained`). But it looks at one feature at a time: of two features that say the same, each
may seem to matter less than both together.
"""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from meshlake.ml_assets.blend import Blend
from meshlake.ml_assets.candidates.candidate import CANDIDATES
from meshlake.ml_assets.explaining.units import with_unit
from meshlake.ml_assets.preprocessing import Kind
from meshlake.ml_assets.scoring import churn_probability, in_batches
from meshlake.ml_assets.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt
    from sklearn.pipeline import Pipeline

    from meshlake.ml_assets.candidates.candidate import Explained
    from meshlake.ml_assets.preprocessing import FeatureFrame
    from meshlake.ml_assets.scoring import ChurnModel

# A fall in probability below this is no reason worth telling.
MINIMUM_EFFECT = 0.001
MEASURED_ROWS = 500
TOP = 3
_LONGEST_WORD = 60
NO_SINGLE_REASON = "no single feature: several together"


def reason_names(top: int = TOP) -> tuple[str, ...]:
    """The columns that hold reasons, the strongest first."""
    return tuple(f"reason_{rank + 1}" for rank in range(top))


def explain_churn(model: ChurnModel, batch: pd.DataFrame, top: int = TOP) -> pd.DataFrame:
    """The `top` features pushing each row of `batch` towards churn, strongest first, as text.

    Returns the key columns and `reason_1` to `reason_<top>`, such as `tickets_last_30_days = 4 (usually 0)`;
    null where fewer features push, and `NO_SINGLE_REASON` where none does so alone. Costs up to one scoring of the
    batch per feature: explain the rows to act upon.

    Raises:
        ValueError: when a feature column is missing, or a value does not fit its column.
    """
    frame = model.pipeline[:1].transform(batch)
    effects = feature_effects(model, frame)
    step = model.pipeline.named_steps["frame"]

    def tell(name: str, is_told: npt.NDArray[np.bool_]) -> pd.Series[Any]:
        return in_words_of(step, name, frame[name][is_told], model.references[name])

    return batch[list(model.key)].join(strongest_reasons(frame, effects, MINIMUM_EFFECT, tell, top))


def strongest_reasons(
    frame: pd.DataFrame,
    effects: npt.NDArray[np.float64],
    least: float,
    tell: Callable[[str, npt.NDArray[np.bool_]], pd.Series[Any]],
    top: int = TOP,
) -> pd.DataFrame:
    """`reason_1` to `reason_<top>` of each row of `frame`, by the `effects` of its features, of its shape.

    `tell` puts a feature of the rows that a mask of shape (n,) says into words. Null where fewer features have an
    effect of at least `least`, and `NO_SINGLE_REASON` where none has one alone.
    """
    strongest = np.argsort(-effects, axis=1, kind="stable")[:, :top]
    texts = np.full((len(frame), top), None, dtype=object)
    texts[:, 0] = NO_SINGLE_REASON
    for position, name in enumerate(frame.columns):
        is_told = (strongest == position) & (effects[:, [position]] >= least)
        texts[:, : strongest.shape[1]][is_told] = tell(str(name), is_told.any(axis=1)).to_numpy()
    return pd.DataFrame(texts, index=frame.index, columns=list(reason_names(top)), dtype=object)


def feature_effects(model: ChurnModel, frame: pd.DataFrame) -> npt.NDArray[np.float64]:
    """What each row's churn probability falls by when a feature takes its usual value.

    `frame` is the output of the pipeline's `frame` step; the answer has its shape, (rows, features). What each member
    of an ensemble falls by says what it would say otherwise, and so what the ensemble would.
    """
    blend = model.pipeline.named_steps["model"]
    if not isinstance(blend, Blend) or frame.empty:
        return _explained(model, model.algorithm, model.pipeline[1:], frame)[1]
    told = {name: _explained(model, name, member, frame) for name, member in blend.members.items()}
    said = pd.DataFrame({name: probability for name, (probability, _) in told.items()})
    probability = blend.blended(said)
    effects = np.empty(frame.shape)
    for position in range(frame.shape[1]):
        fallen = pd.DataFrame({name: falls[:, position] for name, (_, falls) in told.items()})
        effects[:, position] = probability - blend.blended(said - fallen)
    return effects


def _explained(model: ChurnModel, algorithm: str, rest: Pipeline, frame: pd.DataFrame) -> Explained:
    """What `rest` gives each row, and what that falls by."""
    if algorithm and not frame.empty:
        usual_row = pd.DataFrame([model.references])[list(frame.columns)].astype(frame.dtypes)
        with one_thread():
            known = CANDIDATES.get(algorithm)().explained(rest, frame, usual_row)
        if known is not None:
            return known
    said = churn_probability(rest, frame)
    return said, effects_by_scoring(lambda rows: churn_probability(rest, rows), frame, model.references, said)


def effects_by_scoring(
    predict: Callable[[pd.DataFrame], npt.NDArray[np.float64]],
    frame: pd.DataFrame,
    references: Mapping[str, float | str],
    said: npt.NDArray[np.float64] | None = None,
) -> npt.NDArray[np.float64]:
    """What `predict` says of each row less what it says where a feature has its usual value: the shape of `frame`.

    `said`, shape (n,), is what it says of each, where that is known already.
    """
    said = predict(frame) if said is None else said
    effects = np.zeros(frame.shape)
    is_unusual = {name: (frame[name] != references[name]).to_numpy() for name in frame.columns}
    changed = (_with(frame[where], name, references[name]) for name, where in is_unusual.items())
    for position, otherwise in enumerate(in_batches(predict, changed)):
        where = is_unusual[frame.columns[position]]
        effects[where, position] = said[where] - otherwise
    return effects


def _with(frame: pd.DataFrame, name: str, value: float | str) -> pd.DataFrame:
    """The rows as they would be if `value` stood in column `name` of each."""
    return frame.assign(**{name: pd.Series(value, index=frame.index, dtype=frame[name].dtype)})


def feature_importances(model: ChurnModel, rows: pd.DataFrame, seed: int) -> dict[str, float]:
    """How far each feature moves the churn probability of a row on average, the strongest first.

    It is what reasons are told by, whichever way it pushes: the change when the feature takes its usual value, measured
    on at most `MEASURED_ROWS` of `rows`.
    """
    return importances_by(lambda frame: feature_effects(model, frame), model.pipeline, rows, seed)


def importances_by(
    effects: Callable[[pd.DataFrame], npt.NDArray[np.float64]],
    pipeline: Pipeline,
    rows: pd.DataFrame,
    seed: int,
) -> dict[str, float]:
    """The mean size of the `effects` of each feature, the strongest first, on at most `MEASURED_ROWS` of `rows`.

    `effects` are told of rows as the step `frame` of `pipeline` makes them, of their shape.
    """
    sample = rows.sample(MEASURED_ROWS, random_state=seed) if len(rows) > MEASURED_ROWS else rows
    frame = pipeline[:1].transform(sample)
    means = np.abs(effects(frame)).mean(axis=0)
    found = {str(name): float(mean) for name, mean in zip(frame.columns, means, strict=True)}
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def in_words_of(step: FeatureFrame, name: str, values: pd.Series[Any], usual: float | str) -> pd.Series[Any]:
    """`name = value (usually ...)` for each of `values`; each different value is put into words once."""
    kind = step.kinds.get(name, Kind.TEXT)
    unit = step.unit_of(name)
    compared = "" if kind == Kind.FREE_TEXT else f" (usually {in_words(usual, kind, unit)})"
    codes, different = pd.factorize(values, use_na_sentinel=False)
    words = [f"{name} = {in_words(value, kind, unit)}{compared}" for value in different]
    return pd.Series(np.array(words, dtype=object)[codes], index=values.index, dtype=object)


def in_words(value: float | str, kind: str, unit: str) -> str:
    """A value of a feature of this kind, as people read it."""
    if isinstance(value, str):
        return shorten(value, _LONGEST_WORD, placeholder=" ...") if kind == Kind.FREE_TEXT else value
    if np.isnan(value):
        return "unknown"
    if kind == Kind.BOOLEAN:
        return "yes" if value else "no"
    number = f"{value:.0f}" if value == round(value) else f"{value:.4g}"
    return with_unit(number, unit)
