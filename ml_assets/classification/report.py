"""What a training of classes tells people: facts that fit into JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.classification.measures import per_class
from meshlake.ml_assets.classification.scoring import probability_columns
from meshlake.ml_assets.classification.training import rows_that_tested

if TYPE_CHECKING:
    from meshlake.ml_assets.classification.folds import ClassCandidate
    from meshlake.ml_assets.classification.training import ClassTraining


def class_report(training: ClassTraining) -> dict[str, Any]:
    """The facts of a training of classes: algorithm, rows, classes, candidates, out-of-fold and test figures.

    `by_class` is measured on the rows that tested the model; `commonest` is what saying always the commonest class, and
    the shares of all, would have on the folds.
    """
    spec, classes = training.spec, training.classes
    tested = rows_that_tested(training.honest)
    said = tested[probability_columns(len(classes.names))].to_numpy()
    shares = np.array(training.shares)
    return {
        "task": "classification",
        "algorithm": training.model.algorithm,
        "rows": dict(training.row_counts),
        "classes": list(classes.names),
        "shares": list(training.shares),
        "set_aside": [[name, rows] for name, rows in classes.set_aside.items()],
        "commonest": {
            "class": classes.names[int(shares.argmax())],
            "accuracy": float(shares.max()),
            "log_loss": float(-(shares * np.log(shares)).sum()),
        },
        "by_class": per_class(classes.codes_of(tested["label"]), said, classes.names),
        "features": dict(training.features),
        "dropped": dict(training.dropped),
        "folds": {"count": spec.folds, "seed": spec.seed, "sha256": training.folds_sha256},
        "candidates": {each.algorithm: _candidate_report(each) for each in training.candidates},
        "importances": dict(training.importances),
        "out_of_fold": dict(training.out_of_fold),
        "test": None if training.test is None else dict(training.test),
        "warnings": list(training.warnings),
    }


def _candidate_report(candidate: ClassCandidate) -> dict[str, Any]:
    names = [name for name in candidate.out_of_fold if name != "n"]
    values = {name: [fold[name] for fold in candidate.folds] for name in names}
    return {
        "out_of_fold": dict(candidate.out_of_fold),
        "fold_mean": {name: float(np.mean(each)) for name, each in values.items()},
        "fold_sd": {name: float(np.std(each, ddof=1)) for name, each in values.items()},
        "seconds": candidate.seconds,
    }
