"""What is told of a version of a model of several labels: of their joint outcomes as of classes, and of each label."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meshlake.models.classification_evaluation import class_sections, tested_classes, verdict
from meshlake.models.evaluation import Evaluation, Section, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from meshlake.ml_assets.multilabel.spec import MultilabelSpec

_FIGURES = {"roc_auc": "ROC AUC", "log_loss": "log loss", "calibration_error": "calibration error"}
_TENTH = 10


def evaluate_labels(spec: MultilabelSpec, record: Mapping[str, Any], honest: pd.DataFrame) -> Evaluation:
    """What `record` and the honest predictions that are stored with it tell."""
    tested, codes, said = tested_classes(record, honest)
    sections = class_sections(spec, record, honest)
    told = f"{verdict(record, codes, said)} {_wanted(spec, record, codes, said)}"
    return Evaluation(told, [_labels(record, len(tested)), _chained(record), *sections])


def _wanted(spec: MultilabelSpec, record: Mapping[str, Any], codes: Any, said: Any) -> str:
    """How often the wanted outcome comes among the tenth that is said to be likeliest to have it."""
    is_so = codes == spec.wanted_code
    tenth = (-said[:, spec.wanted_code]).argsort(kind="stable")[: max(1, len(codes) // _TENTH)]
    return (
        f"Of the tenth likeliest to be what is wanted ({record['wanted']}) {is_so[tenth].mean():.1%} were, of all "
        f"{is_so.mean():.1%}."
    )


def _labels(record: Mapping[str, Any], count: int) -> Section:
    rows = [
        (
            each["label"],
            *(_with_interval(each.get(figure)) for figure in _FIGURES),
            f"{each['expected']:.1%}",
            f"{each['observed']:.1%}",
        )
        for each in record["by_label"]
    ]
    return Section(
        "Each label by itself",
        f"Of {count:,} rows, with 95 % intervals. Expected: the mean of its probability, which should be the share "
        "that was so. A model of one label alone (task: churn) has more candidates and may know it better.",
        [Table(("label", *_FIGURES.values(), "expected", "was"), rows)],
    )


def _with_interval(found: Mapping[str, float] | None) -> str:
    return "" if found is None else f"{found['estimate']:.4f} ({found['low']:.4f} to {found['high']:.4f})"


def _chained(record: Mapping[str, Any]) -> Section:
    found = record["chained"]
    if found is None:
        return Section("Chains of labels", "Chains of models were not compared.")
    figures = {
        "log_loss": "joint log loss",
        "accuracy": "all labels right",
        "calibration_error": "calibration error",
    }
    differences = ((name, found["against"][figure]) for figure, name in figures.items())
    rows = [
        (name, f"{d['estimate']:+.4f}", f"{d['low']:+.4f} to {d['high']:+.4f}") for name, d in differences
    ]
    return Section(
        "Chains of labels",
        f"Chains of {found['of']}, {found['orders']} orders of the labels, each learned of the features and those "
        "before it, against the best without: they are taken only if better beyond noise, and were "
        f"{'taken' if found['is_taken'] else 'not'}. What they gain is what labels tell of each other, and of "
        "algorithms that draw by chance also that several are averaged.",
        [Table(("chains", "better by", "95 % interval"), rows)],
    )
