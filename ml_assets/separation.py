"""How far apart segments are, and whether that is more than a table without groups gives."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import euclidean_distances

from meshlake.ml_assets.clusterers.clusterer import NOISE
from meshlake.ml_assets.scaling import sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from meshlake.ml_assets.clusterers.clusterer import Clusterer, Fitted

# Beyond all of so many tables without groups one of twenty is by chance.
TABLES = 19
_MAX_ROWS = 500
_FEWEST_SEGMENTS = 2
# Silhouettes that differ by less look the same.
_LEAST_NOISE = 0.005


def fit_quietly(clusterer: Clusterer, points: npt.NDArray[np.float64], k: int, seed: int) -> Fitted:
    """See `Clusterer.fit`; of points that are few or the same the last bit of likelihood is not worth a word."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return clusterer.fit(points, k, seed)


def silhouettes(distances: npt.NDArray[np.float64], labels: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """The silhouette of each row, given the distances between all: shape (rows,); 0 of noise, and of one segment alone.

    Rousseeuw, Silhouettes (1987).
    """
    found = np.zeros(len(labels))
    is_in = np.flatnonzero(labels != NOISE)
    there, own = np.unique(labels[is_in], return_inverse=True)
    if len(there) < _FEWEST_SEGMENTS:
        return found
    is_of = own[:, None] == np.arange(len(there))
    sizes = is_of.sum(axis=0)
    sums = distances[np.ix_(is_in, is_in)] @ is_of.astype(np.float64)
    within = sums[is_of] / np.maximum(sizes[own] - 1, 1)
    nearest = np.where(is_of, np.inf, sums / sizes).min(axis=1)
    widest = np.maximum(within, nearest)
    is_told = (sizes[own] > 1) & (widest > 0)
    found[is_in[is_told]] = ((nearest - within) / np.where(widest > 0, widest, 1))[is_told]
    return found


def pairwise_distances(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Between all rows, shape (rows, rows), each 0 from itself."""
    distances = np.asarray(euclidean_distances(points), dtype=np.float64)
    np.fill_diagonal(distances, 0)
    return distances


def chance_separations(
    points: npt.NDArray[np.float64], clusterer: Clusterer, counts: Sequence[int], seed: int
) -> npt.NDArray[np.float64]:
    """Mean silhouettes of a sample of `points`, and of tables like it that have no groups.

    In one kind of them each column is shuffled on its own: it keeps its values, and tells nothing of the others. The
    other kind is drawn from one normal distribution of the same covariance (SigClust: Liu and others, 2008), as columns
    that go together in a line have no groups for that. Of a single column, which shuffling leaves as it is, there is
    the second kind alone.

    Returns:
        Shape (kinds, 1 + `TABLES`, counts); the first of each kind is that of `points`.
    """
    rows = points[sample(len(points), min(_MAX_ROWS, clusterer.max_rows), seed)]
    random = np.random.default_rng(seed)
    middle, covariance = rows.mean(axis=0), np.atleast_2d(np.cov(rows.T))
    kinds = [[random.multivariate_normal(middle, covariance, len(rows)) for _ in range(TABLES)]]
    if rows.shape[1] > 1:
        kinds.append([random.permuted(rows, axis=0) for _ in range(TABLES)])
    real = _separations(rows, clusterer, counts, seed)
    return np.array(
        [[real, *(_separations(table, clusterer, counts, seed) for table in tables)] for tables in kinds]
    )


def _separations(
    points: npt.NDArray[np.float64], clusterer: Clusterer, counts: Sequence[int], seed: int
) -> list[float]:
    distances, different = pairwise_distances(points), len(np.unique(points, axis=0))
    fits = (fit_quietly(clusterer, points, min(k, different), seed) for k in counts)
    return [float(silhouettes(distances, fitted.predict(points)).mean()) for fitted in fits]


def is_beyond_chance(separations: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Which of the tried in `separations`, see `chance_separations`, are farther apart than chance: shape (tried,).

    All are held against the farthest that any table of a kind came, in standard deviations of what was tried, and have
    to be one more beyond it: so that a table without groups passes seldom, however much was tried (Westfall and Young's
    maximum, 1993).

    Example:
        >>> import numpy as np
        >>> tables = np.linspace(0.3, 0.4, 19)[:, None]
        >>> [is_beyond_chance(np.vstack([[[real]], tables])[None]).item() for real in (0.39, 0.6)]
        [False, True]
    """
    tables = separations[:, 1:]
    spread = np.maximum(tables.std(axis=1, ddof=1, keepdims=True), _LEAST_NOISE)
    deviations = (separations - tables.mean(axis=1, keepdims=True)) / spread
    farthest = np.maximum(deviations[:, 1:].max(axis=(1, 2)), 0)
    return np.asarray((deviations[:, 0] > farthest[:, None] + 1).all(axis=0))
