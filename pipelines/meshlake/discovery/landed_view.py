"""A landed dataset made readable as one table, columns that files write differently brought together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.discovery.drift import column_groups
from meshlake.discovery.scan import LANDED
from meshlake.landing.relation import columns as landed_columns
from meshlake.landing.relation import relation_sql
from meshlake.names import quote_identifier
from meshlake.types.duckdb import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from meshlake.discovery.drift import FileSchemas
    from meshlake.landing.zone import Dataset
    from meshlake.types.tree import Type


def open_landed(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, schemas: FileSchemas
) -> tuple[dict[str, Type], dict[str, tuple[str, ...]]]:
    """Make the dataset readable as `landed`, what is only written differently as one; its types and sources by name."""
    given = landed_columns(connection, dataset)
    groups = {group[0]: group for group in column_groups(given, schemas)}
    selected = ", ".join(
        f"{_merged(group, given)} AS {quote_identifier(name)}" for name, group in groups.items()
    )
    connection.execute(f"CREATE TEMP VIEW {LANDED} AS SELECT {selected} FROM {relation_sql(dataset)}")
    rows = connection.execute(f"DESCRIBE {LANDED}").fetchall()
    return {row[0]: parse(row[1]) for row in rows}, groups


def _merged(group: tuple[str, ...], types: Mapping[str, Type]) -> str:
    cells = [quote_identifier(name) for name in group]
    if len({types[name] for name in group}) > 1:
        cells = [f"CAST({cell} AS VARCHAR)" for cell in cells]
    return cells[0] if len(cells) == 1 else f"COALESCE({', '.join(cells)})"
