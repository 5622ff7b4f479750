"""Models of several labels as a `Task`: what is stored of a training, and the rows that come of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from meshlake.ml_assets.multilabel.spec import WANTED, MultilabelDocument, MultilabelSpec, label_column
from meshlake.models.classification import TaskOfClasses, class_drawings
from meshlake.models.honest import named_like
from meshlake.models.labelled import as_trained, stored_model
from meshlake.models.maturing import Maturing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from meshlake.ml_assets.classification.scoring import ClassModel
    from meshlake.ml_assets.document import ModelDocument
    from meshlake.ml_assets.matured import Matured
    from meshlake.models.evaluation import Evaluation
    from meshlake.models.store import ModelVersion
    from meshlake.models.task import Trained


class MultilabelTask(TaskOfClasses):
    """`task: multilabel` of a `model.yaml`."""

    document: ClassVar[type[ModelDocument]] = MultilabelDocument
    name: ClassVar[str] = "multilabel"
    called: ClassVar[str] = "outcomes"

    def __init__(self, document: MultilabelDocument) -> None:
        self._spec: MultilabelSpec = document.spec

    def train(
        self,
        features: pd.DataFrame,
        report: Callable[[str], None],
        champion: ModelVersion | None,  # noqa: ARG002
    ) -> Trained:
        """See `Task.train`; the files are the model, the honest predictions and the plots."""
        from meshlake.ml_assets.candidates.multilabel import MULTILABEL
        from meshlake.ml_assets.multilabel.matured import promised_labels
        from meshlake.ml_assets.multilabel.report import labels_report
        from meshlake.ml_assets.multilabel.training import train_labels

        spec = self._spec
        named: dict[str, str] = {}
        for label in spec.labels:
            named |= named_like(label, features)
        training = train_labels(features, spec, report, named)
        drawings = class_drawings(training)
        promise = promised_labels(training.honest, spec)
        return as_trained(
            training, labels_report(training), drawings, MULTILABEL, spec.algorithms, promise=promise
        )

    def maturing(self) -> Maturing:
        """See `Task.maturing`: by each label, whose probabilities are what is published."""
        spec = self._spec

        def measured(came: pd.DataFrame, said: pd.DataFrame, _record: Mapping[str, Any]) -> Matured:
            from meshlake.ml_assets.multilabel.matured import matured_labels

            return matured_labels(came, said, spec)

        said = [*map(label_column, spec.labels), WANTED]
        return Maturing(spec, spec.labels, measured, {name: name for name in said})

    def said(
        self, model: ClassModel, honest: pd.DataFrame, batch: pd.DataFrame, *, has_reasons: bool
    ) -> pd.DataFrame:
        """See `LabelledTask.said`: the probability of each label, and of the wanted outcome."""
        from meshlake.ml_assets.multilabel.scoring import published_labels

        return published_labels(model, honest, batch, self._spec, has_reasons=has_reasons)

    def is_labelled(self, batch: pd.DataFrame) -> pd.Series[Any]:
        """Whether all labels of each row are known."""
        found: pd.Series[Any] = batch[list(self._spec.labels)].notna().all(axis=1)
        return found

    def told(self, record: Mapping[str, Any], honest: pd.DataFrame) -> Evaluation:
        """See `LabelledTask.told`."""
        from meshlake.models.multilabel_evaluation import evaluate_labels

        return evaluate_labels(self._spec, record, honest)

    def model_of(self, version: ModelVersion) -> ClassModel:
        """See `LabelledTask.model_of`; chains are made of another algorithm."""
        from meshlake.ml_assets.candidates.multilabel import CHAIN, MULTILABEL
        from meshlake.ml_assets.classification.scoring import ClassModel

        record = version.record
        algorithm = record["chained"]["of"] if record["algorithm"] == CHAIN else record["algorithm"]
        return stored_model(version, ClassModel, "several labels", MULTILABEL, algorithm)
