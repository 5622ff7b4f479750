"""What the custom properties of a contract's table and columns say: where rows are read from, how they come about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meshlake.contract.odcs import OBJECT
from meshlake.errors import ContractError, UsageError
from meshlake.names import DatasetName
from meshlake.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from open_data_contract_standard.model import CustomProperty, SchemaObject, SchemaProperty

    from meshlake.column import Column
    from meshlake.faults import Gathering
    from meshlake.validation import Location
    from meshlake.yaml_file import YamlFile

_CUSTOM: dict[str, type] = {
    "source": str,
    "rowFilter": str,
    "deduplicate": bool,
    "lookbackDays": int,
    "maxUnreadablePercent": float,
    "landedAlike": str,
    "snapshotAlike": str,
}
_OF_COLUMNS: dict[str, type] = {
    "rowKey": bool,
    "knownInAdvance": bool,
    "knownAfterDays": int,
    "protected": bool,
    "unit": str,
}
# How much it weighs that newly landed files, or the rows of a build, are not like those before.
_SEVERITIES = ("error", "warning", "off")
_ALIKE = {"landedAlike": "keeps them from being built", "snapshotAlike": "keeps them from being published"}
_KINDS = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}


def custom_properties(
    source: YamlFile, table: SchemaObject, columns: tuple[Column, ...], found: Gathering
) -> dict[str, Any]:
    """What the table's custom properties say, of those that are ours; what is wrong is gathered.

    In another house's contract a property that is called like one of ours may be another, and is a note.
    """
    custom: dict[str, Any] = {}
    for position, item in enumerate(table.customProperties or []):
        location: Location = (*OBJECT, "customProperties", position)
        try:
            _check_custom(source, item, columns, location)
        except ContractError as error:
            found.weigh(error)
            continue
        if item.property in _CUSTOM:
            custom[item.property] = item.value
    return custom


def column_properties(
    source: YamlFile, prop: SchemaProperty, at: Location, found: Gathering
) -> dict[str, Any]:
    """As `custom_properties`, of the column `prop`, which stands at `at`."""
    custom: dict[str, Any] = {}
    for position, item in enumerate(prop.customProperties or []):
        location: Location = (*at, "customProperties", position)
        try:
            if _is_ours(source, item, _OF_COLUMNS, location):
                _check_of_column(source, item, (*location, "value"))
                custom[item.property or ""] = item.value
        except ContractError as error:
            found.weigh(error)
    return custom


def _check_of_column(source: YamlFile, item: CustomProperty, location: Location) -> None:
    if item.property == "knownAfterDays" and isinstance(item.value, int) and item.value < 0:
        hint = "A plan, which is known before its day, is knownInAdvance."
        raise source.error(location, f"knownAfterDays is {item.value}, less than 0", hint)


def _is_ours(source: YamlFile, item: CustomProperty, kinds: Mapping[str, type], location: Location) -> bool:
    """Whether it is one of `kinds`, which its value is of."""
    name = item.property or ""
    if name not in kinds:
        if (hint := nearest(name, kinds)) is not None:
            raise source.error((*location, "property"), f"customProperty '{name}' is unknown", hint)
        return False
    given = float if kinds[name] is float and type(item.value) is int else type(item.value)
    if given is not kinds[name]:
        raise source.error((*location, "value"), f"{name} is {item.value!r}, not {_KINDS[kinds[name]]}")
    return True


def _check_custom(
    source: YamlFile, item: CustomProperty, columns: tuple[Column, ...], location: Location
) -> None:
    if not _is_ours(source, item, _CUSTOM, location):
        return
    if item.property == "source":
        _check_source(source, str(item.value), (*location, "value"))
    if item.property == "lookbackDays" and isinstance(item.value, int):
        _check_lookback(source, item.value, columns, (*location, "value"))
    if item.property in _ALIKE and item.value not in _SEVERITIES:
        hint = f"Write error ({_ALIKE[item.property]}), warning or off."
        raise source.error((*location, "value"), f"{item.property} is {item.value!r}", hint)
    if item.property == "maxUnreadablePercent" and not 0 <= float(item.value or 0) <= 100:
        raise source.error((*location, "value"), f"maxUnreadablePercent is {item.value}, not 0 to 100")


def _check_lookback(source: YamlFile, days: int, columns: tuple[Column, ...], location: Location) -> None:
    if days < 0:
        raise source.error(location, f"lookbackDays is {days}, less than 0")
    if all(column.partition_position is None for column in columns):
        hint = "Give the column of the day `partitioned: true`, or take lookbackDays out."
        raise source.error(location, "lookbackDays is for a product partitioned by date", hint)


def _check_source(source: YamlFile, name: str, location: Location) -> None:
    try:
        DatasetName.parse(name)
    except UsageError as error:
        raise source.error(location, f"source: {error.message}", error.hint) from error
