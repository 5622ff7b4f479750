"""Segmentations as a `Task`: what is stored of a training, and the rows that come of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from meshlake.ml_assets.segmentation.spec import SegmentDocument
from meshlake.models.segment_evaluation import chosen_count
from meshlake.models.store import MODEL_FILE, PICTURE_SUFFIX
from meshlake.models.task import HasNoLabel, ScoresAreRows, Trained

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from meshlake.ml_assets.document import ModelDocument
    from meshlake.ml_assets.promotion import Decision
    from meshlake.ml_assets.segmentation.training import Earlier, SegmentModel
    from meshlake.models.evaluation import Evaluation
    from meshlake.models.store import ModelVersion

SHOWN_FILE = "shown_rows.parquet"
# Versions that were stored before segments kept their numbers are compared with no other.
_NUMBERED = "next_number"


class SegmentTask(HasNoLabel, ScoresAreRows):
    """`task: segments` of a `model.yaml`."""

    document: ClassVar[type[ModelDocument]] = SegmentDocument

    def __init__(self, document: SegmentDocument) -> None:
        self._spec = document.spec

    def train(
        self, features: pd.DataFrame, report: Callable[[str], None], champion: ModelVersion | None
    ) -> Trained:
        """See `Task.train`; the files are the model, rows to be shown and the plots."""
        from meshlake.ml_assets.drawing import png
        from meshlake.ml_assets.persistence import dump_model
        from meshlake.ml_assets.report import segment_report
        from meshlake.ml_assets.segmentation.figures import segment_figures
        from meshlake.ml_assets.segmentation.training import train_segments

        training = train_segments(features, self._spec, report, _earlier(champion))
        facts, chosen = segment_report(training), training.chosen
        metrics = {"silhouette": chosen.silhouette, "stability": chosen.rand_index_min} if chosen else {}
        record = {
            "needed_columns": sorted(self._spec.columns),
            "measured_on": f"{len(features):,} rows, k = {facts['k']}",
            "metrics": metrics,
            **facts,
        }
        files = {MODEL_FILE: dump_model(training.model), SHOWN_FILE: training.shown.to_parquet(index=False)}
        figures = segment_figures(facts)
        pictures = {f"{name}{PICTURE_SUFFIX}": png(draw) for name, draw in figures.items()}
        return Trained(record, files | pictures)

    def decide(
        self,
        challenger: Trained,
        features: pd.DataFrame,  # noqa: ARG002
        champion: ModelVersion | None,
        *,
        can_score: bool,
        is_replaced: bool,
    ) -> Decision:
        """See `Task.decide`: there is no label to hold two segmentations against; but segments are not given up for
        none, nor those that come again for some that do not. Where all rows are left out, nothing is promoted."""
        from meshlake.ml_assets.promotion import Decision

        if challenger.record["leaves_out_all"]:
            return Decision(False, "all rows are left out: there are no segments to publish")
        (now, is_now_stable) = _found(challenger.record)
        if champion is None or _NUMBERED not in champion.record:
            return Decision(True, f"the first version: {now}")
        (then, was_stable) = _found(champion.record)
        told = f"{now}; version {champion.version}: {then}"
        is_worse = is_now_stable < was_stable
        return Decision(is_replaced or not can_score or not is_worse, told)

    def scorer(self, version: ModelVersion, _wanted: Sequence[str]) -> Callable[[pd.DataFrame], pd.DataFrame]:
        """See `Task.scorer`."""
        from meshlake.ml_assets.segmentation.training import score_segments

        model = _model(version)
        return lambda batch: score_segments(model, batch)

    def evaluate(self, version: ModelVersion) -> Evaluation:
        """See `Task.evaluate`."""
        from meshlake.models.segment_evaluation import evaluate_segments

        shown = version.read(SHOWN_FILE) if SHOWN_FILE in version.record["files"] else None
        return evaluate_segments(version.record, shown)


def _found(record: Mapping[str, Any]) -> tuple[str, int]:
    """What a version found, and how good that is: 0 for no segments, 1 for unstable ones, 2 for stable ones."""
    chosen = chosen_count(record)
    if chosen is None:
        return "no segments were found", 0
    told = f"{record['k']} segments, " + ("stable" if chosen["is_stable"] else "not stable")
    return told, 1 + bool(chosen["is_stable"])


def _earlier(champion: ModelVersion | None) -> Earlier | None:
    from meshlake.ml_assets.segmentation.training import Earlier

    if champion is None or _NUMBERED not in champion.record:
        return None
    return Earlier(champion.version, _model(champion), champion.record[_NUMBERED])


def _model(version: ModelVersion) -> SegmentModel:
    from meshlake.ml_assets.persistence import load_model
    from meshlake.ml_assets.report import ONE_SEGMENT
    from meshlake.ml_assets.segmentation.training import SegmentModel

    algorithm = version.record["algorithm"]
    model = load_model(version.read(MODEL_FILE), *([] if algorithm == ONE_SEGMENT else [algorithm]))
    if not isinstance(model, SegmentModel):
        raise ValueError(f"version {version.version} is no segmentation")
    return model
