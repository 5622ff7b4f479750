"""Training a model of classes: candidates compared on the same folds, the winner tested on a later cut-off and
refitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from meshlake.ml_assets import training_rows
from meshlake.ml_assets.classification.labels import class_warnings, classes_of, read_classes
from meshlake.ml_assets.classification.learner import FEWEST_TESTED, ClassLearner
from meshlake.ml_assets.classification.measures import class_metrics
from meshlake.ml_assets.classification.scoring import (
    ClassModel,
    class_importances,
    class_probabilities,
    probability_columns,
)
from meshlake.ml_assets.labelled_training import LabelledTraining, learn, tested_on
from meshlake.ml_assets.training_rows import Split

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from meshlake.ml_assets.classification.labels import Classes
    from meshlake.ml_assets.classification.spec import ClassificationSpec
    from meshlake.ml_assets.document import LabelledSpec


@dataclass(frozen=True)
class ClassTraining(LabelledTraining[ClassModel]):
    """See `LabelledTraining`; `honest` holds the rows of classes that are learned, with the probability of each class
    (`scoring.probability_columns`). `shares` are those of the classes in the rows of the folds, which are the base
    rate."""

    spec: LabelledSpec
    classes: Classes
    shares: tuple[float, ...]


def train_classes(
    features: pd.DataFrame,
    spec: ClassificationSpec,
    on_progress: Callable[[str], None] | None = None,
    named_leaks: Mapping[str, str] | None = None,
) -> ClassTraining:
    """Choose, test and fit a model of classes on the labelled rows of `features`.

    With `spec.cutoff`, candidates compete on the rows of all but the latest labelled cut-off, which then tests the
    winner. Same rows, in any order, and same seed give the same model.

    Args:
        features: one row per key (and cut-off), columns of any type.
        spec: what to train.
        on_progress: called with one line before each longer step.
        named_leaks: columns that are suspected by what they are called, with the evidence in words.

    Raises:
        ValueError: in one plain sentence, when the rows or the specification allow no training.
    """
    labelled = training_rows.labelled_rows(features, spec, read_classes)
    split = training_rows.split_by_cutoff(labelled, spec)
    classes = classes_of(split.earlier, spec)
    told = class_warnings(classes, spec, pd.concat([split.between, split.held_out]))
    parts = (classes.learned(part, spec.label) for part in (split.earlier, split.between, split.held_out))
    learner = ClassLearner(spec, classes, named_leaks or {}, features[features[spec.label].isna()])
    return trained_classes(features, labelled, Split(*parts), learner, on_progress, told)


def trained_classes(
    features: pd.DataFrame,
    labelled: pd.DataFrame,
    split: Split,
    learner: ClassLearner,
    on_progress: Callable[[str], None] | None,
    told: list[str],
) -> ClassTraining:
    """What `learner` learns of the rows of `split`, those of `features` that are `labelled` and of its classes.

    `told` is what is warned of before anything is learned. Raises as `train_classes` does.
    """
    spec, classes, count = learner.spec, learner.classes, len(learner.classes.names)
    found = learn(split, learner, on_progress or (lambda _: None))
    columns, later = probability_columns(count), {}
    if found.tested:
        said = class_probabilities(found.tested.pipeline, split.held_out, count)
        later = dict(zip(columns, said.T, strict=True))
    honest = found.honest(dict(zip(columns, found.winner.said.T, strict=True)), later)
    shares = np.bincount(classes.codes_of(found.development[spec.label]), minlength=count)

    def measure(rows: pd.DataFrame) -> dict[str, float]:
        return class_metrics(classes.codes_of(rows["label"]), rows[columns].to_numpy())

    facts = found.training(honest, measure, features, labelled)
    return ClassTraining(
        **facts | {"warnings": (*told, *facts["warnings"])},
        importances=class_importances(found.model, found.final, spec.seed, learner.asked),
        spec=spec,
        classes=classes,
        shares=tuple((shares / len(found.development)).tolist()),
    )


def rows_that_tested(honest: pd.DataFrame) -> pd.DataFrame:
    """The rows that tested a model, see `labelled_training.tested_on`."""
    return tested_on(honest, FEWEST_TESTED)
