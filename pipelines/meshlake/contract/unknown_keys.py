"""Keys of a contract that ODCS does not have: most are typing errors, and would be passed over in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meshlake.validation import Location


def unknown_keys(
    model: BaseModel, data: dict[str, Any], location: Location = ()
) -> Iterator[tuple[Location, set[str]]]:
    """Where `data` has a key that `model`, read from it, has no field for; and the keys it could be."""
    fields = {field.alias or name: name for name, field in type(model).model_fields.items()}
    for key, value in data.items():
        if key not in fields:
            yield (*location, key), set(fields)
            continue
        read = getattr(model, fields[key])
        if isinstance(read, BaseModel) and isinstance(value, dict):
            yield from unknown_keys(read, value, (*location, key))
        elif isinstance(read, list) and isinstance(value, list):
            for position, (part, part_data) in enumerate(zip(read, value, strict=True)):
                if isinstance(part, BaseModel) and isinstance(part_data, dict):
                    yield from unknown_keys(part, part_data, (*location, key, position))
