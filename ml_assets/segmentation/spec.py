"""What a segmentation is asked to do: `model.yaml` with `task: segments`, and of it what training acts upon."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - pydantic reads it
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from meshlake.ml_assets.candidates.choices import ClustererChoices, names_and_parameters
from meshlake.ml_assets.clusterers.clusterer import DEFAULT_CLUSTERERS
from meshlake.ml_assets.document import Column, ModelDocument, empty_if_none
from meshlake.ml_assets.policy import Minutes, Policy, Seed, Share, TwoOrMore
from meshlake.validation import Location, one_of, read_as, told

VALUE = "{}"


class Scale(StrEnum):
    """How a column is measured where rows are compared: as it is, or by its logarithm (amounts and counts)."""

    LOG = "log"
    LINEAR = "linear"


@dataclass(frozen=True)
class SegmentSpec:
    """A segmentation: the columns customers are compared by, and how many segments may come of it.

    `words` says of a column, with `{}` for a value, what it is called in names; `useful_for` is the column that
    segments are there to tell apart, which they are not made of. `min_share` is the share of rows that each has at
    least. `units` are those of columns, each in lower case.
    """

    key: tuple[str, ...]
    columns: Mapping[str, Scale]
    k_min: int = 3
    k_max: int = 6
    seed: int = 42
    candidates: tuple[str, ...] = DEFAULT_CLUSTERERS
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    minutes: float = 2
    min_share: float = 0.02
    useful_for: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> SegmentSpec:
        """Read a `model.yaml` mapping with `task: segments`.

        Raises:
            ValueError: naming every key that is missing, unknown or wrong, and what is allowed.
        """
        return read_as(SegmentDocument, mapping).spec


class SegmentPolicy(Policy):
    """How many segments may come of it, and of which algorithms."""

    candidates: ClustererChoices = Field(
        default=list(DEFAULT_CLUSTERERS),
        description="The algorithms tried, each a name, or one with parameters: {hdbscan: {min_samples: 5}}. Those "
        "that find the number of segments themselves are tried once, the others for each number.",
    )
    minutes: Minutes = Field(
        default=2,
        description="How many minutes of one processor trying them may take; those for which no time is left are told.",
    )
    min_share: Share = Field(
        default=0.02, description="The share of rows that each segment has at least, where a choice is left."
    )
    k_min: TwoOrMore = Field(default=3, description="The fewest segments.")
    k_max: TwoOrMore | None = Field(
        default=None, description="The most segments; 6, or k_min if that is more."
    )
    seed: Seed = Field(default=42, description="The same seed and rows give the same segments.")

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.k_max is not None and self.k_max < self.k_min:
            raise ValueError(
                f"'policy.k_max' is {self.k_max}; it must be at least 'policy.k_min', which is {self.k_min}"
            )
        return self


def _some_columns(value: dict[str, Scale]) -> dict[str, Scale]:
    if not value:
        raise ValueError("'columns' is missing: name the columns to compare by, each 'log' or 'linear'")
    return value


def _phrase(value: object) -> object:
    if not isinstance(value, str) or value.count(VALUE) != 1:
        raise ValueError(
            f"it must say a value in words, with {VALUE} in its place: last bought {VALUE} days ago"
        )
    return value


_Scale = Annotated[Scale, *one_of(lambda: [str(scale) for scale in Scale])]
ScaledColumns = Annotated[dict[str, _Scale], AfterValidator(_some_columns), BeforeValidator(empty_if_none)]
Words = Annotated[dict[str, Annotated[str, BeforeValidator(_phrase)]], BeforeValidator(empty_if_none)]


class ComparedDocument(ModelDocument):
    """What a `model.yaml` says whose model compares rows by some of their numbers."""

    columns: ScaledColumns = Field(
        description="The columns to compare by: log for amounts and counts, linear for all others."
    )

    @property
    def named_columns(self) -> list[tuple[Location, str]]:
        """Key, and the columns to compare by."""
        return [*super().named_columns, *((("columns", name), name) for name in self.columns)]


class SegmentDocument(ComparedDocument):
    """Groups of customers who are alike."""

    model_config = ConfigDict(title="Segmentation")

    task: Annotated[Literal["segments"], told("'segments' here")] = Field(description="The kind of model.")
    words: Words = Field(
        default={},
        description="How names say the value of a column, with {} in its place: last bought {} days ago.",
    )
    useful_for: Column | None = Field(
        default=None,
        description="A column of numbers or booleans, of a later period, that segments are to tell apart: of those "
        "that are stable the ones that do so best are chosen. They are not made of it.",
    )
    policy: Annotated[SegmentPolicy, BeforeValidator(empty_if_none)] = SegmentPolicy()

    @model_validator(mode="after")
    def _names_what_it_compares_by(self) -> Self:
        if self.useful_for in {*self.key, *self.columns}:
            raise ValueError("'useful_for' must be no column that rows are compared by, and no key")
        if unknown := [name for name in self.words if name not in self.columns]:
            raise ValueError(f"'words' names what is not in 'columns': {', '.join(unknown)}")
        return self

    @property
    def named_columns(self) -> list[tuple[Location, str]]:
        """Key, the columns to compare by, and what segments are to tell apart."""
        useful: list[tuple[Location, str]] = [(("useful_for",), self.useful_for)] if self.useful_for else []
        return [*super().named_columns, *useful]

    @property
    def spec(self) -> SegmentSpec:
        """What training acts upon."""
        policy = self.policy
        chosen = names_and_parameters(policy.candidates)
        return SegmentSpec(
            key=tuple(self.key),
            columns=dict(self.columns),
            k_min=policy.k_min,
            k_max=max(6, policy.k_min) if policy.k_max is None else policy.k_max,
            seed=policy.seed,
            candidates=tuple(chosen),
            parameters={name: given for name, given in chosen.items() if given},
            minutes=policy.minutes,
            min_share=policy.min_share or SegmentSpec.min_share,
            useful_for=self.useful_for,
            words=dict(self.words),
            units=self.units,
        )
