"""Anomalies as a `Task`: what is stored of a training, and the rows that come of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from meshlake.ml_assets.anomaly_detection.spec import AnomalyDocument
from meshlake.models.evaluation import Evaluation, Section, Table
from meshlake.models.store import MODEL_FILE
from meshlake.models.task import HasNoLabel, ScoresAreRows, Trained

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from meshlake.ml_assets.anomaly_detection.training import AnomalyModel
    from meshlake.ml_assets.document import ModelDocument
    from meshlake.ml_assets.promotion import Decision
    from meshlake.models.store import ModelVersion

_SHOWN_ROWS = 20


class AnomalyTask(HasNoLabel, ScoresAreRows):
    """`task: anomalies` of a `model.yaml`."""

    document: ClassVar[type[ModelDocument]] = AnomalyDocument

    def __init__(self, document: AnomalyDocument) -> None:
        self._spec = document.spec

    def train(
        self,
        features: pd.DataFrame,
        report: Callable[[str], None],
        champion: ModelVersion | None,  # noqa: ARG002
    ) -> Trained:
        """See `Task.train`; the file is the model."""
        from meshlake.ml_assets.anomaly_detection.training import train_anomalies
        from meshlake.ml_assets.persistence import dump_model
        from meshlake.ml_assets.report import anomaly_report

        training = train_anomalies(features, self._spec, report)
        facts = anomaly_report(training, _SHOWN_ROWS)
        record = {
            "algorithm": f"{training.parts} normal distributions, robust covariance",
            "needed_columns": sorted(self._spec.columns),
            "measured_on": f"{len(features):,} rows",
            "metrics": {},
            **facts,
        }
        return Trained(record, {MODEL_FILE: dump_model(training.model)})

    def decide(
        self,
        challenger: Trained,
        features: pd.DataFrame,  # noqa: ARG002
        champion: ModelVersion | None,
        *,
        can_score: bool,  # noqa: ARG002
        is_replaced: bool,  # noqa: ARG002
    ) -> Decision:
        """See `Task.decide`: what is usual changes with the rows, and there is no label to say who is right."""
        from meshlake.ml_assets.promotion import Decision

        told = f"{challenger.record['unusual']:,} of {challenger.record['rows']:,} rows are unusual"
        return Decision(True, told if champion else f"the first version: {told}")

    def scorer(self, version: ModelVersion, _wanted: Sequence[str]) -> Callable[[pd.DataFrame], pd.DataFrame]:
        """See `Task.scorer`."""
        from meshlake.ml_assets.anomaly_detection.training import score_anomalies

        model = _model(version)
        return lambda batch: score_anomalies(model, batch)

    def evaluate(self, version: ModelVersion) -> Evaluation:
        """See `Task.evaluate`."""
        record = version.record
        by_both = record["rare"] + record["far"] - record["unusual"]
        verdict = (
            f"{record['unusual']:,} of {record['rows']:,} rows are unusual: {record['rare']:,} lie where hardly any "
            f"others do, {record['far']:,} far from the bulk, {by_both:,} of them both."
        )
        shown = record["most_unusual"]
        heads = list(shown[0]) if shown else []
        rows = [["" if row[name] is None else str(row[name]) for name in heads] for row in shown]
        bic = [(parts, f"{value:,.0f}") for parts, value in record["bic"].items()]
        sections = [
            Section("The most unusual", "The rarest first, with what makes them so.", [Table(heads, rows)]),
            Section(
                "How many normal distributions",
                "The least BIC was taken.",
                [Table(("distributions", "BIC"), bic)],
            ),
        ]
        return Evaluation(verdict, sections)


def _model(version: ModelVersion) -> AnomalyModel:
    from meshlake.ml_assets.anomaly_detection.training import AnomalyModel
    from meshlake.ml_assets.persistence import load_model

    model = load_model(version.read(MODEL_FILE))
    if not isinstance(model, AnomalyModel):
        raise ValueError(f"version {version.version} finds no anomalies")
    return model
