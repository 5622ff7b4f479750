"""Models of time to an event as a `Task`: what is stored of a training, and the rows that come of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from meshlake.ml_assets.survival.spec import SurvivalDocument, SurvivalSpec
from meshlake.models.honest import named_like, too_few
from meshlake.models.labelled import LabelledTask, as_trained, stored_model
from meshlake.models.maturing import Maturing
from meshlake.names import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from meshlake.ml_assets.document import ModelDocument
    from meshlake.ml_assets.matured import Matured
    from meshlake.ml_assets.promotion import Champion, Decision
    from meshlake.ml_assets.survival.measures import SurvivalComparison
    from meshlake.ml_assets.survival.model import SurvivalModel
    from meshlake.models.evaluation import Evaluation
    from meshlake.models.store import ModelVersion
    from meshlake.models.task import Trained


class SurvivalTask(LabelledTask["SurvivalModel"]):
    """`task: survival` of a `model.yaml`."""

    document: ClassVar[type[ModelDocument]] = SurvivalDocument
    name: ClassVar[str] = "survival"

    def __init__(self, document: SurvivalDocument) -> None:
        self._spec: SurvivalSpec = document.spec

    def train(
        self,
        features: pd.DataFrame,
        report: Callable[[str], None],
        champion: ModelVersion | None,  # noqa: ARG002
    ) -> Trained:
        """See `Task.train`; the files are the model, the honest predictions and the plots."""
        from meshlake.ml_assets.hazards.hazard import HAZARDS
        from meshlake.ml_assets.survival.figures import survival_figures
        from meshlake.ml_assets.survival.report import survival_report
        from meshlake.ml_assets.survival.training import train_survival

        training = train_survival(features, self._spec, report, named_like(self._spec.label, features))
        facts = survival_report(training)
        figures = survival_figures(training.honest, facts)
        return as_trained(training, facts, figures, HAZARDS, self._spec.algorithms)

    def decided(
        self,
        challenger: Mapping[str, Any],  # noqa: ARG002
        honest: pd.DataFrame,
        features: pd.DataFrame,
        rival: Champion[SurvivalModel] | None,
        champion: Mapping[str, Any],  # noqa: ARG002
    ) -> Decision:
        """See `LabelledTask.decided`: against the curve of all, see `ml_assets.survival.promotion`."""
        from meshlake.ml_assets.survival.promotion import decide_survival

        return decide_survival(self._spec, honest, features, rival)

    def said(
        self, model: SurvivalModel, honest: pd.DataFrame, batch: pd.DataFrame, *, has_reasons: bool
    ) -> pd.DataFrame:
        """See `LabelledTask.said`: the chance to be there still after each horizon, and how long that is expected."""
        from meshlake.ml_assets.survival.model import published_survival

        return published_survival(model, honest, batch, self._spec, has_reasons=has_reasons)

    def told(self, record: Mapping[str, Any], honest: pd.DataFrame) -> Evaluation:
        """See `LabelledTask.told`."""
        from meshlake.models.survival_evaluation import evaluate_survival

        return evaluate_survival(record, honest)

    def maturing(self) -> Maturing:
        """See `Task.maturing`: by who of those that were there stayed, as far as they were followed since."""
        from meshlake.ml_assets.survival.model import curve_columns, followed_column, survival_columns
        from meshlake.ml_assets.survival.spec import LADDERS

        spec = self._spec
        horizons, followed = spec.horizons or LADDERS[spec.unit], followed_column(spec.unit)
        _, stays = survival_columns(horizons, spec.unit)
        chances = dict(zip(curve_columns(tuple(map(float, horizons))), stays, strict=True))

        def measured(came: pd.DataFrame, said: pd.DataFrame, _record: Mapping[str, Any]) -> Matured:
            from meshlake.ml_assets.survival.matured import matured_survival

            return matured_survival(came, said, spec)

        return Maturing(
            spec,
            (spec.label,),
            measured,
            {"followed": followed},
            chances,
            (*spec.time_columns, *([spec.cutoff] if spec.cutoff else [])),
            f"{quote_identifier(followed)} IS NOT NULL",
            is_first=True,
        )

    def compared(
        self, rows: pd.DataFrame, groups: Any, record: Mapping[str, Any], other: Mapping[str, Any]
    ) -> SurvivalComparison:
        """See `LabelledTask.compared`: at the times of the first, by how long rows were followed when it was trained.

        Raises:
            UsageError: too few rows are in both.
        """
        import numpy as np

        from meshlake.ml_assets.survival.censored import read_at
        from meshlake.ml_assets.survival.measures import compare_curves
        from meshlake.ml_assets.survival.model import curve_columns
        from meshlake.ml_assets.survival.rows import FEWEST_ROWS
        from meshlake.ml_assets.survival.training import followed_in

        if len(rows) < FEWEST_ROWS:
            raise too_few(len(rows))
        first, second = (curve_columns(tuple(each["edges"])) for each in (record, other))
        # Of the columns that both have, those of the other one are called so.
        named = [f"{name}_other" if name in first else name for name in second]
        edges, known = (np.array(each["edges"]) for each in (record, other))
        others = read_at(rows[named].to_numpy(), known, edges)
        said, seed = rows[first].to_numpy(), self._spec.seed
        return compare_curves(followed_in(rows), said, others, edges, groups, seed)

    def model_of(self, version: ModelVersion) -> SurvivalModel:
        """See `LabelledTask.model_of`."""
        from meshlake.ml_assets.hazards.hazard import HAZARDS
        from meshlake.ml_assets.survival.model import SurvivalModel

        return stored_model(version, SurvivalModel, "time to an event", HAZARDS, version.record["algorithm"])
