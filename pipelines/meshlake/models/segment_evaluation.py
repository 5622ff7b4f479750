"""What is told of a version of a segmentation."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pandas as pd

from meshlake.models.evaluation import Evaluation, Section, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from meshlake.ml_assets.segments import SegmentModel

_FACTS = ("segment", "segment_name", "customers", "share")


def evaluate_segments(record: Mapping[str, Any], model: SegmentModel, shown: bytes | None) -> Evaluation:
    """What `record`, the `model` and the rows `shown` that are stored with it tell."""
    from meshlake.ml_assets.drawing import svg
    from meshlake.ml_assets.segment_figures import segment_figures, shown_figures

    figures = segment_figures(record, model.pipeline.named_steps["cluster"].cluster_centers_)
    if shown is not None:
        figures |= shown_figures(pd.read_parquet(BytesIO(shown)), model.names)
    drawn = {name: svg(draw) for name, draw in figures.items()}
    chosen = next(count for count in record["curve"] if count["k"] == record["k"])
    sections = [
        Section(
            "Who they are",
            "The median of each column; the drawing has middles, as they were compared.",
            [_profile(record)],
            _named(drawn, ("sizes", "profile", "components")),
        ),
        Section(
            "How many there are",
            "Most apart (silhouette) of what comes again when customers are drawn anew (stability of at least .8). An "
            "elbow, and the least BIC of a mixture, are said beside it.",
            [_curve(record)],
            _named(drawn, ("k_choice", "knives", "elbow", "bic")),
        ),
    ]
    is_stable = "come" if chosen["is_stable"] else "do not come"
    verdict = (
        f"{record['k']} segments, which {is_stable} again when customers are drawn anew (adjusted Rand index "
        f"{chosen['rand_index_mean']:.2f}, at least {chosen['rand_index_min']:.2f}) and are "
        f"{chosen['silhouette']:.2f} apart by silhouette, from {record['segments'][0]['share']:.0%} of customers down "
        f"to {record['segments'][-1]['share']:.0%}."
    )
    return Evaluation(verdict, sections)


def _named(drawn: Mapping[str, bytes], names: Iterable[str]) -> dict[str, bytes]:
    return {name.replace("_", " "): drawn[name] for name in names if name in drawn}


def _profile(record: Mapping[str, Any]) -> Table:
    columns = [name for name in record["segments"][0] if name not in _FACTS]
    rows = [
        (
            segment["segment_name"],
            f"{segment['customers']:,}",
            f"{segment['share']:.1%}",
            *(f"{segment[name]:,.4g}" for name in columns),
        )
        for segment in record["segments"]
    ]
    return Table(("segment", "customers", "share", *columns), rows)


def _curve(record: Mapping[str, Any]) -> Table:
    rows = [
        (
            f"{count['k']}{' (chosen)' if count['k'] == record['k'] else ''}",
            f"{count['silhouette']:.3f}",
            f"{count['rand_index_mean']:.3f}",
            f"{count['rand_index_min']:.3f}",
            f"{count['inertia']:,.0f}",
            f"{count['bic']:,.0f}" if "bic" in count else "",
        )
        for count in record["curve"]
    ]
    return Table(("segments", "silhouette", "stability", "at least", "inertia", "BIC"), rows)
