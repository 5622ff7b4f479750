"""What a model of time to an event is asked to do: `model.yaml` with `task: survival`."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - pydantic reads it
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from meshlake.ml_assets.candidates.choices import HazardChoices, names_and_parameters
from meshlake.ml_assets.document import Column, LabelledDocument, LabelledSpec, empty_if_none
from meshlake.ml_assets.hazards.hazard import DEFAULT_HAZARDS, HAZARDS
from meshlake.ml_assets.policy import ComparedPolicy
from meshlake.validation import Location, read_as, told

# Asked for where nothing else is, as far as the rows reach: weeks, as people plan by.
LADDERS = {
    "days": (28, 91, 182, 364),
    "weeks": (4, 13, 26, 52),
    "months": (1, 3, 6, 12),
    "years": (1, 2, 3, 5),
}
Unit = Annotated[Literal["days", "weeks", "months", "years"], told(f"one of {', '.join(LADDERS)}")]


@dataclass(frozen=True, kw_only=True)
class SurvivalSpec(LabelledSpec):
    """A model of how long it takes until the label, an event, is so; where it is not it had not come yet.

    A row was followed for `duration`, a column of numbers, or from `start` to `end`, columns of dates, in `unit`.
    `horizons` are the times asked for; empty are those of `LADDERS` that the rows reach.
    """

    duration: str | None = None
    start: str | None = None
    end: str | None = None
    unit: str = "days"
    horizons: tuple[int, ...] = ()
    candidates: tuple[str, ...] = DEFAULT_HAZARDS

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The candidates, the cheapest first."""
        return HAZARDS.in_order(self.candidates)

    @property
    def time_columns(self) -> dict[str, str]:
        """The columns that say how long rows were followed, each with what it is."""
        words = {
            self.duration: "is how long a row was followed",
            self.start: "is since when a row was followed",
            self.end: "is until when a row was followed",
        }
        return {name: why for name, why in words.items() if name}

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> SurvivalSpec:
        """Read a `model.yaml` mapping with `task: survival`.

        Raises:
            ValueError: naming every key that is missing, unknown or wrong, and what is allowed.
        """
        return read_as(SurvivalDocument, mapping).spec


def _in_order(value: object) -> object:
    is_whole = isinstance(value, list) and all(type(each) is int and each > 0 for each in value)
    if not is_whole or value != sorted({*value}):  # type: ignore[misc]
        raise ValueError("it must list whole numbers above 0, each larger than the one before")
    return value


class SurvivalPolicy(ComparedPolicy):
    """How a model of time to an event is chosen, and which times are asked for."""

    candidates: HazardChoices = Field(
        default=list(DEFAULT_HAZARDS),
        description="The algorithms compared, each a name, or one with parameters: {logistic_hazards: {C: 1}}. The "
        "least integrated Brier score on the folds wins.",
    )
    horizons: Annotated[list[int], BeforeValidator(_in_order)] = Field(
        default=[],
        description="After how much time, in `unit`, it is told how likely a row is still there; else 28, 91, 182 and "
        "364 days (4, 13, 26, 52 weeks; 1, 3, 6, 12 months; 1, 2, 3, 5 years), as far as the rows reach.",
    )


class SurvivalDocument(LabelledDocument):
    """A model of how long it takes until something happens, such as until a customer leaves."""

    model_config = ConfigDict(title="Survival")

    task: Annotated[Literal["survival"], told("'survival' here")] = Field(description="The kind of model.")
    label: Column = Field(
        description="The BOOLEAN column that says whether the event has come; false is not yet, and no more than that. "
        "Null is scored, and never learned from or measured with."
    )
    duration: Column | None = Field(
        default=None,
        description="The column of numbers that says how long each row was followed: until the event, or until it was "
        "last seen without.",
    )
    start: Column | None = Field(
        default=None, description="Instead of `duration`, with `end`: the date that a row is followed from."
    )
    end: Column | None = Field(
        default=None,
        description="The date of the event, or on which the row was last seen without; where it is null and the event "
        "has not come, that is the day of `cutoff`.",
    )
    unit: Unit = Field(default="days", description="What `duration` is counted in; of dates it is days.")
    policy: Annotated[SurvivalPolicy, BeforeValidator(empty_if_none)] = SurvivalPolicy()

    @model_validator(mode="after")
    def _says_how_long(self) -> Self:
        if (self.duration is None) == (self.start is None) or (self.start is None) != (self.end is None):
            raise ValueError("how long rows were followed is said by 'duration', or by 'start' and 'end'")
        if self.start and self.unit != "days":
            raise ValueError("'unit' is that of 'duration'; from 'start' to 'end' it is days")
        if self.horizon_days:
            raise ValueError("'horizon_days' is not of task survival: 'policy.horizons' are")
        times = [name for name in (self.duration, self.start, self.end) if name]
        if len({*times}) < len(times) or {*times} & {*self.key, *(self.group or []), self.label, self.cutoff}:
            raise ValueError("'duration', 'start' and 'end' must name columns of their own")
        return self

    @property
    def named_columns(self) -> list[tuple[Location, str]]:
        """As of any label, and what says how long."""
        times = {"duration": self.duration, "start": self.start, "end": self.end}
        return [*super().named_columns, *(((place,), name) for place, name in times.items() if name)]

    @property
    def spec(self) -> SurvivalSpec:
        """What training acts upon."""
        policy, shared = self.policy, self.shared
        chosen = names_and_parameters(policy.candidates)
        spec = SurvivalSpec(
            **shared,
            duration=self.duration,
            start=self.start,
            end=self.end,
            unit=self.unit,
            horizons=tuple(policy.horizons),
            candidates=tuple(chosen),
            parameters={name: given for name, given in chosen.items() if given},
            minutes=policy.minutes,
            folds=policy.folds,
            seed=policy.seed,
        )
        return replace(spec, exclude={**spec.time_columns, **spec.exclude})
