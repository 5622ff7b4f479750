"""Churn models as a `Task`: what is stored of a training, and how scores and honest predictions come together.

A row that the model learned from is published with its honest prediction (out of fold, or held out), never with the
model's opinion of what it has already seen; once its features change it is another row, and scored.
"""

from __future__ import annotations

from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, ClassVar

from meshlake.ml_assets.spec import ChurnDocument
from meshlake.models.decided import REASONS, MayBeFlagged, amount_columns, decided_select, spec_of
from meshlake.models.definition import features_select
from meshlake.models.honest import (
    HONEST_FILE,
    honest_predictions,
    named_like,
    rival_of,
    rows_of_both,
    too_few,
)
from meshlake.models.linear_sql import MOST_WRITTEN, scoring_sql
from meshlake.models.maturing import Maturing
from meshlake.models.store import MODEL_FILE, PICTURE_SUFFIX
from meshlake.models.task import ForeseesAll, Trained, of_latest_cutoff

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from meshlake.ml_assets.churn import ChurnTraining
    from meshlake.ml_assets.comparison import Comparison
    from meshlake.ml_assets.document import ModelDocument
    from meshlake.ml_assets.matured import Matured
    from meshlake.ml_assets.promotion import Decision
    from meshlake.ml_assets.scoring import ChurnModel
    from meshlake.models.evaluation import Evaluation
    from meshlake.models.store import ModelVersion

# What a linear model says of rows as SQL, for any engine that reads the features; other models have none.
SQL_FILE = "scoring.sql"
# The column of what the engine says of a row by that.
_SAID = "mesh_said"
# What Dagster shows of each build; the page of a version has all.
_PICTURES = ("roc", "precision_recall", "calibration", "gain", "lift", "confusion_matrix", "importances")


