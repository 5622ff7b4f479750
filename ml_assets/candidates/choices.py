"""What `policy: candidates` of a `model.yaml` lists: names, and names with parameters, each checked by its candidate.

Example:
    >>> from meshlake.ml_assets.candidates.choices import names_and_parameters
    >>> names_and_parameters(["logistic_regression", {"random_forest": {"n_estimators": 300}}])
    {'logistic_regression': {}, 'random_forest': {'n_estimators': 300}}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field

from meshlake.ml_assets.candidates.candidate import CANDIDATES, ENSEMBLES, candidate_names
from meshlake.validation import mistakes, require_one_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_FEWEST_MEMBERS = 2


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


def _choice(value: object) -> object:
    name, parameters = _named(value)
    require_one_of(name, candidate_names())
    if parameters and name not in CANDIDATES:
        raise ValueError(f"'policy.candidates.{name}' has no parameters")
    # Only what is given is looked at: a candidate of another distribution is imported for nothing else.
    if parameters and (found := mistakes(CANDIDATES.get(name), parameters)):
        told = (f"'policy.candidates.{name}': {mistake.message}" for mistake in found)
        raise ValueError("; ".join(told))
    return value


def _choices(value: object) -> object:
    allowed = f"it must list, once each, some of: {', '.join(candidate_names())}"
    if not isinstance(value, list) or not value:
        raise ValueError(allowed)
    names = [str(_named(choice)[0]) for choice in value]
    if len(set(names)) != len(names):
        raise ValueError(allowed)
    members = [name for name in names if name not in ENSEMBLES]
    if (ensembles := [name for name in names if name in ENSEMBLES]) and len(members) < _FEWEST_MEMBERS:
        raise ValueError(f"'{ensembles[0]}' needs at least two others that it is made of")
    return value


def _schema(schema: dict[str, Any]) -> None:
    """A name, or a mapping of one name to the parameters of its candidate."""
    parameters = {name: candidate.model_json_schema() for name, candidate in CANDIDATES.all().items()}
    with_parameters = {
        "type": "object",
        "properties": parameters,
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    schema.update(anyOf=[{"type": "string", "enum": list(candidate_names())}, with_parameters])


_Choice = Annotated[Any, BeforeValidator(_choice), Field(json_schema_extra=_schema)]
Choices = Annotated[list[_Choice], BeforeValidator(_choices)]
