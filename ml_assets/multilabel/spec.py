"""What a model of several labels is asked to do: `model.yaml` with `task: multilabel`."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from meshlake.ml_assets.candidates.choices import MultilabelChoices, names_and_parameters
from meshlake.ml_assets.candidates.multilabel import CHAIN, DEFAULT_MULTILABEL, MULTILABEL
from meshlake.ml_assets.document import LabelledSpec, Names, TaughtDocument, empty_if_none
from meshlake.ml_assets.policy import ComparedPolicy
from meshlake.validation import Location, read_as, told

if TYPE_CHECKING:
    from collections.abc import Mapping

# Each doubles the outcomes that are told apart.
FEWEST_LABELS, MOST_LABELS = 2, 5
# The column that the probability of the wanted outcome is published in.
WANTED = "wanted_probability"


@dataclass(frozen=True)
class MultilabelSpec(LabelledSpec):
    """A model of several yes/no `labels`, whose joint outcome is called `label`; `wanted` says of each whether yes is
    wanted."""

    candidates: tuple[str, ...] = DEFAULT_MULTILABEL
    labels: tuple[str, ...] = ()
    wanted: tuple[bool, ...] = ()

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The candidates that are no chains, the cheapest first."""
        return MULTILABEL.in_order(name for name in self.candidates if name != CHAIN)

    @property
    def has_chains(self) -> bool:
        """Whether chains of the best of them are compared with it."""
        return CHAIN in self.candidates

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Each joint outcome in words; bit n of its position says whether label n is yes.

        Example:
            >>> MultilabelSpec(("id",), "a and b", labels=("a", "b")).outcomes
            ('a no, b no', 'a yes, b no', 'a no, b yes', 'a yes, b yes')
        """
        places = product(("no", "yes"), repeat=len(self.labels))
        named = (zip(self.labels, reversed(each), strict=True) for each in places)
        return tuple(", ".join(f"{label} {is_so}" for label, is_so in each) for each in named)

    @property
    def wanted_code(self) -> int:
        """The position of the wanted outcome."""
        return sum(is_wanted << n for n, is_wanted in enumerate(self.wanted))

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> MultilabelSpec:
        """Read a `model.yaml` mapping with `task: multilabel`.

        Raises:
            ValueError: naming every key that is missing, unknown or wrong, and what is allowed.
        """
        return read_as(MultilabelDocument, mapping).spec


def label_column(label: str) -> str:
    """The column that the probability of a label is published in."""
    return f"{label}_probability"


class MultilabelPolicy(ComparedPolicy):
    """How a model of several labels is chosen."""

    candidates: MultilabelChoices = Field(
        default=list(DEFAULT_MULTILABEL),
        description="The algorithms compared, each a name, or one with parameters: {random_forest: {n_estimators: 9}}. "
        "The least joint log loss on the folds wins; classifier_chain, of the best that is fitted for each label by "
        "itself, only beyond noise.",
    )


class MultilabelDocument(TaughtDocument):
    """A model of several yes/no labels at once, such as who leaves and is worth much."""

    model_config = ConfigDict(title="Several labels")

    task: Annotated[Literal["multilabel"], told("'multilabel' here")] = Field(
        description="The kind of model."
    )
    labels: Annotated[Names, Field(min_length=FEWEST_LABELS, max_length=MOST_LABELS)] = Field(
        description="The BOOLEAN columns to predict, two to five; a row in which one is null is scored, and never "
        "learned from or measured with."
    )
    wanted: Annotated[dict[str, bool], BeforeValidator(empty_if_none)] = Field(
        default={},
        description="The joint outcome whose probability is told, true or false for each label, and true for those not "
        "named: {is_churned: true, is_in_arrears: false}.",
    )
    policy: Annotated[MultilabelPolicy, BeforeValidator(empty_if_none)] = MultilabelPolicy()

    @model_validator(mode="after")
    def _wants_labels(self) -> Self:
        if others := [name for name in self.wanted if name not in self.labels]:
            raise ValueError(f"'wanted' names what is not in 'labels': {', '.join(others)}")
        return self

    @property
    def label_columns(self) -> tuple[str, ...]:
        """See `ModelDocument.label_columns`."""
        return tuple(self.labels)

    @property
    def named_columns(self) -> list[tuple[Location, str]]:
        """As of any labels, and these."""
        return [*super().named_columns, *((("labels",), name) for name in self.labels)]

    @property
    def spec(self) -> MultilabelSpec:
        """What training acts upon."""
        policy = self.policy
        chosen = names_and_parameters(policy.candidates)
        return MultilabelSpec(
            **self.shared,
            label=" and ".join(self.labels),
            labels=tuple(self.labels),
            wanted=tuple(self.wanted.get(name, True) for name in self.labels),
            candidates=tuple(chosen),
            parameters={name: given for name, given in chosen.items() if given},
            minutes=policy.minutes,
            folds=policy.folds,
            seed=policy.seed,
        )
