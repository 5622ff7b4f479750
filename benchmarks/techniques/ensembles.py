"""Chapter: ensembles."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import spearmanr
from sklearn.ensemble import AdaBoostClassifier, BaggingClassifier, RandomForestClassifier
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import cross_val_predict, cross_val_score
from sklearn.tree import DecisionTreeClassifier

from benchmarks.techniques.data import SEED, YARDSTICK_ROC_AUC
from benchmarks.techniques.row import Shown, row
from meshlake.ml_assets.calibration import calibrate
from meshlake.ml_assets.comparison import compare, measure
from meshlake.ml_assets.ensembles import best_of, blend
from meshlake.ml_assets.explaining.permutation import permutation_importances
from meshlake.ml_assets.threads import one_thread

if TYPE_CHECKING:
    from benchmarks.techniques.data import Data
    from meshlake.ml_assets.cross_validation import CandidateResult

# Single algorithms of an ordinary list, as they come.
_SINGLE = ("logistic_regression", "random_forest", "extra_trees", "gradient_boosting")
_MEMBERS = ("logistic_regression", "random_forest", "histogram_gradient_boosting")


@row("Hard voting", "ml_assets.voting")
def _hard_voting(data: Data) -> Shown:
    members, together, taken = _ensemble(data, "hard_voting")
    right = {
        each.algorithm: float(((each.probability >= 0.5) == data.flat.is_churned).mean())
        for each in (*members, together)
    }
    told = ", ".join(f"{name} {share:.2%}" for name, share in right.items())
    return Shown(
        f"right: {told}; {taken} by log loss", len(right) == len(_MEMBERS) + 1 and min(right.values()) > 0.5
    )


@row("Soft voting", "ml_assets.voting")
def _soft_voting(data: Data) -> Shown:
    return _against_its_best(data, "soft_voting")


@row("Stacking / blender", "ml_assets.stacking")
def _stacking(data: Data) -> Shown:
    return _against_its_best(data, "stacking")


@row("Bagging / pasting")
def _bagging(data: Data) -> Shown:
    inside, _, labels, _ = data.flat.numbers()
    model = BaggingClassifier(
        DecisionTreeClassifier(min_samples_leaf=5), n_estimators=100, oob_score=True, random_state=SEED
    )
    out_of_bag = model.fit(inside, labels).oob_score_
    folds = cross_val_score(model.set_params(oob_score=False, n_estimators=40), inside, labels, cv=5)
    pasted = cross_val_score(model.set_params(bootstrap=False, max_samples=0.5), inside, labels, cv=3)
    return Shown(
        f"right of rows out of the bag {out_of_bag:.4f}, of folds {folds.mean():.4f} (sd "
        f"{folds.std(ddof=1):.4f}); pasted "
        f"{pasted.mean():.4f}",
        abs(out_of_bag - folds.mean()) <= folds.std(ddof=1),
    )


@row("Random subspaces", "ml_assets.candidates.random_forest")
def _subspaces(data: Data) -> Shown:
    inside, outside, labels, hidden = data.flat.numbers()
    said = {}
    for share in (0.2, 0.5, 1.0):
        model = RandomForestClassifier(150, max_features=share, min_samples_leaf=5, random_state=SEED)
        said[share] = model.fit(inside, labels).predict_proba(outside)[:, 1]
    losses = {share: float(log_loss(hidden, each)) for share, each in said.items()}
    gain = compare(hidden, said[0.2], said[1.0], np.arange(len(hidden)), SEED).log_loss
    told = ", ".join(f"{share:g} of the features {loss:.4f}" for share, loss in losses.items())
    return Shown(
        f"log loss by {told}; a fifth is better than all by {gain.estimate:.4f} ({gain.low:.4f} to {gain.high:.4f})",
        gain.low <= gain.estimate <= gain.high and len(set(losses.values())) == len(losses),
    )


@row("Extra-trees", "ml_assets.candidates.extra_trees")
def _extra_trees(data: Data) -> Shown:
    found = data.flat.candidate("extra_trees")
    area = measure(data.flat.is_churned, found.probability, data.flat.groups, SEED)["roc_auc"]
    return Shown(
        f"ROC AUC {area.estimate:.4f} ({area.low:.4f} to {area.high:.4f}), log loss "
        f"{found.out_of_fold['log_loss']:.4f}; the "
        f"yardstick, a stack, {YARDSTICK_ROC_AUC}",
        area.low <= YARDSTICK_ROC_AUC <= area.high,
    )


@row("Feature importance", "ml_assets.explaining.permutation")
def _importance(data: Data) -> Shown:
    flat = data.flat
    models = flat.candidate("random_forest").models
    found = []
    for fold, model in enumerate(models):
        rows = flat.rows[flat.folds == fold].reset_index(drop=True)
        found.append(
            permutation_importances([model], rows, np.zeros(len(rows), dtype=np.int64), flat.spec.label, SEED)
        )
    names = sorted(found[0])
    ranks = [
        float(spearmanr(*([each[n] for n in names] for each in pair)).statistic)
        for pair in combinations(found, 2)
    ]
    first = [next(iter(each)) for each in found]
    return Shown(
        f"rank correlation of two folds {min(ranks):.2f} to {max(ranks):.2f}, mean {np.mean(ranks):.2f}; "
        "first in each: "
        f"{', '.join(sorted(set(first)))}",
        float(np.mean(ranks)) >= 0.7,
    )


@row("AdaBoost / SAMME", "ml_assets.candidates.ada_boost")
def _ada_boost(data: Data) -> Shown:
    inside, _, labels, _ = data.flat.numbers()
    folds = np.arange(len(inside)) % 5
    splits = [(np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)) for fold in range(5)]
    model = AdaBoostClassifier(n_estimators=100, random_state=SEED)
    raw = cross_val_predict(model, inside, labels, cv=splits, method="predict_proba")[:, 1]
    groups = np.arange(len(inside))
    found = calibrate(raw, labels, folds, groups, SEED)
    gain = compare(labels, found.probability, raw, groups, SEED).log_loss
    ours = data.flat.candidate("ada_boost").out_of_fold["log_loss"]
    return Shown(
        f"log loss {log_loss(labels, raw):.3f}, by {found.method} "
        f"{log_loss(labels, found.probability):.3f}; the candidate, "
        f"which is calibrated, {ours:.3f} (the list: .476 and .415)",
        gain.is_better,
    )


@row("Gradient boosting", "ml_assets.candidates.gradient_boosting")
def _gradient_boosting(data: Data) -> Shown:
    losses = {name: data.flat.candidate(name).out_of_fold["log_loss"] for name in _SINGLE}
    told = ", ".join(f"{name} {loss:.4f}" for name, loss in losses.items())
    model = data.flat.candidate("gradient_boosting").models[0].pipeline.named_steps["model"]
    return Shown(
        f"log loss {told}; {model.n_estimators_} of at most {model.n_estimators} trees, as "
        f"{model.n_iter_no_change} in a row "
        "gained nothing",
        min(losses, key=lambda name: losses[name]) == "gradient_boosting"
        and model.n_estimators_ < model.n_estimators,
    )


@row("Histogram gradient boosting", "ml_assets.candidates.boosting")
def _histograms(data: Data) -> Shown:
    name, flat = "histogram_gradient_boosting", data.flat
    found, quick = flat.candidate(name), flat.candidate("gradient_boosting")
    columns = found.models[0].pipeline.named_steps["columns"].transformers_
    native = next(inputs for step, _, inputs in columns if step == "categorical")
    best = min((flat.candidate(each) for each in _SINGLE), key=lambda each: each.out_of_fold["log_loss"])
    against = compare(flat.is_churned, found.probability, best.probability, flat.groups, SEED)
    return Shown(
        f"{len(native)} columns of categories as they are; log loss {found.out_of_fold['log_loss']:.4f}, "
        "best of the others "
        ""
        ""
        ""
        ""
        f"{best.algorithm} {best.out_of_fold['log_loss']:.4f}; {found.seconds:.1f} s, gradient boosting "
        f"{quick.seconds:.1f} s",
        bool(native) and not against.is_worse and found.seconds < quick.seconds,
    )


@row("Ordinal encoding", "ml_assets.encoding")
def _ordinal(data: Data) -> Shown:
    flat = data.flat
    model = flat.candidate("histogram_gradient_boosting").models[0].pipeline
    rows = flat.rows[:50].assign(contract="Ten years", payment_method="Shells")
    frame = model.named_steps["frame"].transform(rows)
    columns = model.named_steps["columns"]
    numbers = np.asarray(columns.transform(frame), dtype=float)
    at = [
        list(columns.get_feature_names_out()).index(f"categorical__{name}")
        for name in ("contract", "payment_method")
    ]
    said = model.predict_proba(rows)[:, 1]
    return Shown(
        f"a contract and a payment never seen become nulls; probabilities {said.min():.3f} to {said.max():.3f}",
        bool(np.isnan(numbers[:, at]).all() and np.isfinite(said).all()),
    )


def _ensemble(data: Data, name: str) -> tuple[tuple[CandidateResult, ...], CandidateResult, str]:
    """Its members, the ensemble, and whether Meshlake takes it."""
    flat = data.flat
    members = tuple(flat.candidate(member) for member in _MEMBERS)
    with one_thread():
        together = blend(name, members, flat.rows, flat.folds, flat.spec)
        taken = best_of((*members, together), flat.rows, flat.spec)
    return members, together, "taken" if taken is together else "rejected"


def _against_its_best(data: Data, name: str) -> Shown:
    members, together, taken = _ensemble(data, name)
    losses = {each.algorithm: each.out_of_fold["log_loss"] for each in (*members, together)}
    told = ", ".join(f"{each} {loss:.4f}" for each, loss in losses.items())
    area = roc_auc_score(data.flat.is_churned, together.probability)
    return Shown(
        f"log loss {told}; ROC AUC {area:.4f}; {taken}",
        losses[name] <= min(loss for each, loss in losses.items() if each != name) or taken == "rejected",
    )
