"""Segments of customers by k-means: how many, which, and which segment a row belongs to.

Columns are put on a logarithmic scale where asked, brought to unit variance, and clustered. Names are made in
`segment_names`. Scoring never refits.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.metrics import adjusted_rand_score, silhouette_samples, silhouette_score
from sklearn.mixture import GaussianMixture
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from meshlake.ml_assets.preprocessing import Kind, plan_features
from meshlake.ml_assets.segment_names import name_segments
from meshlake.ml_assets.spec import Scale
from meshlake.ml_assets.threads import one_thread
from meshlake.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    from meshlake.ml_assets.preprocessing import FeaturePlan
    from meshlake.ml_assets.spec import SegmentSpec

# k-means centres hardly move beyond this many rows; silhouettes cost the square of theirs.
MAX_FITTED_ROWS = 100_000
MAX_SILHOUETTE_ROWS = 5_000
BOOTSTRAPS = 10
STABLE_RAND_INDEX = 0.8


@dataclass(frozen=True)
class SegmentModel:
    """A fitted pipeline (`frame`, `scale`, `cluster`) with the names of its segments, the largest first."""

    pipeline: Pipeline
    key: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class SegmentCount:
    """What speaks for one number of segments: all that the choice of k rests on."""

    k: int
    silhouette: float
    rand_index_mean: float
    rand_index_min: float
    inertia: float
    bic: float

    @property
    def is_stable(self) -> bool:
        """Whether clusterings of bootstrap samples agree enough: mean adjusted Rand index of at least .8."""
        return self.rand_index_mean >= STABLE_RAND_INDEX


@dataclass(frozen=True)
class SegmentTraining:
    """A fitted segmentation and how it came about.

    `profile` has one row per segment: `segment`, `segment_name`, `customers`, `share`, and the median of each
    column.
    `shown` are rows of a sample, at most `MAX_SILHOUETTE_ROWS`: `segment`, `silhouette`, and `component_1` and
    `component_2`, where they lie in the two directions in which rows differ most.
    """

    spec: SegmentSpec
    model: SegmentModel
    curve: tuple[SegmentCount, ...]
    k: int
    profile: pd.DataFrame
    shown: pd.DataFrame
    dropped: Mapping[str, str]
    warnings: tuple[str, ...]


def signed_log1p(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """log(1 + |x|) with the sign of x, so that refunds below zero stay comparable."""
    return np.asarray(np.sign(values) * np.log1p(np.abs(values)), dtype=np.float64)


def train_segments(
    features: pd.DataFrame, spec: SegmentSpec, on_progress: Callable[[str], None] | None = None
) -> SegmentTraining:
    """Cluster the rows of `features` into k segments, k being the one of highest silhouette among the stable
    ones.

    Stable: clusterings of ten bootstrap samples agree with that of all rows, adjusted Rand index at least .8
    on average. If no k is stable, the most stable one is taken, with a warning. Same rows, in any order, and
    same seed give the same model.

    Raises:
        ValueError: when a column is missing or no number, or too few different rows are left for `k_min`.
    """
    tell = on_progress or (lambda _: None)
    for column in (*spec.key, *spec.columns):
        if column not in features.columns:
            near = nearest(column, map(str, features.columns))
            raise ValueError(" ".join(filter(None, [f"the features have no column '{column}'.", near])))
    rows = features.sort_values(list(spec.key), kind="stable", ignore_index=True)
    plan = plan_features(rows, spec.columns)
    if wrong := [name for name, kind in plan.kinds.items() if kind not in (Kind.NUMBER, Kind.BOOLEAN)]:
        raise ValueError(f"segments are made from numbers; these columns hold none: {', '.join(wrong)}")
    used = {name: spec.columns[name] for name in plan.kinds}
    with one_thread():
        scaling = _scaling(used, plan).fit(rows)
        points = scaling.transform(rows)
        sample = points[_sample(len(points), MAX_FITTED_ROWS, spec.seed)]
        curve = tuple(_measure(sample, k, spec.seed, tell) for k in _candidate_counts(sample, spec))
        best, told = _choose(curve)
        cluster = _largest_first(_kmeans(best.k, spec.seed).fit(sample), points)
        labels = cluster.predict(points)
        shown = _shown(points, labels, spec.seed)
    names = tuple(name_segments(cluster.cluster_centers_, list(used)))
    pipeline = Pipeline([*scaling.steps, ("cluster", cluster)])
    return SegmentTraining(
        spec=spec,
        model=SegmentModel(pipeline, spec.key, names),
        curve=curve,
        k=best.k,
        profile=_profile(scaling.named_steps["frame"].transform(rows), labels, names),
        shown=shown,
        dropped=plan.dropped,
        warnings=told,
    )


def score_segments(model: SegmentModel, batch: pd.DataFrame) -> pd.DataFrame:
    """The segment of each row: the key columns, `segment` (0 the largest), `segment_name` and `distance`.

    `distance` is that to the segment's middle, in standard deviations of the scaled columns. Never refits.

    Raises:
        ValueError: when a key or feature column is missing, or a value does not fit its column.
    """
    if absent := [name for name in model.key if name not in batch.columns]:
        raise ValueError(f"the rows to score lack the key columns: {', '.join(absent)}")
    distances = np.empty((0, len(model.names)))
    if not batch.empty:
        with one_thread():
            distances = model.pipeline.transform(batch)
    segment = distances.argmin(axis=1)
    return batch[list(model.key)].assign(
        segment=segment,
        segment_name=np.array(model.names, dtype=object)[segment],
        distance=np.round(distances.min(axis=1), 6),
    )


def _scaling(columns: Mapping[str, Scale], plan: FeaturePlan) -> Pipeline:
    """Columns keep their order, so that a centre's coordinates are those of `columns`."""
    log = [position for position, scale in enumerate(columns.values()) if scale is Scale.LOG]
    logarithm = ColumnTransformer(
        [
            (f"column_{i}", FunctionTransformer(signed_log1p) if i in log else "passthrough", [i])
            for i in range(len(columns))
        ]
    )
    return Pipeline(
        [
            ("frame", plan.frame()),
            ("impute", SimpleImputer(strategy="median")),
            ("logarithm", logarithm),
            ("scale", StandardScaler()),
        ]
    )


