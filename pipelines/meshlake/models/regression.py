"""Models of amounts as a `Task`: what is stored of a training, and the rows that come of it.

A row that the model learned from is published with its honest prediction, see `churn`.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any, ClassVar

from meshlake.ml_assets.regression.spec import RegressionDocument
from meshlake.models.churn import HONEST_FILE, honest_predictions, rival_of
from meshlake.models.store import MODEL_FILE, PICTURE_SUFFIX
from meshlake.models.task import ScoresAreRows, Trained, of_latest_cutoff

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from meshlake.ml_assets.promotion import Decision
    from meshlake.ml_assets.regression.model import RegressionModel
    from meshlake.ml_assets.regression.training import RegressionTraining
    from meshlake.ml_assets.spec import ModelDocument
    from meshlake.models.evaluation import Evaluation
    from meshlake.models.store import ModelVersion

_MOVES = "change of the prediction, on average"


class RegressionTask(ScoresAreRows):
    """`task: regression` of a `model.yaml`."""

    document: ClassVar[type[ModelDocument]] = RegressionDocument

    def __init__(self, document: RegressionDocument) -> None:
        self._spec = document.spec

    def train(
        self,
        features: pd.DataFrame,
        report: Callable[[str], None],
        champion: ModelVersion | None,  # noqa: ARG002
    ) -> Trained:
        """See `Task.train`; the files are the model, the honest predictions and the plots."""
        from meshlake.ml_assets.persistence import dump_model
        from meshlake.ml_assets.regression.report import regression_report
        from meshlake.ml_assets.regression.training import train_regression
        from meshlake.ml_assets.regressors.regressor import REGRESSORS

        training = train_regression(features, self._spec, report)
        facts = regression_report(training)
        test = facts["test"]
        packages = {package for name in self._spec.algorithms for package in REGRESSORS.get(name).packages}
        measured = test or facts["out_of_fold"]
        record = {
            "needed_columns": sorted(training.features),
            "packages": {name: version(name) for name in sorted(packages)},
            "measured_on": f"cut-off {test['cutoff']}, held out"
            if test
            else f"{facts['folds']['count']} folds, out of fold",
            "metrics": {name: value for name, value in measured.items() if isinstance(value, float)},
            **facts,
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
        """See `Task.decide`: by the rows that tested the challenger, see `ml_assets.regression.promotion`."""
        from meshlake.ml_assets.regression.promotion import decide_amounts

        rival = rival_of(champion, "regression", _model, can_score=can_score, is_replaced=is_replaced)
        return decide_amounts(self._spec, honest_predictions(challenger.files[HONEST_FILE]), features, rival)

    def rows_to_score(self, features_sql: str) -> str:
        """All rows, or with cut-offs those of the latest one."""
        return of_latest_cutoff(features_sql, self._spec.cutoff)

    def scorer(self, version: ModelVersion, wanted: Sequence[str]) -> Callable[[pd.DataFrame], pd.DataFrame]:
        """See `Task.scorer`; reasons are found if the contract has them."""
        from meshlake.ml_assets.honest import honest_by_row
        from meshlake.ml_assets.reasons import reason_names
        from meshlake.ml_assets.regression.model import published_amounts

        spec, model = self._spec, _model(version)
        honest = honest_by_row(honest_predictions(version.read(HONEST_FILE)))
        has_reasons = not set(reason_names()).isdisjoint(wanted)
        names = dict(zip(("predicted", "lower", "upper"), amount_columns(spec.label), strict=True))

        def score(batch: pd.DataFrame) -> pd.DataFrame:
            scores = published_amounts(model, honest, batch, spec.row_keys, has_reasons=has_reasons)
            cutoff: dict[str, Any] = {spec.cutoff: batch[spec.cutoff]} if spec.cutoff else {}
            return scores.rename(columns=names).assign(is_labelled=batch[spec.label].notna(), **cutoff)

        return score

    def evaluate(self, version: ModelVersion) -> Evaluation:
        """See `Task.evaluate`."""
        from meshlake.models.regression_evaluation import evaluate_regression

        return evaluate_regression(self._spec, version.record, honest_predictions(version.read(HONEST_FILE)))


def amount_columns(label: str) -> tuple[str, str, str]:
    """The columns that predictions of `label` are published in: the amount, and the ends of its interval."""
    return f"predicted_{label}", f"lower_{label}", f"upper_{label}"


def _pictures(training: RegressionTraining) -> dict[str, bytes]:
    from meshlake.ml_assets.churn_figures import importances_figure
    from meshlake.ml_assets.drawing import png
    from meshlake.ml_assets.regression.figures import amount_figures
    from meshlake.ml_assets.regression.training import tested_amounts

    figures = amount_figures(tested_amounts(training.honest), training.spec.coverage)
    figures["importances"] = importances_figure(training.importances, "What moves a prediction", _MOVES)
    return {f"{name}{PICTURE_SUFFIX}": png(draw) for name, draw in figures.items()}


def _model(version: ModelVersion) -> RegressionModel:
    from meshlake.ml_assets.persistence import load_model
    from meshlake.ml_assets.regression.model import RegressionModel
    from meshlake.ml_assets.regressors.regressor import REGRESSORS

    model = load_model(version.read(MODEL_FILE), version.record["algorithm"], among=REGRESSORS)
    if not isinstance(model, RegressionModel):
        raise ValueError(f"version {version.version} is no model of amounts")
    return model
