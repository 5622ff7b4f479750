"""Chapter: clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import dendrogram, linkage
from sklearn.cluster import Birch, KMeans
from sklearn.datasets import load_sample_image, make_blobs, make_moons
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.neighbors import KNeighborsClassifier

from benchmarks.techniques.data import SEED, segment_spec
from benchmarks.techniques.row import CannotRunError, Shown, row
from meshlake.ml_assets.clusterers.affinity_propagation import AffinityClusterer
from meshlake.ml_assets.clusterers.agglomerative import AgglomerativeClusterer
from meshlake.ml_assets.clusterers.clusterer import NOISE
from meshlake.ml_assets.clusterers.density import DbscanClusterer
from meshlake.ml_assets.clusterers.k_means import KMeansClusterer, MiniBatchClusterer
from meshlake.ml_assets.clusterers.spectral import SpectralClusterer
from meshlake.ml_assets.drawing import png
from meshlake.ml_assets.report import segment_report
from meshlake.ml_assets.segmentation.choice import STABLE_RAND_INDEX
from meshlake.ml_assets.segmentation.figures import segment_figures, shown_figures
from meshlake.ml_assets.segmentation.spec import Scale
from meshlake.ml_assets.segmentation.training import score_segments, train_segments

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from benchmarks.techniques.data import Data, Floats
    from meshlake.ml_assets.segmentation.choice import SegmentCount

_LOPSIDED, _STRETCHED = 10, 5


@row("Blobs test data", "ml_assets.segmentation.training")
def _blobs(_: Data) -> Shown:
    found = {}
    for wanted in (3, 4, 5):
        points, _ = make_blobs(600, centers=wanted, n_features=4, cluster_std=0.8, random_state=SEED)
        rows = pd.DataFrame(points, columns=list("abcd")).assign(customer_id=np.arange(len(points)))
        found[wanted] = len(train_segments(rows, segment_spec("abcd", 2, 7, Scale.LINEAR)).model.numbers)
    told = ", ".join(f"{k} of {wanted}" for wanted, k in found.items())
    return Shown(f"segments found: {told}", all(k == wanted for wanted, k in found.items()))


@row("k-means", "ml_assets.segmentation.training")
def _k_means(data: Data) -> Shown:
    chosen = _chosen(data)
    return Shown(
        f"k {chosen.k}: adjusted Rand index of bootstraps {chosen.rand_index_mean:.3f} on average, "
        f"{chosen.rand_index_min:.3f} "
        f"at least; silhouette {chosen.silhouette:.3f}",
        chosen.rand_index_min >= STABLE_RAND_INDEX,
    )


@row("Soft clustering", "ml_assets.segmentation.training")
def _soft(data: Data) -> Shown:
    model = data.segmentation.model
    scores = score_segments(model, data.rfm)
    middles = model.centres[[model.numbers.index(number) for number in scores["segment"]]]
    apart = float(np.abs(scores["distance"] - np.linalg.norm(data.points - middles, axis=1)).max())
    told = ["customer_id", "segment", "segment_name", "distance", "membership"]
    return Shown(
        f"each customer's segment with its distance, {scores['distance'].median():.2f} standard deviations (median), "
        f"{apart:.1e} from those by hand",
        apart <= 1e-6 and list(scores.columns) == told,
    )


@row("Inertia / elbow", "ml_assets.segmentation.figures")
def _elbow(data: Data) -> Shown:
    curve = [each for each in data.segmentation.curve if each.algorithm == "k_means"]
    told = ", ".join(f"{each.k}: {each.inertia:,.0f}" for each in curve)
    figures = segment_figures(segment_report(data.segmentation))
    size = len(png(figures["elbow"]))
    inertias = [each.inertia for each in curve]
    return Shown(
        f"inertia by k {told}; plot of {size} bytes",
        [each.k for each in curve] == list(range(2, 11)) and all(np.diff(inertias) < 0) and size > 0,
    )


@row("Elkan k-means")
def _elkan(data: Data) -> Shown:
    start = data.points[np.random.default_rng(SEED).choice(len(data.points), 5, replace=False)]
    lloyd, elkan = (
        KMeans(5, init=start, n_init=1, algorithm=name).fit(data.points).labels_
        for name in ("lloyd", "elkan")
    )
    same = int((lloyd == elkan).sum())
    return Shown(f"{same} of {len(lloyd)} labels are the same", same == len(lloyd))


@row("Mini-batch k-means", "ml_assets.clusterers.k_means")
def _mini_batch(data: Data) -> Shown:
    whole = KMeansClusterer(n_init=10).fit(data.points, 5, SEED).inertia_
    batches = MiniBatchClusterer(n_init=10).fit(data.points, 5, SEED)
    ratio = float(((data.points - batches.cluster_centers_[batches.predict(data.points)]) ** 2).sum() / whole)
    return Shown(f"inertia {ratio:.4f} of that of all rows at once", ratio <= 1.05)


@row("Silhouette", "ml_assets.segmentation.figures")
def _silhouette(data: Data) -> Shown:
    segmentation = data.segmentation
    told = ", ".join(f"{each.k}: {each.silhouette:.3f} by {each.algorithm}" for each in segmentation.curve)
    model, chosen = segmentation.model, _chosen(data)
    stable = [each for each in segmentation.curve if each.is_stable and each.is_beyond_chance]
    best = max(stable, key=lambda each: each.silhouette) if stable else None
    names = dict(zip(model.numbers, model.names, strict=True))
    size = len(png(shown_figures(segmentation.shown, names)["knives"]))
    return Shown(
        f"by k {told}; {chosen.k} chosen, as high as the highest of the stable; knives of {size} bytes",
        best is not None and chosen.silhouette >= best.silhouette - 2 * best.silhouette_error and size > 0,
    )


@row("k-means limits")
def _limits(data: Data) -> Shown:
    blobs, _ = make_blobs(600, centers=3, cluster_std=0.8, random_state=SEED)
    small, _ = make_blobs([1000, 40], centers=[[0, 0], [9, 9]], random_state=SEED)
    moons, _ = make_moons(600, noise=0.05, random_state=SEED)
    told = {
        "three round blobs": _violations(blobs, 3),
        "one blob of 1000 and one of 40": _violations(small, 2),
        "moons drawn out": _violations(moons * [6, 1], 2),
        "retail": _violations(data.points, _chosen(data).k),
    }
    named = "; ".join(f"{name}: {', '.join(each) or 'none'}" for name, each in told.items())
    first, second, third, _ = told.values()
    return Shown(named, not first and any("size" in n for n in second) and any("shape" in n for n in third))


@row("Image segmentation (colour)")
def _image(_: Data) -> Shown:
    try:
        picture = load_sample_image("flower.jpg")[::4, ::4] / 255
    except (OSError, AttributeError) as error:
        raise CannotRunError(f"scikit-learn's picture cannot be read: {error}") from error
    pixels = picture.reshape(-1, 3)
    fitted = KMeans(6, n_init=3, random_state=SEED).fit(pixels)
    left = float(
        ((pixels - fitted.cluster_centers_[fitted.labels_]) ** 2).sum()
        / ((pixels - pixels.mean(axis=0)) ** 2).sum()
    )

    def draw(axes: Axes) -> None:
        axes.imshow(fitted.cluster_centers_[fitted.labels_].reshape(picture.shape))

    return Shown(
        f"{len(pixels)} pixels in 6 colours keep {1 - left:.1%} of the variance; picture of {len(png(draw))} bytes",
        left < 0.5,
    )


@row("DBSCAN", "ml_assets.clusterers.density")
def _dbscan(data: Data) -> Shown:
    found = DbscanClusterer(eps=0.3).fit(data.points, 0, SEED)
    labels = found.predict(data.points)
    count = int(labels.max()) + 1
    near = KNeighborsClassifier(10).fit(found.points, found.labels)
    agree = float((near.predict(found.points) == found.predict(found.points)).mean())
    return Shown(
        f"k {count}, noise {np.mean(labels == NOISE):.1%} of {len(data.points)}; the nearest "
        f"neighbours predict {agree:.1%} "
        "of the core rows alike",
        count >= 1 and agree > 0.95,
    )


@row("Agglomerative", "ml_assets.clusterers.agglomerative")
def _agglomerative(data: Data) -> Shown:
    points = _few(data, 1500)
    tree = linkage(points, "ward")
    labels = AgglomerativeClusterer().fit(points, 3, SEED).predict(points)

    def draw(axes: Axes) -> None:
        dendrogram(tree, p=30, truncate_mode="lastp", ax=axes)

    size = len(png(draw))
    return Shown(
        f"{len(points)} rows, 3 clusters of {np.bincount(labels).tolist()}, silhouette "
        f"{silhouette_score(points, labels):.3f}; "
        f"dendrogram of {size} bytes",
        size > 0 and len(tree) == len(points) - 1,
    )


@row("BIRCH")
def _birch(data: Data) -> Shown:
    streamed, whole = Birch(threshold=0.3, n_clusters=3), Birch(threshold=0.3, n_clusters=3)
    chunks = np.array_split(data.points, 12)
    for chunk in chunks:
        streamed.partial_fit(chunk)
    labels = streamed.predict(data.points)
    agreement = adjusted_rand_score(labels, whole.fit(data.points).predict(data.points))
    return Shown(
        f"{len(chunks)} chunks: {len(streamed.subcluster_centers_)} subclusters, clusters of "
        f"{np.bincount(labels).tolist()}; "
        f"adjusted Rand index to all at once {agreement:.3f}",
        len(np.unique(labels)) == 3 and agreement > 0.9,
    )


@row("Affinity propagation / spectral", "ml_assets.clusterers.spectral")
def _on_samples(data: Data) -> Shown:
    points = _few(data, 800)
    messages = AffinityClusterer(damping=0.9, preference=-200).fit(points, 0, SEED).predict(points)
    spectral = SpectralClusterer().fit(points, 3, SEED).predict(points)
    scores = [float(silhouette_score(points, labels)) for labels in (messages, spectral)]
    return Shown(
        f"{len(points)} rows: affinity propagation k {messages.max() + 1}, silhouette {scores[0]:.3f}; spectral k "
        f"{spectral.max() + 1}, {scores[1]:.3f}",
        len(points) <= 2000 and messages.max() > 0 and spectral.max() == 2,
    )


def _few(data: Data, count: int) -> Floats:
    found: Floats = data.points[np.random.default_rng(SEED).choice(len(data.points), count, replace=False)]
    return found


def _chosen(data: Data) -> SegmentCount:
    if (chosen := data.segmentation.chosen) is None:
        raise CannotRunError("no segments were found")
    return chosen


def _violations(points: Floats, k: int) -> list[str]:
    """Of clusters as unlike as k-means takes them not to be, in words."""
    labels = KMeans(k, n_init=10, random_state=SEED).fit_predict(points)
    sizes = np.bincount(labels)
    widths = [np.linalg.eigvalsh(np.cov(points[labels == each].T)) for each in range(k)]
    told = []
    if sizes.max() > _LOPSIDED * sizes.min():
        told.append(f"sizes from {sizes.min()} to {sizes.max()}")
    if (longest := max(each[-1] / each[0] for each in widths)) > _STRETCHED:
        told.append(f"a shape {longest**0.5:.1f} times as long as wide")
    return told
