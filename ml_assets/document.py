"""What a model is asked to do: what every `model.yaml` says as pydantic models, and what any training of a label acts
upon.

Keys of the platform (`features`, `policy.retrain_cron`) are declared here too, since one file holds them all, and are
left to it. No scikit-learn here, so that a specification can be checked without importing it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, PrivateAttr, model_validator

from meshlake.ml_assets.policy import Policy
from meshlake.validation import Document, Location, told

_IS_PROTECTED = "is protected, and no word under protected_features says why it may be a feature"


@dataclass(frozen=True)
class LabelledSpec:
    """A model that learns a label: which column it is, which are no features, and how the winner is chosen.

    `exclude` maps a column left out to the reason; `known_before` a suspected leak that stays to why it may.
    `horizon_days` is how long after its cut-off a row's label is seen, `group` are columns whose rows go together.
    `parameters` are those of candidates that shall not have their defaults, by the candidate's name. `units` are those
    of features, by the column in lower case.
    By `protected` columns fairness is measured; those that are no features stand in `exclude`, too.
    """

    key: tuple[str, ...]
    label: str
    cutoff: str | None = None
    horizon_days: int | None = None
    group: tuple[str, ...] = ()
    exclude: Mapping[str, str] = field(default_factory=dict)
    known_before: Mapping[str, str] = field(default_factory=dict)
    protected: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    minutes: float = 2
    folds: int = 5
    seed: int = 42
    units: Mapping[str, str] = field(default_factory=dict)

    @property
    def row_keys(self) -> tuple[str, ...]:
        """The columns that tell rows apart: the key, and the cut-off if there is one."""
        return (*self.key, *filter(None, [self.cutoff]))

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The candidates that are fitted, the cheapest first."""
        return self.candidates


def _names(value: object) -> object:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name for name in names):
        raise ValueError("it must be a column name or a list of column names")
    if len(set(names)) != len(names):
        raise ValueError("it names a column twice")
    return names


def _reason(value: object) -> object:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("it must say in words why the column is left out, or may be learned from")
    return value


def empty_if_none(value: object) -> object:
    """For a validator: a mapping of which nothing but the name was written."""
    return {} if value is None else value


Names = Annotated[list[str], BeforeValidator(_names, json_schema_input_type=str | list[str])]
Column = Annotated[str, Field(min_length=1), told("the name of one column")]


_Reasons = Annotated[dict[str, Annotated[str, BeforeValidator(_reason)]], BeforeValidator(empty_if_none)]


class ModelDocument(Document):
    """What every `model.yaml` says; each task adds its own."""

    task: str = Field(description="The kind of model.")
    features: Annotated[str, Field(min_length=1), told("a product or a SELECT over products")] = Field(
        description="What the model learns from: a product, or a SELECT over products."
    )
    key: Names = Field(description="The columns that identify whom a row is about.")
    policy: Annotated[Policy, BeforeValidator(empty_if_none)] = Policy()
    _units: Mapping[str, str] = PrivateAttr(default_factory=dict)

    @property
    def units(self) -> Mapping[str, str]:
        """The units of features, by the column in lower case: contracts say them, no `model.yaml` does."""
        return self._units

    def in_units(self, units: Mapping[str, str]) -> Self:
        """The same, of features in these units."""
        told = self.model_copy()
        told._units = units
        return told

    @property
    def named_columns(self) -> list[tuple[Location, str]]:
        """The columns of the features that it names, and where it names them."""
        return [(("key",), name) for name in self.key]

    def protecting(self, columns: Collection[str]) -> Self:  # noqa: ARG002
        """As this, of features of which `columns` are protected; what its owner names by hand stays."""
        return self

    @property
    def label_columns(self) -> tuple[str, ...]:
        """The columns without each of which a row teaches nothing."""
        return ()

    @property
    def boost_minutes(self) -> float | None:
        """For how long is looked for what makes it better when new data was discovered; None is never."""
        minutes: float | None = getattr(self.policy, "boost_minutes", None)
        return minutes

    @property
    def retrains_when_off(self) -> bool:
        """Whether the next build trains a new version when there is evidence that the model is off."""
        return bool(getattr(self.policy, "retrain_when_off", False))

    @property
    def learns_from_unlabelled(self) -> bool:
        """Whether rows without a label teach something all the same."""
        return False


