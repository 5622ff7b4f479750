"""Chapter: classifiers, what they learn from, and several labels at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.metrics import f1_score, log_loss
from sklearn.model_selection import cross_val_predict
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

from benchmarks.models.tables import LABEL, plain
from benchmarks.techniques.data import SEED, YARDSTICK_ROC_AUC, ChurnRows
from benchmarks.techniques.row import Shown, row
from meshlake.ml_assets.calibration import calibrate
from meshlake.ml_assets.candidates.multilabel import CHAIN
from meshlake.ml_assets.classification.measures import compare_classes
from meshlake.ml_assets.classification.spec import ClassificationSpec
from meshlake.ml_assets.classification.training import train_classes
from meshlake.ml_assets.comparison import compare, measure
from meshlake.ml_assets.multilabel.spec import MultilabelSpec
from meshlake.ml_assets.multilabel.training import train_labels
from meshlake.ml_assets.spec import ChurnSpec

if TYPE_CHECKING:
    import numpy.typing as npt

    from benchmarks.techniques.data import Data
    from meshlake.ml_assets.multilabel.training import MultilabelTraining

_CHUNK_ROWS = 500
_ROUNDS = 20


@row("Random forest", "ml_assets.candidates.random_forest")
def _random_forest(data: Data) -> Shown:
    area = data.flat.candidate("random_forest").out_of_fold["roc_auc"]
    return Shown(
        f"ROC AUC {area:.4f}, yardstick {YARDSTICK_ROC_AUC} (a stack: the list's own row of a forest is "
        "not in shared/data)",
        area >= YARDSTICK_ROC_AUC - 0.002,
    )


@row("SGD classifier", "ml_assets.candidates.gradient_descent")
def _gradient_descent(data: Data) -> Shown:
    inside, outside, labels, hidden = data.flat.numbers()
    model = SGDClassifier(loss="log_loss", alpha=1e-3, average=True, random_state=SEED)
    for start in [*range(0, len(inside), _CHUNK_ROWS)] * _ROUNDS:
        part = slice(start, start + _CHUNK_ROWS)
        model.partial_fit(inside[part], labels[part], classes=[False, True])
    probability = model.predict_proba(outside)[:, 1]
    found = compare(hidden, probability, np.full(len(hidden), labels.mean()), np.arange(len(hidden)), SEED)
    whole = data.flat.candidate("stochastic_gradient_descent").out_of_fold["log_loss"]
    return Shown(
        f"{_CHUNK_ROWS} rows at a time, {_ROUNDS} times: log loss {log_loss(hidden, probability):.4f}, "
        f"better than the base rate by {found.log_loss.estimate:.4f}; the candidate {whole:.4f}",
        found.is_better_than_chance,
    )


@row("OvR / OvO / OvA", "ml_assets.candidates.one_versus")
def _one_versus(data: Data) -> Shown:
    query = """
        SELECT features.*, status.churn_category
        FROM retention.churn_features AS features
        JOIN retention.status AS status USING (customer_id)
        WHERE status.churn_category IS NOT NULL
    """
    rows = plain(data.mesh.sql(query).df().sort_values("customer_id"))
    ways = ("one_vs_rest", "one_vs_one")
    spec = ClassificationSpec(
        ("customer_id",), "churn_category", exclude={LABEL: "all of them left"}, candidates=ways
    )
    found = train_classes(rows, spec)
    labels = rows["churn_category"]
    least = f1_score(labels, np.full(len(labels), labels.mode()[0]), average="macro", zero_division=0)
    scores = {each.algorithm: each.out_of_fold["macro_f1"] for each in found.candidates}
    told = ", ".join(f"{name} {score:.3f}" for name, score in scores.items())
    return Shown(
        f"macro F1 of {len(found.classes.names)} churn reasons, {len(labels)} rows out of fold: {told}, the commonest "
        f"alone {least:.3f}",
        min(scores.values()) > least,
    )


@row("Gaussian naive Bayes", "ml_assets.calibration")
def _naive_bayes(data: Data) -> Shown:
    inside, outside, labels, hidden = data.flat.numbers()
    known, churned = np.vstack([inside, outside]), np.concatenate([labels, hidden])
    folds = np.arange(len(known)) % 5
    splits = [(np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)) for fold in range(5)]
    said = cross_val_predict(GaussianNB(), known, churned, cv=splits, method="predict_proba")[:, 1]
    groups = np.arange(len(known))
    found = calibrate(said, churned, folds, groups, SEED)
    before, after = (
        measure(churned, each, groups, SEED)["calibration_error"] for each in (said, found.probability)
    )
    return Shown(
        f"calibration error {before.estimate:.3f} ({before.low:.3f} to {before.high:.3f}), by {found.method} "
        f"{after.estimate:.3f} ({after.low:.3f} to {after.high:.3f})",
        after.high < before.low,
    )


@row("Feature scaling", "ml_assets.encoding")
def _scaling(data: Data) -> Shown:
    flat = data.flat
    means = []
    for fold, model in enumerate(flat.candidate("logistic_regression").models):
        scaler = model.pipeline.named_steps["columns"].named_transformers_["numeric"]["scale"]
        position = flat.plan.numeric.index("monthly_charges")
        seen = flat.rows.loc[flat.folds != fold, "monthly_charges"].mean()
        means.append((scaler.mean_[position], seen))
    apart = max(abs(kept - seen) for kept, seen in means)
    spread = float(np.ptp([seen for _, seen in means]))
    return Shown(
        f"means in the pipelines of the folds are of the rows each was fitted on, to {apart:.1e}; they "
        f"differ by {spread:.3f}",
        apart < 1e-9 < spread,
    )


@row("Feature engineering", "ml_assets.encoding")
def _feature_engineering(data: Data) -> Shown:
    rows = data.spending[data.spending["cutoff_date"] < data.spending["cutoff_date"].max()].reset_index(
        drop=True
    )
    spec = ChurnSpec(("customer_id",), LABEL, cutoff="cutoff_date")
    raw = ["recency_days", "purchases_last_365_days", "amount_last_365_days", "is_from_united_kingdom"]
    few = ChurnRows(rows[["customer_id", "cutoff_date", LABEL, *raw]], spec)
    whole = ChurnRows(rows.drop(columns="next_90_days"), spec)
    ours, others = (each.candidate("logistic_regression").probability for each in (whole, few))
    groups = rows.groupby("customer_id").ngroup().to_numpy()
    gain = compare(whole.is_churned, ours, others, groups, SEED).log_loss
    return Shown(
        f"{len(whole.plan.kinds)} features made of windows and gaps against {len(raw)} plain ones: log loss better by "
        f"{gain.estimate:.4f} ({gain.low:.4f} to {gain.high:.4f})",
        gain.is_better or gain.is_worse,
    )


@row("Data augmentation")
def _augmentation(data: Data) -> Shown:
    inside, outside, labels, hidden = data.flat.numbers()
    random = np.random.default_rng(SEED)
    rare = inside[labels]
    first, second = (rare[random.integers(len(rare), size=len(inside) - 2 * len(rare))] for _ in range(2))
    between = first + random.random((len(first), 1)) * (second - first)
    more = np.vstack([inside, between]), np.concatenate([labels, np.ones(len(between), dtype=bool)])
    model = LogisticRegression(max_iter=500)
    plain_said, said = (model.fit(*rows).predict_proba(outside)[:, 1] for rows in ((inside, labels), more))
    gain = compare(hidden, said, plain_said, np.arange(len(hidden)), SEED).log_loss
    return Shown(
        f"{len(between)} rows between those that churned (as SMOTE), made of the fold's own rows alone: log loss "
        f"{log_loss(hidden, said):.4f}, plain {log_loss(hidden, plain_said):.4f}",
        not gain.is_better,
    )


@row("Multilabel", "ml_assets.candidates.joint")
def _multilabel(data: Data) -> Shown:
    found = _two_labels(data, "is_churned", "is_high_value")
    near = next(each for each in found.candidates if each.algorithm == "nearest_neighbours")
    codes, groups = _codes(found), np.arange(len(found.honest))
    gain = compare_classes(codes, near.said, np.tile(found.shares, (len(codes), 1)), groups, SEED)
    right, commonest = near.out_of_fold["accuracy"], max(found.shares)
    best = found.out_of_fold
    return Shown(
        f"churn and high value of {len(codes)} customers out of fold: both right of {right:.1%}, the commonest pair "
        f"{commonest:.1%}; joint log loss {near.out_of_fold['log_loss']:.4f}, better than the shares by "
        f"{gain.log_loss.estimate:.4f} (from {gain.log_loss.low:.4f} on); {found.model.algorithm} wins with "
        f"{best['log_loss']:.4f}",
        right > commonest and gain.log_loss.is_better,
    )


@row("Classifier chain", "ml_assets.multilabel.training")
def _chain(data: Data) -> Shown:
    told, verdicts = [], []
    for labels in (("is_churned", "is_high_value"), ("has_streaming_tv", "has_streaming_movies")):
        found = _two_labels(data, *labels)
        ways = {each.algorithm: each.out_of_fold["accuracy"] for each in found.candidates}
        chain, apart = ways[CHAIN], ways["logistic_regression"]
        is_taken = found.model.algorithm == CHAIN
        verdicts.append(chain > apart or not is_taken)
        told.append(
            f"{' and '.join(labels)}: both right of {chain:.2%}, independent {apart:.2%}, so "
            f"{'taken' if is_taken else 'rejected'}"
        )
    return Shown("; ".join(told), all(verdicts))


@row("Multioutput (denoise)")
def _denoise(data: Data) -> Shown:
    inside, outside, _, _ = data.spending_numbers()
    masked = [0, 5, 7]
    left = [column for column in range(inside.shape[1]) if column not in masked]
    model = KNeighborsRegressor(15).fit(inside[:, left], inside[:, masked])
    errors = np.abs(model.predict(outside[:, left]) - outside[:, masked]).mean()
    median = np.abs(np.median(inside[:, masked], axis=0) - outside[:, masked]).mean()
    return Shown(
        f"three masked columns of {len(outside)} customers: mean error {errors:.3f} standard deviations, "
        f"median {median:.3f}",
        bool(errors < median),
    )


@row("k-nearest neighbours", "ml_assets.candidates.nearest_neighbours")
def _neighbours(data: Data) -> Shown:
    flat = data.flat
    found = flat.candidate("nearest_neighbours")
    base = np.full(len(flat.rows), flat.is_churned.mean())
    gain = compare(flat.is_churned, found.probability, base, flat.groups, SEED)
    inside, outside, labels, hidden = flat.numbers()
    _, near = KNeighborsClassifier(20).fit(inside, labels).kneighbors(outside)
    alike = [float(labels[near[hidden == churned]].mean()) for churned in (True, False)]
    return Shown(
        f"ROC AUC {found.out_of_fold['roc_auc']:.4f}, log loss better than the base rate by "
        f"{gain.log_loss.estimate:.4f}; of "
        f"the 20 most alike of who churned {alike[0]:.1%} churned, of others {alike[1]:.1%}",
        gain.is_better_than_chance and alike[0] > alike[1],
    )


def _two_labels(data: Data, *labels: str) -> MultilabelTraining:
    """A model of two labels of the operator's customers, as a build trains it."""
    query = """
        SELECT
            * EXCLUDE (cltv),
            cltv >= (SELECT quantile_cont(cltv, 0.75) FROM retention.churn_features) AS is_high_value
        FROM retention.churn_features
    """
    rows = plain(data.mesh.sql(query).df()).sort_values("customer_id", ignore_index=True)
    ways = ("logistic_regression", "nearest_neighbours", CHAIN)
    spec = MultilabelSpec(
        ("customer_id",), " and ".join(labels), labels=labels, wanted=(True, True), candidates=ways, seed=SEED
    )
    return train_labels(rows, spec)


def _codes(found: MultilabelTraining) -> npt.NDArray[np.int64]:
    return found.classes.codes_of(found.honest["label"])
