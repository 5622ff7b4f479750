"""How uplift is learned: whether the treatment was drawn, what it changed, and the candidate whose order gains most."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from meshlake.ml_assets.comparison import groups_by
from meshlake.ml_assets.explaining.reasons import MINIMUM_EFFECT
from meshlake.ml_assets.feature_choice import Suspects, feature_columns, plan_without
from meshlake.ml_assets.labelled_training import Learner
from meshlake.ml_assets.leaks.one_feature import suspected_leaks
from meshlake.ml_assets.on_folds import Lesson, OnFolds, fitted_pipeline
from meshlake.ml_assets.regression.model import RegressionModel
from meshlake.ml_assets.scoring import usual_values
from meshlake.ml_assets.uplift.qini import point_figures
from meshlake.ml_assets.uplift.randomised import randomisation, require_randomised
from meshlake.ml_assets.uplift.rows import experiment_folds, experiment_of
from meshlake.ml_assets.uplifters.estimators import cells, doubly_robust
from meshlake.ml_assets.uplifters.uplifter import UPLIFTERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    import pandas as pd
    from sklearn.pipeline import Pipeline

    from meshlake.ml_assets.on_folds import Tell
    from meshlake.ml_assets.preprocessing import FeaturePlan
    from meshlake.ml_assets.uplift.randomised import Randomisation
    from meshlake.ml_assets.uplift.spec import UpliftSpec

    Floats = npt.NDArray[np.float64]
    Folds = npt.NDArray[np.int64]

# What outcomes are expected by where it is measured what the treatment brought.
_EXPECTS = "two_models"


class UpliftLearner(Learner[RegressionModel, RegressionModel]):
    """Its models are of amounts: by how much the treatment changes the label."""

    fewest: ClassVar[int] = 100
    randomised: Randomisation
    # What the treatment changed of each development row, by models that did not see it: see `doubly_robust`.
    effect: Floats

    def __init__(self, spec: UpliftSpec, named_leaks: Mapping[str, str]) -> None:
        self.spec: UpliftSpec = spec
        self.algorithms = spec.algorithms
        self._named_leaks = named_leaks

    def folds(self, rows: pd.DataFrame) -> Folds:
        """See `Learner.folds`."""
        return experiment_folds(rows, self.spec)

    def suspects(self, rows: pd.DataFrame) -> Suspects:
        """See `Learner.suspects`: those named like the label, or that know it too well."""
        columns = feature_columns(rows, self.spec)
        told = {name: self._named_leaks[name] for name in columns if name in self._named_leaks}
        left = [name for name in columns if name not in told]
        is_so = rows[self.spec.label].to_numpy(dtype=bool)
        found = suspected_leaks(rows, left, is_so, cutoff=self.spec.cutoff, groups=groups_by(rows, self.spec))
        return Suspects(told | {name: leak.told for name, leak in found.items()})

    def plan(self, suspects: Suspects, rows: pd.DataFrame) -> FeaturePlan:
        """See `Learner.plan`; text of many values is told by outcomes of treated rows and of others."""
        return replace(plan_without(suspects, rows, self.spec), target="multiclass")

    def compete(
        self, plan: FeaturePlan, rows: pd.DataFrame, folds: Folds, tell: Tell
    ) -> tuple[list[OnFolds[RegressionModel]], dict[str, str]]:
        """See `Learner.compete`.

        Raises:
            ValueError: the treatment was not drawn at random.
        """
        tell(f"asking whether '{self.spec.treatment}' was drawn at random, on {len(rows)} rows")
        self.randomised = randomisation(plan, rows, folds, self.spec)
        require_randomised(self.randomised, self.spec)
        frame, experiment = plan.frame().transform(rows), experiment_of(rows, self.spec)
        self.effect = np.empty(len(rows))
        for fold in range(self.spec.folds):
            is_out = folds == fold
            expects = self._expects(plan, frame[~is_out], experiment[~is_out])
            self.effect[is_out] = _effect(expects, frame[is_out], experiment[is_out])
        return super().compete(plan, rows, folds, tell)

    def lesson(self, plan: FeaturePlan, rows: pd.DataFrame) -> Lesson[RegressionModel]:
        """See `Learner.lesson`; a label is an experiment, and what the treatment changed beside it."""
        sign = self.spec.sign
        return Lesson(
            plan.frame().transform(rows),
            np.column_stack([experiment_of(rows, self.spec), self.effect]),
            fit=lambda name, frame, known: self._fitted(name, plan, frame, known[:, :-1]),
            say=lambda model, frame: model.predict(frame),
            measure=lambda known, said: point_figures(sign * said, sign * known[:, -1]),
            told=f"{len(rows)} rows",
            keeps_models=True,
        )

    def best(
        self,
        candidates: Sequence[OnFolds[RegressionModel]],
        rows: pd.DataFrame,  # noqa: ARG002
    ) -> OnFolds[RegressionModel]:
        """The candidate of the largest Qini coefficient."""
        return max(candidates, key=lambda each: each.out_of_fold["qini"])

    def fit(self, algorithm: str, plan: FeaturePlan, rows: pd.DataFrame) -> RegressionModel:
        """See `Learner.fit`."""
        return self._fitted(algorithm, plan, plan.frame().transform(rows), experiment_of(rows, self.spec))

    def effect_of(self, plan: FeaturePlan, rows: pd.DataFrame, later: pd.DataFrame) -> Floats:
        """What the treatment changed of each of the `later` rows, outcomes expected by `rows`: shape (n,)."""
        frame = plan.frame()
        expects = self._expects(plan, frame.transform(rows), experiment_of(rows, self.spec))
        return _effect(expects, frame.transform(later), experiment_of(later, self.spec))

    def _expects(self, plan: FeaturePlan, frame: pd.DataFrame, experiment: Floats) -> Pipeline:
        return self._pipeline(_EXPECTS, plan, frame, experiment)

    def _fitted(
        self, algorithm: str, plan: FeaturePlan, frame: pd.DataFrame, experiment: Floats
    ) -> RegressionModel:
        pipeline = self._pipeline(algorithm, plan, frame, experiment)
        return RegressionModel(
            pipeline, self.spec.key, usual_values(frame, plan), algorithm, None, MINIMUM_EFFECT
        )

    def _pipeline(
        self, algorithm: str, plan: FeaturePlan, frame: pd.DataFrame, experiment: Floats
    ) -> Pipeline:
        # Columns are made by what a row is of four, and the model learns of all that is known of it.
        return fitted_pipeline(
            UPLIFTERS, algorithm, plan, frame, experiment, self.spec, columns_by=cells(experiment)
        )


def _effect(expects: Pipeline, frame: pd.DataFrame, experiment: Floats) -> Floats:
    columns = expects.named_steps["columns"].transform(frame)
    return doubly_robust(experiment, expects.named_steps["model"].outcomes(columns))
