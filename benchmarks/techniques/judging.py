"""Chapter: how classifiers are judged, on rows that they did not see."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import ConfusionMatrixDisplay, precision_recall_fscore_support

from benchmarks.models.tables import LABEL
from benchmarks.techniques.data import SEED, YARDSTICK_ROC_AUC
from benchmarks.techniques.row import Shown, row
from meshlake.ml_assets import decisions
from meshlake.ml_assets.churn import train_churn
from meshlake.ml_assets.churn_figures import churn_figures
from meshlake.ml_assets.comparison import measure
from meshlake.ml_assets.cross_validation import fit
from meshlake.ml_assets.drawing import png
from meshlake.ml_assets.metrics import flag_metrics
from meshlake.ml_assets.policy import Profit
from meshlake.ml_assets.report import churn_report, out_of_fold
from meshlake.ml_assets.scoring import churn_probability
from meshlake.ml_assets.spec import ChurnSpec
from meshlake.ml_assets.training_rows import folds_hash

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from benchmarks.techniques.data import Data

_MATRIX = ("true_positive", "false_positive", "false_negative", "true_negative")


@row("Cross-validation", "ml_assets.report")
def _cross_validation(data: Data) -> Shown:
    kept = churn_report(data.training)["candidates"]
    sds = {name: np.std([fold["roc_auc"] for fold in each["folds"]], ddof=1) for name, each in kept.items()}
    is_kept = all(
        len(each["folds"]) == data.flat.spec.folds and np.isclose(each["fold_sd"]["roc_auc"], sds[name])
        for name, each in kept.items()
    )
    told = ", ".join(
        f"{n} {e['fold_mean']['roc_auc']:.4f} (sd {e['fold_sd']['roc_auc']:.4f})" for n, e in kept.items()
    )
    return Shown(f"ROC AUC of the folds in the record of the version: {told}", is_kept)


@row("Stratified k-fold", "ml_assets.training_rows")
def _stratified(data: Data) -> Shown:
    folds = data.flat.folds
    churned = np.bincount(folds, data.flat.is_churned)
    sizes = np.bincount(folds)
    expected = sizes * data.flat.is_churned.mean()
    apart = float(np.abs(churned - expected).max())
    kept = data.training.folds_sha256
    return Shown(
        f"{sizes.tolist()} rows, {churned.astype(int).tolist()} churned, at most {apart:.2f} rows from the "
        "rate of all; "
        f"hash {kept[:12]} in the record",
        apart <= 1 and kept == folds_hash(folds),
    )


@row("Out-of-fold predictions", "ml_assets.cross_validation")
def _out_of_fold(data: Data) -> Shown:
    flat, name = data.flat, "logistic_regression"
    honest = data.training.honest
    is_once = honest["customer_id"].is_unique and set(honest["customer_id"]) == set(flat.rows["customer_id"])
    said = flat.candidate(name).probability
    # With the labels of a fold turned round, its own predictions stay, since no model of it saw them.
    is_out = flat.folds == 0
    turned = flat.rows.assign(**{LABEL: np.where(is_out, ~flat.is_churned, flat.is_churned)})
    again = churn_probability(fit(name, flat.plan, turned[~is_out], flat.spec).pipeline, turned[is_out])
    moved = float(np.abs(again - said[is_out]).max())
    return Shown(
        f"{len(honest)} rows, each once; with its labels turned round a fold's predictions move by {moved:.1e}",
        is_once and moved == 0,
    )


@row("Confusion matrix", "ml_assets.churn_figures")
def _confusion_matrix(data: Data) -> Shown:
    churned, _, flagged = out_of_fold(data.training)
    cells = flag_metrics(churned, flagged)
    figures = churn_figures(data.training.honest, data.training.model.threshold)
    drawn = [len(png(figures[name])) for name in ("confusion_matrix", "errors")]
    matrices = []

    def errors_alone(axes: Axes) -> None:
        wrong = (churned != flagged).astype(float)
        display = ConfusionMatrixDisplay.from_predictions(
            churned, flagged, ax=axes, normalize="true", sample_weight=wrong, colorbar=False
        )
        matrices.append(display.confusion_matrix)

    drawn.append(len(png(errors_alone)))
    total = sum(cells[name] for name in _MATRIX)
    return Shown(
        f"{', '.join(f'{name} {cells[name]}' for name in _MATRIX)}, of {len(churned)}; plots of {drawn} bytes",
        total == len(churned) and min(drawn) > 0 and not np.diag(matrices[0]).any(),
    )


@row("Recall / precision / F1", "ml_assets.metrics")
def _recall_precision(data: Data) -> Shown:
    churned, _, flagged = out_of_fold(data.training)
    ours = flag_metrics(churned, flagged)
    theirs = precision_recall_fscore_support(churned, flagged, average="binary")[:3]
    apart = max(
        abs(ours[name] - other) for name, other in zip(("precision", "recall", "f1"), theirs, strict=True)
    )
    return Shown(
        f"precision {ours['precision']:.3f}, recall {ours['recall']:.3f}, F1 {ours['f1']:.3f}, of the matrix; "
        f"scikit-learn's are {apart:.1e} off",
        apart <= 1e-12,
    )


@row("Precision-recall trade (shoplift vs kids video)", "ml_assets.decisions")
def _trade(data: Data) -> Shown:
    flat, probability = data.flat, data.flat.candidate("logistic_regression").probability
    told, is_stated = [], []
    ways: tuple[dict[str, Any], ...] = ({"min_recall": 0.95}, {"min_precision": 0.7})
    for asked in ways:
        spec = replace(flat.spec, flag_share=None, **asked)
        threshold = decisions.threshold_of(spec, flat.is_churned, probability)
        flagged = decisions.flags(spec, threshold, flat.rows, probability)
        honest = flat.rows[["customer_id"]].assign(
            is_churned=flat.is_churned,
            churn_probability=probability,
            is_predicted_churn=flagged,
            fold=flat.folds,
        )
        promise = decisions.judge(spec, threshold, flat.rows, honest, None, honest)["promise"]
        cells = flag_metrics(flat.is_churned, flagged)
        told.append(
            f"every shoplifter ({asked}): {cells['flagged_share']:.1%} flagged, precision {cells['precision']:.2f}"
            if "min_recall" in asked
            else f"fit for children ({asked}): {cells['flagged_share']:.1%} flagged, recall {cells['recall']:.2f}"
        )
        least = promise["at_least"]
        is_stated.append(f"min_{promise['figure']}" in asked and promise["out_of_fold"]["estimate"] >= least)
    return Shown("; ".join(told), all(is_stated))


@row("PR curve", "ml_assets.churn_figures")
def _precision_recall_curve(data: Data) -> Shown:
    found = data.training.candidates[0].out_of_fold
    drawn = len(png(churn_figures(data.training.honest, data.training.model.threshold)["precision_recall"]))
    return Shown(
        f"average precision {found['pr_auc']:.3f}, base rate {found['base_rate']:.3f}; plot of {drawn} bytes",
        found["pr_auc"] > found["base_rate"] and drawn > 0,
    )


@row("Decision threshold", "ml_assets.decisions")
def _decision_threshold(data: Data) -> Shown:
    profit = Profit(benefit="amount_last_365_days", cost=20.0, success_rate=0.1)
    spec = ChurnSpec(
        ("customer_id",),
        LABEL,
        cutoff="cutoff_date",
        candidates=("logistic_regression",),
        flag_share=None,
        profit=profit,
        seed=SEED,
    )
    rows = data.spending.drop(columns="next_90_days")
    training = train_churn(rows, spec)
    tested = training.honest[training.honest["fold"].isna()]
    amounts = tested[["customer_id", "cutoff_date"]].merge(rows, on=["customer_id", "cutoff_date"])
    expected = decisions.expected_profit(profit, amounts, tested["churn_probability"].to_numpy())
    is_frozen = ((expected > 0) == tested["is_predicted_churn"].to_numpy(dtype=bool)).all()
    chosen, later = (training.judged["profit_by_policy"][part] for part in ("out_of_fold", "test"))
    told = ", ".join(f"{name} {each['realised']:,.0f}" for name, each in later.items())
    best = max(chosen, key=lambda name: chosen[name]["realised"])
    return Shown(
        f"best on the folds: {best}; realised at the later cut-off, in pounds: {told}",
        bool(is_frozen) and best in ("asked", "expected_profit"),
    )


@row("ROC curve", "ml_assets.comparison")
def _roc_curve(data: Data) -> Shown:
    churned, probability, _ = out_of_fold(data.training)
    area = measure(churned, probability, data.flat.groups, SEED)["roc_auc"]
    return Shown(
        f"ROC AUC {area.estimate:.4f} ({area.low:.4f} to {area.high:.4f}) of {data.training.algorithm}, "
        f"yardstick {YARDSTICK_ROC_AUC}",
        area.low <= YARDSTICK_ROC_AUC <= area.high,
    )


@row("Error analysis", "ml_assets.slices")
def _error_analysis(data: Data) -> Shown:
    slices = sorted(
        data.training.diagnosis.slices, key=lambda s: -abs(s["predicted_share"] - s["churned_share"])
    )
    told = "; ".join(
        f"{s['feature']} = {s['value']}: {s['churned_share']:.1%} of {s['rows']} churned, "
        f"{s['predicted_share']:.1%} said"
        for s in slices[:3]
    )
    return Shown(f"{len(slices)} slices, the most wrong: {told}", bool(slices))
