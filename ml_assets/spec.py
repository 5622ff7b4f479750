"""What a model is asked to do: `model.yaml` as pydantic models, and of it what training acts upon.

Keys of the platform (`features`, `policy.retrain_cron`) are declared here too, since one file holds them all, and are
left to it. No scikit-learn here, so that a specification can be checked without importing it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from meshlake.ml_assets.candidates.candidate import (
    CANDIDATES,
    DEFAULT_CANDIDATES,
    ENSEMBLES,
    learns_from_unlabelled,
)
from meshlake.ml_assets.candidates.choices import names_and_parameters
from meshlake.ml_assets.policy import ChurnPolicy, Policy, Profit
from meshlake.validation import Document, Location, read_as, told

# Each costs a scoring of those flagged for each of its values.
MOST_CHANGEABLE = 8


@dataclass(frozen=True)
class LabelledSpec:
    """A model that learns a label: which column it is, which are no features, and how the winner is chosen.

    `exclude` maps a column left out to the reason; `known_before` a suspected leak that stays to why it may.
    `horizon_days` is how long after its cut-off a row's label is seen, `group` are columns whose rows go together.
    `parameters` are those of candidates that shall not have their defaults, by the candidate's name.
    """

    key: tuple[str, ...]
    label: str
    cutoff: str | None = None
    horizon_days: int | None = None
    group: tuple[str, ...] = ()
    exclude: Mapping[str, str] = field(default_factory=dict)
    known_before: Mapping[str, str] = field(default_factory=dict)
    candidates: tuple[str, ...] = ()
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    minutes: float = 2
    folds: int = 5
    seed: int = 42

    @property
    def row_keys(self) -> tuple[str, ...]:
        """The columns that tell rows apart: the key, and the cut-off if there is one."""
        return (*self.key, *filter(None, [self.cutoff]))


@dataclass(frozen=True)
class ChurnSpec(LabelledSpec):
    """A churn model. `changeable` are the features that can be changed for a customer, see `changes`.

    At most one of `flag_share` (flag the most likely share), `threshold` (flag from this probability on), `min_recall`,
    `min_precision` and `capacity` (flag so many) is set; none where expected `profit` alone says who is flagged.
    """

    candidates: tuple[str, ...] = DEFAULT_CANDIDATES
    changeable: tuple[str, ...] = ()
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


def _names(value: object) -> object:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name for name in names):
        raise ValueError("it must be a column name or a list of column names")
    if len(set(names)) != len(names):
        raise ValueError("it names a column twice")
    return names


def _reason(value: object) -> object:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("it must say in words why the column is left out, or was known before the label")
    return value


def empty_if_none(value: object) -> object:
    """For a validator: a mapping of which nothing but the name was written."""
    return {} if value is None else value


_Names = Annotated[list[str], BeforeValidator(_names, json_schema_input_type=str | list[str])]
Column = Annotated[str, Field(min_length=1), told("the name of one column")]


class ModelDocument(Document):
    """What every `model.yaml` says; each task adds its own."""

    task: str = Field(description="The kind of model.")
    features: Annotated[str, Field(min_length=1), told("a product or a SELECT over products")] = Field(
        description="What the model learns from: a product, or a SELECT over products."
    )
    key: _Names = Field(description="The columns that identify whom a row is about.")
    policy: Annotated[Policy, BeforeValidator(empty_if_none)] = Policy()

    @property
    def named_columns(self) -> list[tuple[Location, str]]:
        """The columns of the features that it names, and where it names them."""
        return [(("key",), name) for name in self.key]

    @property
    def label_column(self) -> str | None:
        """The column without which a row teaches nothing, if there is one."""
        return None

    @property
    def learns_from_unlabelled(self) -> bool:
        """Whether rows without a label teach something all the same."""
        return False


class LabelledDocument(ModelDocument):
    """What a `model.yaml` says whose model learns a label."""

    label: Column = Field(
        description="The column to predict; null is scored, and never learned from or measured with."
    )
    cutoff: Column | None = Field(
        default=None,
        description="The column that says as of which day a row holds; the latest labelled day tests the model.",
    )
    horizon_days: Annotated[int | None, Field(strict=True, ge=1), told("a whole number of at least 1")] = (
        Field(
            default=None,
            description="For how many days after its cut-off the label is seen. Where cut-offs are closer, "
            "those whose outcome was not known at the latest do not teach the model that it tests.",
        )
    )
    group: _Names | None = Field(
        default=None,
        description="The columns whose rows go together, as a household's: none is learned from while another tests. "
        "They are no features; a row without one goes by its key.",
    )
    exclude: Annotated[
        dict[str, Annotated[str, BeforeValidator(_reason)]], BeforeValidator(empty_if_none)
    ] = Field(default={}, description="Columns that are no features, each with the reason.")
    known_before: Annotated[
        dict[str, Annotated[str, BeforeValidator(_reason)]], BeforeValidator(empty_if_none)
    ] = Field(
        default={},
        description="Columns that look as if they were known only after the label and are learned from all the same, "
        "each with why they were known before it.",
    )

    @model_validator(mode="before")
    @classmethod
    def _has_a_label(cls, value: Any) -> Any:
        """A label that is empty is as good as none."""
        if isinstance(value, Mapping) and value.get("label", "") is None:
            return {name: content for name, content in value.items() if name != "label"}
        return value

    @model_validator(mode="after")
    def _names_different_columns(self) -> Self:
        if self.label in self.key or self.label == self.cutoff or self.cutoff in self.key:
            raise ValueError("'key', 'label' and 'cutoff' must name different columns")
        if {self.label, self.cutoff}.intersection(self.group or []):
            raise ValueError("'group' must name other columns than 'label' and 'cutoff'")
        if self.horizon_days and not self.cutoff:
            raise ValueError("'horizon_days' is given without 'cutoff', which it is counted from")
        return self

    @property
    def named_columns(self) -> list[tuple[Location, str]]:
        """Key, label, cut-off, groups, and what is no feature."""
        named: list[tuple[Location, str]] = [(("label",), self.label)]
        named += [(("cutoff",), self.cutoff)] if self.cutoff else []
        named += [(("group",), name) for name in self.group or []]
        for place, columns in (("exclude", self.exclude), ("known_before", self.known_before)):
            named += [((place, name), name) for name in columns]
        return [*super().named_columns, *named]

    @property
    def label_column(self) -> str:
        """See `ModelDocument.label_column`."""
        return self.label

    @property
    def shared(self) -> dict[str, Any]:
        """What is acted upon whatever the label is: fields of a `LabelledSpec` but those that a policy says."""
        return {
            "key": tuple(self.key),
            "label": self.label,
            "cutoff": self.cutoff,
            "horizon_days": self.horizon_days,
            "group": tuple(self.group or ()),
            "exclude": dict(self.exclude),
            "known_before": dict(self.known_before),
        }


class ChurnDocument(LabelledDocument):
    """A model of who will leave."""

    model_config = ConfigDict(title="Churn model")

    task: Annotated[Literal["churn"], told("'churn' here")] = Field(description="The kind of model.")
    label: Column = Field(
        description="The BOOLEAN column to predict; null is scored, and never learned from or measured with."
    )
    changeable: Annotated[_Names, Field(max_length=MOST_CHANGEABLE)] = Field(
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
            minutes=policy.minutes,
            folds=policy.folds,
            seed=policy.seed,
            profit=policy.profit,
            **{"flag_share": None, **ways},
        )
