"""Models of uplift as a `Task`: what is stored of a training, and who is to be treated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from meshlake.ml_assets.uplift.spec import UpliftDocument, UpliftSpec
from meshlake.models.decided import amount_columns, amounts_sql, rank_sql
from meshlake.models.honest import named_like, too_few
from meshlake.models.labelled import LabelledTask, as_trained, stored_model
from meshlake.models.maturing import Maturing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from meshlake.ml_assets.document import ModelDocument
    from meshlake.ml_assets.drawing import Draw
    from meshlake.ml_assets.matured import Matured
    from meshlake.ml_assets.promotion import Champion, Decision
    from meshlake.ml_assets.regression.model import RegressionModel
    from meshlake.ml_assets.uplift.qini import UpliftComparison
    from meshlake.ml_assets.uplift.training import UpliftTraining
    from meshlake.models.evaluation import Evaluation
    from meshlake.models.store import ModelVersion
    from meshlake.models.task import Trained

_MOVES = "change of the uplift, on average"


class UpliftTask(LabelledTask["RegressionModel"]):
    """`task: uplift` of a `model.yaml`; its models are of amounts, by how much the treatment changes the label."""

    document: ClassVar[type[ModelDocument]] = UpliftDocument
    name: ClassVar[str] = "uplift"

    def __init__(self, document: UpliftDocument) -> None:
        self._spec: UpliftSpec = document.spec

    def train(
        self,
        features: pd.DataFrame,
        report: Callable[[str], None],
        champion: ModelVersion | None,  # noqa: ARG002
    ) -> Trained:
        """See `Task.train`; the files are the model, the honest predictions and the plots."""
        from meshlake.ml_assets.matured import promised
        from meshlake.ml_assets.uplift.report import uplift_report
        from meshlake.ml_assets.uplift.training import train_uplift
        from meshlake.ml_assets.uplifters.uplifter import UPLIFTERS

        training = train_uplift(features, self._spec, report, named_like(self._spec.label, features))
        facts, algorithms = uplift_report(training), self._spec.algorithms
        promise = promised("qini", {"qini": training.against_random})
        drawings = _drawings(training, facts)
        return as_trained(training, facts, drawings, UPLIFTERS, algorithms, promise=promise)

    def decided(
        self,
        challenger: Mapping[str, Any],
        honest: pd.DataFrame,
        features: pd.DataFrame,
        rival: Champion[RegressionModel] | None,
        champion: Mapping[str, Any],  # noqa: ARG002
    ) -> Decision:
        """See `LabelledTask.decided`: against treating at random, see `ml_assets.uplift.promotion`."""
        from meshlake.ml_assets.uplift.promotion import decide_uplift

        return decide_uplift(self._spec, honest, challenger["against_random"], features, rival)

    def said(
        self, model: RegressionModel, honest: pd.DataFrame, batch: pd.DataFrame, *, has_reasons: bool
    ) -> pd.DataFrame:
        """See `LabelledTask.said`: the uplift, and what the policy reads of the row."""
        from meshlake.ml_assets.regression.model import published_amounts
        from meshlake.ml_assets.uplift.rows import read_treatment

        spec = self._spec
        scores = published_amounts(model, honest, batch, spec.row_keys, has_reasons=has_reasons)
        read = {name: batch[column].astype("float64") for name, column in amount_columns(spec.profit).items()}
        was_treated = read_treatment(batch[spec.treatment])
        return scores.rename(columns={"predicted": "uplift"}).assign(was_treated=was_treated, **read)

    def amounts(self, version: ModelVersion) -> dict[str, str]:
        """See `Task.amounts`: what one more outcome is worth, and what a treatment costs."""
        return amount_columns(_spec_of(version).profit)

    def published(self, version: ModelVersion, scores: str, _columns: Sequence[str]) -> str:
        """See `Task.published`: who is to be treated, by the policy that the version was trained with."""
        return treated_select(_spec_of(version), scores)

    def told(self, record: Mapping[str, Any], honest: pd.DataFrame) -> Evaluation:
        """See `LabelledTask.told`."""
        from meshlake.models.uplift_evaluation import evaluate_uplift

        return evaluate_uplift(self._spec, record, honest)

    def maturing(self) -> Maturing:
        """See `Task.maturing`: by what treating those of most uplift brought, where it was drawn who was treated."""
        spec = self._spec

        def measured(came: pd.DataFrame, said: pd.DataFrame, _record: Mapping[str, Any]) -> Matured:
            from meshlake.ml_assets.uplift.matured import matured_uplift

            return matured_uplift(came, said, spec)

        known = (spec.label, spec.treatment, *filter(None, [spec.propensity]))
        return Maturing(spec, known, measured, {"uplift": "uplift"})

    def compared(
        self,
        rows: pd.DataFrame,
        groups: Any,
        record: Mapping[str, Any],  # noqa: ARG002
        other: Mapping[str, Any],  # noqa: ARG002
    ) -> UpliftComparison:
        """See `LabelledTask.compared`: by the Qini coefficient, on rows of which both say the same of the treatment."""
        from meshlake.ml_assets.uplift.learner import UpliftLearner
        from meshlake.ml_assets.uplift.qini import compare_uplift

        is_same = (rows["is_treated"] == rows["is_treated_other"]).to_numpy()
        if is_same.sum() < UpliftLearner.fewest:
            raise too_few(int(is_same.sum()))
        told = (rows.loc[is_same, name].to_numpy() for name in ("predicted", "predicted_other", "effect"))
        said, others, effect = (self._spec.sign * each for each in told)
        folds = 1 if rows.loc[is_same, "fold"].isna().all() else self._spec.folds
        return compare_uplift(said, others, effect, groups[is_same], self._spec.seed, folds)

    def model_of(self, version: ModelVersion) -> RegressionModel:
        """See `LabelledTask.model_of`."""
        from meshlake.ml_assets.regression.model import RegressionModel
        from meshlake.ml_assets.uplifters.uplifter import UPLIFTERS

        return stored_model(version, RegressionModel, "uplift", UPLIFTERS, version.record["algorithm"])


def treated_select(spec: UpliftSpec, scores: str) -> str:
    """The rows of `scores` with `is_to_be_treated` and, where there are amounts, `expected_profit`.

    `ml_assets.uplift.treating` decides the same of rows that are learned from.
    """
    gain = "uplift" if spec.is_wanted else "-uplift"
    value, profit = gain, ""
    if spec.profit is not None:
        benefit, cost = amounts_sql(spec.profit)
        value, profit = "expected_profit", f", {gain} * {benefit} - {cost} AS expected_profit"
    wanted = f"{value} > 0"
    if spec.capacity is not None:
        wanted += f" AND {rank_sql(value, spec.key)} <= {spec.capacity}"
    elif spec.treat_share is not None:
        wanted += f" AND {rank_sql(value, spec.key)} <= {spec.treat_share!r} * count(*) OVER ()"
    return f"SELECT *, {wanted} AS is_to_be_treated FROM (SELECT *{profit} FROM {scores})"


def _spec_of(version: ModelVersion) -> UpliftSpec:
    """What a version was asked for: its policy is frozen with it."""
    return UpliftSpec.from_mapping(version.record["definition"])


def _drawings(training: UpliftTraining, facts: Mapping[str, Any]) -> dict[str, Draw]:
    """What Dagster shows of a training of uplift, by name."""
    from meshlake.ml_assets.churn_figures import importances_figure
    from meshlake.ml_assets.uplift.figures import figures_of

    figures = figures_of(training.honest, training.spec, facts["by_size"])
    return figures | {"importances": importances_figure(training.importances, "What moves an uplift", _MOVES)}
