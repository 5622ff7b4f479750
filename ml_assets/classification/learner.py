"""How classes are learned: folds that hold each, columns that know them too well, and the candidate of least log
loss."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from meshlake.ml_assets.candidates.classifiers import CLASSIFIERS
from meshlake.ml_assets.classification.labels import class_folds, of_each_class
from meshlake.ml_assets.classification.measures import class_metrics
from meshlake.ml_assets.classification.scoring import ClassModel, class_probabilities
from meshlake.ml_assets.comparison import groups_by
from meshlake.ml_assets.feature_choice import Suspects, feature_columns, plan_without, suspected_alone
from meshlake.ml_assets.labelled_training import Learner
from meshlake.ml_assets.on_folds import Lesson, OnFolds, fitted_pipeline
from meshlake.ml_assets.scoring import usual_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import numpy.typing as npt
    from sklearn.pipeline import Pipeline

    from meshlake.ml_assets.classification.labels import Classes
    from meshlake.ml_assets.document import LabelledSpec
    from meshlake.ml_assets.preprocessing import FeaturePlan

    Codes = npt.NDArray[np.int64]

# Of fewer rows no figure says anything.
FEWEST_TESTED = 20


class ClassLearner(Learner[ClassModel, "Pipeline"]):
    """Of labelled rows that are all of `classes`; `named_leaks` are columns suspected by what they are called, with the
    evidence in words, `scored` rows without a label, if there are any."""

    fewest: ClassVar[int] = FEWEST_TESTED
    # The class whose probability importances are told of; that which is likeliest for each row, if there is none.
    asked: int | None = None

    def __init__(
        self,
        spec: LabelledSpec,
        classes: Classes,
        named_leaks: Mapping[str, str] = MappingProxyType({}),
        scored: pd.DataFrame | None = None,
    ) -> None:
        self.spec = spec
        self.classes = classes
        self._named_leaks = named_leaks
        self._scored = scored

    def folds(self, rows: pd.DataFrame) -> Codes:
        """See `Learner.folds`."""
        return class_folds(rows, self._codes(rows), self.spec)

    def suspects(self, rows: pd.DataFrame) -> Suspects:
        """The columns that are named like the label, or know a class too well, or that of labelled rows alone."""
        columns = feature_columns(rows, self.spec)
        named = {name: self._named_leaks[name] for name in columns if name in self._named_leaks}
        left = [name for name in columns if name not in named]
        scored = rows[:0] if self._scored is None else self._scored
        found = suspected_alone(
            self._asked(rows), rows, scored, left, self.spec.cutoff, groups_by(rows, self.spec)
        ).suspects()
        return replace(found, told=named | dict(found.told))

    def plan(self, suspects: Suspects, rows: pd.DataFrame) -> FeaturePlan:
        """See `Learner.plan`."""
        plan = plan_without(suspects, rows, self.spec)
        return replace(plan, target="multiclass") if len(self.classes.names) > 2 else plan

    def lesson(self, plan: FeaturePlan, rows: pd.DataFrame) -> Lesson[Pipeline]:
        """See `Learner.lesson`."""
        count = len(self.classes.names)
        groups = pd.Series(groups_by(rows, self.spec), index=rows.index)
        return Lesson(
            plan.frame().transform(rows),
            self._codes(rows),
            fit=lambda name, frame, codes: self._fitted(name, plan, frame, codes, groups[frame.index]),
            say=lambda pipeline, frame: class_probabilities(pipeline[1:], frame, count),
            measure=class_metrics,
            told=f"{len(rows)} rows of {count} classes",
        )

    def best(self, candidates: Sequence[OnFolds[Pipeline]], rows: pd.DataFrame) -> OnFolds[Pipeline]:  # noqa: ARG002
        """The candidate of least log loss."""
        return min(candidates, key=lambda each: each.out_of_fold["log_loss"])

    def fit(self, algorithm: str, plan: FeaturePlan, rows: pd.DataFrame) -> ClassModel:
        """See `Learner.fit`."""
        frame = plan.frame().transform(rows)
        groups = pd.Series(groups_by(rows, self.spec))
        pipeline = self._fitted(algorithm, plan, frame, self._codes(rows), groups)
        return ClassModel(pipeline, self.spec.key, self.classes.names, usual_values(frame, plan), algorithm)

    def _asked(self, rows: pd.DataFrame) -> dict[str, npt.NDArray[np.bool_]]:
        """What columns may know too well of `rows`, see `suspected_alone`."""
        return of_each_class(rows[self.spec.label])

    def _fitted(
        self,
        name: str,
        plan: FeaturePlan,
        frame: pd.DataFrame,
        codes: npt.NDArray[Any],
        groups: pd.Series[int],
    ) -> Pipeline:
        return fitted_pipeline(CLASSIFIERS, name, plan, frame, codes, self.spec, groups=groups)

    def _codes(self, rows: pd.DataFrame) -> Codes:
        return self.classes.codes_of(rows[self.spec.label])
