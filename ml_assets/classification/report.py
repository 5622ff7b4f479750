"""What a training of classes tells people: facts that fit into JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.classification.measures import per_class
from meshlake.ml_assets.classification.scoring import probability_columns
from meshlake.ml_assets.classification.training import rows_that_tested

if TYPE_CHECKING:
    from meshlake.ml_assets.classification.training import ClassTraining


def class_report(training: ClassTraining, task: str = "classification") -> dict[str, Any]:
    """The facts of a training of classes: algorithm, rows, classes, candidates, out-of-fold and test figures.

    `by_class` is measured on the rows that tested the model; `commonest` is what saying always the commonest class, and
    the shares of all, would have on the folds.
    """
    spec, classes = training.spec, training.classes
    tested = rows_that_tested(training.honest)
    said = tested[probability_columns(len(classes.names))].to_numpy()
    shares = np.array(training.shares)
    return {
        **training.facts(task, spec),
        "classes": list(classes.names),
        "shares": list(training.shares),
        "set_aside": [[name, rows] for name, rows in classes.set_aside.items()],
        "commonest": {
            "class": classes.names[int(shares.argmax())],
            "accuracy": float(shares.max()),
            "log_loss": float(-(shares * np.log(shares)).sum()),
        },
        "by_class": per_class(classes.codes_of(tested["label"]), said, classes.names),
    }
