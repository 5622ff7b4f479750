"""Files that people write, held against pydantic models: every mistake at once, in plain words, with its place.

A model is the one declaration of such a file: reading, the JSON Schema that editors take, and what is told all come of
it. Import it where a file is read: pydantic takes a few hundredths of a second to load.

Example:
    >>> from meshlake.validation import Document, mistakes
    >>> class Pet(Document):
    ...     name: str
    >>> [mistake.message for mistake in mistakes(Pet, {"nmae": "Rex"})]
    ["'name' is missing", "'nmae' is not known. Did you mean 'name'? Allowed: name"]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WrapValidator

from meshlake.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from pydantic import ValidatorFunctionWrapHandler
    from pydantic_core import ErrorDetails

Location = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)
_EXPECTED = {
    "string_type": "it must be a text",
    "list_type": "it must be a list",
    "dict_type": "it must be a mapping of names to values",
    "model_type": "it must be a mapping of names to values",
}


class Document(BaseModel):
    """A file, or a mapping in one, in which every key is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class Mistake:
    """What is wrong at `location`, in a sentence that names the key."""

    location: Location
    message: str


def mistakes(model: type[BaseModel], data: object) -> list[Mistake]:
    """Everything that keeps `data` from being a `model`, in the order of the model's fields; what is allowed is told
    once of each mapping."""
    try:
        model.model_validate(data)
    except ValidationError as error:
        told = set[str]()
        found = [
            Mistake(each["loc"], _in_words(model, each, told)) for each in error.errors(include_url=False)
        ]
        return list(dict.fromkeys(found))
    return []


def read_as(model: type[Model], data: object) -> Model:
    """`data` as a `model`.

    Raises:
        ValueError: with the sentences of all `mistakes`.
    """
    if found := mistakes(model, data):
        raise ValueError("; ".join(mistake.message for mistake in found))
    return model.model_validate(data)


def told(words: str) -> WrapValidator:
    """For an annotation: whatever its type refuses `must be` what `words` say."""

    def validate(value: object, handler: ValidatorFunctionWrapHandler) -> Any:
        try:
            return handler(value)
        except ValidationError as error:
            raise ValueError(f"it must be {words}") from error

    return WrapValidator(validate)


def one_of(choices: Callable[[], Collection[str]]) -> tuple[BeforeValidator, Any]:
    """For an annotation: a text that is one of `choices()`, told with the nearest; and the same in the JSON Schema."""

    def validate(value: object) -> object:
        require_one_of(value, choices())
        return value

    return BeforeValidator(validate), Field(
        json_schema_extra=lambda schema: schema.update(enum=list(choices()))
    )


def require_one_of(value: object, allowed: Collection[str]) -> None:
    """For a validator: refuse a `value` that is none of those allowed.

    Raises:
        ValueError: as `one_of` tells it, with the nearest.
    """
    if value not in allowed:
        raise ValueError(" ".join(filter(None, [".", nearest(str(value), allowed), _allowed(allowed)])))


def _in_words(model: type[BaseModel], error: ErrorDetails, told: set[str]) -> str:
    """What is wrong; what is allowed is added to `told`, and said no more."""
    location, kind = error["loc"], error["type"]
    path = ".".join(str(part) for part in location if isinstance(part, str))
    subject = f"'{path}'" if path else "the whole"
    if kind == "extra_forbidden":
        return f"{subject} is not known. {_nearest_known(model, location, told)}".rstrip()
    if kind == "missing":
        return f"{subject} is missing"
    reason = str(error["ctx"]["error"]) if kind == "value_error" else _EXPECTED.get(kind, error["msg"])
    if reason.startswith("'"):  # a whole sentence, of several keys
        return reason
    return f"{subject} is {error['input']!r}{'' if reason.startswith('.') else '; '}{reason}"


def _nearest_known(model: type[BaseModel], location: Location, told: set[str]) -> str:
    """A hint for the unknown key at `location`."""
    holder = _model_at(model, location[:-1])
    known = list(holder.model_fields) if holder else []
    allowed = _allowed(known)
    hints = [nearest(str(location[-1]), known), "" if allowed in told else allowed]
    told.add(allowed)
    return " ".join(filter(None, hints))


def _allowed(names: Collection[str]) -> str:
    return f"Allowed: {', '.join(names)}"


def _model_at(model: type[BaseModel], location: Location) -> type[BaseModel] | None:
    """The model of the mapping at `location`; positions in lists are passed over."""
    found: type[BaseModel] | None = model
    if issubclass(model, BaseModel) and "root" in model.model_fields:
        found = next(_models_in(model.model_fields["root"].annotation), None)
    for part in location:
        if found is not None and isinstance(part, str):
            field = found.model_fields.get(part)
            found = next(_models_in(field.annotation), None) if field else None
    return found


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