def _kmeans(k: int, seed: int, starts: int = 10) -> KMeans:
    return KMeans(n_clusters=k, n_init=starts, random_state=seed)


def _sample(count: int, at_most: int, seed: int) -> npt.NDArray[np.int64]:
    if count <= at_most:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, at_most, replace=False))


def _candidate_counts(points: npt.NDArray[np.float64], spec: SegmentSpec) -> range:
    """From `k_min` to `k_max`, but fewer segments than different rows: a silhouette needs that."""
    different = len(np.unique(points, axis=0))
    if different <= spec.k_min:
        raise ValueError(
            f"{different} different rows cannot make {spec.k_min} segments; 'k_min' must be lower"
        )
    return range(spec.k_min, min(spec.k_max, different - 1) + 1)


def _measure(points: npt.NDArray[np.float64], k: int, seed: int, tell: Callable[[str], None]) -> SegmentCount:
    tell(f"clustering {len(points)} rows into {k} segments")
    fitted = _kmeans(k, seed).fit(points)
    shown = _sample(len(points), MAX_SILHOUETTE_ROWS, seed)
    agreement = _bootstrap_rand_indexes(points, fitted.labels_, k, seed)
    return SegmentCount(
        k=k,
        silhouette=float(silhouette_score(points[shown], fitted.labels_[shown])),
        rand_index_mean=float(agreement.mean()),
        rand_index_min=float(agreement.min()),
        inertia=float(fitted.inertia_),
        bic=_mixture_bic(points[shown], k, seed),
    )


def _mixture_bic(points: npt.NDArray[np.float64], k: int, seed: int) -> float:
    """The Bayesian information criterion of `k` normal distributions: what k a model says that is not k-means.

    Fraley and Raftery, How many clusters? Which clustering method? (1998). Less is better.
    """
    with warnings.catch_warnings():
        # Of points that are few or the same the last bit of likelihood is not worth more rounds.
        warnings.simplefilter("ignore", ConvergenceWarning)
        mixture = GaussianMixture(k, covariance_type="diag", random_state=seed).fit(points)
    return float(mixture.bic(points))


def _shown(points: npt.NDArray[np.float64], labels: npt.NDArray[np.int32], seed: int) -> pd.DataFrame:
    shown = _sample(len(points), MAX_SILHOUETTE_ROWS, seed)
    directions = PCA(min(2, points.shape[1]), random_state=seed).fit(points[shown])
    places = directions.transform(points[shown])
    found = {"segment": labels[shown], "silhouette": silhouette_samples(points[shown], labels[shown])}
    return pd.DataFrame(found | {f"component_{i + 1}": places[:, i] for i in range(places.shape[1])})


def _bootstrap_rand_indexes(
    points: npt.NDArray[np.float64], labels: npt.NDArray[np.int32], k: int, seed: int
) -> npt.NDArray[np.float64]:
    """How well clusterings of bootstrap samples agree with `labels` on all rows: shape (BOOTSTRAPS,).

    Hennig, Cluster-wise assessment of cluster stability (2007), with the adjusted Rand index for Jaccard's.
    """
    random = np.random.default_rng(seed)
    agreement = np.empty(BOOTSTRAPS)
    for run in range(BOOTSTRAPS):
        drawn = points[random.integers(len(points), size=len(points))]
        again = _kmeans(min(k, len(np.unique(drawn, axis=0))), seed + run, starts=3).fit(drawn)
        agreement[run] = adjusted_rand_score(labels, again.predict(points))
    return agreement


def _choose(curve: tuple[SegmentCount, ...]) -> tuple[SegmentCount, tuple[str, ...]]:
    stable = [count for count in curve if count.is_stable]
    if stable:
        return max(stable, key=lambda count: count.silhouette), ()
    best = max(curve, key=lambda count: count.rand_index_mean)
    return best, (
        f"no number of segments is stable; {best.k} is the most stable, "
        f"adjusted Rand index {best.rand_index_mean:.2f} (wanted: {STABLE_RAND_INDEX})",
    )


def _largest_first(cluster: KMeans, points: npt.NDArray[np.float64]) -> KMeans:
    """Renumber the fitted clusters by size, those of one size by their centres."""
    sizes = np.bincount(cluster.predict(points), minlength=cluster.n_clusters)
    order = sorted(range(cluster.n_clusters), key=lambda i: (-sizes[i], *cluster.cluster_centers_[i]))
    cluster.cluster_centers_ = cluster.cluster_centers_[order]
    # The labels of the rows fitted on belong to no model: they would be stored with it, one per customer.
    cluster.labels_ = np.argsort(order)[cluster.labels_[:0]].astype(np.int32)
    return cluster


def _profile(frame: pd.DataFrame, labels: npt.NDArray[np.int32], names: tuple[str, ...]) -> pd.DataFrame:
    sizes = np.bincount(labels, minlength=len(names))
    medians = frame.groupby(labels).median().reindex(range(len(names)))
    facts = {
        "segment": range(len(names)),
        "segment_name": names,
        "customers": sizes,
        "share": sizes / len(labels),
    }
    return pd.concat([pd.DataFrame(facts), medians], axis=1)
