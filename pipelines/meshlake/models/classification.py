"""Models of classes as a `Task`: what is stored of a training, and the rows that come of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from meshlake.ml_assets.classification.spec import ClassificationDocument, ClassificationSpec
from meshlake.models.honest import named_like, too_few
from meshlake.models.labelled import LabelledTask, as_trained, stored_model
from meshlake.models.maturing import Maturing
from meshlake.names import quote_identifier, quote_literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from meshlake.ml_assets.classification.measures import ClassComparison
    from meshlake.ml_assets.classification.scoring import ClassModel
    from meshlake.ml_assets.classification.training import ClassTraining
    from meshlake.ml_assets.document import ModelDocument
    from meshlake.ml_assets.drawing import Draw
    from meshlake.ml_assets.matured import Matured
    from meshlake.ml_assets.promotion import Champion, Decision
    from meshlake.models.evaluation import Evaluation
    from meshlake.models.store import ModelVersion
    from meshlake.models.task import Trained
    from meshlake.products.transform import RowsSession

_SHOWN_CLASSES = 5
_SAID = (
    "predicted_class",
    "predicted_probability",
    "second_class",
    "second_probability",
    "other_probability",
)


class TaskOfClasses(LabelledTask["ClassModel"]):
    """How models of classes are judged; `called` is what the classes are, in words."""

    called: ClassVar[str] = "classes"

    def decided(
        self,
        challenger: Mapping[str, Any],
        honest: pd.DataFrame,
        features: pd.DataFrame,
        rival: Champion[ClassModel] | None,
        champion: Mapping[str, Any],
    ) -> Decision:
        """See `LabelledTask.decided`."""
        from meshlake.ml_assets.classification.promotion import decide_classes

        known = champion.get("classes", ())
        return decide_classes(self._spec, honest, challenger["classes"], features, rival, known, self.called)

    def compared(
        self, rows: pd.DataFrame, groups: Any, record: Mapping[str, Any], other: Mapping[str, Any]
    ) -> ClassComparison:
        """See `LabelledTask.compared`: on rows of the classes that both know.

        Raises:
            UsageError: these are too few.
        """
        from meshlake.ml_assets.classification.promotion import compare_shared
        from meshlake.ml_assets.classification.scoring import probability_columns

        first, second = (probability_columns(len(each["classes"])) for each in (record, other))
        # Of the columns that both have, those of the other one are called so.
        named = [f"{name}_other" if name in first else name for name in second]
        found = compare_shared(
            rows["label"],
            (rows[first].to_numpy(), record["classes"]),
            (rows[named].to_numpy(), other["classes"]),
            groups,
            self._spec.seed,
        )
        if found is None:
            raise too_few(len(rows))
        return found


class ClassificationTask(TaskOfClasses):
    """`task: classification` of a `model.yaml`."""

    document: ClassVar[type[ModelDocument]] = ClassificationDocument
    name: ClassVar[str] = "classification"

    def __init__(self, document: ClassificationDocument) -> None:
        self._spec: ClassificationSpec = document.spec

    def train(
        self, features: pd.DataFrame, report: Callable[[str], None], champion: ModelVersion | None
    ) -> Trained:
        """See `Task.train`; the files are the model, the honest predictions and the plots."""
        from meshlake.ml_assets.candidates.classifiers import CLASSIFIERS
        from meshlake.ml_assets.classification.labels import changed_classes
        from meshlake.ml_assets.classification.matured import promised_classes
        from meshlake.ml_assets.classification.report import class_report
        from meshlake.ml_assets.classification.training import train_classes

        training = train_classes(features, self._spec, report, named_like(self._spec.label, features))
        changed = changed_classes(training.classes, champion.record.get("classes", ())) if champion else []
        facts, algorithms = class_report(training), self._spec.algorithms
        promise = promised_classes(training.honest, self._spec, training.classes.names)
        return as_trained(
            training, facts, class_drawings(training), CLASSIFIERS, algorithms, changed, promise
        )

    def maturing(self) -> Maturing:
        """See `Task.maturing`: by the two likeliest classes, which are what is published."""
        spec = self._spec

        def measured(came: pd.DataFrame, said: pd.DataFrame, record: Mapping[str, Any]) -> Matured:
            from meshlake.ml_assets.classification.matured import matured_classes

            return matured_classes(came, said, spec, record)

        return Maturing(spec, (spec.label,), measured, {name: name for name in _SAID})

    def said(
        self, model: ClassModel, honest: pd.DataFrame, batch: pd.DataFrame, *, has_reasons: bool
    ) -> pd.DataFrame:
        """See `LabelledTask.said`: the two likeliest classes."""
        from meshlake.ml_assets.classification.scoring import published_classes

        return published_classes(model, honest, batch, self._spec.row_keys, has_reasons=has_reasons)

    def unforeseen(self, version: ModelVersion, features_sql: str, session: RowsSession) -> list[str]:
        """See `Task.unforeseen`: classes that the label has by now, and that no model knows."""
        known = [*version.record["classes"], *(name for name, _ in version.record["set_aside"])]
        label = quote_identifier(self._spec.label)
        is_text = isinstance(known[0], str)
        listed = ", ".join(quote_literal(name) if is_text else str(name) for name in known)
        # Of numbers the label may have become text since.
        cell = f"CAST({label} AS VARCHAR)" if is_text else f"TRY_CAST({label} AS DOUBLE)"
        rows = session.rows(
            f"SELECT CAST({label} AS VARCHAR), count(*) FROM (\n{features_sql}\n) "
            f"WHERE {label} IS NOT NULL AND ({cell} IS NULL OR {cell} NOT IN ({listed})) "
            f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {_SHOWN_CLASSES}"
        )
        if not rows:
            return []
        told = ", ".join(f"{name!r} {count}" for name, count in rows)
        return [f"classes that are not known to the version that scores, and given to no row: {told}"]

    def told(self, record: Mapping[str, Any], honest: pd.DataFrame) -> Evaluation:
        """See `LabelledTask.told`."""
        from meshlake.models.classification_evaluation import evaluate_classes

        return evaluate_classes(self._spec, record, honest)

    def model_of(self, version: ModelVersion) -> ClassModel:
        """See `LabelledTask.model_of`."""
        from meshlake.ml_assets.candidates.classifiers import CLASSIFIERS
        from meshlake.ml_assets.classification.scoring import ClassModel

        return stored_model(version, ClassModel, "classes", CLASSIFIERS, version.record["algorithm"])


def class_drawings(training: ClassTraining) -> dict[str, Draw]:
    """What Dagster shows of a training of classes, by name."""
    from meshlake.ml_assets.churn_figures import importances_figure
    from meshlake.ml_assets.classification.figures import class_figures
    from meshlake.ml_assets.classification.scoring import probability_columns
    from meshlake.ml_assets.classification.training import rows_that_tested

    tested, names = rows_that_tested(training.honest), training.classes.names
    said = tested[probability_columns(len(names))].to_numpy()
    figures = class_figures(training.classes.codes_of(tested["label"]), said, names)
    told = "change of probability of the likeliest class, on average"
    return figures | {
        "importances": importances_figure(training.importances, "What moves a prediction", told)
    }
