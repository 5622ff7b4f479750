"""Chapter: decision trees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from scipy.stats import chi2_contingency
from sklearn.decomposition import PCA
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.tree import (
    DecisionTreeClassifier,
    export_graphviz,
    export_text,
    plot_tree,
)

from benchmarks.models.tables import LABEL
from benchmarks.techniques.data import SEED
from benchmarks.techniques.row import Shown, row
from meshlake.ml_assets.drawing import png

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from benchmarks.techniques.data import Data
    from meshlake.ml_assets.cross_validation import CandidateResult

_MOST_READ = 40


@row("Decision tree, CART", "ml_assets.candidates.decision_tree")
def _tree(data: Data) -> Shown:
    found = data.flat.candidate("decision_tree", max_depth=3)
    fitted = _inner(found)
    lines = export_text(fitted).splitlines()
    return Shown(
        f"depth {fitted.get_depth()}, {fitted.get_n_leaves()} leaves, {len(lines)} lines; ROC AUC "
        f"{found.out_of_fold['roc_auc']:.4f}; it begins: {' / '.join(lines[:2])}",
        fitted.get_depth() <= 3 and len(lines) <= _MOST_READ and found.out_of_fold["roc_auc"] > 0.5,
    )


@row("Tree export")
def _export(data: Data) -> Shown:
    model = _inner(data.flat.candidate("decision_tree", max_depth=4))
    dot = export_graphviz(model)

    def draw(axes: Axes) -> None:
        figure: Any = axes.figure
        FigureCanvasAgg(figure)  # it measures its words before anything is drawn
        plot_tree(model, ax=axes, max_depth=3)

    size = len(png(draw))
    nodes = sum("label=" in line and "->" not in line for line in dot.splitlines()) - 1
    return Shown(
        f"DOT of {dot.count('->')} edges, {model.tree_.node_count} nodes; picture of {size} bytes",
        dot.startswith("digraph")
        and dot.count("->") == model.tree_.node_count - 1
        and nodes > 0
        and size > 0,
    )


@row("Gini / entropy")
def _criteria(data: Data) -> Shown:
    inside, outside, labels, hidden = data.flat.numbers()
    areas, orders = {}, []
    for criterion in ("gini", "entropy"):
        model = DecisionTreeClassifier(criterion=criterion, max_depth=4, random_state=SEED).fit(
            inside, labels
        )
        areas[criterion] = roc_auc_score(hidden, model.predict_proba(outside)[:, 1])
        orders.append(np.argsort(-model.feature_importances_, kind="stable")[:3].tolist())
    told = ", ".join(f"{name} {area:.4f}" for name, area in areas.items())
    return Shown(
        f"ROC AUC {told}; the three most important columns {orders[0]} and {orders[1]}",
        orders[0] == orders[1],
    )


@row("Tree regularisation")
def _regularisation(data: Data) -> Shown:
    inside, outside, labels, hidden = data.flat.numbers()
    gaps = {}
    limits: dict[str, dict[str, int]] = {
        "none": {},
        "leaves of 20": {"min_samples_leaf": 20},
        "depth 4": {"max_depth": 4},
        "both": {"max_depth": 4, "min_samples_leaf": 20},
    }
    for name, limit in limits.items():
        model = DecisionTreeClassifier(random_state=SEED, **limit).fit(inside, labels)
        gaps[name] = model.score(inside, labels) - model.score(outside, hidden)
    told = ", ".join(f"{name} {gap:+.3f}" for name, gap in gaps.items())
    return Shown(
        f"accuracy on seen rows less that on unseen: {told}",
        all(g < gaps["none"] for n, g in gaps.items() if n != "none"),
    )


@row("Tree regression", "ml_assets.regressors.trees")
def _regression(data: Data) -> Shown:
    model, said, spent, usual = data.spending_by("decision_tree")
    error, mean = (float(((each - spent) ** 2).mean() ** 0.5) for each in (said, np.full(len(spent), usual)))
    return Shown(
        f"value of the next 90 days, root mean squared error {error:.0f} pounds, the mean {mean:.0f}; "
        f"{model.pipeline.named_steps['model'].get_n_leaves()} leaves say {said.min() / 3:.0f} to "
        f"{said.max() / 3:.0f} pounds a month",
        error < mean,
    )


@row("Chi-square split test")
def _chi_square(data: Data) -> Shown:
    rows = data.flat.rows
    values = {
        name: float(
            chi2_contingency(np.array(rows.groupby([name, LABEL]).size().unstack(fill_value=0))).pvalue
        )
        for name in data.flat.plan.categorical
    }
    told = ", ".join(
        f"{name} {value:.1e}" for name, value in sorted(values.items(), key=lambda pair: pair[1])
    )
    random = np.random.default_rng(SEED).integers(3, size=len(rows))
    chance = float(chi2_contingency(np.array(rows.groupby([random, LABEL]).size().unstack())).pvalue)
    return Shown(
        f"p-value of each feature: {told}; of three groups drawn at random {chance:.2f}",
        all(0 <= value <= 1 for value in values.values()) and min(values.values()) < 0.01 < chance,
    )


@row("Tree rotation sensitivity -> PCA")
def _rotation(data: Data) -> Shown:
    inside, outside, labels, hidden = data.flat.numbers()
    size = inside.shape[1]
    turn = np.linalg.qr(np.random.default_rng(SEED).normal(size=(size, size)))[0]
    tree = DecisionTreeClassifier(max_depth=5, min_samples_leaf=20, random_state=SEED)
    models = {
        "as they are": (tree, np.eye(size)),
        "rotated": (tree, turn),
        "rotated, then PCA": (make_pipeline(PCA(0.999), tree), turn),
    }
    areas = {
        name: float(roc_auc_score(hidden, model.fit(inside @ by, labels).predict_proba(outside @ by)[:, 1]))
        for name, (model, by) in models.items()
    }
    told = ", ".join(f"{name} {area:.4f}" for name, area in areas.items())
    return Shown(f"ROC AUC of columns {told}", areas["rotated, then PCA"] > areas["rotated"])


@row("Tree variance / random_state")
def _variance(data: Data) -> Shown:
    inside, outside, labels, hidden = data.flat.numbers()
    losses = [
        log_loss(
            hidden,
            DecisionTreeClassifier(max_depth=6, splitter="random", random_state=seed)
            .fit(inside, labels)
            .predict_proba(outside)[:, 1],
        )
        for seed in range(20)
    ]
    sd = float(np.std(losses, ddof=1))
    return Shown(f"log loss of 20 seeds: mean {np.mean(losses):.4f}, sd {sd:.4f}", sd > 0)


def _inner(found: CandidateResult) -> Any:
    """The tree of the first fold, without its calibration."""
    return found.models[0].pipeline.named_steps["model"].calibrated_classifiers_[0].estimator
