"""Any algorithm on folds that all share: fitted once for each fold, without it, and what it then says of the fold.

What is learned, and how it is measured, is told by a `Lesson`; which algorithm wins is not decided here.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from meshlake.ml_assets.candidates.algorithm import build_pipeline, fit_columns, make_scoring_exact
from meshlake.ml_assets.competition import compare_in_time
from meshlake.ml_assets.cross_validation import folds_in_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import numpy.typing as npt
    import pandas as pd
    from sklearn.base import BaseEstimator
    from sklearn.pipeline import Pipeline

    from meshlake.ml_assets.document import LabelledSpec
    from meshlake.ml_assets.preprocessing import FeaturePlan
    from meshlake.plugins import Doorway

    Floats = npt.NDArray[np.float64]
    Label = npt.NDArray[Any]
    Tell = Callable[[str], None]

Fitted = TypeVar("Fitted")


@dataclass(frozen=True)
class OnFolds(Generic[Fitted]):
    """One algorithm on the folds: its out-of-fold figures, those of each fold, and the model that each was left out of,
    if models are kept.

    `said` is what each row was given by the model that did not see it, shape (n,) or (n, outputs); `seconds` of one
    processor it took.
    """

    algorithm: str
    out_of_fold: Mapping[str, float]
    folds: tuple[Mapping[str, float], ...]
    said: Floats
    models: tuple[Fitted, ...]
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """Its figures as JSON-able facts, with the mean and the standard deviation of those of the folds."""
        values = {name: [fold[name] for fold in self.folds] for name in self.out_of_fold if name != "n"}
        return {
            "out_of_fold": dict(self.out_of_fold),
            "folds": [dict(fold) for fold in self.folds],
            "fold_mean": {name: float(np.mean(each)) for name, each in values.items()},
            "fold_sd": {name: float(np.std(each, ddof=1)) for name, each in values.items()},
            "seconds": self.seconds,
        }


@dataclass(frozen=True)
class Lesson(Generic[Fitted]):
    """What is learned: the `label`, shape (n,), of the rows of `frame`, as the step `frame` of a pipeline makes them.

    `fit` makes a model of the algorithm of that name, `say` is what a model says of rows, and `measure` how good that
    is; `told` says in words what is learned of.
    """

    frame: pd.DataFrame
    label: Label
    fit: Callable[[str, pd.DataFrame, Label], Fitted]
    say: Callable[[Fitted, pd.DataFrame], Floats]
    measure: Callable[[Label, Floats], Mapping[str, float]]
    told: str
    keeps_models: bool = False

    def on_folds(
        self,
        name: str,
        folds: npt.NDArray[np.int64],
        count: int,
        seconds_left: Callable[[], float] | None = None,
    ) -> OnFolds[Fitted]:
        """The algorithm called `name` on `count` folds.

        Raises:
            OutOfTimeError: when the folds to come would take longer than `seconds_left`, as those before took.
            ValueError: when the algorithm cannot learn from these rows.
        """
        began_seconds = time.process_time()
        parts, models, per_fold = [], [], []
        for is_out in folds_in_time(folds, count, seconds_left):
            model = self.fit(name, self.frame[~is_out], self.label[~is_out])
            said = self.say(model, self.frame[is_out])
            parts.append((is_out, said))
            models += [model] if self.keeps_models else []
            per_fold.append(self.measure(self.label[is_out], said))
        together = np.empty((len(self.label), *parts[0][1].shape[1:]))
        for is_out, said in parts:
            together[is_out] = said
        out_of_fold = self.measure(self.label, together)
        seconds = time.process_time() - began_seconds
        return OnFolds(name, out_of_fold, tuple(per_fold), together, tuple(models), seconds)


def compete_on_folds(
    names: Iterable[str],
    lesson: Lesson[Fitted],
    folds: npt.NDArray[np.int64],
    spec: LabelledSpec,
    tell: Tell,
    on_found: Callable[[OnFolds[Fitted]], None] = lambda _: None,
) -> tuple[list[OnFolds[Fitted]], dict[str, str]]:
    """The algorithms called `names` that were compared within `spec.minutes`, and why others were not, by name.

    See `competition.compare_in_time`; `tell` is called with a line before each, and with what is left out, `on_found`
    with what each came to before the next name is asked for.

    Raises:
        ValueError: when none can learn from the rows: what the first of them said.
    """

    def run(name: str, seconds_left: Callable[[], float] | None) -> OnFolds[Fitted]:
        tell(f"cross-validating {name} on {lesson.told}, {spec.folds} folds")
        found = lesson.on_folds(name, folds, spec.folds, seconds_left)
        on_found(found)
        return found

    return compare_in_time(names, spec.minutes, run, tell)


def fitted_pipeline(
    doorway: Doorway[type[Any]],
    algorithm: str,
    plan: FeaturePlan,
    frame: pd.DataFrame,
    label: Label,
    spec: LabelledSpec,
    make: Callable[[Any, int], BaseEstimator] | None = None,
    columns_by: Label | None = None,
    groups: pd.Series[int] | None = None,
) -> Pipeline:
    """The algorithm of that name, found in `doorway`, fitted on rows of `frame`; `make` is as in `build_pipeline`,
    `groups` as in `fit_columns`.

    Columns are made by `columns_by`, shape (n,), if it is given, where the algorithm learns of more than one label.

    Raises:
        ValueError: it cannot learn of them, or not with the parameters that are given.
    """
    given = spec.parameters.get(algorithm, {})
    pipeline = build_pipeline(doorway, algorithm, plan, spec.seed, len(frame), given, make)
    of_rows = None if groups is None else np.asarray(groups, dtype=np.int64)
    fit_columns(pipeline, frame, label, of_rows, columns_by)
    return make_scoring_exact(pipeline)
