"""What models that learn a label have in common as a `Task`: what is stored of a training, and the rows that come of
it.

A row that the model learned from is published with its honest prediction, see `churn`.
"""

from __future__ import annotations

from abc import abstractmethod
from importlib.metadata import version as version_of
from typing import TYPE_CHECKING, Any, ClassVar, Generic

from meshlake.models.honest import HONEST_FILE, Model, honest_predictions, rival_of, rows_of_both
from meshlake.models.store import MODEL_FILE, PICTURE_SUFFIX
from meshlake.models.task import ScoresAreRows, Trained, of_latest_cutoff

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pandas as pd

    from meshlake.ml_assets.document import LabelledSpec
    from meshlake.ml_assets.drawing import Draw
    from meshlake.ml_assets.evidence import Promise
    from meshlake.ml_assets.labelled_training import LabelledTraining
    from meshlake.ml_assets.promotion import Champion, Decision
    from meshlake.models.evaluation import Evaluation
    from meshlake.models.maturing import Maturing
    from meshlake.models.store import ModelVersion
    from meshlake.models.task import Compared
    from meshlake.plugins import Doorway


class LabelledTask(ScoresAreRows, Generic[Model]):
    """A kind of model that learns a label; `name` is what `task:` of a `model.yaml` calls it."""

    name: ClassVar[str]
    _spec: LabelledSpec

    @abstractmethod
    def model_of(self, version: ModelVersion) -> Model:
        """The stored model."""

    @abstractmethod
    def decided(
        self,
        challenger: Mapping[str, Any],
        honest: pd.DataFrame,
        features: pd.DataFrame,
        rival: Champion[Model] | None,
        champion: Mapping[str, Any],
    ) -> Decision:
        """See `Task.decide`: of the `honest` predictions of the challenger, whose record it is; that of the champion is
        empty where there is no `rival`."""

    @abstractmethod
    def said(
        self, model: Model, honest: pd.DataFrame, batch: pd.DataFrame, *, has_reasons: bool
    ) -> pd.DataFrame:
        """What is published of each row of a batch of features; `honest` is what `honest.honest_by_row` gives."""

    @abstractmethod
    def told(self, record: Mapping[str, Any], honest: pd.DataFrame) -> Evaluation:
        """See `Task.evaluate`: of the record of a version and its honest predictions."""

    @abstractmethod
    def compared(
        self, rows: pd.DataFrame, groups: Any, record: Mapping[str, Any], other: Mapping[str, Any]
    ) -> Compared:
        """See `Task.compare`: of what `rows_of_both` gives, by whom each row is about, shape (n,), and both records."""

    @abstractmethod
    def maturing(self) -> Maturing:
        """See `Task.maturing`."""

    def is_labelled(self, batch: pd.DataFrame) -> pd.Series[Any]:
        """Whether the label of each row is known."""
        return batch[self._spec.label].notna()

    def decide(
        self,
        challenger: Trained,
        features: pd.DataFrame,
        champion: ModelVersion | None,
        *,
        can_score: bool,
        is_replaced: bool,
    ) -> Decision:
        """See `Task.decide`: by the rows that tested the challenger."""
        rival = rival_of(champion, self.name, self.model_of, can_score=can_score, is_replaced=is_replaced)
        honest = honest_predictions(challenger.files[HONEST_FILE])
        known = champion.record if champion and rival else {}
        return self.decided(challenger.record, honest, features, rival, known)

    def rows_to_score(self, features_sql: str) -> str:
        """All rows, or with cut-offs those of the latest one."""
        return of_latest_cutoff(features_sql, self._spec.cutoff)

    def scorer(self, version: ModelVersion, wanted: Sequence[str]) -> Callable[[pd.DataFrame], pd.DataFrame]:
        """See `Task.scorer`; reasons are found if the contract has them."""
        from meshlake.ml_assets.explaining.reasons import reason_names
        from meshlake.ml_assets.honest import honest_by_row

        model, cutoff = self.model_of(version), self._spec.cutoff
        honest = honest_by_row(honest_predictions(version.read(HONEST_FILE)))
        has_reasons = not set(reason_names()).isdisjoint(wanted)

        def score(batch: pd.DataFrame) -> pd.DataFrame:
            scores = self.said(model, honest, batch, has_reasons=has_reasons)
            day = {cutoff: batch[cutoff]} if cutoff else {}
            return scores.assign(is_labelled=self.is_labelled(batch), **day)

        return score

    def compare(self, version: ModelVersion, other: ModelVersion) -> Compared:
        """See `Task.compare`."""
        from meshlake.ml_assets.comparison import groups_by

        rows = rows_of_both(version, other, self._spec.row_keys, "label")
        return self.compared(rows, groups_by(rows, self._spec), version.record, other.record)

    def evaluate(self, version: ModelVersion) -> Evaluation:
        """See `Task.evaluate`."""
        return self.told(version.record, honest_predictions(version.read(HONEST_FILE)))


def as_trained(
    training: LabelledTraining[Any],
    facts: Mapping[str, Any],
    figures: Mapping[str, Draw],
    among: Doorway[type[Any]],
    algorithms: Iterable[str],
    warnings: Iterable[str] = (),
    promise: Promise | None = None,
) -> Trained:
    """What is stored of a training: `facts` of it in its record, and the model, the honest predictions and `figures`.

    `algorithms` are those compared, each found `among`; `warnings` come before those of the training. A `promise` is
    what its predictions are held against when labels come.
    """
    from meshlake.ml_assets.drawing import png
    from meshlake.ml_assets.persistence import dump_model

    test, needed = facts["test"], {p for name in algorithms for p in among.get(name).packages}
    record = {
        "needed_columns": sorted(training.features),
        "packages": {name: version_of(name) for name in sorted(needed)},
        "measured_on": f"cut-off {test['cutoff']}, held out"
        if test
        else f"{facts['folds']['count']} folds, out of fold",
        "metrics": {k: v for k, v in (test or facts["out_of_fold"]).items() if isinstance(v, float)},
        **facts,
        **({"promised": promise.as_dict()} if promise else {}),
        "warnings": [*warnings, *facts["warnings"]],
    }
    files = {
        MODEL_FILE: dump_model(training.model),
        HONEST_FILE: training.honest.to_parquet(index=False),
        **{f"{name}{PICTURE_SUFFIX}": png(draw) for name, draw in figures.items()},
    }
    return Trained(record, files)


def stored_model(
    version: ModelVersion, kind: type[Model], what: str, among: Doorway[type[Any]], *algorithms: str
) -> Model:
    """The model of a version, made of `algorithms` found `among`.

    Raises:
        ValueError: it is none of this `kind`, which is `what` in words.
    """
    from meshlake.ml_assets.persistence import load_model

    model = load_model(version.read(MODEL_FILE), *algorithms, among=among)
    if not isinstance(model, kind):
        raise ValueError(f"version {version.version} is no model of {what}")
    return model
