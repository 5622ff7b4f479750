"""What a model of uplift is asked to do: `model.yaml` with `task: uplift`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from meshlake.ml_assets.candidates.choices import UplifterChoices, names_and_parameters
from meshlake.ml_assets.document import Column, LabelledDocument, LabelledSpec, empty_if_none
from meshlake.ml_assets.policy import ComparedPolicy, Count, Gain, Share
from meshlake.ml_assets.uplifters.uplifter import DEFAULT_UPLIFTERS, UPLIFTERS
from meshlake.validation import Location, read_as, told

if TYPE_CHECKING:
    from collections.abc import Mapping

_COMMON_SHARE = 0.1


@dataclass(frozen=True, kw_only=True)
class UpliftSpec(LabelledSpec):
    """A model of what `treatment` changes of the label, of which `is_wanted` says whether more or less of it is aimed
    at; `propensity` is the column of how likely each row was to be treated, if that was not the same for all.

    At most one of `treat_share` and `capacity` limits who is treated; by expected `profit` if that is given.
    """

    treatment: str
    is_wanted: bool = True
    propensity: str | None = None
    candidates: tuple[str, ...] = DEFAULT_UPLIFTERS
    treat_share: float | None = None
    capacity: int | None = None
    profit: Gain | None = None

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The candidates, the cheapest first."""
        return UPLIFTERS.in_order(self.candidates)

    @property
    def sign(self) -> int:
        """What an effect on the label is multiplied by to be a gain."""
        return 1 if self.is_wanted else -1

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> UpliftSpec:
        """Read a `model.yaml` mapping with `task: uplift`.

        Raises:
            ValueError: naming every key that is missing, unknown or wrong, and what is allowed.
        """
        return read_as(UpliftDocument, mapping).spec


class UpliftPolicy(ComparedPolicy):
    """How a model of uplift is chosen, and who is to be treated: nobody whom the treatment is expected to harm."""

    candidates: UplifterChoices = Field(
        default=list(DEFAULT_UPLIFTERS),
        description="The algorithms compared, each a name, or one with parameters: {two_models: {C: 1}}. The largest "
        "Qini coefficient on the folds wins.",
    )
    treat_share: Share = Field(
        default=None,
        description="The share of rows, those of most uplift first, that is to be treated at most; 0.1 if nothing else "
        "says who is.",
    )
    capacity: Count = Field(
        default=None, description="How many can be treated at most, those of most expected profit or uplift."
    )
    profit: Gain | None = Field(
        default=None,
        description="What one more outcome that is aimed at is worth, and what a treatment costs: those are to be "
        "treated of whom a profit is expected.",
    )

    @model_validator(mode="after")
    def _limits_one_way(self) -> Self:
        if self.treat_share is not None and self.capacity is not None:
            raise ValueError("'policy.treat_share' and 'policy.capacity' are both given; keep one of them")
        return self


class UpliftDocument(LabelledDocument):
    """A model of whom a treatment changes, such as a call, a voucher or a letter that was sent at random."""

    model_config = ConfigDict(title="Uplift")

    task: Annotated[Literal["uplift"], told("'uplift' here")] = Field(description="The kind of model.")
    label: Column = Field(
        description="The BOOLEAN column of the outcome; null is scored, and never learned from or measured with."
    )
    treatment: Column = Field(
        description="The BOOLEAN column that says who was treated; null is scored, and never learned from. It must "
        "have been drawn at random, which is tested."
    )
    aim: Annotated[Literal["more", "less"], told("'more' or 'less'")] = Field(
        description="Whether the treatment is to bring about more of the label (buying) or less of it (leaving)."
    )
    propensity: Column | None = Field(
        default=None,
        description="The column of how likely each row was to be treated, between 0 and 1, where that was not the same "
        "for all rows.",
    )
    policy: Annotated[UpliftPolicy, BeforeValidator(empty_if_none)] = UpliftPolicy()

    @model_validator(mode="after")
    def _names_other_columns(self) -> Self:
        taken = {*self.key, *(self.group or []), self.label, self.cutoff}
        for place, name in (("treatment", self.treatment), ("propensity", self.propensity)):
            if name and name in taken:
                raise ValueError(
                    f"'{place}' must name another column than 'key', 'group', 'label' and 'cutoff'"
                )
        if self.treatment == self.propensity:
            raise ValueError("'treatment' and 'propensity' must name different columns")
        return self

    @property
    def named_columns(self) -> list[tuple[Location, str]]:
        """As of any label, and the treatment, how likely it was, and amounts."""
        named: list[tuple[Location, str]] = [(("treatment",), self.treatment)]
        named += [(("propensity",), self.propensity)] if self.propensity else []
        amounts = self.policy.profit.columns if self.policy.profit else {}
        named += [(("policy", "profit", name), column) for name, column in amounts.items()]
        return [*super().named_columns, *named]

    @property
    def spec(self) -> UpliftSpec:
        """What training acts upon."""
        policy, shared = self.policy, self.shared
        chosen = names_and_parameters(policy.candidates)
        no_features = {self.treatment: "is the treatment"}
        if self.propensity:
            no_features[self.propensity] = "is how likely the treatment was"
        has_limit = policy.profit or policy.capacity or policy.treat_share
        return UpliftSpec(
            **shared | {"exclude": {**no_features, **shared["exclude"]}},
            treatment=self.treatment,
            is_wanted=self.aim == "more",
            propensity=self.propensity,
            candidates=tuple(chosen),
            parameters={name: given for name, given in chosen.items() if given},
            minutes=policy.minutes,
            folds=policy.folds,
            seed=policy.seed,
            treat_share=policy.treat_share if has_limit else _COMMON_SHARE,
            capacity=policy.capacity,
            profit=policy.profit,
        )
