"""What techniques are tried on: a telco operator's flat churn table and a retailer, as products of examples/telco."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.models.tables import FLAT_SQL, LABEL, SPENDING_SQL, has_data, plain, telco_mesh
from benchmarks.techniques.row import CannotRunError
from meshlake.ml_assets.churn import ChurnTraining, train_churn
from meshlake.ml_assets.cross_validation import CandidateResult, cross_validate
from meshlake.ml_assets.encoding import linear_preprocessing
from meshlake.ml_assets.feature_choice import Suspects
from meshlake.ml_assets.features import Features
from meshlake.ml_assets.logarithm import signed_log1p
from meshlake.ml_assets.preprocessing import FeaturePlan, plan_features
from meshlake.ml_assets.regression.learner import AmountLearner
from meshlake.ml_assets.regression.model import RegressionModel, predict_amounts
from meshlake.ml_assets.regression.rows import plan_of
from meshlake.ml_assets.regression.spec import RegressionSpec
from meshlake.ml_assets.segmentation.spec import Scale, SegmentSpec
from meshlake.ml_assets.segmentation.training import SegmentTraining, train_segments
from meshlake.ml_assets.spec import ChurnSpec
from meshlake.ml_assets.threads import one_thread
from meshlake.ml_assets.training_rows import assign_folds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt
    import pandas as pd

    from meshlake.mesh.mesh import Mesh

    Floats = npt.NDArray[np.float64]
    Labels = npt.NDArray[np.bool_]

SEED = 42
# What an honest stack reaches on the flat table, five folds, the same seed: ../shared/data/README.md.
YARDSTICK_ROC_AUC = 0.848
_PRODUCTS = (
    "retention.churn_features",
    "retention.status",
    "telco_flat.customers",
    "retail.churn_features",
    "retail.customer_rfm",
    "retail.purchases",
)
_TRAINED = ("logistic_regression", "random_forest", "histogram_gradient_boosting", "extra_trees")


@dataclass
class ChurnRows:
    """Labelled rows with their plan and folds, on which candidates are cross-validated once each."""

    rows: pd.DataFrame
    spec: ChurnSpec
    _known: dict[str, CandidateResult] = field(default_factory=dict)

    @cached_property
    def plan(self) -> FeaturePlan:
        """What the features are."""
        no_features = {*self.spec.row_keys, LABEL}
        names = [name for name in self.rows.columns if name not in no_features]
        return plan_features(self.rows, names, self.spec.cutoff)

    @cached_property
    def folds(self) -> npt.NDArray[np.int64]:
        """The fold of each row."""
        return assign_folds(self.rows, self.spec)

    @property
    def is_churned(self) -> Labels:
        """The label."""
        return self.rows[LABEL].to_numpy(dtype=bool)

    @property
    def groups(self) -> npt.NDArray[np.int64]:
        """Whom each row is about."""
        return np.arange(len(self.rows))

    def candidate(self, name: str, **parameters: Any) -> CandidateResult:
        """A candidate of Meshlake on the folds."""
        asked = f"{name} {parameters}"
        if asked not in self._known:
            spec = replace(self.spec, parameters={name: parameters})
            with one_thread():
                features = Features.of(self.rows, self.plan, spec)
                self._known[asked] = cross_validate(
                    name, self.plan, features, self.folds, spec, lambda _: None
                )
        return self._known[asked]

    def numbers(self) -> tuple[Floats, Floats, Labels, Labels]:
        """As linear models of Meshlake take them, prepared without the last fold: inside, outside, and their labels."""
        is_out = self.folds == self.spec.folds - 1
        inside, outside = self.rows[~is_out], self.rows[is_out]
        frame = self.plan.frame()
        prepared = linear_preprocessing(self.plan).fit(frame.transform(inside), inside[LABEL])
        found = [np.asarray(prepared.transform(frame.transform(part))) for part in (inside, outside)]
        return found[0], found[1], self.is_churned[~is_out], self.is_churned[is_out]

    def sample(self, count: int) -> ChurnRows:
        """Fewer rows, for what is slow."""
        return ChurnRows(self.rows.sample(count, random_state=SEED).reset_index(drop=True), self.spec)


class Data:
    """The tables and what is learned from them, each made when it is first asked for, in `home`."""

    def __init__(self, home: Path) -> None:
        self._home = home

    @cached_property
    def mesh(self) -> Mesh:
        """The mesh of examples/telco with what is tried here built.

        Raises:
            CannotRunError: the data is not beside this checkout.
        """
        if not has_data():
            raise CannotRunError("../shared/data is not there")
        mesh = telco_mesh(self._home)
        mesh.build(*_PRODUCTS)
        return mesh

    @cached_property
    def flat(self) -> ChurnRows:
        """The operator's customers."""
        rows = plain(self.mesh.sql(FLAT_SQL).df()).sort_values("customer_id", ignore_index=True)
        return ChurnRows(
            rows, ChurnSpec(("customer_id",), LABEL, candidates=(*_TRAINED, "stacking"), minutes=9)
        )

    @cached_property
    def training(self) -> ChurnTraining:
        """A model of the operator's customers, trained as a build does."""
        return train_churn(self.flat.rows, self.flat.spec)

    @cached_property
    def spending(self) -> pd.DataFrame:
        """The retailer's features at four cut-offs, and what each customer spent in the 90 days after."""
        return plain(self.mesh.sql(SPENDING_SQL).df()).sort_values(["cutoff_date", "customer_id"])

    def spending_by(self, name: str, **parameters: Any) -> tuple[RegressionModel, Floats, Floats, float]:
        """A candidate of `task: regression`, fitted on the first cut-offs: it, what it says of the last one, what was
        spent then, and the mean of those before; in pounds of 90 days."""
        rows = self.spending.drop(columns=LABEL).reset_index(drop=True)
        is_last = (rows["cutoff_date"] == rows["cutoff_date"].max()).to_numpy()
        inside, outside = rows[~is_last], rows[is_last]
        spec = RegressionSpec(
            ("customer_id",), "next_90_days", cutoff="cutoff_date", parameters={name: parameters}
        )
        with one_thread():
            model = AmountLearner(spec, 0.0).fit(name, plan_of(Suspects({}), inside, spec), inside)
        said = predict_amounts(model, outside)["predicted"].to_numpy()
        return model, said, outside["next_90_days"].to_numpy(), float(inside["next_90_days"].mean())

    def spending_numbers(self, most: int = 4000) -> tuple[Floats, Floats, Floats, Floats]:
        """The first cut-offs and the last one: scaled logarithms of the features, and of what was spent after."""
        rows = self.spending
        is_last = (rows["cutoff_date"] == rows["cutoff_date"].max()).to_numpy()
        amounts = rows.drop(columns=["customer_id", "cutoff_date", LABEL, "next_90_days"]).fillna(0)
        known, spent = (
            signed_log1p(amounts.to_numpy(np.float64)),
            np.log1p(rows["next_90_days"].clip(0).to_numpy()),
        )
        known = (known - known[~is_last].mean(axis=0)) / known[~is_last].std(axis=0)
        inside = np.random.default_rng(SEED).permutation(np.flatnonzero(~is_last))[:most]
        return known[inside], known[is_last], spent[inside], spent[is_last]

    @cached_property
    def rfm(self) -> pd.DataFrame:
        """The retailer's customers: recency, frequency, money."""
        query = "SELECT customer_id, recency_days, frequency, monetary FROM retail.customer_rfm"
        return self.mesh.sql(query).df().sort_values("customer_id", ignore_index=True)

    @cached_property
    def segmentation(self) -> SegmentTraining:
        """Segments of these customers, as a build makes them, of 2 to 10."""
        return train_segments(self.rfm, segment_spec(list(self.rfm.columns[1:]), 2, 10))

    @cached_property
    def points(self) -> Floats:
        """These customers, scaled as their segments see them: shape (customers, 3)."""
        return np.asarray(self.segmentation.model.pipeline[:-1].transform(self.rfm))


def segment_spec(columns: Sequence[str], k_min: int, k_max: int, scale: Scale = Scale.LOG) -> SegmentSpec:
    """Segments by `columns`, all on one scale."""
    return SegmentSpec(("customer_id",), dict.fromkeys(columns, scale), k_min, k_max, SEED)
