"""Columns of an Iceberg table's data files: a field is known by its id, whatever it was called when a file was written.

A column that was renamed, added, or made wider is read as the table has it now. Fields within columns keep their names:
one that was renamed or made anew under an old name is refused by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import duckdb

from meshlake.errors import LandingError
from meshlake.formats.parquet import PARQUET
from meshlake.formats.reader import duckdb_message, paths_sql
from meshlake.names import quote_identifier, quote_literal
from meshlake.stores import duckdb_reader
from meshlake.types.iceberg import from_iceberg
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyiceberg.manifest import DataFile
    from pyiceberg.schema import Schema
    from pyiceberg.table.metadata import TableMetadata
    from pyiceberg.table.name_mapping import MappedField
    from pyiceberg.types import NestedField

    from meshlake.stores import StoredFile
    from meshlake.types.tree import Type

_COPY = "Land a copy of its rows as Parquet."


@dataclass(frozen=True)
class _Written:
    """A field as a data file has it: its name, the id of what it is within, and how its values are written."""

    name: str
    within: int | None
    physical: str | None


def column_types(folder: str, schema: Schema) -> dict[str, Type]:
    """The columns of the table and their types.

    Raises:
        LandingError: DuckDB has none for one.
    """
    types = {}
    for field in schema.fields:
        try:
            types[field.name] = from_iceberg(field.field_type)
        except ValueError as error:
            raise LandingError(f"{folder}: column {field.name} cannot be read: {error}", _COPY) from error
    return types


def selected(
    folder: str, metadata: TableMetadata, files: Sequence[tuple[StoredFile, DataFile]]
) -> dict[StoredFile, str]:
    """What is selected of each data file, in SQL: the table's columns of now.

    Raises:
        LandingError: a file does not say by itself which field is which.
    """
    if not files:
        return {}
    schema, types = metadata.schema(), column_types(folder, metadata.schema())
    nested = dict(_nested(schema))
    written = _written(metadata, [file for file, _ in files])
    made = {}
    for file, entry in files:
        fields = written[file.path]
        if not fields:
            raise LandingError(
                f"{file.name}: its columns have no ids, and the table maps no names to them", _COPY
            )
        _refuse_renamed(file, fields, nested)
        values = _partition_values(metadata, entry)
        columns = (
            f"{_cell(field, types[field.name], fields, values)} AS {quote_identifier(field.name)}"
            for field in schema.fields
        )
        made[file] = ", ".join(columns)
    return made


def _cell(field: NestedField, type_: Type, fields: Mapping[int, _Written], values: Mapping[int, Any]) -> str:
    written = fields.get(field.field_id)
    if written is None:
        value = values.get(field.field_id, field.initial_default)
        return f"CAST({'NULL' if value is None else quote_literal(str(value))} AS {type_})"
    cell = quote_identifier(written.name)
    if written.physical == "INT96" and type_ is Scalar.TIMESTAMPTZ:
        cell = f"timezone('UTC', {cell})"  # Spark's old moments say nothing of a zone: they are UTC
    return f"CAST({cell} AS {type_})"


def _partition_values(metadata: TableMetadata, file: DataFile) -> dict[int, Any]:
    """The values by field of columns that a file lies in a folder of: of a table that was Hive's, it has no others."""
    from pyiceberg.transforms import IdentityTransform

    spec = metadata.specs()[file.spec_id]
    return {
        field.source_id: file.partition[position]
        for position, field in enumerate(spec.fields)
        if isinstance(field.transform, IdentityTransform)
    }


def _nested(schema: Schema) -> Iterator[tuple[int, tuple[str | None, int, Any]]]:
    """Of each field within another: its name (`None` in lists and maps, where that says nothing), and what it is in."""
    from pyiceberg.types import StructType

    todo = list(schema.fields)
    while todo:
        field = todo.pop()
        for inner in getattr(field.field_type, "fields", ()):
            is_named = isinstance(field.field_type, StructType)
            yield inner.field_id, (inner.name if is_named else None, field.field_id, inner.initial_default)
            todo.append(inner)


def _refuse_renamed(
    file: StoredFile, fields: Mapping[int, _Written], nested: Mapping[int, tuple[str | None, int, Any]]
) -> None:
    """Refuse a file in which a field within a column has another name than now, or its name was another field's."""
    now = {(within, name): id_ for id_, (name, within, _) in nested.items() if name is not None}
    for id_, field in fields.items():
        if field.within is None or (id_ in nested and nested[id_][0] is None):
            continue
        if now.get((field.within, field.name), id_) != id_ or (
            id_ in nested and nested[id_][0] != field.name
        ):
            raise LandingError(
                f"{file.name}: the field {field.name} within a column was renamed since", _COPY
            )
    for id_, (name, within, default) in nested.items():
        if default is not None and within in fields and id_ not in fields:
            raise LandingError(f"{file.name}: the field {name} within a column has a value by default", _COPY)


def _written(metadata: TableMetadata, files: Sequence[StoredFile]) -> dict[str, dict[int, _Written]]:
    """The fields of each file by id, from its footer; of a file without ids by the table's mapping of names."""
    with duckdb_reader(files[0]) as connection:
        try:
            rows = connection.execute(
                "SELECT file_name, name, field_id, type, coalesce(num_children, 0) "
                f"FROM parquet_schema({paths_sql(files)}) ORDER BY file_name, column_id"
            ).fetchall()
        except duckdb.Error as error:
            if (told := PARQUET.explain(error, duckdb_message(error), files)) is None:
                raise
            raise told from error
    mapping = metadata.name_mapping()
    mapped = list(mapping.root) if mapping is not None else []
    return {
        str(path): _fields([row[1:] for row in of_file], mapped)
        for path, of_file in groupby(rows, itemgetter(0))
    }


def _fields(rows: list[tuple[Any, ...]], mapped: list[MappedField]) -> dict[int, _Written]:
    has_ids = any(row[1] is not None for row in rows)
    found: dict[int, _Written] = {}
    parts = iter(rows)

    def take(count: int, within: int | None, names: list[MappedField]) -> None:
        for _ in range(count):
            name, id_, physical, children = next(parts)
            known = None if has_ids else next((each for each in names if name in each.names), None)
            id_ = known.field_id if known is not None else id_
            if id_ is not None:
                found[id_] = _Written(name, within, physical)
            take(children, within if id_ is None else id_, list(known.fields) if known is not None else names)

    take(next(parts)[3], None, mapped)
    return found
