"""Churn models as a `Task`: what is stored of a training, and how scores and honest predictions come together.

A labelled row that the model learned from is published with its honest prediction (out of fold, or held out), never
with the model's opinion of what it has already seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from meshlake.ml_assets.spec import ChurnDocument
from meshlake.models.store import MODEL_FILE
from meshlake.names import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from meshlake.ml_assets.spec import ModelDocument
    from meshlake.models.store import ModelVersion
    from meshlake.products.transform import LocalRows

HONEST_FILE = "honest_predictions.parquet"
HONEST = "mesh_honest"
_REASONS = ("reason_1", "reason_2", "reason_3")
_SCORED = ("churn_probability", "is_predicted_churn")
_OTHERS = ("is_labelled", "model_version", "scored_at")


class ChurnTask:
    """`task: churn` of a `model.yaml`."""

    document: ClassVar[type[ModelDocument]] = ChurnDocument

    def __init__(self, document: ChurnDocument) -> None:
        self._spec = document.spec
        self._keys = [*self._spec.key, *filter(None, [self._spec.cutoff])]

    def train(
        self, features: pd.DataFrame, report: Callable[[str], None]
    ) -> tuple[dict[str, Any], dict[str, bytes]]:
        """See `Task.train`; the files are the model, the honest predictions and the plots."""
        from meshlake.ml_assets.churn import train_churn
        from meshlake.ml_assets.figures import churn_figures
        from meshlake.ml_assets.persistence import dump_model
        from meshlake.ml_assets.report import churn_report

        training = train_churn(features, self._spec, report)
        facts = churn_report(training)
        test = facts["test"]
        record = {
            "needed_columns": sorted(training.features),
            "measured_on": f"cut-off {test['cutoff'].removesuffix(' 00:00:00')}, held out"
            if test
            else f"{facts['folds']['count']} folds, out of fold",
            "metrics": {k: v for k, v in (test or facts["out_of_fold"]).items() if isinstance(v, float)},
            **facts,
        }
        files = {
            MODEL_FILE: dump_model(training.model),
            HONEST_FILE: training.honest.to_parquet(index=False),
            **{f"{name}.png": picture for name, picture in churn_figures(training).items()},
        }
        return record, files

    def rows_to_score(self, features_sql: str) -> str:
        """All rows, or with cut-offs those of the latest one."""
        if self._spec.cutoff is None:
            return features_sql
        cutoff = quote_identifier(self._spec.cutoff)
        return f"SELECT * FROM (\n{features_sql}\n) WHERE {cutoff} = (SELECT max({cutoff}) FROM (\n{features_sql}\n))"

    def scorer(self, version: ModelVersion, wanted: Sequence[str]) -> Callable[[pd.DataFrame], pd.DataFrame]:
        """See `Task.scorer`; reasons are found for the rows predicted to churn, if the contract has them."""
        from meshlake.ml_assets.persistence import load_model
        from meshlake.ml_assets.reasons import explain_churn
        from meshlake.ml_assets.scoring import ChurnModel, score_churn

        model = load_model(version.read(MODEL_FILE), version.record["algorithm"])
        if not isinstance(model, ChurnModel):
            raise ValueError(f"version {version.version} is no churn model")
        has_reasons = any(reason in wanted for reason in _REASONS)

        def score(batch: pd.DataFrame) -> pd.DataFrame:
            scores = score_churn(model, batch).assign(is_labelled=batch[self._spec.label].notna())
            if self._spec.cutoff is not None:
                scores = scores.assign(**{self._spec.cutoff: batch[self._spec.cutoff]})
            if has_reasons:
                flagged = batch[scores["is_predicted_churn"]]
                reasons = explain_churn(model, flagged).reindex(batch.index)
                scores = scores.assign(**{reason: reasons[reason].astype("string") for reason in _REASONS})
            return scores

        return score

    def register(self, session: LocalRows, version: ModelVersion) -> None:
        """The honest predictions."""
        session.register_parquet(HONEST, f"{version.folder}/{HONEST_FILE}")

    def select(self, scores: str, wanted: Sequence[str]) -> str:
        """Scores, with the honest prediction in the place of the model's where there is one."""
        joined = " AND ".join(f"s.{quote_identifier(k)} = h.{quote_identifier(k)}" for k in self._keys)
        columns = {k: f"s.{quote_identifier(k)}" for k in (*self._keys, *_OTHERS, *_REASONS)}
        columns |= {
            name: f"CASE WHEN s.is_labelled THEN coalesce(h.{name}, s.{name}) ELSE s.{name} END"
            for name in _SCORED
        }
        chosen = ", ".join(
            f"{columns[name]} AS {quote_identifier(name)}" for name in wanted if name in columns
        )
        return f"SELECT {chosen} FROM {scores} AS s LEFT JOIN {HONEST} AS h ON {joined}"