class TaughtDocument(ModelDocument):
    """What a `model.yaml` says whose model learns `label_columns`."""

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
    group: Names | None = Field(
        default=None,
        description="The columns whose rows go together, as a household's: none is learned from while another tests. "
        "They are no features; a row without one goes by its key.",
    )
    exclude: _Reasons = Field(default={}, description="Columns that are no features, each with the reason.")
    known_before: _Reasons = Field(
        default={},
        description="Columns that look as if they were known only after the label and are learned from all the same, "
        "each with why they were known before it.",
    )
    protected: Names = Field(
        default=[],
        description="Columns, such as gender, by which customers must not be treated unlike, beside those that a "
        "contract marks as protected: what the model does is measured by each, and none is a feature by itself.",
    )
    protected_features: _Reasons = Field(
        default={},
        description="Protected columns that are features all the same, each with why they may be.",
    )

    @model_validator(mode="after")
    def _names_different_columns(self) -> Self:
        labels, word = self.label_columns, "label" if len(self.label_columns) == 1 else "labels"
        if {*labels, self.cutoff}.intersection(self.key) or self.cutoff in labels:
            raise ValueError(f"'key', '{word}' and 'cutoff' must name different columns")
        if {*labels, self.cutoff}.intersection(self.group or []):
            raise ValueError(f"'group' must name other columns than '{word}' and 'cutoff'")
        if self.horizon_days and not self.cutoff:
            raise ValueError("'horizon_days' is given without 'cutoff', which it is counted from")
        if both := sorted({*self.exclude} & {*self.protected_features}):
            raise ValueError(f"'{both[0]}' is both under 'exclude' and 'protected_features'; keep one")
        return self

    @property
    def named_columns(self) -> list[tuple[Location, str]]:
        """Key, cut-off, groups, what is no feature, and what is protected."""
        named: list[tuple[Location, str]] = [(("cutoff",), self.cutoff)] if self.cutoff else []
        named += [(("group",), name) for name in self.group or []]
        for place in ("exclude", "known_before", "protected_features"):
            named += [((place, name), name) for name in getattr(self, place)]
        named += [(("protected",), name) for name in self.protected]
        return [*super().named_columns, *named]

    def protecting(self, columns: Collection[str]) -> Self:
        """See `ModelDocument.protecting`."""
        return self.model_copy(update={"protected": list(dict.fromkeys([*self.protected, *columns]))})

    @property
    def shared(self) -> dict[str, Any]:
        """What is acted upon whatever the label is: fields of a `LabelledSpec` but those that a policy says."""
        no_features = {*self.key, *self.label_columns, self.cutoff}
        protected = [name for name in self.protected if name not in no_features]
        kept_out = {name: _IS_PROTECTED for name in protected if name not in self.protected_features}
        return {
            "key": tuple(self.key),
            "cutoff": self.cutoff,
            "horizon_days": self.horizon_days,
            "group": tuple(self.group or ()),
            "exclude": {**kept_out, **self.exclude},
            "protected": tuple(protected),
            "known_before": dict(self.known_before),
            "units": self.units,
        }


class LabelledDocument(TaughtDocument):
    """What a `model.yaml` says whose model learns one label."""

    label: Column = Field(
        description="The column to predict; null is scored, and never learned from or measured with."
    )

    @model_validator(mode="before")
    @classmethod
    def _has_a_label(cls, value: Any) -> Any:
        """A label that is empty is as good as none."""
        if isinstance(value, Mapping) and value.get("label", "") is None:
            return {name: content for name, content in value.items() if name != "label"}
        return value

    @property
    def named_columns(self) -> list[tuple[Location, str]]:
        """As of any labels, and the label."""
        return [*super().named_columns, (("label",), self.label)]

    @property
    def label_columns(self) -> tuple[str, ...]:
        """See `ModelDocument.label_columns`."""
        return (self.label,)

    @property
    def shared(self) -> dict[str, Any]:
        """As of any labels, and the label."""
        return {**super().shared, "label": self.label}
