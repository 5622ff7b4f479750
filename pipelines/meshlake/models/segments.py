"""Segmentations as a `Task`: what is stored of a training, and the rows that come of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from meshlake.ml_assets.spec import SegmentDocument
from meshlake.models.store import MODEL_FILE, PICTURE_SUFFIX
from meshlake.models.task import Trained

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from meshlake.ml_assets.promotion import Decision
    from meshlake.ml_assets.segments import SegmentModel
    from meshlake.ml_assets.spec import ModelDocument
    from meshlake.models.evaluation import Evaluation
    from meshlake.models.store import ModelVersion

SHOWN_FILE = "shown_rows.parquet"


class SegmentTask:
    """`task: segments` of a `model.yaml`."""

    document: ClassVar[type[ModelDocument]] = SegmentDocument

    def __init__(self, document: SegmentDocument) -> None:
        self._spec = document.spec

    def train(self, features: pd.DataFrame, report: Callable[[str], None]) -> Trained:
        """See `Task.train`; the files are the model and the plots."""
        from meshlake.ml_assets.drawing import png
        from meshlake.ml_assets.persistence import dump_model
        from meshlake.ml_assets.report import segment_report
        from meshlake.ml_assets.segment_figures import segment_figures
        from meshlake.ml_assets.segments import train_segments

        training = train_segments(features, self._spec, report)
        facts = segment_report(training)
        best = next(c for c in training.curve if c.k == training.k)
        record = {
            "algorithm": "k-means",
            "needed_columns": sorted(self._spec.columns),
            "measured_on": f"{len(features):,} rows, k = {training.k}",
            "metrics": {"silhouette": best.silhouette, "stability": best.rand_index_mean},
            **facts,
        }
        files = {MODEL_FILE: dump_model(training.model), SHOWN_FILE: training.shown.to_parquet(index=False)}
        figures = segment_figures(facts, training.model.pipeline.named_steps["cluster"].cluster_centers_)
        pictures = {f"{name}{PICTURE_SUFFIX}": png(draw) for name, draw in figures.items()}
        return Trained(record, files | pictures)

    def decide(
        self,
        challenger: Trained,  # noqa: ARG002
        features: pd.DataFrame,  # noqa: ARG002
        champion: ModelVersion | None,
        *,
        can_score: bool,  # noqa: ARG002
        is_replaced: bool,  # noqa: ARG002
    ) -> Decision:
        """See `Task.decide`: there is no label to hold two segmentations against."""
        from meshlake.ml_assets.promotion import Decision

        return Decision(True, "segments are not compared" if champion else "the first version")

    def rows_to_score(self, features_sql: str) -> str:
        """All rows."""
        return features_sql

    def scorer(self, version: ModelVersion, _wanted: Sequence[str]) -> Callable[[pd.DataFrame], pd.DataFrame]:
        """See `Task.scorer`."""
        from meshlake.ml_assets.segments import score_segments

        model = _model(version)
        return lambda batch: score_segments(model, batch)

    def amounts(self, _version: ModelVersion) -> dict[str, str]:
        """See `Task.amounts`: none."""
        return {}

    def published(self, _version: ModelVersion, scores: str, _columns: Sequence[str]) -> str:
        """See `Task.published`: as they are."""
        return f"SELECT * FROM {scores}"

    def evaluate(self, version: ModelVersion) -> Evaluation:
        """See `Task.evaluate`."""
        from meshlake.models.segment_evaluation import evaluate_segments

        shown = version.read(SHOWN_FILE) if SHOWN_FILE in version.record["files"] else None
        return evaluate_segments(version.record, _model(version), shown)


def _model(version: ModelVersion) -> SegmentModel:
    from meshlake.ml_assets.persistence import load_model
    from meshlake.ml_assets.segments import SegmentModel

    model = load_model(version.read(MODEL_FILE))
    if not isinstance(model, SegmentModel):
        raise ValueError(f"version {version.version} is no segmentation")
    return model
