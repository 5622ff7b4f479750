"""What `policy: candidates` of a `model.yaml` lists: names, and names with parameters, each checked by its candidate.

Example:
    >>> from meshlake.ml_assets.candidates.choices import names_and_parameters
    >>> names_and_parameters(["logistic_regression", {"random_forest": {"n_estimators": 300}}])
    {'logistic_regression': {}, 'random_forest': {'n_estimators': 300}}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field

from meshlake.ml_assets.candidates.candidate import CANDIDATES, ENSEMBLES
from meshlake.ml_assets.candidates.classifiers import CLASSIFIERS
from meshlake.ml_assets.candidates.multilabel import CHAIN, MULTILABEL
from meshlake.ml_assets.clusterers.clusterer import CLUSTERERS
from meshlake.ml_assets.hazards.hazard import HAZARDS
from meshlake.ml_assets.regressors.regressor import REGRESSORS
from meshlake.ml_assets.uplifters.uplifter import UPLIFTERS
from meshlake.validation import mistakes, require_one_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.plugins import Doorway

_OTHERS = {1: "one other", 2: "two others"}


def names_and_parameters(choices: Sequence[Any]) -> dict[str, dict[str, Any]]:
    """The parameters that are given, by the name of each candidate listed."""
    return dict(map(_named, choices))


def _named(choice: Any) -> tuple[Any, dict[str, Any]]:
    if not isinstance(choice, Mapping):
        return choice, {}
    if len(choice) != 1:
        raise ValueError("it must be a name, or one name with its parameters")
    name, parameters = next(iter(choice.items()))
    return name, {} if parameters is None else parameters


@dataclass(frozen=True)
class _Choosable:
    """What may be chosen from: the members of `doorway`, and `ensembles`, made of at least so many of them."""

    doorway: Doorway[Any]
    ensembles: tuple[str, ...] = ()
    fewest_members: int = 2

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.doorway.names, *self.ensembles)

    def check(self, value: object) -> object:
        """One choice."""
        name, parameters = _named(value)
        require_one_of(name, self.names)
        if parameters and name not in self.doorway:
            raise ValueError(f"'policy.candidates.{name}' has no parameters")
        # Only what is given is looked at: a candidate of another distribution is imported for nothing else.
        if parameters and (found := mistakes(self.doorway.get(name), parameters)):
            told = (f"'policy.candidates.{name}': {mistake.message}" for mistake in found)
            raise ValueError("; ".join(told))
        return value

    def check_all(self, value: object) -> object:
        """The list of them."""
        allowed = f"it must list, once each, some of: {', '.join(self.names)}"
        if not isinstance(value, list) or not value:
            raise ValueError(allowed)
        names = [str(_named(choice)[0]) for choice in value]
        if len(set(names)) != len(names):
            raise ValueError(allowed)
        members = [name for name in names if name not in self.ensembles]
        if (made := [name for name in names if name in self.ensembles]) and len(
            members
        ) < self.fewest_members:
            raise ValueError(f"'{made[0]}' needs at least {_OTHERS[self.fewest_members]} that it is made of")
        return value

    def schema(self, schema: dict[str, Any]) -> None:
        """A name, or a mapping of one name to the parameters of its candidate."""
        parameters = {name: candidate.model_json_schema() for name, candidate in self.doorway.all().items()}
        with_parameters = {
            "type": "object",
            "properties": parameters,
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        }
        schema.update(anyOf=[{"type": "string", "enum": list(self.names)}, with_parameters])


_OF_CLASSES = _Choosable(CLASSIFIERS)
_OF_LABELS = _Choosable(MULTILABEL, (CHAIN,), 1)
_OF_CHURN, _OF_SEGMENTS = _Choosable(CANDIDATES, ENSEMBLES), _Choosable(CLUSTERERS)
_OF_AMOUNTS = _Choosable(REGRESSORS)
_Choice = Annotated[Any, BeforeValidator(_OF_CHURN.check), Field(json_schema_extra=_OF_CHURN.schema)]
Choices = Annotated[list[_Choice], BeforeValidator(_OF_CHURN.check_all)]
_Classifier = Annotated[Any, BeforeValidator(_OF_CLASSES.check), Field(json_schema_extra=_OF_CLASSES.schema)]
ClassifierChoices = Annotated[list[_Classifier], BeforeValidator(_OF_CLASSES.check_all)]
_OfLabels = Annotated[Any, BeforeValidator(_OF_LABELS.check), Field(json_schema_extra=_OF_LABELS.schema)]
MultilabelChoices = Annotated[list[_OfLabels], BeforeValidator(_OF_LABELS.check_all)]
_Clusterer = Annotated[Any, BeforeValidator(_OF_SEGMENTS.check), Field(json_schema_extra=_OF_SEGMENTS.schema)]
ClustererChoices = Annotated[list[_Clusterer], BeforeValidator(_OF_SEGMENTS.check_all)]
_Regressor = Annotated[Any, BeforeValidator(_OF_AMOUNTS.check), Field(json_schema_extra=_OF_AMOUNTS.schema)]
RegressorChoices = Annotated[list[_Regressor], BeforeValidator(_OF_AMOUNTS.check_all)]
_OF_UPLIFT = _Choosable(UPLIFTERS)
_Uplifter = Annotated[Any, BeforeValidator(_OF_UPLIFT.check), Field(json_schema_extra=_OF_UPLIFT.schema)]
UplifterChoices = Annotated[list[_Uplifter], BeforeValidator(_OF_UPLIFT.check_all)]
_OF_TIME = _Choosable(HAZARDS)
_Hazard = Annotated[Any, BeforeValidator(_OF_TIME.check), Field(json_schema_extra=_OF_TIME.schema)]
HazardChoices = Annotated[list[_Hazard], BeforeValidator(_OF_TIME.check_all)]
