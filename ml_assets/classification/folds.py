"""Fitting an algorithm of classes, and comparing candidates on the same folds."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from meshlake.ml_assets.candidates.algorithm import build_pipeline, make_scoring_exact
from meshlake.ml_assets.candidates.classifiers import CLASSIFIERS
from meshlake.ml_assets.classification.measures import class_metrics
from meshlake.ml_assets.classification.scoring import ClassModel, class_probabilities
from meshlake.ml_assets.competition import compare_in_time
from meshlake.ml_assets.cross_validation import folds_in_time
from meshlake.ml_assets.preprocessing import MISSING
from meshlake.ml_assets.scoring import reference_values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt
    import pandas as pd
    from sklearn.pipeline import Pipeline

    from meshlake.ml_assets.classification.labels import Classes
    from meshlake.ml_assets.classification.spec import ClassificationSpec
    from meshlake.ml_assets.preprocessing import FeaturePlan

    Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ClassCandidate:
    """One algorithm on the folds: its out-of-fold figures, those of each fold, and the probability that each row's
    classes were given by the model that did not see it, of shape (n, classes). `seconds` of one processor it took."""

    algorithm: str
    out_of_fold: Mapping[str, float]
    folds: tuple[Mapping[str, float], ...]
    probability: npt.NDArray[np.float64]
    seconds: float


def fit_classes(
    algorithm: str, plan: FeaturePlan, rows: pd.DataFrame, classes: Classes, spec: ClassificationSpec
) -> ClassModel:
    """A model of labelled `rows`, all of them of `classes`."""
    frame = plan.frame().transform(rows)
    pipeline = _fitted(algorithm, plan, frame, classes.codes_of(rows[spec.label]), spec)
    # No text of one customer is usual, nor to be told in the reasons of another.
    references = reference_values(frame) | dict.fromkeys(plan.free_text, MISSING)
    return ClassModel(pipeline, spec.key, classes.names, references, algorithm)


def compete_classes(
    plan: FeaturePlan,
    rows: pd.DataFrame,
    classes: Classes,
    folds: Codes,
    spec: ClassificationSpec,
    tell: Callable[[str], None],
) -> tuple[list[ClassCandidate], dict[str, str]]:
    """The candidates of `spec` on labelled `rows`, and why others were left out.

    Args:
        plan: what the features are.
        rows: labelled rows, all of them of `classes`.
        classes: which there are.
        folds: the fold in which each row is predicted, shape (n,).
        spec: which candidates, and `minutes`.
        tell: called with a line before each candidate, and with what is left out.

    Raises:
        ValueError: when no candidate can learn from the rows: what the first of them said.
    """
    frame, codes = plan.frame().transform(rows), classes.codes_of(rows[spec.label])

    def run(name: str, seconds_left: Callable[[], float] | None) -> ClassCandidate:
        tell(
            f"cross-validating {name} on {len(rows)} rows of {len(classes.names)} classes, {spec.folds} folds"
        )
        began_seconds = time.process_time()
        probability = np.empty((len(rows), len(classes.names)))
        per_fold = []
        for is_out in folds_in_time(folds, spec.folds, seconds_left):
            pipeline = _fitted(name, plan, frame[~is_out], codes[~is_out], spec)
            probability[is_out] = class_probabilities(pipeline[1:], frame[is_out], len(classes.names))
            per_fold.append(class_metrics(codes[is_out], probability[is_out]))
        seconds = time.process_time() - began_seconds
        return ClassCandidate(name, class_metrics(codes, probability), tuple(per_fold), probability, seconds)

    return compare_in_time(spec.algorithms, spec.minutes, run, tell)


def _fitted(
    algorithm: str, plan: FeaturePlan, frame: pd.DataFrame, codes: Codes, spec: ClassificationSpec
) -> Pipeline:
    given = spec.parameters.get(algorithm, {})
    pipeline = build_pipeline(CLASSIFIERS, algorithm, plan, spec.seed, len(frame), given)
    # The first step learns nothing, and the others are those of `pipeline` itself.
    pipeline[1:].fit(frame, codes)
    return make_scoring_exact(pipeline)
