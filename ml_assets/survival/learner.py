"""How time to an event is learned: folds of events and others, columns that know how long a row was followed, and the
candidate whose curves are nearest to what came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from meshlake.ml_assets.comparison import groups_by
from meshlake.ml_assets.feature_choice import Suspects, feature_columns, plan_without, suspected_alone
from meshlake.ml_assets.hazards.estimators import DURATION, EVENT, DiscreteHazards
from meshlake.ml_assets.hazards.hazard import HAZARDS
from meshlake.ml_assets.labelled_training import Learner
from meshlake.ml_assets.on_folds import Lesson, OnFolds, fitted_pipeline
from meshlake.ml_assets.scoring import usual_values
from meshlake.ml_assets.survival.censored import Followed
from meshlake.ml_assets.survival.disguised import disguised_durations
from meshlake.ml_assets.survival.measures import point_figures
from meshlake.ml_assets.survival.model import LEAST_EFFECT, SurvivalModel
from meshlake.ml_assets.survival.rows import FEWEST_ROWS, followed_of, survival_folds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    import pandas as pd

    from meshlake.ml_assets.hazards.hazard import Hazard
    from meshlake.ml_assets.preprocessing import FeaturePlan
    from meshlake.ml_assets.survival.rows import Times
    from meshlake.ml_assets.survival.spec import SurvivalSpec

    Floats = npt.NDArray[np.float64]


class SurvivalLearner(Learner[SurvivalModel, SurvivalModel]):
    """Of rows that `survival_rows` gives, at `times`; `named_leaks` are columns suspected by what they are called, with
    the evidence in words, `scored` rows without a label."""

    fewest: ClassVar[int] = FEWEST_ROWS

    def __init__(
        self, spec: SurvivalSpec, times: Times, named_leaks: Mapping[str, str], scored: pd.DataFrame
    ) -> None:
        self.spec: SurvivalSpec = spec
        self.times = times
        self._edges = np.array(times.edges)
        self._named_leaks = named_leaks
        self._scored = scored

    def folds(self, rows: pd.DataFrame) -> npt.NDArray[np.int64]:
        """See `Learner.folds`."""
        return survival_folds(rows, self.spec)

    def suspects(self, rows: pd.DataFrame) -> Suspects:
        """See `Learner.suspects`: those named like the event, that know it too well, or how long a row was followed."""
        columns, followed = feature_columns(rows, self.spec), followed_of(rows, self.spec)
        told = {name: self._named_leaks[name] for name in columns if name in self._named_leaks}
        for name, why in disguised_durations(rows, columns, followed).items():
            told.setdefault(name, why)
        left = [name for name in columns if name not in told]
        found = suspected_alone(
            {"": followed.is_event}, rows, self._scored, left, self.spec.cutoff, groups_by(rows, self.spec)
        ).suspects()
        return Suspects(told | dict(found.told), watched=found.watched)

    def plan(self, suspects: Suspects, rows: pd.DataFrame) -> FeaturePlan:
        """See `Learner.plan`."""
        return plan_without(suspects, rows, self.spec)

    def lesson(self, plan: FeaturePlan, rows: pd.DataFrame) -> Lesson[SurvivalModel]:
        """See `Learner.lesson`; a label is how long a row was followed, and whether the event ended that."""
        return Lesson(
            plan.frame().transform(rows),
            self._label(rows),
            fit=lambda name, frame, label: self._fitted(name, plan, frame, label),
            say=lambda model, frame: model.curves(frame),
            measure=lambda label, said: point_figures(_followed(label), said, self._edges),
            told=f"{len(rows)} rows in {len(self._edges)} periods",
            keeps_models=True,
        )

    def best(
        self,
        candidates: Sequence[OnFolds[SurvivalModel]],
        rows: pd.DataFrame,  # noqa: ARG002
    ) -> OnFolds[SurvivalModel]:
        """The candidate of the least integrated Brier score."""
        return min(candidates, key=lambda each: each.out_of_fold["integrated_brier"])

    def fit(self, algorithm: str, plan: FeaturePlan, rows: pd.DataFrame) -> SurvivalModel:
        """See `Learner.fit`."""
        return self._fitted(algorithm, plan, plan.frame().transform(rows), self._label(rows))

    def _label(self, rows: pd.DataFrame) -> Floats:
        followed = followed_of(rows, self.spec)
        return np.column_stack([followed.duration, followed.is_event])

    def _fitted(self, algorithm: str, plan: FeaturePlan, frame: pd.DataFrame, label: Floats) -> SurvivalModel:
        spec, edges = self.spec, self.times.edges

        def make(hazard: Hazard, rows: int) -> DiscreteHazards:
            of_period = hazard.estimator(plan, spec.seed, rows)
            is_one_hot = not hazard.has_native_nulls
            return DiscreteHazards(of_period, list(edges), is_one_hot, hazard.has_products, spec.seed)

        pipeline = fitted_pipeline(
            HAZARDS, algorithm, plan, frame, label, spec, make, columns_by=label[:, EVENT] == 1
        )
        return SurvivalModel(
            pipeline,
            spec.key,
            usual_values(frame, plan),
            algorithm,
            edges,
            self.times.horizons,
            spec.unit,
            LEAST_EFFECT * edges[-1],
        )


def _followed(label: npt.NDArray[Any]) -> Followed:
    return Followed(label[:, DURATION], label[:, EVENT] == 1)
