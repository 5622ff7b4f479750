"""What trainings have in common whatever their label is: candidates compared on the same folds, the winner tested on a
later cut-off and refitted, and the honest predictions that are kept of it.

What a label is, and what a model of it says, is told by a `Learner`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

import pandas as pd

from meshlake.ml_assets import training_rows
from meshlake.ml_assets.drift import distributions
from meshlake.ml_assets.features import infinite_counts
from meshlake.ml_assets.honest import FINGERPRINT, row_fingerprints
from meshlake.ml_assets.on_folds import compete_on_folds
from meshlake.ml_assets.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    import numpy.typing as npt
    from sklearn.pipeline import Pipeline

    from meshlake.ml_assets.document import LabelledSpec
    from meshlake.ml_assets.drift import Distribution
    from meshlake.ml_assets.feature_choice import Suspects
    from meshlake.ml_assets.on_folds import Lesson, OnFolds, Tell
    from meshlake.ml_assets.preprocessing import FeaturePlan
    from meshlake.ml_assets.training_rows import Split

    Folds = npt.NDArray[np.int64]


class FittedModel(Protocol):
    """A model whose pipeline begins with the step `frame`, and the algorithm that it was chosen from."""

    @property
    def pipeline(self) -> Pipeline:
        """The fitted pipeline."""

    @property
    def algorithm(self) -> str:
        """What it is called where algorithms are found."""


Model = TypeVar("Model", bound=FittedModel)
Fitted = TypeVar("Fitted")


@dataclass(frozen=True)
class LabelledTraining(Generic[Model]):
    """A fitted model and all that is known about how it came about.

    `honest` holds one row per labelled row used: the key, the cut-off if any, `label`, `fold` (null for held-out rows),
    and what was said of it by a model that never saw that row's label. `test` is measured on the latest labelled
    cut-off, `None` where none tests it; `features` are the columns of the refitted model, `dropped` the columns left
    out, with the reason; `importances` how far each feature moves it, `distributions` how each of them, and the label,
    is distributed.
    """

    model: Model
    candidates: tuple[OnFolds[Any], ...]
    folds_sha256: str
    honest: pd.DataFrame
    out_of_fold: Mapping[str, float]
    test: Mapping[str, Any] | None
    row_counts: Mapping[str, int]
    features: Mapping[str, str]
    dropped: Mapping[str, str]
    distributions: Mapping[str, Distribution]
    importances: Mapping[str, float]
    warnings: tuple[str, ...]

    def facts(self, task: str, spec: LabelledSpec) -> dict[str, Any]:
        """What is told of any training of `task`, as JSON-able facts."""
        return {
            "task": task,
            "algorithm": self.model.algorithm,
            "rows": dict(self.row_counts),
            "features": dict(self.features),
            "dropped": dict(self.dropped),
            "folds": {"count": spec.folds, "seed": spec.seed, "sha256": self.folds_sha256},
            "candidates": {each.algorithm: each.as_dict() for each in self.candidates},
            "importances": dict(self.importances),
            "distributions": {name: asdict(each) for name, each in self.distributions.items()},
            "out_of_fold": dict(self.out_of_fold),
            "test": None if self.test is None else dict(self.test),
            "warnings": list(self.warnings),
        }


class Learner(ABC, Generic[Model, Fitted]):
    """How one task learns its label; `fewest` rows of a later cut-off tell how good a model is."""

    spec: LabelledSpec
    fewest: ClassVar[int]

    @abstractmethod
    def folds(self, rows: pd.DataFrame) -> Folds:
        """The fold, from 0 on, in which each of `rows` is predicted: shape (n,)."""

    @abstractmethod
    def suspects(self, rows: pd.DataFrame) -> Suspects:
        """The columns of labelled `rows` that look as if they were known only after the label."""

    @abstractmethod
    def plan(self, suspects: Suspects, rows: pd.DataFrame) -> FeaturePlan:
        """What the features of `rows` are, without the `suspects`."""

    @abstractmethod
    def lesson(self, plan: FeaturePlan, rows: pd.DataFrame) -> Lesson[Fitted]:
        """What is learned of labelled `rows`."""

    @abstractmethod
    def best(self, candidates: Sequence[OnFolds[Fitted]], rows: pd.DataFrame) -> OnFolds[Fitted]:
        """The candidate that wins on labelled `rows`."""

    @abstractmethod
    def fit(self, algorithm: str, plan: FeaturePlan, rows: pd.DataFrame) -> Model:
        """A model of labelled `rows`."""

    def compete(
        self, plan: FeaturePlan, rows: pd.DataFrame, folds: Folds, tell: Tell
    ) -> tuple[list[OnFolds[Fitted]], dict[str, str]]:
        """The candidates that were compared on labelled `rows`, and why others were not, by name."""
        return compete_on_folds(self.spec.algorithms, self.lesson(plan, rows), folds, self.spec, tell)


@dataclass(frozen=True)
class Learned(Generic[Model, Fitted]):
    """What came of learning: `development` rows chose the winner, of the `final` ones `model` is made.

    `tested` is the winner fitted on the development rows alone, where rows are held out of a later cut-off.
    """

    learner: Learner[Model, Fitted]
    split: Split
    development: pd.DataFrame
    final: pd.DataFrame
    folds: Folds
    suspects: Suspects
    plan: FeaturePlan
    candidates: Sequence[OnFolds[Fitted]]
    left_out: Mapping[str, str]
    winner: OnFolds[Fitted]
    tested: Model | None
    model: Model

    def honest(self, of_folds: Mapping[str, Any], of_later: Mapping[str, Any]) -> pd.DataFrame:
        """Rows as `LabelledTraining.honest` has them, of the columns that say what was said of the development rows,
        and of those held out."""
        spec, later = self.learner.spec, self.split.held_out
        found = _honest(self.development, of_folds, spec, self.folds)
        return (
            pd.concat([found, _honest(later, of_later, spec, None)], ignore_index=True)
            if len(later)
            else found
        )

    def training(
        self,
        honest: pd.DataFrame,
        measure: Callable[[pd.DataFrame], Mapping[str, float]],
        given: pd.DataFrame,
        labelled: pd.DataFrame,
    ) -> dict[str, Any]:
        """The fields of a `LabelledTraining` but its importances.

        Args:
            honest: the honest predictions.
            measure: the figures of some of them.
            given: the rows that the training was given.
            labelled: those of them that are labelled.
        """
        spec, later = self.learner.spec, self.split.held_out
        seen = pd.concat([self.development, later], ignore_index=True)
        test, test_warnings = self._test(honest, measure)
        return {
            "model": self.model,
            "candidates": tuple(self.candidates),
            "folds_sha256": training_rows.folds_hash(self.folds),
            "honest": honest.assign(**{FINGERPRINT: row_fingerprints(self.model, seen, spec.row_keys)}),
            "out_of_fold": measure(honest[honest["fold"].notna()]),
            "test": test,
            "row_counts": training_rows.row_counts(given, labelled, self.development, later, self.final),
            "features": {name: str(kind) for name, kind in self.plan.kinds.items()},
            "dropped": {**spec.exclude, **self.plan.dropped},
            "distributions": distributions(self.final, [spec.label, *self.plan.kinds]),
            "warnings": (
                *self.suspects.warnings(spec),
                *(f"{name} was left out: {why}" for name, why in self.left_out.items()),
                *(
                    f"'{name}' is infinite in {count} of {len(self.final)} rows; read as unknown"
                    for name, count in infinite_counts(self.final, self.plan).items()
                ),
                *training_rows.gap_warnings(self.split, spec),
                *test_warnings,
            ),
        }

    def _test(
        self, honest: pd.DataFrame, measure: Callable[[pd.DataFrame], Mapping[str, float]]
    ) -> tuple[dict[str, Any] | None, list[str]]:
        later, cutoff = honest[honest["fold"].isna()], self.learner.spec.cutoff
        if cutoff is None:
            return None, []
        if len(later) < self.learner.fewest:
            return None, [f"{len(later)} labelled rows of a later cut-off are too few to test the model"]
        return {"cutoff": str(later[cutoff].iloc[0]).removesuffix(" 00:00:00"), **measure(later)}, []


def learn(split: Split, learner: Learner[Model, Fitted], tell: Tell) -> Learned[Model, Fitted]:
    """Choose, test and fit a model of the labelled rows of `split`; `tell` is called before each longer step.

    Same rows, in any order, and same seed give the same model.

    Raises:
        ValueError: in one plain sentence, when the rows allow no training.
    """
    spec, held_out = learner.spec, split.held_out
    development = training_rows.cap_rows(split.earlier, spec)
    final = training_rows.cap_rows(pd.concat([development, split.between, held_out], ignore_index=True), spec)
    folds = learner.folds(development)
    with one_thread():
        suspects = learner.suspects(development)
        plan, final_plan = (learner.plan(suspects, rows) for rows in (development, final))
        candidates, left_out = learner.compete(plan, development, folds, tell)
        winner = learner.best(candidates, development)
        tested = None
        if len(held_out):
            tell(f"testing {winner.algorithm} on {len(held_out)} rows of the latest cut-off")
            tested = learner.fit(winner.algorithm, plan, development)
        tell(f"fitting {winner.algorithm} on {len(final)} rows")
        model = learner.fit(winner.algorithm, final_plan, final)
    return Learned(
        learner,
        split,
        development,
        final,
        folds,
        suspects,
        final_plan,
        candidates,
        left_out,
        winner,
        tested,
        model,
    )


def tested_on(honest: pd.DataFrame, fewest: int) -> pd.DataFrame:
    """The rows that tested a model: those of the latest cut-off where there are enough, else all out of fold."""
    later = honest[honest["fold"].isna()]
    return later if len(later) >= fewest else honest[honest["fold"].notna()]


def _honest(
    rows: pd.DataFrame, said: Mapping[str, Any], spec: LabelledSpec, folds: Folds | None
) -> pd.DataFrame:
    columns = list(dict.fromkeys((*spec.row_keys, *spec.group)))
    fold = pd.Series(pd.NA if folds is None else folds, index=rows.index, dtype="Int64")
    return rows[columns].assign(label=rows[spec.label], fold=fold, **said)
