"""Which algorithm and how many segments: what speaks for each, and the choice that rests on it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import adjusted_rand_score

from meshlake.ml_assets.clusterers.clusterer import CLUSTERERS, NOISE
from meshlake.ml_assets.scaling import sample
from meshlake.ml_assets.separation import (
    chance_separations,
    fit_quietly,
    is_beyond_chance,
    pairwise_distances,
    silhouettes,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from meshlake.ml_assets.clusterers.clusterer import Clusterer
    from meshlake.ml_assets.segmentation.spec import SegmentSpec

# What is compared hardly moves beyond this many rows; silhouettes cost the square of theirs.
MAX_COMPARED_ROWS = 5_000
MAX_SILHOUETTE_ROWS = 2_000
BOOTSTRAPS = 10
STABLE_RAND_INDEX = 0.8
_ERRORS = 2


@dataclass(frozen=True)
class SegmentCount:
    """What speaks for one number of segments of one algorithm: all that the choice rests on.

    `silhouette_error` and `use_error` are standard errors. `use` is the share of the variance of `useful_for` that lies
    between segments, less what as many groups at random would have; `None` where nothing was asked for. `bic` and `aic`
    are those of a mixture. `chance_silhouette` is the mean of tables without groups, see `chance_separations`,
    and `sampled_silhouette` what is held against them.
    """

    algorithm: str
    k: int
    silhouette: float
    silhouette_error: float
    sampled_silhouette: float
    chance_silhouette: float
    is_beyond_chance: bool
    rand_index_mean: float
    rand_index_min: float
    smallest_share: float
    noise_share: float
    inertia: float
    bic: float | None
    aic: float | None
    use: float | None
    use_error: float | None

    @property
    def is_stable(self) -> bool:
        """Whether each clustering of a bootstrap sample agrees with that of all rows: adjusted Rand index of at least
        .8."""
        return self.rand_index_min >= STABLE_RAND_INDEX

    @property
    def leaves_out_all(self) -> bool:
        """Whether no row is in any segment."""
        return self.noise_share == 1


def clusterer_of(spec: SegmentSpec, algorithm: str) -> Clusterer:
    """The algorithm with the parameters that were given."""
    return CLUSTERERS.get(algorithm)(**spec.parameters.get(algorithm, {}))


def measure_all(
    points: npt.NDArray[np.float64],
    wanted: npt.NDArray[np.float64] | None,
    spec: SegmentSpec,
    tell: Callable[[str], None],
) -> tuple[tuple[SegmentCount, ...], tuple[str, ...]]:
    """What speaks for each number of segments of each candidate, on a sample of `points`; and what is warned of.

    `wanted` are the values of `spec.useful_for`, shape (rows,), NaN where there is none.
    """
    shown = sample(len(points), MAX_COMPARED_ROWS, spec.seed)
    points, wanted = points[shown], None if wanted is None else wanted[shown]
    counts = _candidate_counts(points, spec)
    start = time.process_time()
    measured: list[dict[str, object]] = []
    separations: list[npt.NDArray[np.float64]] = []
    left_out: list[str] = []
    for algorithm in CLUSTERERS.in_order(spec.candidates):
        if measured and time.process_time() - start > 60 * spec.minutes:
            left_out.append(algorithm)
            continue
        clusterer = clusterer_of(spec, algorithm)
        tell(f"clustering {len(points):,} rows by {algorithm}")
        tried = [0] if clusterer.finds_count else list(counts)
        measured += [{"algorithm": algorithm, **_measure(points, wanted, clusterer, k, spec)} for k in tried]
        separations.append(chance_separations(points, clusterer, tried, spec.seed))
    found = np.concatenate(separations, axis=2)
    curve = tuple(
        SegmentCount(
            **facts,  # type: ignore[arg-type]
            sampled_silhouette=float(found[0, 0, i]),
            chance_silhouette=float(found[:, 1:, i].mean(axis=1).max()),
            is_beyond_chance=bool(is_beyond),
        )
        for i, (facts, is_beyond) in enumerate(zip(measured, is_beyond_chance(found), strict=True))
    )
    told = (f"no time was left to try: {', '.join(left_out)}",) if left_out else ()
    nobody = [
        f"{count.algorithm} leaves out all rows: its parameters ask for more rows closer together than there are"
        for count in curve
        if count.leaves_out_all
    ]
    return curve, (*told, *nobody)


def choose(curve: Sequence[SegmentCount], spec: SegmentSpec) -> tuple[SegmentCount | None, tuple[str, ...]]:
    """The one that segments are made by, `None` where none is farther apart than chance; and what is warned of.

    Of those beyond chance, large enough and stable: those that tell `useful_for` apart best, of them the farthest
    apart, of mixtures of one algorithm the one of least BIC, of them the most stable, of them the fewest. As good as
    the best is what is within two standard errors. Where none is stable, the most stable is taken, with a warning.
    """
    if all(count.leaves_out_all for count in curve):
        return None, ()
    beyond = [count for count in curve if count.is_beyond_chance and count.k > 1 and count.smallest_share > 0]
    if not beyond:
        return None, (
            "no segments were found: the rows are no farther apart than chance makes rows without groups",
        )
    large = [count for count in beyond if count.smallest_share >= spec.min_share]
    told = () if large else (f"no number of segments has {spec.min_share:.0%} of the rows in each",)
    stable = [count for count in large or beyond if count.is_stable]
    if not stable:
        best = max(large or beyond, key=lambda count: count.rand_index_min)
        return best, (
            *told,
            f"no number of segments is stable; {best.k} by {best.algorithm} is the most stable, "
            f"adjusted Rand index at least {best.rand_index_min:.2f} (wanted: {STABLE_RAND_INDEX})",
        )
    near = _as_good(stable, lambda count: count.use or 0.0, lambda count: count.use_error or 0.0)
    near = _as_good(near, lambda count: count.silhouette, lambda count: count.silhouette_error)
    least = [count for count in near if count.bic is None or count.bic == _least_bic(near, count.algorithm)]
    return max(least, key=lambda count: (count.rand_index_min, -count.k)), told


def _as_good(
    counts: Sequence[SegmentCount],
    value: Callable[[SegmentCount], float],
    error: Callable[[SegmentCount], float],
) -> list[SegmentCount]:
    best = max(counts, key=value)
    return [count for count in counts if value(count) >= value(best) - _ERRORS * error(best)]


def _least_bic(counts: Sequence[SegmentCount], algorithm: str) -> float:
    return min(each.bic for each in counts if each.algorithm == algorithm and each.bic is not None)


def _candidate_counts(points: npt.NDArray[np.float64], spec: SegmentSpec) -> range:
    """From `k_min` to `k_max`, but fewer segments than different rows: a silhouette needs that."""
    different = len(np.unique(points, axis=0))
    if different <= spec.k_min:
        raise ValueError(
            f"{different} different rows cannot make {spec.k_min} segments; 'k_min' must be lower"
        )
    return range(spec.k_min, min(spec.k_max, different - 1) + 1)


def _measure(
    points: npt.NDArray[np.float64],
    wanted: npt.NDArray[np.float64] | None,
    clusterer: Clusterer,
    k: int,
    spec: SegmentSpec,
) -> dict[str, object]:
    fitted = fit_quietly(clusterer, points[sample(len(points), clusterer.max_rows, spec.seed)], k, spec.seed)
    labels = fitted.predict(points)
    agreement = _bootstrap_rand_indexes(points, labels, clusterer, k, spec.seed)
    shown = sample(len(points), MAX_SILHOUETTE_ROWS, spec.seed)
    widths = silhouettes(pairwise_distances(points[shown]), labels[shown])
    sizes = np.bincount(labels[labels != NOISE], minlength=k)
    use = None if wanted is None else _use(labels, wanted)
    return {
        "k": len(sizes),
        "silhouette": float(widths.mean()),
        "silhouette_error": float(widths.std() / np.sqrt(len(widths))),
        "rand_index_mean": float(agreement.mean()),
        "rand_index_min": float(agreement.min()),
        "smallest_share": float(sizes.min() / len(labels)) if len(sizes) else 0.0,
        "noise_share": float(np.mean(labels == NOISE)),
        "inertia": _inertia(points, labels),
        "bic": float(fitted.bic(points)) if hasattr(fitted, "bic") else None,
        "aic": float(fitted.aic(points)) if hasattr(fitted, "aic") else None,
        "use": use and use[0],
        "use_error": use and use[1],
    }


def _bootstrap_rand_indexes(
    points: npt.NDArray[np.float64], labels: npt.NDArray[np.int64], clusterer: Clusterer, k: int, seed: int
) -> npt.NDArray[np.float64]:
    """How well clusterings of bootstrap samples agree with `labels` on all rows: shape (BOOTSTRAPS,).

    Hennig, Cluster-wise assessment of cluster stability (2007), with the adjusted Rand index for Jaccard's.
    """
    random = np.random.default_rng(seed)
    agreement = np.empty(BOOTSTRAPS)
    for run in range(BOOTSTRAPS):
        drawn = points[random.integers(len(points), size=min(len(points), clusterer.max_rows))]
        again = fit_quietly(clusterer, drawn, min(k, len(np.unique(drawn, axis=0))), seed + run)
        agreement[run] = adjusted_rand_score(labels, again.predict(points))
    return agreement


def _inertia(points: npt.NDArray[np.float64], labels: npt.NDArray[np.int64]) -> float:
    groups = (points[labels == label] for label in np.unique(labels[labels != NOISE]))
    return float(sum(((group - group.mean(axis=0)) ** 2).sum() for group in groups))


def _use(labels: npt.NDArray[np.int64], wanted: npt.NDArray[np.float64]) -> tuple[float, float]:
    """The share of the variance of `wanted` that lies between segments, adjusted for their number; and its standard
    error (Olkin and Finn 1995)."""
    is_known = np.isfinite(wanted)
    labels, wanted = labels[is_known], wanted[is_known]
    count, groups = len(wanted), np.unique(labels)
    total = float(((wanted - wanted.mean()) ** 2).sum()) if count else 0.0
    if total == 0 or count <= len(groups):
        return 0.0, 0.0
    within = sum(((wanted[labels == g] - wanted[labels == g].mean()) ** 2).sum() for g in groups)
    share = 1 - (float(within) / (count - len(groups))) / (total / (count - 1))
    return share, float(np.sqrt(4 * max(share, 0.0) / count) * (1 - share))
