"""Training a model of several labels: as one of classes, which are their joint outcomes, and chains only where the
labels tell of each other beyond noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meshlake.ml_assets import training_rows
from meshlake.ml_assets.candidates.joint import Chains, bits_of, orders_of
from meshlake.ml_assets.candidates.multilabel import CHAIN, MULTILABEL
from meshlake.ml_assets.classification.learner import ClassLearner
from meshlake.ml_assets.classification.measures import compare_classes
from meshlake.ml_assets.classification.training import ClassTraining, trained_classes
from meshlake.ml_assets.comparison import groups_by
from meshlake.ml_assets.multilabel.outcomes import outcome_classes, require_both_values, with_outcomes
from meshlake.ml_assets.on_folds import compete_on_folds, fitted_pipeline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    from sklearn.base import BaseEstimator
    from sklearn.pipeline import Pipeline

    from meshlake.ml_assets.candidates.candidate import Candidate
    from meshlake.ml_assets.classification.labels import Classes
    from meshlake.ml_assets.classification.measures import ClassComparison
    from meshlake.ml_assets.multilabel.spec import MultilabelSpec
    from meshlake.ml_assets.on_folds import OnFolds, Tell
    from meshlake.ml_assets.preprocessing import FeaturePlan

    Candidates = Sequence[OnFolds[Pipeline]]


@dataclass(frozen=True)
class Chained:
    """Chains `of` an algorithm held against the best of the others on the folds, and whether they win."""

    of: str
    against: ClassComparison

    @property
    def is_taken(self) -> bool:
        """Whether their probabilities are better beyond noise, and all labels are right more often."""
        return self.against.is_better and self.against.accuracy.estimate > 0


class LabelsLearner(ClassLearner):
    """See `ClassLearner`; `chained` is known once candidates have competed, and chains were among them."""

    def __init__(
        self,
        spec: MultilabelSpec,
        classes: Classes,
        named_leaks: Mapping[str, str],
        scored: pd.DataFrame | None = None,
    ) -> None:
        super().__init__(spec, classes, named_leaks, scored)
        self.spec: MultilabelSpec = spec
        self.asked = spec.wanted_code
        self.chain_of = ""
        self.chained: Chained | None = None

    def compete(
        self, plan: FeaturePlan, rows: pd.DataFrame, folds: npt.NDArray[np.int64], tell: Tell
    ) -> tuple[list[OnFolds[Pipeline]], dict[str, str]]:
        """See `Learner.compete`: chains come last, and are of the best that learns each label by itself."""
        found: list[OnFolds[Pipeline]] = []

        def names() -> Iterator[str]:
            yield from self.spec.algorithms
            apart = [each for each in found if MULTILABEL.get(each.algorithm).can_be_chained]
            if self.spec.has_chains and apart:
                self.chain_of = super(LabelsLearner, self).best(apart, rows).algorithm
                yield CHAIN

        lesson = self.lesson(plan, rows)
        return compete_on_folds(names(), lesson, folds, self.spec, tell, found.append)

    def best(self, candidates: Candidates, rows: pd.DataFrame) -> OnFolds[Pipeline]:
        """The candidate of least log loss; chains, only if they are better beyond noise."""
        best = super().best([each for each in candidates if each.algorithm != CHAIN], rows)
        chain = next((each for each in candidates if each.algorithm == CHAIN), None)
        if chain is None:
            return best
        groups = groups_by(rows, self.spec)
        against = compare_classes(self._codes(rows), chain.said, best.said, groups, self.spec.seed)
        self.chained = Chained(self.chain_of, against)
        return chain if self.chained.is_taken else best

    def _asked(self, rows: pd.DataFrame) -> dict[str, npt.NDArray[np.bool_]]:
        """Each label by itself, see `ClassLearner._asked`."""
        labels = bits_of(self._codes(rows), len(self.spec.labels)).T == 1
        return {f"of '{name}', ": is_so for name, is_so in zip(self.spec.labels, labels, strict=True)}

    def _fitted(
        self,
        name: str,
        plan: FeaturePlan,
        frame: pd.DataFrame,
        codes: npt.NDArray[Any],
        groups: pd.Series[int],
    ) -> Pipeline:
        spec, count = self.spec, len(self.spec.labels)

        def make(candidate: Candidate, rows: int) -> BaseEstimator:
            if name != CHAIN:
                return candidate.of_labels(plan, spec.seed, rows, count)
            return Chains(candidate.estimator(plan, spec.seed, rows), count, orders_of(count, spec.seed))

        algorithm = self.chain_of if name == CHAIN else name
        return fitted_pipeline(MULTILABEL, algorithm, plan, frame, codes, spec, make, groups=groups)


@dataclass(frozen=True)
class MultilabelTraining(ClassTraining):
    """See `ClassTraining`; `chained` says what became of chains, if they were compared."""

    spec: MultilabelSpec
    chained: Chained | None


def train_labels(
    features: pd.DataFrame,
    spec: MultilabelSpec,
    on_progress: Callable[[str], None] | None = None,
    named_leaks: Mapping[str, str] | None = None,
) -> MultilabelTraining:
    """Choose, test and fit a model of the joint outcomes of several labels; the arguments are those of `train_classes`.

    Raises:
        ValueError: in one plain sentence, when the rows or the specification allow no training.
    """
    given, told = with_outcomes(features, spec)
    labelled = training_rows.labelled_rows(given, spec, lambda outcomes: outcomes)
    split = training_rows.split_by_cutoff(labelled, spec)
    require_both_values(split.earlier, spec)
    classes, scored = outcome_classes(split.earlier, spec), given[given[spec.label].isna()]
    learner = LabelsLearner(spec, classes, named_leaks or {}, scored)
    found = trained_classes(given, labelled, split, learner, on_progress, told)
    return MultilabelTraining(**vars(found) | {"spec": spec, "chained": learner.chained})
