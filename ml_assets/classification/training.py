"""Training a model of classes: candidates compared on the same folds, the winner tested on a later cut-off and
refitted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from meshlake.ml_assets import training_rows
from meshlake.ml_assets.classification.folds import compete_classes, fit_classes
from meshlake.ml_assets.classification.labels import (
    class_folds,
    class_warnings,
    classes_of,
    columns_that_know,
    read_classes,
)
from meshlake.ml_assets.classification.measures import class_metrics
from meshlake.ml_assets.classification.scoring import (
    class_importances,
    class_probabilities,
    probability_columns,
)
from meshlake.ml_assets.feature_choice import Suspects, feature_columns, plan_without
from meshlake.ml_assets.features import infinite_counts
from meshlake.ml_assets.honest import FINGERPRINT, row_fingerprints
from meshlake.ml_assets.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    from meshlake.ml_assets.classification.folds import ClassCandidate
    from meshlake.ml_assets.classification.labels import Classes, Codes
    from meshlake.ml_assets.classification.scoring import ClassModel
    from meshlake.ml_assets.classification.spec import ClassificationSpec
    from meshlake.ml_assets.preprocessing import FeaturePlan

# Of fewer rows no figure says anything.
FEWEST_TESTED = 20


@dataclass(frozen=True)
class ClassTraining:
    """A fitted model and all that is known about how it came about.

    `honest` holds one row per labelled row used, of classes that are learned: the key, the cut-off if any, `label`,
    `fold` (null for held-out rows), and the probability of each class (`scoring.probability_columns`), by a model that
    never saw that row's label. `shares` are those of the classes in the rows of the folds, which are the base rate.
    `test` is measured on the latest labelled cut-off, `None` where none tests it.
    """

    spec: ClassificationSpec
    model: ClassModel
    classes: Classes
    shares: tuple[float, ...]
    candidates: tuple[ClassCandidate, ...]
    folds_sha256: str
    honest: pd.DataFrame
    out_of_fold: Mapping[str, float]
    test: Mapping[str, Any] | None
    row_counts: Mapping[str, int]
    features: Mapping[str, str]
    dropped: Mapping[str, str]
    importances: Mapping[str, float]
    warnings: tuple[str, ...]


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
    tell = on_progress or (lambda _: None)
    labelled = training_rows.labelled_rows(features, spec, read_classes)
    split = training_rows.split_by_cutoff(labelled, spec)
    classes = classes_of(split.earlier, spec)
    earlier, between, held_out = (
        classes.learned(part, spec.label) for part in (split.earlier, split.between, split.held_out)
    )
    development = training_rows.cap_rows(earlier, spec)
    final = training_rows.cap_rows(pd.concat([development, between, held_out], ignore_index=True), spec)
    codes = classes.codes_of(development[spec.label])
    folds = class_folds(development, codes, spec)
    with one_thread():
        suspects = _suspects(development, spec, named_leaks or {})
        plan, final_plan = (_plan(suspects, rows, classes, spec) for rows in (development, final))
        candidates, left_out = compete_classes(plan, development, classes, folds, spec, tell)
        winner = min(candidates, key=lambda each: each.out_of_fold["log_loss"])
        honest = _honest(development, winner.probability, spec, folds)
        if len(held_out):
            tell(f"testing {winner.algorithm} on {len(held_out)} rows of the latest cut-off")
            tested = fit_classes(winner.algorithm, plan, development, classes, spec)
            said = class_probabilities(tested.pipeline, held_out, len(classes.names))
            honest = pd.concat([honest, _honest(held_out, said, spec, None)], ignore_index=True)
        tell(f"fitting {winner.algorithm} on {len(final)} rows")
        model = fit_classes(winner.algorithm, final_plan, final, classes, spec)
    seen = pd.concat([development, held_out], ignore_index=True)
    honest[FINGERPRINT] = row_fingerprints(model, seen, spec.row_keys)
    test, test_warnings = _test(honest, classes, spec)
    return ClassTraining(
        spec=spec,
        model=model,
        classes=classes,
        shares=tuple((np.bincount(codes, minlength=len(classes.names)) / len(codes)).tolist()),
        candidates=tuple(candidates),
        folds_sha256=training_rows.folds_hash(folds),
        honest=honest,
        out_of_fold=winner.out_of_fold,
        test=test,
        row_counts=training_rows.row_counts(features, labelled, development, held_out, final),
        features={name: str(kind) for name, kind in final_plan.kinds.items()},
        dropped={**spec.exclude, **final_plan.dropped},
        importances=class_importances(model, final, spec.seed),
        warnings=(
            *class_warnings(classes, spec, pd.concat([split.between, split.held_out])),
            *suspects.warnings(spec),
            *(f"{name} was left out: {why}" for name, why in left_out.items()),
            *training_rows.gap_warnings(split, spec),
            *test_warnings,
            *_plan_warnings(final, final_plan),
        ),
    )


def rows_that_tested(honest: pd.DataFrame) -> pd.DataFrame:
    """The rows that tested a model: those of the latest cut-off where there are enough, else all out of fold."""
    later = honest[honest["fold"].isna()]
    return later if len(later) >= FEWEST_TESTED else honest[honest["fold"].notna()]


def _suspects(rows: pd.DataFrame, spec: ClassificationSpec, named_leaks: Mapping[str, str]) -> Suspects:
    """The columns that are named like the label, or know one of the classes too well."""
    columns = feature_columns(rows, spec)
    named = {name: named_leaks[name] for name in columns if name in named_leaks}
    left = [name for name in columns if name not in named]
    return Suspects(named | columns_that_know(rows[spec.label], rows, left, spec.cutoff))


def _plan(suspects: Suspects, rows: pd.DataFrame, classes: Classes, spec: ClassificationSpec) -> FeaturePlan:
    plan = plan_without(suspects, rows, spec)
    return replace(plan, target="multiclass") if len(classes.names) > 2 else plan


def _honest(
    rows: pd.DataFrame,
    said: npt.NDArray[np.float64],
    spec: ClassificationSpec,
    folds: Codes | None,
) -> pd.DataFrame:
    columns = list(dict.fromkeys((*spec.row_keys, *spec.group)))
    fold = pd.Series(pd.NA if folds is None else folds, index=rows.index, dtype="Int64")
    told = pd.DataFrame(said, columns=probability_columns(said.shape[1]), index=rows.index)
    return rows[columns].assign(label=rows[spec.label], fold=fold).join(told)


def _test(
    honest: pd.DataFrame, classes: Classes, spec: ClassificationSpec
) -> tuple[dict[str, Any] | None, list[str]]:
    later = honest[honest["fold"].isna()]
    if spec.cutoff is None:
        return None, []
    if len(later) < FEWEST_TESTED:
        return None, [f"{len(later)} labelled rows of a later cut-off are too few to test the model"]
    said = later[probability_columns(len(classes.names))].to_numpy()
    day = str(later[spec.cutoff].iloc[0]).removesuffix(" 00:00:00")
    return {"cutoff": day, **class_metrics(classes.codes_of(later["label"]), said)}, []


def _plan_warnings(rows: pd.DataFrame, plan: FeaturePlan) -> list[str]:
    return [
        f"'{name}' is infinite in {count} of {len(rows)} rows; read as unknown"
        for name, count in infinite_counts(rows, plan).items()
    ]
