"""Models of classes as a `Task`: what is stored of a training, and the rows that come of it.

A row that the model learned from is published with its honest prediction, see `churn`.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any, ClassVar

from meshlake.ml_assets.classification.spec import ClassificationDocument
from meshlake.models.churn import HONEST_FILE, honest_predictions, rival_of
from meshlake.models.store import MODEL_FILE, PICTURE_SUFFIX
from meshlake.models.task import ScoresAreRows, Trained, of_latest_cutoff
from meshlake.names import quote_identifier, quote_literal
from meshlake.outcome_names import is_named_like

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from meshlake.ml_assets.classification.scoring import ClassModel
    from meshlake.ml_assets.classification.training import ClassTraining
    from meshlake.ml_assets.promotion import Decision
    from meshlake.ml_assets.spec import ModelDocument
    from meshlake.models.evaluation import Evaluation
    from meshlake.models.store import ModelVersion
    from meshlake.products.transform import RowsSession

_REASONS = ("reason_1", "reason_2", "reason_3")
_SHOWN_CLASSES = 5


class ClassificationTask(ScoresAreRows):
    """`task: classification` of a `model.yaml`."""

    document: ClassVar[type[ModelDocument]] = ClassificationDocument

    def __init__(self, document: ClassificationDocument) -> None:
        self._spec = document.spec

    def train(
        self, features: pd.DataFrame, report: Callable[[str], None], champion: ModelVersion | None
    ) -> Trained:
        """See `Task.train`; the files are the model, the honest predictions and the plots."""
        from meshlake.ml_assets.candidates.classifiers import CLASSIFIERS
        from meshlake.ml_assets.classification.labels import changed_classes
        from meshlake.ml_assets.classification.report import class_report
        from meshlake.ml_assets.classification.training import train_classes
        from meshlake.ml_assets.persistence import dump_model

        label = self._spec.label
        named = {
            str(name): f"is named like the label '{label}'"
            for name in features.columns
            if is_named_like(label, str(name))
        }
        training = train_classes(features, self._spec, report, named)
        facts = class_report(training)
        changed = changed_classes(training.classes, champion.record.get("classes", ())) if champion else []
        test, needed = facts["test"], {p for n in self._spec.algorithms for p in CLASSIFIERS.get(n).packages}
        record = {
            "needed_columns": sorted(training.features),
            "packages": {name: version(name) for name in sorted(needed)},
            "measured_on": f"cut-off {test['cutoff']}, held out"
            if test
            else f"{facts['folds']['count']} folds, out of fold",
            "metrics": {k: v for k, v in (test or facts["out_of_fold"]).items() if isinstance(v, float)},
            **facts,
            "warnings": [*changed, *facts["warnings"]],
        }
        files = {
            MODEL_FILE: dump_model(training.model),
            HONEST_FILE: training.honest.to_parquet(index=False),
            **_pictures(training),
        }
        return Trained(record, files)

    def decide(
        self,
        challenger: Trained,
        features: pd.DataFrame,
        champion: ModelVersion | None,
        *,
        can_score: bool,
        is_replaced: bool,
    ) -> Decision:
        """See `Task.decide`: by the rows that tested the challenger, see `ml_assets.classification.promotion`."""
        from meshlake.ml_assets.classification.promotion import decide_classes

        rival = rival_of(champion, "classification", _model, can_score=can_score, is_replaced=is_replaced)
        known = champion.record["classes"] if champion and rival else ()
        honest = honest_predictions(challenger.files[HONEST_FILE])
        return decide_classes(self._spec, honest, challenger.record["classes"], features, rival, known)

    def rows_to_score(self, features_sql: str) -> str:
        """All rows, or with cut-offs those of the latest one."""
        return of_latest_cutoff(features_sql, self._spec.cutoff)

    def scorer(self, version: ModelVersion, wanted: Sequence[str]) -> Callable[[pd.DataFrame], pd.DataFrame]:
        """See `Task.scorer`; reasons are found if the contract has them."""
        from meshlake.ml_assets.classification.scoring import published_classes
        from meshlake.ml_assets.honest import honest_by_row

        spec, model = self._spec, _model(version)
        honest = honest_by_row(honest_predictions(version.read(HONEST_FILE)))
        has_reasons = not set(_REASONS).isdisjoint(wanted)

        def score(batch: pd.DataFrame) -> pd.DataFrame:
            scores = published_classes(model, honest, batch, spec.row_keys, has_reasons=has_reasons)
            cutoff = {spec.cutoff: batch[spec.cutoff]} if spec.cutoff else {}
            return scores.assign(is_labelled=batch[spec.label].notna(), **cutoff)

        return score

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

    def evaluate(self, version: ModelVersion) -> Evaluation:
        """See `Task.evaluate`."""
        from meshlake.models.classification_evaluation import evaluate_classes

        return evaluate_classes(self._spec, version.record, honest_predictions(version.read(HONEST_FILE)))


def _pictures(training: ClassTraining) -> dict[str, bytes]:
    from meshlake.ml_assets.churn_figures import importances_figure
    from meshlake.ml_assets.classification.figures import class_figures
    from meshlake.ml_assets.classification.scoring import probability_columns
    from meshlake.ml_assets.classification.training import rows_that_tested
    from meshlake.ml_assets.drawing import png

    tested, names = rows_that_tested(training.honest), training.classes.names
    said = tested[probability_columns(len(names))].to_numpy()
    figures = class_figures(training.classes.codes_of(tested["label"]), said, names)
    told = "change of probability of the likeliest class, on average"
    figures["importances"] = importances_figure(training.importances, "What moves a prediction", told)
    return {f"{name}{PICTURE_SUFFIX}": png(draw) for name, draw in figures.items()}


def _model(version: ModelVersion) -> ClassModel:
    from meshlake.ml_assets.candidates.classifiers import CLASSIFIERS
    from meshlake.ml_assets.classification.scoring import ClassModel
    from meshlake.ml_assets.persistence import load_model

    record: Mapping[str, Any] = version.record
    model = load_model(version.read(MODEL_FILE), record["algorithm"], among=CLASSIFIERS)
    if not isinstance(model, ClassModel):
        raise ValueError(f"version {version.version} is no model of classes")
    return model
