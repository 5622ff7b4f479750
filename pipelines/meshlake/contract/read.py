"""From `contract.odcs.yaml` (ODCS v3.1.0 or v3.2.0) to a `Contract`.

This module goes through the file in order and gives every error its line; what each fact means is in
`types.py`, `service_levels.py` and each kind of rule, in `meshlake.rules`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from open_data_contract_standard.model import Team

from meshlake.column import Column, Severity
from meshlake.contract.model import Contract
from meshlake.contract.odcs import OBJECT, check_identity, only_object, parse
from meshlake.contract.rule_list import RuleList
from meshlake.contract.servers import landing_place
from meshlake.contract.service_levels import read_level, service_levels
from meshlake.rules.facts import FactError
from meshlake.rules.kinds import column_rules, quality_rule, table_rules
from meshlake.suggest import nearest
from meshlake.types.odcs import LOGICAL_TYPES, column_type
from meshlake.types.tree import Scalar
from meshlake.yaml_file import read_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from open_data_contract_standard.model import (
        DataQuality,
        OpenDataContractStandard,
        SchemaObject,
        SchemaProperty,
    )

    from meshlake.names import ProductName
    from meshlake.rules.rule import Rule
    from meshlake.validation import Location
    from meshlake.yaml_file import YamlFile

_CUSTOM = {"source": str, "rowFilter": str, "deduplicate": bool, "lookbackDays": int}
_KINDS = {str: "text", bool: "true or false", int: "a whole number"}


def read_contract(path: Path, expected: ProductName) -> Contract:
    """Read the contract of the product `expected`.

    Raises:
        ContractError: naming file and line, when the file is not a contract this platform can hold to.
    """
    source = read_yaml(path, "a contract", "Start with 'apiVersion: v3.1.0'.")
    odcs = parse(source)
    check_identity(source, odcs, expected)
    table = only_object(source, odcs, expected)
    columns = _columns(source, table)
    rules = RuleList()
    for rule in table_rules(columns):
        rules.add(rule)
    columns = _add_column_rules(source, table, columns, rules)
    for position, item in enumerate(table.quality or []):
        _add_quality(source, rules, item, None, columns, (*OBJECT, "quality", position))
    levels = _add_service_levels(source, odcs, columns, rules)
    custom = _custom_properties(source, table, columns)
    return Contract(
        name=expected,
        version=odcs.version or "",
        status=odcs.status or "",
        title=odcs.name or str(expected),
        description=_description(odcs, table),
        grain=table.dataGranularityDescription or "",
        owner=_owner(source, odcs),
        columns=columns,
        rules=rules.named(source),
        service_levels=service_levels(levels),
        tags=tuple(odcs.tags or ()),
        source=custom.get("source"),
        landing_place=landing_place(source, odcs),
        row_filter=custom.get("rowFilter"),
        is_deduplicated=custom.get("deduplicate", False),
        lookback_days=custom.get("lookbackDays", 0),
    )


def _columns(source: YamlFile, table: SchemaObject) -> tuple[Column, ...]:
    columns: list[Column] = []
    for position, prop in enumerate(table.properties or []):
        location: Location = (*OBJECT, "properties", position)
        if not prop.name:
            raise source.error(location, "a property has no name", "Add 'name', the column's name.")
        # Engines compare column names without regard to case.
        if prop.name.lower() in {column.name.lower() for column in columns}:
            raise source.error(
                (*location, "name"), f"column '{prop.name}' is given twice", "Keep one of them."
            )
        columns.append(_column(source, prop, position, location))
        _check_partition(source, columns, location)
    return tuple(columns)


def _check_partition(source: YamlFile, columns: list[Column], location: Location) -> None:
    """Let the last of `columns` be the partition column only if it is the first such, of type DATE and never null."""
    column = columns[-1]
    if column.partition_position is None:
        return
    if any(other.partition_position is not None for other in columns[:-1]):
        problem = "is a second partition column"
    elif column.type is not Scalar.DATE:
        problem = f"of type {column.type} cannot partition the product"
    elif not column.is_required:
        problem = "partitions the product and may be null"
    else:
        return
    hint = "A product is partitioned by one DATE column that is required."
    raise source.error((*location, "partitioned"), f"column '{column.name}' {problem}", hint)


def _check_lookback(source: YamlFile, days: int, columns: tuple[Column, ...], location: Location) -> None:
    if days < 0:
        raise source.error(location, f"lookbackDays is {days}, less than 0")
    if all(column.partition_position is None for column in columns):
        hint = "Give the column of the day `partitioned: true`, or take lookbackDays out."
        raise source.error(location, "lookbackDays is for a product partitioned by date", hint)


def _column(source: YamlFile, prop: SchemaProperty, position: int, location: Location) -> Column:
    name = prop.name or ""
    try:
        kind = column_type(prop)
    except ValueError as error:
        key = "logicalType" if prop.physicalType is None else "physicalType"
        hint = nearest(prop.logicalType or "", LOGICAL_TYPES) if key == "logicalType" else None
        hint = hint or f"logicalType is one of {', '.join(LOGICAL_TYPES)}; physicalType a DuckDB type."
        raise source.error((*location, key), f"column '{name}': {error}", hint) from error
    return Column(
        name=name,
        type=kind,
        description=prop.description or "",
        is_required=bool(prop.required or prop.primaryKey),
        primary_key_position=_position(prop.primaryKey, prop.primaryKeyPosition, position),
        partition_position=_position(prop.partitioned, prop.partitionKeyPosition, position),
        sources=tuple(prop.transformSourceObjects or ()),
        expression=prop.transformLogic,
        classification=prop.classification,
        tags=tuple(prop.tags or ()),
    )


def _position(is_key: bool | None, position: int | None, order: int) -> int | None:
    """The key position given, else the order of the property in the contract, from 1."""
    if not is_key:
        return None
    return position if position is not None and position > 0 else order + 1


def _add_column_rules(
    source: YamlFile, table: SchemaObject, columns: tuple[Column, ...], rules: RuleList
) -> tuple[Column, ...]:
    """Add the rules of every column; give the columns back knowing what a value that cannot be cast means."""
    settled = []
    for position, (prop, column) in enumerate(zip(table.properties or [], columns, strict=True)):
        location: Location = (*OBJECT, "properties", position)
        try:
            for rule in column_rules(prop, column):
                rules.add(rule)
        except FactError as error:
            raise source.error(
                (*location, error.key), f"column '{column.name}': {error}", error.hint
            ) from error
        on_bad_value = Severity.ERROR
        for number, item in enumerate(prop.quality or []):
            quality = _add_quality(source, rules, item, column, columns, (*location, "quality", number))
            if quality is not None and quality.is_about_casts:
                on_bad_value = quality.severity
        settled.append(replace(column, on_bad_value=on_bad_value))
    return tuple(settled)


def _add_quality(
    source: YamlFile,
    rules: RuleList,
    item: DataQuality,
    column: Column | None,
    columns: tuple[Column, ...],
    location: Location,
) -> Rule | None:
    try:
        rule = quality_rule(item, column, columns)
    except FactError as error:
        where = f"column '{column.name}': " if column else ""
        raise source.error((*location, error.key), f"{where}{error}", error.hint) from error
    if rule is not None:
        rules.add(rule, (*location, "name") if item.name else None)
    return rule


def _add_service_levels(
    source: YamlFile, odcs: OpenDataContractStandard, columns: tuple[Column, ...], rules: RuleList
) -> dict[str, object]:
    levels: dict[str, object] = {}
    for position, item in enumerate(odcs.slaProperties or []):
        location: Location = ("slaProperties", position)
        try:
            facts, rule = read_level(item, odcs.slaDefaultElement, columns)
        except FactError as error:
            raise source.error((*location, error.key), str(error), error.hint) from error
        if levels.keys() & facts.keys():
            raise source.error(
                location, f"service level '{item.property}' is given twice", "Keep one of them."
            )
        levels |= facts
        if rule is not None:
            rules.add(rule)
    return levels


def _custom_properties(source: YamlFile, table: SchemaObject, columns: tuple[Column, ...]) -> dict[str, Any]:
    custom: dict[str, Any] = {}
    for position, item in enumerate(table.customProperties or []):
        location: Location = (*OBJECT, "customProperties", position)
        if item.property not in _CUSTOM:
            hint = nearest(item.property or "", _CUSTOM)
            if hint is not None:
                raise source.error(
                    (*location, "property"), f"customProperty '{item.property}' is unknown", hint
                )
            continue
        if type(item.value) is not _CUSTOM[item.property]:
            kind = _KINDS[_CUSTOM[item.property]]
            raise source.error((*location, "value"), f"{item.property} is {item.value!r}, not {kind}")
        if item.property == "lookbackDays" and isinstance(item.value, int):
            _check_lookback(source, item.value, columns, (*location, "value"))
        custom[item.property] = item.value
    return custom


def _description(odcs: OpenDataContractStandard, table: SchemaObject) -> str:
    purpose = odcs.description.purpose if odcs.description else None
    return (table.description or purpose or "").strip()


def _owner(source: YamlFile, odcs: OpenDataContractStandard) -> str:
    """Who answers for the product: the member with role owner, else the team."""
    members = (odcs.team.members or []) if isinstance(odcs.team, Team) else (odcs.team or [])
    owner = next((member.username or member.name for member in members if member.role == "owner"), None)
    owner = owner or (odcs.team.name if isinstance(odcs.team, Team) else None)
    if not owner:
        hint = "Add team: {name: ..., members: [{username: ..., role: owner}]}."
        raise source.error(("team",), "the contract names no owner", hint)
    return owner
