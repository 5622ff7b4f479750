"""What the `policy:` of a `model.yaml` can say: how a model is chosen and kept, and who is flagged.

Who is flagged is decided by rows in `decisions`, and in SQL where scores are published.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from meshlake.ml_assets.candidates.candidate import DEFAULT_CANDIDATES
from meshlake.ml_assets.candidates.choices import Choices  # noqa: TC001 - pydantic reads it
from meshlake.validation import Document, told

Seed = Annotated[int, Field(strict=True, ge=0), told("a whole number of at least 0")]
TwoOrMore = Annotated[int, Field(strict=True, ge=2), told("a whole number of at least 2")]
_OneOrMore = Annotated[int, Field(strict=True, ge=1), told("a whole number of at least 1")]
Count = Annotated[_OneOrMore | None, told("a whole number of at least 1")]
Minutes = Annotated[float, Field(strict=True, gt=0), told("a number above 0")]
_Between = Annotated[float, Field(strict=True, gt=0, lt=1)]
Share = Annotated[_Between | None, told("a number between 0 and 1, both excluded")]
_Chance = Annotated[float, Field(strict=True, gt=0, le=1), told("a number above 0, and 1 at most")]
_Number = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]
Amount = Annotated[
    _Number | Annotated[str, Field(min_length=1)], told("a number of at least 0, or the name of a column")
]


class Policy(Document):
    """How the model is chosen and kept."""

    retrain_cron: Annotated[str | None, told("a cron expression")] = Field(
        default=None,
        description="When a new version is trained even if nothing changed, in UTC: '0 4 * * 1'.",
    )
    keep_versions: _OneOrMore = Field(
        default=50,
        description="How many of the newest versions `mesh clean` leaves, beside those that scored a kept snapshot.",
    )


class Gain(Document):
    """What acting upon a customer brings and costs."""

    benefit: Amount = Field(
        description="What one more outcome that is wanted is worth: a number, or a column of the features."
    )
    cost: Amount = Field(
        description="What it costs to contact a customer: a number, or a column of the features."
    )

    @property
    def columns(self) -> dict[str, str]:
        """The columns that hold amounts, by what of them."""
        amounts = {"benefit": self.benefit, "cost": self.cost}
        return {name: amount for name, amount in amounts.items() if isinstance(amount, str)}


class Profit(Gain):
    """What it brings to contact a customer: the chance that they would leave and are kept by it, times what that is
    worth, less what the contact costs."""

    benefit: Amount = Field(
        description="What it is worth to keep a customer who would have left: a number, or a column of the features."
    )
    success_rate: _Chance = Field(
        description="The chance that a contact keeps a customer who would have left."
    )


# Without the one that is predicted these leave one for each inner part of a search.
FEWEST_FOLDS_TO_SEARCH = 4
# Of these one says who is flagged; what is said beside `profit` alone is the most that can be contacted.
WAYS = ("flag_share", "threshold", "min_recall", "min_precision", "capacity")


BoostMinutes = Annotated[
    Minutes | None,
    told("a number above 0"),
    Field(
        description="For how many minutes Dagster looks through the mesh for what makes the model better, each time "
        "that new data was discovered. What it finds waits until it is accepted. Not at all if nothing is said.",
    ),
]


class ComparedPolicy(Policy):
    """How candidates are compared on folds."""

    minutes: Minutes = Field(
        default=2,
        description="How many minutes of one processor the comparison may take; candidates for which no time is left "
        "are told.",
    )
    folds: TwoOrMore = Field(default=5, description="Into how many parts the rows are split to compare.")
    seed: Seed = Field(default=42, description="The same seed and rows give the same model.")
    retrain_when_off: bool = Field(
        default=True,
        description="Whether the next build trains a new version when features have moved, or predictions turned out "
        "wrong; else that is only told.",
    )


class ChurnPolicy(ComparedPolicy):
    """How a churn model is chosen, and who is flagged."""

    candidates: Choices = Field(
        default=list(DEFAULT_CANDIDATES),
        description="The algorithms compared, each a name, or one with parameters: {random_forest: {n_estimators: 9}}. "
        "The least log loss on the folds wins, and an ensemble only if it is better beyond noise.",
    )
    search: Annotated[int, Field(strict=True, ge=0), told("a whole number of at least 0")] = Field(
        default=0,
        description="How many sets of parameters are tried for each candidate, beside those it has: within the folds, "
        "so that figures stay honest, and in the time that comparing leaves of `minutes`. Needs 4 folds or more.",
    )
    flag_share: Share = Field(
        default=None,
        description="The share of customers, the most likely first, that is predicted to churn; 0.1 if nothing else "
        "says who is.",
    )
    threshold: Share = Field(
        default=None, description="The probability from which on churn is predicted, instead of flag_share."
    )
    min_recall: Share = Field(
        default=None,
        description="The share of those who churn that has to be flagged: the threshold is the highest that reaches it "
        "on the folds, 95 % sure.",
    )
    min_precision: Share = Field(
        default=None,
        description="The share of the flagged that has to churn: the threshold is the lowest that reaches it on the "
        "folds, 95 % sure.",
    )
    capacity: Count = Field(
        default=None,
        description="How many customers can be contacted: the best are flagged, by expected profit if `profit` is "
        "given, else by probability.",
    )
    profit: Profit | None = Field(
        default=None,
        description="What a contact brings and costs. If nothing else says who is flagged, those are of whom a profit "
        "is expected.",
    )
    boost_minutes: BoostMinutes = None

    @property
    def ways(self) -> dict[str, float]:
        """What says who is flagged, as it is given."""
        given = {name: getattr(self, name) for name in WAYS}
        return {name: value for name, value in given.items() if value is not None}

    @model_validator(mode="after")
    def _can_search(self) -> Self:
        if self.search and self.folds < FEWEST_FOLDS_TO_SEARCH:
            raise ValueError(
                f"'policy.search' needs 'policy.folds' of at least {FEWEST_FOLDS_TO_SEARCH}: all but one choose"
            )
        return self

    @model_validator(mode="after")
    def _flags_one_way(self) -> Self:
        if len(self.ways) > 1:
            told = " and ".join(f"'policy.{name}'" for name in self.ways)
            raise ValueError(f"{told} are {'both' if len(self.ways) == 2 else 'all'} given; keep one of them")
        return self
