"""Models of amounts as a `Task`: what is stored of a training, and the rows that come of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from meshlake.ml_assets.regression.spec import RegressionDocument, RegressionSpec
from meshlake.models.honest import too_few
from meshlake.models.labelled import LabelledTask, as_trained, stored_model
from meshlake.models.maturing import Maturing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from meshlake.ml_assets.document import ModelDocument
    from meshlake.ml_assets.drawing import Draw
    from meshlake.ml_assets.matured import Matured
    from meshlake.ml_assets.promotion import Champion, Decision
    from meshlake.ml_assets.regression.metrics import AmountComparison
    from meshlake.ml_assets.regression.model import RegressionModel
    from meshlake.ml_assets.regression.training import RegressionTraining
    from meshlake.models.evaluation import Evaluation
    from meshlake.models.store import ModelVersion
    from meshlake.models.task import Trained

_MOVES = "change of the prediction, on average"


class RegressionTask(LabelledTask["RegressionModel"]):
    """`task: regression` of a `model.yaml`."""

    document: ClassVar[type[ModelDocument]] = RegressionDocument
    name: ClassVar[str] = "regression"

    def __init__(self, document: RegressionDocument) -> None:
        self._spec: RegressionSpec = document.spec

    def train(
        self,
        features: pd.DataFrame,
        report: Callable[[str], None],
        champion: ModelVersion | None,  # noqa: ARG002
    ) -> Trained:
        """See `Task.train`; the files are the model, the honest predictions and the plots."""
        from meshlake.ml_assets.regression.matured import promised_amounts
        from meshlake.ml_assets.regression.report import regression_report
        from meshlake.ml_assets.regression.training import train_regression
        from meshlake.ml_assets.regressors.regressor import REGRESSORS

        training = train_regression(features, self._spec, report)
        facts = regression_report(training)
        promise = promised_amounts(training.honest, self._spec)
        drawings, algorithms = _figures(training), self._spec.algorithms
        return as_trained(training, facts, drawings, REGRESSORS, algorithms, promise=promise)

    def decided(
        self,
        challenger: Mapping[str, Any],  # noqa: ARG002
        honest: pd.DataFrame,
        features: pd.DataFrame,
        rival: Champion[RegressionModel] | None,
        champion: Mapping[str, Any],  # noqa: ARG002
    ) -> Decision:
        """See `LabelledTask.decided`."""
        from meshlake.ml_assets.regression.promotion import decide_amounts

        return decide_amounts(self._spec, honest, features, rival)

    def said(
        self, model: RegressionModel, honest: pd.DataFrame, batch: pd.DataFrame, *, has_reasons: bool
    ) -> pd.DataFrame:
        """See `LabelledTask.said`: the amount, and the ends of its interval."""
        from meshlake.ml_assets.regression.model import published_amounts

        names = dict(zip(("predicted", "lower", "upper"), amount_columns(self._spec.label), strict=True))
        scores = published_amounts(model, honest, batch, self._spec.row_keys, has_reasons=has_reasons)
        return scores.rename(columns=names)

    def told(self, record: Mapping[str, Any], honest: pd.DataFrame) -> Evaluation:
        """See `LabelledTask.told`."""
        from meshlake.models.regression_evaluation import evaluate_regression

        return evaluate_regression(self._spec, record, honest)

    def maturing(self) -> Maturing:
        """See `Task.maturing`: by how far amounts were off, and how many came within their intervals."""
        spec = self._spec

        def measured(came: pd.DataFrame, said: pd.DataFrame, record: Mapping[str, Any]) -> Matured:
            from meshlake.ml_assets.regression.matured import matured_amounts

            return matured_amounts(came, said, spec, record)

        predicted, lower, upper = amount_columns(spec.label)
        ends = {"lower": lower, "upper": upper}
        return Maturing(spec, (spec.label,), measured, {"predicted": predicted}, ends)

    def compared(
        self,
        rows: pd.DataFrame,
        groups: Any,
        record: Mapping[str, Any],  # noqa: ARG002
        other: Mapping[str, Any],  # noqa: ARG002
    ) -> AmountComparison:
        """See `LabelledTask.compared`."""
        from meshlake.ml_assets.regression.metrics import compare_amounts
        from meshlake.ml_assets.regression.rows import FEWEST_ROWS

        if len(rows) < FEWEST_ROWS:
            raise too_few(len(rows))
        actual, said, others = (rows[name].to_numpy() for name in ("label", "predicted", "predicted_other"))
        return compare_amounts(actual, said, others, groups, self._spec.loss, self._spec.seed)

    def model_of(self, version: ModelVersion) -> RegressionModel:
        """See `LabelledTask.model_of`."""
        from meshlake.ml_assets.regression.model import RegressionModel
        from meshlake.ml_assets.regressors.regressor import REGRESSORS

        return stored_model(version, RegressionModel, "amounts", REGRESSORS, version.record["algorithm"])


def amount_columns(label: str) -> tuple[str, str, str]:
    """The columns that predictions of `label` are published in: the amount, and the ends of its interval."""
    return f"predicted_{label}", f"lower_{label}", f"upper_{label}"


def _figures(training: RegressionTraining) -> dict[str, Draw]:
    from meshlake.ml_assets.churn_figures import importances_figure
    from meshlake.ml_assets.regression.figures import amount_figures
    from meshlake.ml_assets.regression.training import tested_amounts

    figures = amount_figures(tested_amounts(training.honest), training.spec.coverage)
    return figures | {
        "importances": importances_figure(training.importances, "What moves a prediction", _MOVES)
    }
