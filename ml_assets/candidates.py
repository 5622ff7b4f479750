"""The pipelines a churn model is chosen from: the one place that says how each algorithm is set up.

How candidates are compared does not belong here.
"""

from __future__ import annotations

from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from meshlake.ml_assets.preprocessing import (
    FeatureFrame,
    FeaturePlan,
    linear_preprocessing,
    tree_preprocessing,
)
from meshlake.ml_assets.spec import Algorithm

# Each tree of a forest draws at most this many rows: on 20,000 rows x 25 columns log loss was the same (.361
# against .362) for less time, and on 200,000 rows drawing all took over five times as long as drawing 20,000.
MAX_ROWS_PER_TREE = 10_000


def build_candidate(algorithm: Algorithm, plan: FeaturePlan, seed: int, rows: int) -> Pipeline:
    """An unfitted pipeline from raw feature rows to probabilities: steps `frame`, `columns`, `model`.

    `rows` is how many rows it will be fitted on.
    """
    match algorithm:
        case Algorithm.LOGISTIC_REGRESSION:
            columns, model = linear_preprocessing(plan), LogisticRegression(max_iter=2000)
        case Algorithm.RANDOM_FOREST:
            columns = tree_preprocessing(plan)
            model = RandomForestClassifier(
                n_estimators=100,
                min_samples_leaf=5,
                max_samples=MAX_ROWS_PER_TREE if rows > MAX_ROWS_PER_TREE else None,
                n_jobs=-1,
                random_state=seed,
            )
        case Algorithm.HISTOGRAM_GRADIENT_BOOSTING:
            columns = tree_preprocessing(plan)
            first = len(plan.numeric)
            model = HistGradientBoostingClassifier(
                learning_rate=0.06,
                max_iter=150,
                max_leaf_nodes=15,
                l2_regularization=1.0,
                categorical_features=list(range(first, first + len(plan.categorical))),
                early_stopping=False,
                random_state=seed,
            )
    frame = FeatureFrame({name: str(kind) for name, kind in plan.kinds.items()}, plan.cutoff)
    return Pipeline([("frame", frame), ("columns", columns), ("model", model)])


def make_scoring_exact(pipeline: Pipeline) -> Pipeline:
    """Let a fitted pipeline score on one thread, in place.

    A forest adds up its trees in the order its threads end, which changes the last digits from run to run.
    """
    model = pipeline.named_steps["model"]
    if "n_jobs" in model.get_params(deep=False):
        model.set_params(n_jobs=1)
    return pipeline
