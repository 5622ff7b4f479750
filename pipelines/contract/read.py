"""From `contract.odcs.yaml` (ODCS v3.1.0 or v3.2.0) to a `Contract`.

This module goes through the file in order and gives every error its line; what each fact means is in
`types.py`, `facts.py`, `quality.py` and `service_levels.py`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from open_data_contract_standard.model import OpenDataContractStandard, SchemaObject, SchemaProperty, Team
from pydantic import ValidationError

from pipelines.contract.facts import FactError, column_rules
from pipelines.contract.model import Column, Contract, Rule, RuleKind, Severity
from pipelines.contract.quality import is_cast_rule, quality_rule
from pipelines.contract.service_levels import read_level, service_levels
from pipelines.contract.source import ContractSource, Location, read_source
from pipelines.contract.suggest import nearest
from pipelines.contract.types import LOGICAL_TYPES, duckdb_type
from pipelines.contract.unknown_keys import unknown_keys

if TYPE_CHECKING:
    from pathlib import Path

    from open_data_contract_standard.model import DataQuality

    from pipelines.names import ProductName

API_VERSIONS = ("v3.1.0", "v3.2.0")
_CUSTOM = {"source": str, "rowFilter": str, "deduplicate": bool}
_OBJECT: Location = ("schema", 0)


@dataclass
class _Rules:
    """Rules as they are found, each with where it was found when its author named it."""

    found: list[tuple[Rule, Location | None]] = field(default_factory=list)

    def add(self, rule: Rule, named_at: Location | None = None) -> None:
        self.found.append((rule, named_at))

    def named(self, source: ContractSource) -> tuple[Rule, ...]:
        """All rules with unique names; names the platform gave take a number when they are taken."""
        counts = Counter(rule.name for rule, named_at in self.found if named_at is not None)
        for rule, named_at in self.found:
            if named_at is not None and counts[rule.name] > 1:
                raise source.error(named_at, f"rule name '{rule.name}' is given twice", "Rename one of them.")
        taken, rules = set(counts), []
        for rule, named_at in self.found:
            name, number = rule.name, 1
            while named_at is None and name in taken:
                number += 1
                name = f"{rule.name}_{number}"
            taken.add(name)
            rules.append(replace(rule, name=name))
        return tuple(rules)


def read_contract(path: Path, expected: ProductName) -> Contract:
    """Read the contract of the product `expected`.

    Raises:
        ContractError: naming file and line, when the file is not a contract this platform can hold to.
    """
    source = read_source(path)
    odcs = _parse(source)
    _check_identity(source, odcs, expected)
    table = _only_object(source, odcs, expected)
    columns = _columns(source, table)
    rules = _Rules()
    rules.add(Rule("columns", RuleKind.COLUMNS, description="Column names and types are the contract's"))
    columns = _add_column_rules(source, table, columns, rules)
    for position, item in enumerate(table.quality or []):
        _add_quality(source, rules, item, None, columns, (*_OBJECT, "quality", position))
    levels = _add_service_levels(source, odcs, columns, rules)
    custom = _custom_properties(source, table)
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
        row_filter=custom.get("rowFilter"),
        is_deduplicated=custom.get("deduplicate", False),
    )


def _parse(source: ContractSource) -> OpenDataContractStandard:
    if source.data.get("kind") != "DataContract":
        raise source.error(("kind",), f"kind is {source.data.get('kind')!r}", "Write kind: DataContract.")
    version = source.data.get("apiVersion")
    if version not in API_VERSIONS:
        raise source.error(
            ("apiVersion",), f"apiVersion is {version!r}", f"Use one of {', '.join(API_VERSIONS)}."
        )
    for key in source.data:
        if key not in (known := {f.alias or n for n, f in OpenDataContractStandard.model_fields.items()}):
            raise source.error((key,), f"key '{key}' is unknown", nearest(str(key), known))
    try:
        odcs = OpenDataContractStandard(**source.data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        message = f"not ODCS: {where}: {first['msg']}, got {first['input']!r}"
        raise source.error(
            tuple(first["loc"]), message, "Texts that look like numbers or dates need quotes."
        ) from error
    for location, known in unknown_keys(odcs, source.data):
        key = str(location[-1])
        hint = nearest(key, known) or f"ODCS knows {', '.join(sorted(known))} here."
        raise source.error(location, f"key '{key}' is unknown", hint)
    return odcs


def _check_identity(source: ContractSource, odcs: OpenDataContractStandard, expected: ProductName) -> None:
    wanted = {"id": str(expected), "domain": expected.domain, "dataProduct": expected.product}
    for key, value in wanted.items():
        found = getattr(odcs, key)
        if found != value:
            hint = f"Write {key}: {value}, as the folders are named, or move the folder."
            raise source.error((key,), f"{key} is {found!r}, but the folder is {expected}", hint)
    for key in ("version", "status"):
        if not getattr(odcs, key):
            raise source.error((), f"{key} is missing", f"Add a line '{key}: ...'.")


def _only_object(
    source: ContractSource, odcs: OpenDataContractStandard, expected: ProductName
) -> SchemaObject:
    objects = odcs.schema_ or []
    if len(objects) != 1:
        message = f"schema has {len(objects)} objects, not one"
        raise source.error(("schema",), message, "A product is one table: split it into several products.")
    if objects[0].name != expected.product:
        message = f"the schema object is called {objects[0].name!r}, but the product {expected.product}"
        raise source.error((*_OBJECT, "name"), message, f"Write name: {expected.product}.")
    if not objects[0].properties:
        raise source.error(
            _OBJECT, "the schema object has no properties", "Add 'properties', one for each column."
        )
    return objects[0]


def _columns(source: ContractSource, table: SchemaObject) -> tuple[Column, ...]:
    columns: list[Column] = []
    for position, prop in enumerate(table.properties or []):
        location: Location = (*_OBJECT, "properties", position)
        if not prop.name:
            raise source.error(location, "a property has no name", "Add 'name', the column's name.")
        # Engines compare column names without regard to case.
        if prop.name.lower() in {column.name.lower() for column in columns}:
            raise source.error(
                (*location, "name"), f"column '{prop.name}' is given twice", "Keep one of them."
            )
        columns.append(_column(source, prop, position, location))
    return tuple(columns)


def _column(source: ContractSource, prop: SchemaProperty, position: int, location: Location) -> Column:
    name = prop.name or ""
    try:
        type_text = duckdb_type(prop)
    except ValueError as error:
        key = "logicalType" if prop.physicalType is None else "physicalType"
        hint = nearest(prop.logicalType or "", LOGICAL_TYPES) if key == "logicalType" else None
        hint = hint or f"logicalType is one of {', '.join(LOGICAL_TYPES)}; physicalType a DuckDB type."
        raise source.error((*location, key), f"column '{name}': {error}", hint) from error
    return Column(
        name=name,
        type=type_text,
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
    source: ContractSource, table: SchemaObject, columns: tuple[Column, ...], rules: _Rules
) -> tuple[Column, ...]:
    """Add the rules of every column; give the columns back knowing what a value that cannot be cast means."""
    keyed = sorted((c.primary_key_position, c.name) for c in columns if c.primary_key_position is not None)
    if keyed:
        names = [name for _, name in keyed]
        description = f"{', '.join(names)} identify one row"
        rules.add(
            Rule("primary_key", RuleKind.PRIMARY_KEY, None, {"columns": names}, description=description)
        )
    settled = []
    for position, (prop, column) in enumerate(zip(table.properties or [], columns, strict=True)):
        location: Location = (*_OBJECT, "properties", position)
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
            if quality is not None and is_cast_rule(quality):
                on_bad_value = quality.severity
        settled.append(replace(column, on_bad_value=on_bad_value))
    return tuple(settled)


def _add_quality(
    source: ContractSource,
    rules: _Rules,
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
    source: ContractSource, odcs: OpenDataContractStandard, columns: tuple[Column, ...], rules: _Rules
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


def _custom_properties(source: ContractSource, table: SchemaObject) -> dict[str, Any]:
    custom: dict[str, Any] = {}
    for position, item in enumerate(table.customProperties or []):
        location: Location = (*_OBJECT, "customProperties", position)
        if item.property not in _CUSTOM:
            hint = nearest(item.property or "", _CUSTOM)
            if hint is not None:
                raise source.error(
                    (*location, "property"), f"customProperty '{item.property}' is unknown", hint
                )
            continue
        if not isinstance(item.value, _CUSTOM[item.property]):
            kind = "text" if _CUSTOM[item.property] is str else "true or false"
            raise source.error((*location, "value"), f"{item.property} is {item.value!r}, not {kind}")
        custom[item.property] = item.value
    return custom


def _description(odcs: OpenDataContractStandard, table: SchemaObject) -> str:
    purpose = odcs.description.purpose if odcs.description else None
    return (table.description or purpose or "").strip()


def _owner(source: ContractSource, odcs: OpenDataContractStandard) -> str:
    """Who answers for the product: the member with role owner, else the team."""
    members = (odcs.team.members or []) if isinstance(odcs.team, Team) else (odcs.team or [])
    owner = next((member.username or member.name for member in members if member.role == "owner"), None)
    owner = owner or (odcs.team.name if isinstance(odcs.team, Team) else None)
    if not owner:
        hint = "Add team: {name: ..., members: [{username: ..., role: owner}]}."
        raise source.error(("team",), "the contract names no owner", hint)
    return owner