class ChurnTask(ForeseesAll):
    """`task: churn` of a `model.yaml`."""

    document: ClassVar[type[ModelDocument]] = ChurnDocument

    def __init__(self, document: ChurnDocument) -> None:
        self._spec = document.spec
        self._features = document.features

    def train(
        self,
        features: pd.DataFrame,
        report: Callable[[str], None],
        champion: ModelVersion | None,  # noqa: ARG002
    ) -> Trained:
        """See `Task.train`; the files are the model, a linear one as SQL too, the honest predictions and the plots."""
        from meshlake.ml_assets.candidates.candidate import packages_of
        from meshlake.ml_assets.churn import train_churn
        from meshlake.ml_assets.persistence import dump_model
        from meshlake.ml_assets.report import churn_report

        training = train_churn(features, self._spec, report, named_like(self._spec.label, features))
        facts = churn_report(training)
        test = facts["test"]
        record = {
            "needed_columns": sorted(training.features),
            "packages": {name: version(name) for name in packages_of(self._spec.algorithms)},
            "measured_on": f"cut-off {test['cutoff'].removesuffix(' 00:00:00')}, held out"
            if test
            else f"{facts['folds']['count']} folds, out of fold",
            "metrics": {k: v for k, v in (test or facts["out_of_fold"]).items() if isinstance(v, float)},
            **facts,
        }
        files = {
            MODEL_FILE: dump_model(training.model),
            HONEST_FILE: training.honest.to_parquet(index=False),
            **self._scoring_sql(training.model),
            **_pictures(training),
        }
        return Trained(record, files)

    def _scoring_sql(self, model: ChurnModel) -> dict[str, bytes]:
        rows_sql = self.rows_to_score(features_select(self._features))
        sql = scoring_sql(model, rows_sql, self._spec.row_keys)
        return {SQL_FILE: f"{sql}\n".encode()} if sql else {}

    def decide(
        self,
        challenger: Trained,
        features: pd.DataFrame,
        champion: ModelVersion | None,
        *,
        can_score: bool,
        is_replaced: bool,
    ) -> Decision:
        """See `Task.decide`: by the rows that tested the challenger, see `ml_assets.promotion`."""
        from meshlake.ml_assets.promotion import decide

        rival = rival_of(champion, "churn", _model, can_score=can_score, is_replaced=is_replaced)
        return decide(self._spec, honest_predictions(challenger.files[HONEST_FILE]), features, rival)

    def rows_to_score(self, features_sql: str) -> str:
        """All rows, or with cut-offs those of the latest one."""
        return of_latest_cutoff(features_sql, self._spec.cutoff)

    def scored_select(self, version: ModelVersion, rows_sql: str, columns: Sequence[str]) -> str:
        """See `Task.scored_select`; of a linear model of few values with what it says of each row."""
        if SQL_FILE not in version.record["files"]:
            return rows_sql
        return scoring_sql(_model(version), rows_sql, columns, _SAID, MOST_WRITTEN) or rows_sql

    def scorer(self, version: ModelVersion, wanted: Sequence[str]) -> Callable[[pd.DataFrame], pd.DataFrame]:
        """See `Task.scorer`; reasons are found for rows that may be flagged, if the contract has them."""
        from meshlake.ml_assets.honest import honest_by_row, published_scores

        spec, model = self._spec, _model(version)
        policy = spec_of(version)
        amounts = amount_columns(policy.profit)
        honest = honest_by_row(honest_predictions(version.read(HONEST_FILE)))
        has_reasons = not set(REASONS).isdisjoint(wanted)
        may_be_flagged = MayBeFlagged(policy, model.threshold)

        def score(batch: pd.DataFrame) -> pd.DataFrame:
            explained = partial(may_be_flagged, batch) if has_reasons else None
            said = batch[_SAID].to_numpy(dtype="float64") if _SAID in batch else None
            scores = published_scores(model, honest, batch, spec.row_keys, explained, said)
            cutoff = {spec.cutoff: batch[spec.cutoff]} if spec.cutoff else {}
            read = {name: batch[column].astype("float64") for name, column in amounts.items()}
            return scores.assign(is_labelled=batch[spec.label].notna(), **cutoff, **read)

        return score

    def amounts(self, version: ModelVersion) -> dict[str, str]:
        """See `Task.amounts`: what a contact brings and costs."""
        return amount_columns(spec_of(version).profit)

    def published(self, version: ModelVersion, scores: str, columns: Sequence[str]) -> str:
        """See `Task.published`: who is flagged, by the policy that the version was trained with."""
        threshold = float(version.record["policy"]["threshold"])
        return decided_select(spec_of(version), threshold, scores, frozenset(columns))

    def evaluate(self, version: ModelVersion) -> Evaluation:
        """See `Task.evaluate`."""
        from meshlake.models.churn_evaluation import evaluate_churn

        return evaluate_churn(self._spec, version.record, honest_predictions(version.read(HONEST_FILE)))

    def maturing(self) -> Maturing:
        """See `Task.maturing`: by log loss, ROC AUC and calibration, and what contacting the flagged brings."""
        spec = self._spec

        def measured(came: pd.DataFrame, said: pd.DataFrame, _record: Mapping[str, Any]) -> Matured:
            from meshlake.ml_assets.matured import matured_churn

            return matured_churn(came, said, spec)

        said = {name: name for name in ("churn_probability", "is_predicted_churn")}
        return Maturing(spec, (spec.label,), measured, said, beside=spec.amounts)

    def compare(self, version: ModelVersion, other: ModelVersion) -> Comparison:
        """See `Task.compare`: by log loss, ROC AUC and calibration."""
        from meshlake.ml_assets.comparison import can_compare, compare, groups_of

        rows = rows_of_both(version, other, self._spec.row_keys, "is_churned")
        is_churned = rows["is_churned"].to_numpy(dtype=bool)
        if not can_compare(is_churned):
            raise too_few(len(rows))
        said, others = (rows[f"churn_probability{which}"].to_numpy() for which in ("", "_other"))
        return compare(is_churned, said, others, groups_of(rows, self._spec.key), self._spec.seed)


def _pictures(training: ChurnTraining) -> dict[str, bytes]:
    from meshlake.ml_assets.churn_figures import churn_figures, importances_figure
    from meshlake.ml_assets.drawing import png
    from meshlake.ml_assets.honest import tested_rows

    figures = churn_figures(tested_rows(training.honest), training.model.threshold)
    told = "change of probability, on average"
    figures["importances"] = importances_figure(training.importances, "What moves a prediction", told)
    return {f"{name}{PICTURE_SUFFIX}": png(figures[name]) for name in _PICTURES}


def _model(version: ModelVersion) -> ChurnModel:
    from meshlake.ml_assets.persistence import load_model
    from meshlake.ml_assets.scoring import ChurnModel

    algorithm = version.record["algorithm"]
    voting = version.record["candidates"][algorithm].get("weights", {})
    model = load_model(version.read(MODEL_FILE), *(voting or [algorithm]))
    if not isinstance(model, ChurnModel):
        raise ValueError(f"version {version.version} is no churn model")
    return model
