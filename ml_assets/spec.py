"""What a churn model is asked to do: `model.yaml` with `task: churn`, and of it what training acts upon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from meshlake.ml_assets.candidates.candidate import (
    CANDIDATES,
    DEFAULT_CANDIDATES,
    ENSEMBLES,
    learns_from_unlabelled,
)
from meshlake.ml_assets.candidates.choices import names_and_parameters
from meshlake.ml_assets.document import Column, LabelledDocument, LabelledSpec, Names, empty_if_none
from meshlake.ml_assets.policy import ChurnPolicy, Profit
from meshlake.validation import Location, read_as, told

if TYPE_CHECKING:
    from collections.abc import Mapping

# Each costs a scoring of those flagged for each of its values.
MOST_CHANGEABLE = 8


@dataclass(frozen=True)
class ChurnSpec(LabelledSpec):
    """A churn model. `changeable` are the features that can be changed for a customer, see `counterfactuals`; with
    `search` so many trials go into the parameters of each candidate, see `search`.

    At most one of `flag_share` (flag the most likely share), `threshold` (flag from this probability on), `min_recall`,
    `min_precision` and `capacity` (flag so many) is set; none where expected `profit` alone says who is flagged.
    """

    candidates: tuple[str, ...] = DEFAULT_CANDIDATES
    changeable: tuple[str, ...] = ()
    search: int = 0
    flag_share: float | None = 0.1
    threshold: float | None = None
    min_recall: float | None = None
    min_precision: float | None = None
    capacity: int | None = None
    profit: Profit | None = None

    @property
    def amounts(self) -> tuple[str, ...]:
        """The columns that amounts of the policy are read from."""
        return tuple(self.profit.columns.values()) if self.profit else ()

    @property
    def is_by_profit(self) -> bool:
        """Whether expected profit says who is flagged, of as many as `capacity` allows."""
        ways = (self.flag_share, self.threshold, self.min_recall, self.min_precision)
        return self.profit is not None and not any(ways)

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The candidates that are fitted, which is all but the ensembles, the cheapest first."""
        return CANDIDATES.in_order(name for name in self.candidates if name not in ENSEMBLES)

    @property
    def ensembles(self) -> tuple[str, ...]:
        """The candidates that are made of the others."""
        return tuple(name for name in self.candidates if name in ENSEMBLES)

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> ChurnSpec:
        """Read a `model.yaml` mapping with `task: churn`.

        Raises:
            ValueError: naming every key that is missing, unknown or wrong, and what is allowed.
        """
        return read_as(ChurnDocument, mapping).spec


class ChurnDocument(LabelledDocument):
    """A model of who will leave."""

    model_config = ConfigDict(title="Churn model")

    task: Annotated[Literal["churn"], told("'churn' here")] = Field(description="The kind of model.")
    label: Column = Field(
        description="The BOOLEAN column to predict; null is scored, and never learned from or measured with."
    )
    changeable: Annotated[Names, Field(max_length=MOST_CHANGEABLE)] = Field(
        default=[],
        description="Features that you can change for a customer, such as the contract: of each customer flagged, the "
        "nearest change of one or two of them that would end it is told as what_would_change.",
    )
    policy: Annotated[ChurnPolicy, BeforeValidator(empty_if_none)] = ChurnPolicy()

    @model_validator(mode="after")
    def _has_a_rival(self) -> Self:
        names = list(names_and_parameters(self.policy.candidates))
        if all(learns_from_unlabelled([name]) for name in names):
            raise ValueError(
                f"'policy.candidates' needs one beside '{names[0]}' that learns from labels alone, such as "
                "'logistic_regression': it is taken only where it is better"
            )
        return self

    @model_validator(mode="after")
    def _changes_features(self) -> Self:
        for name in self.changeable:
            if name in {*self.key, *(self.group or []), self.label, self.cutoff, *self.exclude}:
                raise ValueError(f"'changeable' names '{name}', which is no feature")
        return self

    @property
    def named_columns(self) -> list[tuple[Location, str]]:
        """As of any label, and what can be changed, and amounts."""
        named: list[tuple[Location, str]] = []
        named += [(("changeable",), name) for name in self.changeable]
        amounts = self.policy.profit.columns if self.policy.profit else {}
        named += [(("policy", "profit", name), column) for name, column in amounts.items()]
        return [*super().named_columns, *named]

    @property
    def learns_from_unlabelled(self) -> bool:
        """See `ModelDocument.learns_from_unlabelled`."""
        return learns_from_unlabelled(names_and_parameters(self.policy.candidates))

    @property
    def spec(self) -> ChurnSpec:
        """What training acts upon."""
        policy = self.policy
        chosen = names_and_parameters(policy.candidates)
        ways: dict[str, Any] = policy.ways
        if not ways and not policy.profit:
            ways = {"flag_share": ChurnSpec.flag_share}
        return ChurnSpec(
            **self.shared,
            candidates=tuple(chosen),
            parameters={name: given for name, given in chosen.items() if given},
            changeable=tuple(self.changeable),
            search=policy.search,
            minutes=policy.minutes,
            folds=policy.folds,
            seed=policy.seed,
            profit=policy.profit,
            **{"flag_share": None, **ways},
        )
