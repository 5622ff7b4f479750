"""How a column of a landed dataset stands in a table of Trino's Hive connector: declared so, read back so.

Hive knows fewer types than DuckDB finds in files. A column it lacks is kept as another type, and turned back when
read; one it cannot hold at all is kept as text. Which files a table stands on is for `trino_landing`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import duckdb

from meshlake.names import quote_identifier

if TYPE_CHECKING:
    from duckdb.sqltypes import DuckDBPyType

_PLAIN = {
    "BOOLEAN": "boolean",
    "TINYINT": "tinyint",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "FLOAT": "real",
    "DOUBLE": "double",
    "VARCHAR": "varchar",
    "BLOB": "varbinary",
    "DATE": "date",
    "TIMESTAMP": "timestamp(6)",
}
# What DuckDB writes in its place, and what Trino makes of that; `{}` is the column.
_CONVERTED = {
    "UTINYINT": ("SMALLINT", "CAST({} AS SMALLINT)", "{}"),
    "USMALLINT": ("INTEGER", "CAST({} AS INTEGER)", "{}"),
    "UINTEGER": ("BIGINT", "CAST({} AS BIGINT)", "{}"),
    "UBIGINT": ("DECIMAL(20,0)", "CAST({} AS DECIMAL(20,0))", "{}"),
    "TIMESTAMP WITH TIME ZONE": ("TIMESTAMP", "({} AT TIME ZONE 'UTC')", "with_timezone({}, 'UTC')"),
    "TIMESTAMP_NS": (
        "BIGINT",
        "epoch_ns({})",
        "CAST(from_unixtime_nanos({}) AT TIME ZONE 'UTC' AS timestamp(9))",
    ),
    "TIME": ("VARCHAR", "CAST({} AS VARCHAR)", "CAST({} AS time(6))"),
    "UUID": ("VARCHAR", "CAST({} AS VARCHAR)", "CAST({} AS uuid)"),
}
_NESTED = frozenset({"struct", "list", "map"})
_FIELD_NAME = re.compile(r"\w+( \w+)*", re.ASCII)


@dataclass(frozen=True)
class HiveColumn:
    """One column. `type` is its DuckDB type as readers see it, `declared` Trino's type in the table.

    `written` is DuckDB's SQL for what a copy holds, `read` Trino's SQL for the value; in both `{}` is the column.
    """

    type: str
    declared: str
    written: str
    read: str

    @property
    def is_as_found(self) -> bool:
        """Whether a Parquet column of this type may be read where it lies, as it is declared."""
        return self.written == "{}" or self.type == "TIMESTAMP WITH TIME ZONE"


def hive_column(duckdb_type: str) -> HiveColumn:
    """How a column that DuckDB finds to be of `duckdb_type` is kept and read."""
    parsed = duckdb.sqltype(duckdb_type)
    if (declared := _declared(parsed)) is not None:
        return HiveColumn(duckdb_type, declared, "{}", "{}")
    if str(parsed) in _CONVERTED:
        stored, written, read = _CONVERTED[str(parsed)]
        return HiveColumn(str(parsed), str(_declared(duckdb.sqltype(stored))), written, read)
    if parsed.id in _NESTED:
        # As JSON, which is what a nested value of a JSON file is, too.
        return HiveColumn("VARCHAR", "varchar", "CAST(to_json({}) AS VARCHAR)", "{}")
    return HiveColumn("VARCHAR", "varchar", "CAST({} AS VARCHAR)", "{}")


def is_hive_name(name: str) -> bool:
    """Whether Hive takes `name` for a column's."""
    return bool(name) and "," not in name and name == name.strip() and name.isprintable()


def _declared(parsed: DuckDBPyType) -> str | None:
    """Trino's type for one that both have; `None` when there is none."""
    if parsed.id == "decimal":
        return str(parsed).lower()
    if parsed.id not in _NESTED:
        return _PLAIN.get(str(parsed))
    children = cast("list[tuple[str, DuckDBPyType]]", parsed.children)
    parts = [(name, _declared(child)) for name, child in children]
    if any(declared is None for _, declared in parts):
        return None
    if parsed.id == "struct":
        if not all(_FIELD_NAME.fullmatch(name) for name, _ in parts):
            return None
        return f"row({', '.join(f'{quote_identifier(name)} {declared}' for name, declared in parts)})"
    kind = "array" if parsed.id == "list" else "map"
    return f"{kind}({', '.join(str(declared) for _, declared in parts)})"
