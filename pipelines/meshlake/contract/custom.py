"""What the custom properties of a contract's table say: where it is read from, and how its rows come about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meshlake.contract.odcs import OBJECT
from meshlake.errors import ContractError, UsageError
from meshlake.names import DatasetName
from meshlake.suggest import nearest

if TYPE_CHECKING:
    from open_data_contract_standard.model import CustomProperty, SchemaObject

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


def _check_custom(
    source: YamlFile, item: CustomProperty, columns: tuple[Column, ...], location: Location
) -> None:
    if item.property not in _CUSTOM:
        if (hint := nearest(item.property or "", _CUSTOM)) is not None:
            message = f"customProperty '{item.property}' is unknown"
            raise source.error((*location, "property"), message, hint)
        return
    given = float if _CUSTOM[item.property] is float and type(item.value) is int else type(item.value)
    if given is not _CUSTOM[item.property]:
        kind = _KINDS[_CUSTOM[item.property]]
        raise source.error((*location, "value"), f"{item.property} is {item.value!r}, not {kind}")
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
