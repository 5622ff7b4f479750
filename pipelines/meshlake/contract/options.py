"""The options of a contract's logical types: each is obeyed, by a type, a cast or a rule, or told by its name.

Ranges, lengths and patterns are rules (`meshlake.rules`), which refuse those that no rule is for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from meshlake.landing.written import strptime_format
from meshlake.rules.kinds import nested_parts
from meshlake.rules.pattern import FORMATS
from meshlake.rules.range import BITS
from meshlake.types.tree import FLOATS, INTEGERS, Scalar, is_temporal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from open_data_contract_standard.model import SchemaProperty

    from meshlake.faults import Gathering
    from meshlake.types.tree import Type
    from meshlake.validation import Location
    from meshlake.yaml_file import YamlFile

_FLOAT_FORMATS: dict[str, Type] = {"f32": Scalar.FLOAT, "f64": Scalar.DOUBLE}


def check_options(
    source: YamlFile, prop: SchemaProperty, type_: Type | None, location: Location, found: Gathering
) -> None:
    """Refuse what says how values are written and cannot be obeyed; note what no value is held to."""
    _check_written(source, prop, type_, location)
    place = (*location, "logicalTypeOptions")
    for refused in _refused(prop, type_):
        raise source.error(place, f"column '{prop.name}': {refused}", "Leave the option out.")
    for note in _notes(prop, type_) if type_ is not None else ():
        found.note(source.error(place, f"column '{prop.name}': {note}"))


def _is_held(format_: str, type_: Type) -> bool:
    """Whether values of `type_` are held to what a contract calls their format."""
    if type_ is Scalar.VARCHAR:
        return format_ in FORMATS
    if type_ in INTEGERS:
        return format_ in BITS
    if type_ in FLOATS:
        return _FLOAT_FORMATS.get(format_) is type_
    return is_temporal(type_)


def _refused(prop: SchemaProperty, type_: Type | None) -> Iterator[str]:
    options = prop.logicalTypeOptions or {}
    if options.get("timezone") and prop.physicalType is None and type_ not in (None, Scalar.TIMESTAMPTZ):
        yield f"timezone is of moments, and the column is {type_}"
    for part in nested_parts(prop):
        given = part.logicalTypeOptions or {}
        if given.get("defaultTimezone") not in (None, "UTC"):
            yield f"'defaultTimezone' of a part of {prop.name} is not held to"
        is_temporal_part = part.logicalType in {"date", "time", "timestamp"}
        if "format" in given and is_temporal_part and _is_written_otherwise(str(given["format"])):
            yield f"'format' of a part of {prop.name} is not held to"


def _notes(prop: SchemaProperty, type_: Type) -> Iterator[str]:
    """What is kept for people, and no value is held to."""
    options = prop.logicalTypeOptions or {}
    if "format" in options and not _is_held(str(options["format"]), type_):
        yield f"format '{options['format']}' is kept as a note: no {type_} is held to it"
    if "timezone" in options and prop.physicalType and options["timezone"] != (type_ is Scalar.TIMESTAMPTZ):
        yield f"timezone is kept as a note: the column is {type_}, as physicalType says"
    for part in nested_parts(prop):
        given = part.logicalTypeOptions or {}
        if "format" in given and part.logicalType not in {"date", "time", "timestamp"}:
            yield f"format '{given['format']}' of a part is kept as a note"


def _is_written_otherwise(format_: str) -> bool:
    try:
        return strptime_format(format_) is not None
    except ValueError:
        return True


def written_options(prop: SchemaProperty, type_: Type) -> dict[str, str]:
    """How landed dates and times are written, of those that the contract says; of texts and numbers it is a note."""
    options = prop.logicalTypeOptions or {}
    found = {"format": options.get("format")} if is_temporal(type_) and not prop.transformLogic else {}
    if type_ is Scalar.TIMESTAMPTZ and options.get("defaultTimezone") not in (None, "UTC"):
        found["zone"] = options["defaultTimezone"]
    return {key: value for key, value in found.items() if isinstance(value, str)}


def _check_written(source: YamlFile, prop: SchemaProperty, type_: Type | None, location: Location) -> None:
    """Refuse what says how dates and times are written and cannot be obeyed."""
    options = prop.logicalTypeOptions or {}
    place, zone = (*location, "logicalTypeOptions"), options.get("defaultTimezone")
    if zone is not None:
        _check_zone(source, prop, type_, place)
    if type_ is not None and "format" in written_options(prop, type_):
        try:
            directives = strptime_format(str(options["format"]))
        except ValueError as error:
            hint = "Write it in Java's letters, such as dd.MM.yyyy HH:mm; or say STRPTIME in transformLogic."
            raise source.error(place, f"column '{prop.name}': {error}", hint) from error
        if directives and type_ is Scalar.TIME:
            hint = "Write HH:mm:ss, or say how in transformLogic."
            raise source.error(place, f"column '{prop.name}': a time is read as ISO 8601 has it", hint)


def _check_zone(source: YamlFile, prop: SchemaProperty, type_: Type | None, place: Location) -> None:
    zone = (prop.logicalTypeOptions or {})["defaultTimezone"]
    try:
        ZoneInfo(str(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        problem = f"column '{prop.name}': defaultTimezone '{zone}' is no time zone"
        raise source.error(place, problem, "Write UTC, or a zone such as Europe/Berlin.") from error
    if type_ not in (None, Scalar.TIMESTAMPTZ) and zone != "UTC":
        problem = f"column '{prop.name}': defaultTimezone is of moments, and the column is {type_}"
        raise source.error(place, problem, "Give it timezone: true as well, or leave the zone out.")
    if prop.transformLogic and zone != "UTC":
        problem = (
            f"column '{prop.name}': defaultTimezone is of times as they land, and transformLogic makes others"
        )
        raise source.error(place, problem, f"Say it there: ... AT TIME ZONE '{zone}'.")
