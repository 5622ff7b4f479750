"""What a model of classes is asked to do: `model.yaml` with `task: classification`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from meshlake.ml_assets.candidates.choices import ClassifierChoices, names_and_parameters
from meshlake.ml_assets.candidates.classifiers import CLASSIFIERS, DEFAULT_CLASSIFIERS
from meshlake.ml_assets.document import Column, LabelledDocument, LabelledSpec, empty_if_none
from meshlake.ml_assets.policy import BoostMinutes, ComparedPolicy
from meshlake.validation import read_as, told

if TYPE_CHECKING:
    from collections.abc import Mapping

MIN_CLASS_ROWS = 10
# Each costs a model, or a tree of every round, and a confusion matrix of more is read by nobody.
MOST_CLASSES = 100


@dataclass(frozen=True)
class ClassificationSpec(LabelledSpec):
    """A model of classes; one with fewer rows than `min_class_rows` is named and neither learned nor measured."""

    candidates: tuple[str, ...] = DEFAULT_CLASSIFIERS
    min_class_rows: int = MIN_CLASS_ROWS

    @property
    def algorithms(self) -> tuple[str, ...]:
        """The candidates, the cheapest first."""
        return CLASSIFIERS.in_order(self.candidates)

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> ClassificationSpec:
        """Read a `model.yaml` mapping with `task: classification`.

        Raises:
            ValueError: naming every key that is missing, unknown or wrong, and what is allowed.
        """
        return read_as(ClassificationDocument, mapping).spec


class ClassificationPolicy(ComparedPolicy):
    """How a model of classes is chosen."""

    candidates: ClassifierChoices = Field(
        default=list(DEFAULT_CLASSIFIERS),
        description="The algorithms compared, each a name, or one with parameters: {random_forest: {n_estimators: 9}}. "
        "The least log loss on the folds wins.",
    )
    min_class_rows: Annotated[int, Field(strict=True, ge=2), told("a whole number of at least 2")] = Field(
        default=MIN_CLASS_ROWS,
        description="Of how many different keys a class has to be to be learned; one of fewer is named and put aside, "
        "and its rows neither teach nor test.",
    )
    boost_minutes: BoostMinutes = None

    @model_validator(mode="after")
    def _has_a_row_for_each_fold(self) -> Self:
        if self.min_class_rows < self.folds:
            raise ValueError(
                f"'policy.min_class_rows' is {self.min_class_rows}, and each of {self.folds} folds needs a row of "
                "each class"
            )
        return self


class ClassificationDocument(LabelledDocument):
    """A model of which of several classes a row will be of, such as why a customer leaves."""

    model_config = ConfigDict(title="Classification")

    task: Annotated[Literal["classification"], told("'classification' here")] = Field(
        description="The kind of model."
    )
    label: Column = Field(
        description="The column of text or whole numbers to predict, of few different values; null is scored, and "
        "never learned from or measured with."
    )
    policy: Annotated[ClassificationPolicy, BeforeValidator(empty_if_none)] = ClassificationPolicy()

    @property
    def spec(self) -> ClassificationSpec:
        """What training acts upon."""
        policy = self.policy
        chosen = names_and_parameters(policy.candidates)
        return ClassificationSpec(
            **self.shared,
            candidates=tuple(chosen),
            parameters={name: given for name, given in chosen.items() if given},
            minutes=policy.minutes,
            folds=policy.folds,
            seed=policy.seed,
            min_class_rows=policy.min_class_rows,
        )
