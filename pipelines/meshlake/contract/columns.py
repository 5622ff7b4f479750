"""The columns of a contract, from the properties of its schema object."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from meshlake.column import Column
from meshlake.contract.custom import column_properties
from meshlake.contract.odcs import OBJECT
from meshlake.contract.options import check_options, written_options
from meshlake.contract.servers import dialects
from meshlake.errors import ContractError
from meshlake.suggest import close_names, nearest
from meshlake.types.odcs import LOGICAL_TYPES, TypeReader, column_type
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from open_data_contract_standard.model import OpenDataContractStandard, SchemaObject, SchemaProperty

    from meshlake.faults import Gathering
    from meshlake.types.tree import Type
    from meshlake.validation import Location
    from meshlake.yaml_file import YamlFile


@dataclass(frozen=True)
class Described:
    """A property at `location` and its column. Of one that is wrong, `is_guessed` says, the type is the likeliest."""

    location: Location
    prop: SchemaProperty
    column: Column
    is_guessed: bool


def described_columns(
    source: YamlFile, odcs: OpenDataContractStandard, table: SchemaObject, found: Gathering
) -> list[Described]:
    """The columns in the contract's order, those without a name left out; what is wrong is gathered.

    Their physical types are those of the systems that the contract says its tables live in.
    """
    systems = dialects(odcs)
    described: list[Described] = []
    for position, prop in enumerate(table.properties or []):
        location: Location = (*OBJECT, "properties", position)
        with found.part():
            if prop.semanticType == "measure":
                message = (
                    f"'{prop.name}' is a measure, computed when it is asked for, so it is no column here"
                )
                found.note(source.error((*location, "semanticType"), message))
                continue
            _check_name(source, prop, described, location)
            type_ = None
            with found.part():
                type_ = _type(source, prop, systems, location, found)
            try:
                check_options(source, prop, type_, location, found)
            except ContractError as error:
                found.weigh(error)
                prop.logicalTypeOptions = None if found.is_lenient else prop.logicalTypeOptions
            custom = column_properties(source, prop, location, found)
            column = replace(
                _column(prop, type_ or _likely_type(prop), position),
                is_row_key=custom.get("rowKey", False),
                is_known_in_advance=custom.get("knownInAdvance", False),
                known_after_days=custom.get("knownAfterDays"),
                unit=custom.get("unit", "").strip(),
                is_protected=custom.get("protected"),
            )
            _check_row_key(source, column, [each.column for each in described], location)
            others = [each.column for each in described]
            if type_ is not None and found.is_lenient:
                column = _kept_apart(source, column, others, location, found)
            described.append(Described(location, prop, column, is_guessed=type_ is None))
            if type_ is not None:
                _check_partition(source, column, others, location)
    return described


def _check_name(
    source: YamlFile, prop: SchemaProperty, others: Sequence[Described], location: Location
) -> None:
    if not prop.name:
        raise source.error(location, "a property has no name", "Add 'name', the column's name.")
    # Engines compare column names without regard to case.
    if prop.name.lower() in {other.column.name.lower() for other in others}:
        raise source.error((*location, "name"), f"column '{prop.name}' is given twice", "Keep one of them.")


def _type(
    source: YamlFile, prop: SchemaProperty, systems: tuple[str, ...], location: Location, found: Gathering
) -> Type:
    reader = TypeReader(systems, is_lenient=True, is_of_another_house=found.is_lenient)
    try:
        type_ = reader.type_of(prop)
        for note in reader.notes:
            key = "physicalType" if prop.physicalType else "logicalType"
            found.note(source.error((*location, key), f"column '{prop.name}': {note}"))
        return type_
    except ValueError as error:
        key = "logicalType" if prop.physicalType is None else "physicalType"
        hint = nearest(prop.logicalType or "", LOGICAL_TYPES) if key == "logicalType" else None
        hint = hint or f"logicalType is one of {', '.join(LOGICAL_TYPES)}; physicalType a DuckDB type."
        raise source.error((*location, key), f"column '{prop.name}': {error}", hint) from error


def _likely_type(prop: SchemaProperty) -> Type:
    for name in close_names(prop.logicalType or "", ("string", "integer", "number", "boolean", "date")):
        return column_type(type(prop)(logicalType=name))
    return Scalar.VARCHAR


def _column(prop: SchemaProperty, type_: Type, position: int) -> Column:
    written = written_options(prop, type_)
    return Column(
        name=prop.name or "",
        type=type_,
        description=prop.description or "",
        is_required=bool(prop.required or prop.primaryKey),
        primary_key_position=_position(prop.primaryKey, prop.primaryKeyPosition, position),
        partition_position=_position(prop.partitioned, prop.partitionKeyPosition, position),
        sources=tuple(prop.transformSourceObjects or ()),
        expression=prop.transformLogic,
        classification=prop.classification,
        tags=tuple(prop.tags or ()),
        format=written.get("format"),
        zone=written.get("zone"),
    )


def _position(is_key: bool | None, position: int | None, order: int) -> int | None:
    """The key position given, else the order of the property in the contract, from 1."""
    if not is_key:
        return None
    return position if position is not None and position > 0 else order + 1


def _kept_apart(
    source: YamlFile, column: Column, others: Sequence[Column], location: Location, found: Gathering
) -> Column:
    """`column`, which is partitioned by only if it can be: the contract tells how another system partitions."""
    try:
        _check_partition(source, column, others, location)
    except ContractError as error:
        found.note(error)
        return replace(column, partition_position=None)
    return column


def _check_row_key(source: YamlFile, column: Column, others: Sequence[Column], location: Location) -> None:
    """Let `column` be made of its row only if it is text, the one such, and it is told of which landed columns."""
    if not column.is_row_key:
        return
    if any(other.is_row_key for other in others):
        problem = "is a second rowKey"
    elif column.type is not Scalar.VARCHAR:
        problem = f"of type {column.type} is no rowKey"
    elif not column.sources or column.expression is not None:
        problem = "is a rowKey, and of what is not told"
    else:
        return
    hint = "A rowKey is a string; the landed columns that it is made of stand in transformSourceObjects."
    raise source.error((*location, "customProperties"), f"column '{column.name}' {problem}", hint)


def _check_partition(source: YamlFile, column: Column, others: Sequence[Column], location: Location) -> None:
    """Let `column` be the partition column only if it is the first such, of type DATE and never null."""
    if column.partition_position is None:
        return
    if any(other.partition_position is not None for other in others):
        problem = "is a second partition column"
    elif column.type is not Scalar.DATE:
        problem = f"of type {column.type} cannot partition the product"
    elif not column.is_required:
        problem = "partitions the product and may be null"
    else:
        return
    hint = "A product is partitioned by one DATE column that is required."
    raise source.error((*location, "partitioned"), f"column '{column.name}' {problem}", hint)
