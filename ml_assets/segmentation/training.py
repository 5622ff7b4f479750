"""Segments of customers: how many, by which algorithm, and which segment a row belongs to.

How it is chosen stands in `choice`, names in `names`, numbers in `identity`. Scoring never
refits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.metrics import euclidean_distances
from sklearn.pipeline import Pipeline

from meshlake.ml_assets.clusterers.clusterer import NOISE
from meshlake.ml_assets.clusterers.nearest import NearestSample
from meshlake.ml_assets.preprocessing import Kind
from meshlake.ml_assets.scaling import in_key_order, plan_of_numbers, sample, scaling, told_of
from meshlake.ml_assets.scoring import key_columns
from meshlake.ml_assets.segmentation.choice import (
    MAX_SILHOUETTE_ROWS,
    choose,
    clusterer_of,
    measure_all,
)
from meshlake.ml_assets.segmentation.identity import Before, number_segments
from meshlake.ml_assets.segmentation.names import NO_SEGMENTS_NAME, NOISE_NAME, name_segments
from meshlake.ml_assets.separation import fit_quietly, pairwise_distances, silhouettes
from meshlake.ml_assets.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    from meshlake.ml_assets.clusterers.clusterer import Fitted
    from meshlake.ml_assets.preprocessing import FeaturePlan
    from meshlake.ml_assets.segmentation.choice import SegmentCount
    from meshlake.ml_assets.segmentation.spec import SegmentSpec


@dataclass(frozen=True)
class SegmentModel:
    """A fitted pipeline (`frame`, `impute`, `logarithm`, `scale`, `cluster`), and of each label that it gives the
    published number and name of the segment, and its middle: `centres`, (segments, columns) in standard deviations."""

    pipeline: Pipeline
    key: tuple[str, ...]
    numbers: tuple[int, ...]
    names: tuple[str, ...]
    centres: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Earlier:
    """The version before: its model, and the first number that no version has used."""

    version: str
    model: SegmentModel
    next_number: int


@dataclass(frozen=True)
class SegmentTraining:
    """A fitted segmentation and how it came about.

    `chosen` is the one of `curve` that it is made by; `None` says that no segments were found, and all rows are one.
    `profile` has one row per segment: `segment`, `segment_name`, `customers`, `share`, and the median of each column.
    `shown` are rows of a sample, at most `MAX_SILHOUETTE_ROWS`: `segment`, `silhouette`, and `component_1` and
    `component_2`, where they lie in the two directions in which rows differ most. `explained_variance` is the share of
    variance that each principal component has, the largest first. `leaves_out_all` says that nothing was found since
    what was tried, or chosen, leaves out every row: that says more of its parameters than of the rows.
    """

    spec: SegmentSpec
    model: SegmentModel
    curve: tuple[SegmentCount, ...]
    chosen: SegmentCount | None
    next_number: int
    profile: pd.DataFrame
    shown: pd.DataFrame
    explained_variance: tuple[float, ...]
    leaves_out_all: bool
    dropped: Mapping[str, str]
    warnings: tuple[str, ...]


def train_segments(
    features: pd.DataFrame,
    spec: SegmentSpec,
    on_progress: Callable[[str], None] | None = None,
    earlier: Earlier | None = None,
) -> SegmentTraining:
    """Cluster the rows of `features` by the candidate and into the number of segments that `choose` takes.

    A segment that is one of `earlier` keeps its number. Same rows, in any order, and same seed give the same model, as
    long as there is time for all candidates.

    Raises:
        ValueError: when a column is missing or no number, or too few different rows are left for `k_min`.
    """
    tell = on_progress or (lambda _: None)
    wanted = [spec.useful_for] if spec.useful_for else []
    rows = in_key_order(features, spec.key, (*spec.columns, *wanted))
    plan = plan_of_numbers(rows, spec.columns, "segments are")
    with one_thread():
        steps = scaling(plan, spec.columns).fit(rows)
        points = np.asarray(steps.transform(rows), dtype=np.float64)
        curve, told = measure_all(points, _values(rows, spec.useful_for), spec, tell)
        chosen, why = choose(curve, spec)
        leaves_out_all = all(count.leaves_out_all for count in curve)
        cluster = _fit(points, chosen, spec)
        labels = cluster.predict(points)
        if chosen is not None and (labels == NOISE).all():
            why += (
                f"{chosen.algorithm} finds segments in a sample, and leaves out all of {len(rows):,} rows",
            )
            chosen, leaves_out_all = None, True
            cluster = _fit(points, chosen, spec)
            labels = cluster.predict(points)
    sizes = np.bincount(labels[labels != NOISE], minlength=labels.max() + 1)
    # A part of a mixture may be the likeliest of no row; it is then nobody's, and in the middle of all.
    middles = (points[labels == i] if sizes[i] else points for i in range(len(sizes)))
    centres = np.array([each.mean(axis=0) for each in middles])
    order = np.array(sorted(range(len(sizes)), key=lambda i: (-sizes[i], *centres[i])))
    numbering = number_segments(labels, order, _before(earlier, rows, is_found=chosen is not None))
    renumbered = () if leaves_out_all else numbering.told
    frame = steps.named_steps["frame"].transform(rows)
    names = (NO_SEGMENTS_NAME,) if chosen is None else _names(frame, labels, centres, plan, spec)
    model = SegmentModel(
        Pipeline([*steps.steps, ("cluster", cluster)]), spec.key, numbering.numbers, names, centres
    )
    shown, variances = _shown(points, labels, model, spec.seed)
    return SegmentTraining(
        spec=spec,
        model=model,
        curve=curve,
        chosen=chosen,
        next_number=numbering.next_number,
        profile=_profile(frame, labels, model),
        shown=shown,
        explained_variance=variances,
        leaves_out_all=leaves_out_all,
        dropped=plan.dropped,
        warnings=(*told_of(rows, plan), *told, *why, *renumbered),
    )


def score_segments(model: SegmentModel, batch: pd.DataFrame) -> pd.DataFrame:
    """The segment of each row: the key columns, `segment`, `segment_name`, `distance` and `membership`.

    `distance` is that to the segment's middle, or the nearest if it is in none, in standard deviations of the scaled
    columns; `membership` the probability that it belongs there, by a mixture, else null. Never refits.

    Raises:
        ValueError: when a key or feature column is missing, or a value does not fit its column.
    """
    keys = key_columns(batch, model.key)
    labels, distance = np.empty(0, dtype=np.int64), np.empty(0)
    membership = np.empty(0)
    if not batch.empty:
        cluster = model.pipeline.named_steps["cluster"]
        with one_thread():
            points = model.pipeline[:-1].transform(batch)
            labels = cluster.predict(points)
            distances = euclidean_distances(points, model.centres)
            membership = np.full(len(batch), np.nan)
            if hasattr(cluster, "predict_proba"):
                membership = cluster.predict_proba(points).max(axis=1)
        nearest = distances.argmin(axis=1)
        distance = distances[np.arange(len(batch)), np.where(labels == NOISE, nearest, labels)]
    # The last of each is that of noise, whose label counts from the end.
    return keys.assign(
        segment=np.array([*model.numbers, NOISE], dtype=np.int64)[labels],
        segment_name=np.array([*model.names, NOISE_NAME], dtype=object)[labels],
        distance=np.round(distance, 6),
        membership=np.round(membership, 6),
    )


def memberships(model: SegmentModel, batch: pd.DataFrame) -> pd.DataFrame:
    """The probability that each row belongs to each segment, by a mixture: (rows, segments), by number, sums of 1.

    Raises:
        ValueError: the algorithm says no more than which segment a row is in.
    """
    cluster = model.pipeline.named_steps["cluster"]
    if not hasattr(cluster, "predict_proba"):
        raise ValueError("only a mixture tells how likely a row belongs to each segment")
    with one_thread():
        found = cluster.predict_proba(model.pipeline[:-1].transform(batch))
    return pd.DataFrame(found, index=batch.index, columns=list(model.numbers)).sort_index(axis=1)


def _values(rows: pd.DataFrame, column: str | None) -> npt.NDArray[np.float64] | None:
    if column is None:
        return None
    plan = plan_of_numbers(rows, {column: None}, f"'useful_for: {column}' is")  # type: ignore[dict-item]
    return plan.frame().transform(rows)[column].to_numpy(np.float64)


def _fit(points: npt.NDArray[np.float64], chosen: SegmentCount | None, spec: SegmentSpec) -> Fitted:
    """All rows are one segment where none were found."""
    if chosen is None:
        return NearestSample(points.mean(axis=0, keepdims=True), np.zeros(1, dtype=np.int64))
    clusterer = clusterer_of(spec, chosen.algorithm)
    return fit_quietly(
        clusterer, points[sample(len(points), clusterer.max_rows, spec.seed)], chosen.k, spec.seed
    )


def _before(earlier: Earlier | None, rows: pd.DataFrame, *, is_found: bool) -> Before | None:
    """What the version before says of the rows, if it can read them, and if there are segments to compare."""
    if earlier is None:
        return None
    numbers = None
    if is_found:
        try:
            numbers = score_segments(earlier.model, rows)["segment"].to_numpy()
        except ValueError:  # it was made of columns that are gone
            numbers = None
    names = dict(zip(earlier.model.numbers, earlier.model.names, strict=True))
    return Before(earlier.version, numbers, names, earlier.next_number)


def _names(
    frame: pd.DataFrame,
    labels: npt.NDArray[np.int64],
    centres: npt.NDArray[np.float64],
    plan: FeaturePlan,
    spec: SegmentSpec,
) -> tuple[str, ...]:
    booleans = frozenset(name for name, kind in plan.kinds.items() if kind is Kind.BOOLEAN)
    groups = frame[labels != NOISE].groupby(labels[labels != NOISE])
    middles = groups.median().reindex(range(len(centres)))
    middles[sorted(booleans)] = groups[sorted(booleans)].mean() if booleans else middles[[]]
    return tuple(name_segments(middles, np.ptp(centres, axis=0), spec.words, booleans, spec.units))


def _shown(
    points: npt.NDArray[np.float64], labels: npt.NDArray[np.int64], model: SegmentModel, seed: int
) -> tuple[pd.DataFrame, tuple[float, ...]]:
    drawn = sample(len(points), MAX_SILHOUETTE_ROWS, seed)
    directions = PCA(random_state=seed).fit(points[drawn])
    places = directions.transform(points[drawn])[:, :2]
    numbers = np.array([*model.numbers, NOISE])[labels[drawn]]
    found = {
        "segment": numbers,
        "silhouette": silhouettes(pairwise_distances(points[drawn]), labels[drawn]),
        **{f"component_{i + 1}": places[:, i] for i in range(places.shape[1])},
    }
    return pd.DataFrame(found), tuple(directions.explained_variance_ratio_.tolist())


def _profile(frame: pd.DataFrame, labels: npt.NDArray[np.int64], model: SegmentModel) -> pd.DataFrame:
    """The smallest number first; what is in no segment last."""
    sizes = pd.Series(labels).value_counts()
    medians = frame.groupby(labels).median()
    of_labels = {**dict(enumerate(zip(model.numbers, model.names, strict=True))), NOISE: (NOISE, NOISE_NAME)}
    there = sorted(sizes.index, key=lambda label: (label == NOISE, of_labels[label][0]))
    facts = {
        "segment": [of_labels[label][0] for label in there],
        "segment_name": [of_labels[label][1] for label in there],
        "customers": [int(sizes[label]) for label in there],
        "share": [float(sizes[label] / len(labels)) for label in there],
    }
    return pd.concat([pd.DataFrame(facts), medians.loc[there].reset_index(drop=True)], axis=1)
