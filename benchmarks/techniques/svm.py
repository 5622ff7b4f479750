"""Chapter: support vector machines."""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.datasets import make_moons
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from sklearn.svm import SVC, SVR, LinearSVC

from benchmarks.techniques.data import SEED
from benchmarks.techniques.row import Shown, row
from meshlake.ml_assets.comparison import compare, measure
from meshlake.ml_assets.encoding import MAX_PRODUCTS

if TYPE_CHECKING:
    from benchmarks.techniques.data import Data, Floats


@row("Linear SVM, soft margin C", "ml_assets.candidates.linear_svm")
def _linear(data: Data) -> Shown:
    inside, _, labels, _ = data.flat.numbers()
    strengths = (1.0, 0.1, 0.01, 0.001, 0.0001)
    widths = [
        2 / float(np.linalg.norm(LinearSVC(C=c, dual=False, random_state=SEED).fit(inside, labels).coef_))
        for c in strengths
    ]
    told = ", ".join(f"C {c:g}: {width:.2f}" for c, width in zip(strengths, widths, strict=True))
    return Shown(f"width of the street: {told}", all(np.diff(widths) > 0))


@row("Polynomial-feature SVM")
def _polynomial(data: Data) -> Shown:
    rows, labels = make_moons(500, noise=0.15, random_state=SEED)
    inside, outside, known, hidden = train_test_split(rows, labels, random_state=SEED)
    plain, cubic = (
        make_pipeline(PolynomialFeatures(degree), StandardScaler(), LinearSVC(C=10, dual=False))
        .fit(inside, known)
        .score(outside, hidden)
        for degree in (1, 3)
    )
    wide = data.flat.numbers()[0].shape[1]
    products = comb(wide + 3, 3)
    return Shown(
        f"500 moons: {cubic:.1%} right, linear {plain:.1%}; the {wide} columns of the telco table would "
        f"make {products:,} "
        f"products, of which Meshlake makes at most {MAX_PRODUCTS:,}",
        cubic > plain and products > MAX_PRODUCTS,
    )


@row("Kernel SVM poly / RBF", "ml_assets.candidates.kernel_svm")
def _kernel(data: Data) -> Shown:
    rows = data.flat.sample(1500)
    grid: list[dict[str, Any]] = [
        {"kernel": kernel, "gamma": gamma, "C": c}
        for kernel in ("rbf", "poly")
        for gamma in (0.003, 0.03)
        for c in (1.0,)
    ]
    found = [(rows.candidate("kernel_svm", **each), each) for each in grid]
    best, chosen = min(found, key=lambda pair: pair[0].out_of_fold["log_loss"])
    error = measure(rows.is_churned, best.probability, rows.groups, SEED)["calibration_error"]
    base = np.full(len(rows.rows), rows.is_churned.mean())
    gain = compare(rows.is_churned, best.probability, base, rows.groups, SEED)
    losses = [each.out_of_fold["log_loss"] for each, _ in found]
    return Shown(
        f"{len(grid)} of a grid, log loss {min(losses):.4f} to {max(losses):.4f}; best {chosen}: ROC AUC "
        f"{best.out_of_fold['roc_auc']:.4f}, calibration error {error.estimate:.3f}",
        gain.is_better_than_chance and error.low <= 0.02,
    )


@row("String kernel")
def _string(data: Data) -> Shown:
    rows = data.flat.rows.sample(1200, random_state=SEED)
    texts = (rows["contract"] + ", " + rows["internet_service"] + ", " + rows["payment_method"]).to_numpy()
    labels = rows["is_churned"].to_numpy()
    names = {text: frozenset(text[at : at + 3] for at in range(len(text) - 2)) for text in set(texts)}
    known = sorted(names)
    shared = np.array([[len(names[a] & names[b]) / len(names[a] | names[b]) for b in known] for a in known])
    codes = np.searchsorted(known, texts)[:, np.newaxis]

    def alike(first: Floats, second: Floats) -> Floats:
        found: Floats = shared[np.ix_(first[:, 0].astype(int), second[:, 0].astype(int))]
        return found

    half = len(codes) // 2
    model = SVC(kernel=alike).fit(codes[:half], labels[:half])
    area = float(roc_auc_score(labels[half:], model.decision_function(codes[half:])))
    return Shown(
        f"three letters shared by {len(known)} names of plans: ROC AUC {area:.3f} of {half} hidden rows",
        area > 0.6,
    )


@row("SVM regression", "ml_assets.regressors.linear")
def _regression(data: Data) -> Shown:
    _, said, amounts, _ = data.spending_by("linear_svr")
    inside, outside, spent, later = data.spending_numbers(3000)
    models = {
        "SVR": SVR(C=1.0, gamma=0.05),
        "SVR (grid)": GridSearchCV(SVR(), {"C": [0.3, 3], "gamma": [0.01, 0.1]}, cv=3),
    }
    errors = {
        name: float(np.abs(model.fit(inside, spent).predict(outside) - later).mean())
        for name, model in models.items()
    }
    error, usual = (
        float(np.abs(said - amounts).mean()),
        float(np.abs(np.expm1(np.median(spent)) - amounts).mean()),
    )
    median = float(np.abs(np.median(spent) - later).mean())
    told = ", ".join(f"{name} {each:.3f}" for name, each in errors.items())
    return Shown(
        f"spending of the next 90 days at the last cut-off, mean error: linear_svr {error:.0f} pounds, median "
        f"{usual:.0f}; in log pounds {told}, median {median:.3f}",
        error < usual and max(errors.values()) < median,
    )


@row("Hinge loss / QP / dual / Mercer")
def _hinge(data: Data) -> Shown:
    inside, outside, labels, _ = data.flat.numbers()
    strength = 0.01
    machine = LinearSVC(C=strength, loss="hinge", random_state=SEED, max_iter=50_000).fit(inside, labels)
    descent = SGDClassifier(
        loss="hinge", alpha=1 / (strength * len(inside)), average=True, max_iter=500, random_state=SEED
    ).fit(inside, labels)
    agree = float((machine.predict(outside) == descent.predict(outside)).mean())
    kernel = np.linalg.eigvalsh(outside @ outside.T).min()
    return Shown(
        f"SGD and LinearSVC agree on {agree:.1%} of {len(outside)} rows; least eigenvalue of the linear "
        f"kernel {kernel:.1e}",
        agree > 0.95,
    )
