"""What a training of several labels tells people: facts that fit into JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from meshlake.ml_assets.candidates.joint import bits_of, orders_of
from meshlake.ml_assets.classification.report import class_report
from meshlake.ml_assets.classification.scoring import probability_columns
from meshlake.ml_assets.classification.training import rows_that_tested
from meshlake.ml_assets.comparison import can_compare, groups_by, measure
from meshlake.ml_assets.multilabel.outcomes import by_label

if TYPE_CHECKING:
    from meshlake.ml_assets.multilabel.training import MultilabelTraining


def labels_report(training: MultilabelTraining) -> dict[str, Any]:
    """The facts of `class_report`, of outcomes; `by_label` is measured on the rows that tested the model, and `chained`
    says what chains would have gained, null where none were compared."""
    spec, chained = training.spec, training.chained
    return {
        **class_report(training, "multilabel"),
        "labels": list(spec.labels),
        "wanted": spec.outcomes[spec.wanted_code],
        "by_label": _by_label(training),
        "chained": None
        if chained is None
        else {
            "of": chained.of,
            "orders": len(orders_of(len(spec.labels), spec.seed)),
            "is_taken": chained.is_taken,
            "against": chained.against.as_dict(),
        },
    }


def _by_label(training: MultilabelTraining) -> list[dict[str, Any]]:
    spec, tested = training.spec, rows_that_tested(training.honest)
    said = by_label(tested[probability_columns(len(spec.outcomes))].to_numpy(), len(spec.labels))
    bits = bits_of(training.classes.codes_of(tested["label"]), len(spec.labels)) == 1
    groups, found = groups_by(tested, spec), []
    for n, name in enumerate(spec.labels):
        told = {"label": name, "expected": float(said[:, n].mean()), "observed": float(bits[:, n].mean())}
        if can_compare(bits[:, n]):
            figures = measure(bits[:, n], said[:, n].clip(0, 1), groups, spec.seed)
            told |= {figure: asdict(each) for figure, each in figures.items()}
        found.append(told)
    return found
