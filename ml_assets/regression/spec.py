"""What a model of amounts is asked to do: `model.yaml` with `task: regression`."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - pydantic reads it
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from meshlake.ml_assets.candidates.choices import (
    RegressorChoices,
    names_and_parameters,
)
from meshlake.ml_assets.document import Column, LabelledDocument, LabelledSpec, empty_if_none
from meshlake.ml_assets.policy import BoostMinutes, ComparedPolicy, Share
from meshlake.ml_assets.regressors.baselines import LAST_PERIOD
from meshlake.ml_assets.regressors.regressor import DEFAULT_REGRESSORS, REGRESSORS
from meshlake.validation import Location, read_as, told

# What is predicted, by the figure that is then the least of its errors (Gneiting, Making and evaluating point
# forecasts, 2011).
LOSSES = {"mean": "root_mean_squared_error", "median": "mean_absolute_error"}


@dataclass(frozen=True)
class RegressionSpec(LabelledSpec):
    """A model of amounts: `predict` is `mean` or `median`, `coverage` the share of rows whose amount lies within what
    is told of it, `last_period` the feature that holds the amount of the period before."""

    predict: str = "mean"
    coverage: float = 0.9
    last_period: str | None = None

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The candidates, the cheapest first."""
        return REGRESSORS.in_order(self.candidates)

    @property
    def loss(self) -> str:
        """The figure that the best candidate has the least of."""
        return LOSSES[self.predict]

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> RegressionSpec:
        """Read a `model.yaml` mapping with `task: regression`.

        Raises:
            ValueError: naming every key that is missing, unknown or wrong, and what is allowed.
        """
        return read_as(RegressionDocument, mapping).spec


class RegressionPolicy(ComparedPolicy):
    """How a model of amounts is chosen, and how sure its intervals are."""

    predict: Annotated[Literal["mean", "median"], told("'mean' or 'median'")] = Field(
        default="mean",
        description="mean, which sums up to what will come, is chosen by squared errors; median, which half of the "
        "rows are below, by errors as they are. Of amounts with many zeros the median of a row may be zero.",
    )
    candidates: RegressorChoices | None = Field(
        default=None,
        description="The algorithms compared, each a name, or one with parameters: {ridge: {alpha: 3}}. The least "
        "error on the folds wins.",
    )
    coverage: Share = Field(
        default=0.9,
        description="The share of rows whose amount lies between lower_<label> and upper_<label>.",
    )
    boost_minutes: BoostMinutes = None


class RegressionDocument(LabelledDocument):
    """A model of an amount, such as the revenue of the next period."""

    model_config = ConfigDict(title="Regression")

    task: Annotated[Literal["regression"], told("'regression' here")] = Field(
        description="The kind of model."
    )
    label: Column = Field(
        description="The column of numbers to predict; null is scored, and never learned from or measured with."
    )
    last_period: Column | None = Field(
        default=None,
        description="The feature that holds the same amount of the period before: the rule of thumb that a model is "
        "held against, and that is published where none is better beyond noise.",
    )
    policy: Annotated[RegressionPolicy, BeforeValidator(empty_if_none)] = RegressionPolicy()

    @model_validator(mode="after")
    def _last_period_is_a_feature(self) -> RegressionDocument:
        no_features = {*self.key, *(self.group or []), self.label, self.cutoff, *self.exclude}
        if self.last_period in no_features - {None}:
            raise ValueError(f"'last_period' names '{self.last_period}', which is no feature")
        return self

    @property
    def named_columns(self) -> list[tuple[Location, str]]:
        """As of any label, and the amount of the period before."""
        last: list[tuple[Location, str]] = [(("last_period",), self.last_period)] if self.last_period else []
        return [*super().named_columns, *last]

    @property
    def spec(self) -> RegressionSpec:
        """What training acts upon."""
        policy = self.policy
        listed = (
            names_and_parameters(policy.candidates)
            if policy.candidates
            else DEFAULT_REGRESSORS[policy.predict]
        )
        chosen = {name: dict(given) for name, given in listed.items()}
        if self.last_period:
            chosen.setdefault(LAST_PERIOD, {"column": self.last_period})
        return RegressionSpec(
            **self.shared,
            candidates=tuple(chosen),
            parameters={name: given for name, given in chosen.items() if given},
            minutes=policy.minutes,
            folds=policy.folds,
            seed=policy.seed,
            predict=policy.predict,
            coverage=policy.coverage or RegressionSpec.coverage,
            last_period=self.last_period,
        )
