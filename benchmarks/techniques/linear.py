"""Chapter: linear models and gradient descent."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_digits
from sklearn.inspection import DecisionBoundaryDisplay
from sklearn.linear_model import LinearRegression, LogisticRegression, SGDClassifier
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split, validation_curve
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from benchmarks.techniques.data import SEED
from benchmarks.techniques.row import Shown, row
from meshlake.ml_assets.candidates.candidate import CANDIDATES
from meshlake.ml_assets.churn_figures import learning_curve_figure
from meshlake.ml_assets.classification.labels import Classes
from meshlake.ml_assets.classification.learner import ClassLearner
from meshlake.ml_assets.classification.spec import ClassificationSpec
from meshlake.ml_assets.comparison import compare, measure
from meshlake.ml_assets.drawing import png
from meshlake.ml_assets.features import Features
from meshlake.ml_assets.learning_curve import learning_curve
from meshlake.ml_assets.preprocessing import plan_features

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from benchmarks.techniques.data import Data, Floats

_STRENGTHS = (10.0, 1.0, 0.1, 0.01, 0.001)


@row("Vector/matrix math (norm, dot, projection, matmul)")
def _vectors(_: Data) -> Shown:
    u, v = np.array([3.0, 4.0]), np.array([2.0, 1.0])
    projected = (u @ v) / (v @ v) * v
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    checks = {
        "|u| 5": np.linalg.norm(u) == 5,
        "u.v 10": u @ v == 10,
        "u on v (4, 2)": np.allclose(projected, [4, 2]),
        "what is left is square to v": abs((u - projected) @ v) < 1e-12,
        "a quarter turn twice is -u": np.array_equal(turn @ (turn @ u), -u),
    }
    return Shown(f"worked examples: {', '.join(checks)}", all(map(bool, checks.values())))


@row("Normal equation")
def _normal_equation(_: Data) -> Shown:
    known, target = _diabetes()
    fitted = LinearRegression(fit_intercept=False).fit(known, target)
    apart = float(np.abs(_solved(known, target) - fitted.coef_).max())
    return Shown(
        f"{known.shape[1]} coefficients of diabetes, at most {apart:.1e} from LinearRegression's",
        apart < 1e-8,
    )


@row("Batch gradient descent")
def _batch_descent(_: Data) -> Shown:
    known, target = _diabetes()
    rate = 1 / np.linalg.eigvalsh(known.T @ known / len(known)).max()
    wanted, found, steps = _solved(known, target), np.zeros(known.shape[1]), 0
    while steps < 100_000 and np.abs(found - wanted).max() > 1e-8:
        found -= rate * known.T @ (known @ found - target) / len(known)
        steps += 1
    apart = float(np.abs(found - wanted).max())
    return Shown(f"{apart:.1e} from the normal equation after {steps:,} steps", apart <= 1e-8)


@row("Learning-rate schedule / simulated annealing")
def _schedule(_: Data) -> Shown:
    known, target = _diabetes()

    def loss(scheduled: bool, seed: int) -> float:
        random, found = np.random.default_rng(seed), np.zeros(known.shape[1])
        for step in range(20 * len(known)):
            at = random.integers(len(known))
            rate = 0.01 / (1 + step / 500) if scheduled else 0.01
            found -= rate * known[at] * (known[at] @ found - target[at])
        return float(((known @ found - target) ** 2).mean())

    constant, annealed = (np.array([loss(each, seed) for seed in range(10)]) for each in (False, True))
    return Shown(
        f"mean squared error after 20 rounds, mean of 10 seeds: constant rate {constant.mean():.4f}, annealed "
        f"{annealed.mean():.4f}, less with {(annealed < constant).sum()} of 10",
        bool((annealed < constant).all()),
    )


@row("Learning curves", "ml_assets.learning_curve")
def _learning_curves(data: Data) -> Shown:
    flat, told, sizes = data.flat, [], []
    for name in ("logistic_regression", "decision_tree"):
        features = Features.of(flat.rows, flat.plan, flat.spec)
        parts = features.where(flat.folds != 0), features.where(flat.folds == 0)
        curve = learning_curve(flat.candidate(name).models[0], flat.plan, *parts, flat.spec)
        sizes.append(len(png(learning_curve_figure(curve))) if len(curve) > 1 else 0)
        gaps = ", ".join(f"{p['rows']} rows {p['log_loss'] - p['learned_log_loss']:+.4f}" for p in curve)
        told.append(f"{name} {gaps}")
    return Shown(
        f"log loss of unseen rows less that of seen ones: {'; '.join(told)}; plots of {sizes} bytes",
        min(sizes) > 0,
    )


@row("Bias-variance trade-off")
def _bias_variance(data: Data) -> Shown:
    inside, _, labels, _ = data.flat.numbers()
    depths = [1, 2, 4, 6, 10, 20]
    model = DecisionTreeClassifier(random_state=SEED)
    seen, unseen = (
        -scores.mean(axis=1)
        for scores in validation_curve(
            model, inside, labels, param_name="max_depth", param_range=depths, cv=5, scoring="neg_brier_score"
        )
    )
    best = int(unseen.argmin())
    verdicts = [
        "underfits" if at < best else "overfits" if at > best else "best" for at in range(len(depths))
    ]
    told = ", ".join(
        f"depth {d} {verdict} ({s:.3f} seen, {u:.3f} unseen)"
        for d, verdict, s, u in zip(depths, verdicts, seen, unseen, strict=True)
    )
    return Shown(
        f"Brier score: {told}", 0 < best < len(depths) - 1 and unseen[-1] - seen[-1] > unseen[0] - seen[0]
    )


@row("Polynomial regression", "ml_assets.candidates.logistic_regression")
def _polynomial(data: Data) -> Shown:
    flat = data.flat
    areas = [flat.candidate("logistic_regression", degree=d).out_of_fold["roc_auc"] for d in (1, 2)]
    return Shown(
        f"of the flat telco table degree 1 {areas[0]:.4f}, degree 2 {areas[1]:.4f} ROC AUC; what the list asks is of "
        "Churn_Modelling, which is not in shared/data",
        False,
    )


@row("Ridge / L2", "ml_assets.candidates.logistic_regression")
def _ridge(data: Data) -> Shown:
    norms = [float(np.linalg.norm(_coefficients(data, C=strength))) for strength in _STRENGTHS]
    told = ", ".join(f"C {strength:g}: {norm:.3f}" for strength, norm in zip(_STRENGTHS, norms, strict=True))
    return Shown(f"length of the coefficients: {told}", all(np.diff(norms) < 0))


@row("Lasso / L1", "ml_assets.candidates.logistic_regression")
def _lasso(data: Data) -> Shown:
    model = data.flat.sample(2000).candidate("logistic_regression", l1_ratio=1.0, C=0.05).models[0]
    columns, fitted = model.pipeline.named_steps["columns"], model.pipeline.named_steps["model"]
    numeric = columns.named_transformers_["numeric"].get_feature_names_out(data.flat.plan.numeric)
    one_hot = columns.named_transformers_["categorical"].get_feature_names_out(data.flat.plan.categorical)
    names = [*numeric, *one_hot]
    left_out = [name for name, coefficient in zip(names, fitted.coef_[0], strict=False) if coefficient == 0]
    kept = len(fitted.coef_[0]) - len(left_out)
    return Shown(
        f"{kept} of {len(fitted.coef_[0])} kept; dropped: {', '.join(left_out)}", kept > 0 and bool(left_out)
    )


@row("Elastic net", "ml_assets.candidates.logistic_regression")
def _elastic_net(data: Data) -> Shown:
    rows, mixes = data.flat.sample(1500), (0.0, 0.25, 0.5, 0.75, 1.0)
    losses = [
        rows.candidate("logistic_regression", l1_ratio=mix, C=0.05).out_of_fold["log_loss"] for mix in mixes
    ]
    told = ", ".join(f"r {mix:g}: {loss:.4f}" for mix, loss in zip(mixes, losses, strict=True))
    best = mixes[int(np.argmin(losses))]
    return Shown(f"log loss on the folds: {told}; r {best:g} is taken", len(set(losses)) == len(mixes))


@row("Early stopping")
def _early_stopping(_: Data) -> Shown:
    pixels, digits = load_digits(return_X_y=True)
    inside, outside, labels, hidden = train_test_split(
        pixels / 16, digits % 2, train_size=200, random_state=SEED
    )
    wide = PolynomialFeatures(2).fit(inside)
    model = SGDClassifier(loss="log_loss", alpha=0, learning_rate="constant", eta0=0.01, random_state=SEED)
    best, kept, losses = np.inf, model, []
    for _epoch in range(150):
        model.partial_fit(wide.transform(inside), labels, classes=[0, 1])
        losses.append(log_loss(hidden, model.predict_proba(wide.transform(outside))[:, 1]))
        if losses[-1] < best:
            best, kept = losses[-1], deepcopy(model)
    restored = log_loss(hidden, kept.predict_proba(wide.transform(outside))[:, 1])
    return Shown(
        f"best log loss {best:.4f} in round {int(np.argmin(losses)) + 1}, {losses[-1]:.4f} in the last; restored "
        f"{restored:.4f}; a clone has parameters and no coefficients",
        restored == best < losses[-1] and not hasattr(clone(kept), "coef_"),
    )


@row("Logistic regression", "ml_assets.candidates.logistic_regression")
def _logistic(data: Data) -> Shown:
    flat, found = data.flat, data.flat.candidate("logistic_regression")
    base = np.full(len(flat.rows), flat.is_churned.mean())
    gain = compare(flat.is_churned, found.probability, base, flat.groups, SEED)
    error = measure(flat.is_churned, found.probability, flat.groups, SEED)["calibration_error"]
    odds = np.exp(_coefficients(data))[: len(flat.plan.numeric)]
    told = ", ".join(f"{name} x{ratio:.2f}" for name, ratio in zip(flat.plan.numeric, odds, strict=True))
    return Shown(
        f"calibration error {error.estimate:.3f}, ROC AUC {found.out_of_fold['roc_auc']:.4f}; odds ratios "
        "of a standard "
        f"deviation: {told}",
        gain.is_better_than_chance and error.estimate <= 0.02 and bool((odds > 0).all()),
    )


@row("Decision boundary plot")
def _boundary(data: Data) -> Shown:
    features = ["tenure_months", "monthly_charges"]
    known = StandardScaler().fit_transform(data.flat.rows[features])
    model = LogisticRegression().fit(known, data.flat.is_churned)

    def draw(axes: Axes) -> None:
        DecisionBoundaryDisplay.from_estimator(model, known, response_method="predict", alpha=0.3, ax=axes)
        axes.scatter(known[:1000, 0], known[:1000, 1], c=data.flat.is_churned[:1000], s=4)

    sides = model.predict(known).mean()
    return Shown(
        f"{' and '.join(features)}: {sides:.1%} on the side of churn; plot of {len(png(draw))} bytes",
        0 < sides < 1,
    )


@row("Softmax / cross-entropy", "ml_assets.classification.learner")
def _softmax(_: Data) -> Shown:
    pixels, digits = load_digits(return_X_y=True)
    rows = pd.DataFrame(pixels, columns=[f"pixel {n}" for n in range(pixels.shape[1])]).assign(digit=digits)
    spec = ClassificationSpec(("row",), "digit")
    plan = plan_features(rows, [name for name in rows.columns if name != "digit"])
    rows = rows.assign(row=range(len(rows)))
    inside, outside = train_test_split(rows, random_state=SEED)
    classes = Classes(tuple(range(10)), (), {})
    model = ClassLearner(spec, classes).fit("logistic_regression", plan, inside)
    said = model.pipeline.predict_proba(outside)
    hidden = outside["digit"].to_numpy()
    sums = float(np.abs(said.sum(axis=1) - 1).max())
    own = float(-np.log(said[np.arange(len(hidden)), hidden]).mean())
    apart = abs(own - log_loss(hidden, said))
    return Shown(
        f"10 digits: probabilities sum to 1 within {sums:.1e}; cross-entropy {own:.4f}, {apart:.1e} from log_loss",
        sums < 1e-12 and apart < 1e-12,
    )


def _coefficients(data: Data, **parameters: float) -> Floats:
    """Those of Meshlake's candidate in the first fold, without the intercept."""
    name = "logistic_regression"
    candidate = CANDIDATES.get(name)()
    model = data.flat.candidate(name, **parameters).models[0].pipeline.named_steps["model"]
    found: Floats = candidate.log_odds(model)[0]  # type: ignore[attr-defined]
    return found


def _diabetes() -> tuple[Floats, Floats]:
    """Diabetes with a column of ones, the target in standard deviations."""
    known, target = load_diabetes(return_X_y=True)
    known = np.column_stack([np.ones(len(known)), StandardScaler().fit_transform(known)])
    return known, (target - target.mean()) / target.std()


def _solved(known: Floats, target: Floats) -> Floats:
    found: Floats = np.linalg.inv(known.T @ known) @ known.T @ target
    return found
