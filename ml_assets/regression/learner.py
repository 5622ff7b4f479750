"""How amounts are learned: folds of small and large ones, and the candidate of least error, or the rule of thumb."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from meshlake.ml_assets.comparison import groups_by
from meshlake.ml_assets.labelled_training import Learner
from meshlake.ml_assets.on_folds import Lesson, OnFolds, fitted_pipeline
from meshlake.ml_assets.regression.metrics import compare_amounts, point_metrics
from meshlake.ml_assets.regression.model import LEAST_EFFECT, RegressionModel
from meshlake.ml_assets.regression.rows import FEWEST_ROWS, amount_folds, plan_of, suspected
from meshlake.ml_assets.regressors.baselines import LAST_PERIOD
from meshlake.ml_assets.regressors.regressor import REGRESSORS
from meshlake.ml_assets.scoring import usual_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from meshlake.ml_assets.feature_choice import Suspects
    from meshlake.ml_assets.preprocessing import FeaturePlan
    from meshlake.ml_assets.regression.spec import RegressionSpec

    Candidates = Sequence[OnFolds[RegressionModel]]


class AmountLearner(Learner[RegressionModel, RegressionModel]):
    """No prediction is below `least`; models have no margins. `scored` are rows without a label, if there are any."""

    fewest: ClassVar[int] = FEWEST_ROWS

    def __init__(self, spec: RegressionSpec, least: float | None, scored: pd.DataFrame | None = None) -> None:
        self.spec: RegressionSpec = spec
        self._least = least
        self._scored = scored

    def folds(self, rows: pd.DataFrame) -> npt.NDArray[np.int64]:
        """See `Learner.folds`."""
        return amount_folds(rows, self.spec)

    def suspects(self, rows: pd.DataFrame) -> Suspects:
        """See `Learner.suspects`."""
        return suspected(rows, rows[:0] if self._scored is None else self._scored, self.spec)

    def plan(self, suspects: Suspects, rows: pd.DataFrame) -> FeaturePlan:
        """See `Learner.plan`."""
        return plan_of(suspects, rows, self.spec)

    def lesson(self, plan: FeaturePlan, rows: pd.DataFrame) -> Lesson[RegressionModel]:
        """See `Learner.lesson`; the models of folds are kept, since they tell the reasons of what they said."""
        groups = pd.Series(groups_by(rows, self.spec), index=rows.index)
        return Lesson(
            plan.frame().transform(rows),
            rows[self.spec.label].to_numpy(),
            fit=lambda name, frame, label: self._fitted(name, plan, frame, label, groups[frame.index]),
            say=lambda model, frame: model.predict(frame),
            measure=point_metrics,
            told=f"{len(rows)} rows",
            keeps_models=True,
        )

    def best(self, candidates: Candidates, rows: pd.DataFrame) -> OnFolds[RegressionModel]:
        """The candidate of least error; the rule of thumb stays unless an algorithm is better than it beyond noise."""
        spec = self.spec
        best = min(candidates, key=lambda candidate: candidate.out_of_fold[spec.loss])
        rule = next((each for each in candidates if each.algorithm == LAST_PERIOD), None)
        if rule is None or rule is best:
            return best
        actual, groups = rows[spec.label].to_numpy(), groups_by(rows, spec)
        against = compare_amounts(actual, best.said, rule.said, groups, spec.loss, spec.seed)
        return best if against.is_better else rule

    def fit(self, algorithm: str, plan: FeaturePlan, rows: pd.DataFrame) -> RegressionModel:
        """See `Learner.fit`."""
        frame, label = plan.frame().transform(rows), rows[self.spec.label].to_numpy()
        return self._fitted(algorithm, plan, frame, label, pd.Series(groups_by(rows, self.spec)))

    def _fitted(
        self,
        algorithm: str,
        plan: FeaturePlan,
        frame: pd.DataFrame,
        label: npt.NDArray[Any],
        groups: pd.Series[int],
    ) -> RegressionModel:
        spec, least = self.spec, self._least
        if REGRESSORS.get(algorithm).needs_amounts and least is None:
            raise ValueError(
                f"it learns of amounts of at least 0, and '{spec.label}' is below 0 in some rows"
            )
        pipeline = fitted_pipeline(REGRESSORS, algorithm, plan, frame, label, spec, groups=groups)
        least_effect = LEAST_EFFECT * float(np.abs(label).mean())
        return RegressionModel(pipeline, spec.key, usual_values(frame, plan), algorithm, least, least_effect)
