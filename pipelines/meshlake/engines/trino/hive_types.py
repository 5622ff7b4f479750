"""How a column of a landed dataset stands in a table of Trino's Hive connector: declared so, read back so.

Hive knows fewer types than DuckDB finds in files. A column it lacks is kept as another type, and turned back when
read; one it cannot hold at all is kept as text. Which files a table stands on is for `trino_landing`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.types.tree import Decimal, ListOf, MapOf, Scalar, Struct, Type
from meshlake.types.trino import trino_text

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLAIN = frozenset(
    {
        Scalar.BOOLEAN,
        Scalar.TINYINT,
        Scalar.SMALLINT,
        Scalar.INTEGER,
        Scalar.BIGINT,
        Scalar.FLOAT,
        Scalar.DOUBLE,
        Scalar.VARCHAR,
        Scalar.BLOB,
        Scalar.DATE,
        Scalar.TIMESTAMP,
    }
)
# What DuckDB writes in its place, and what Trino makes of that; `{}` is the column.
_CONVERTED: Mapping[Type, tuple[Type, str, str]] = {
    Scalar.UTINYINT: (Scalar.SMALLINT, "CAST({} AS SMALLINT)", "{}"),
    Scalar.USMALLINT: (Scalar.INTEGER, "CAST({} AS INTEGER)", "{}"),
    Scalar.UINTEGER: (Scalar.BIGINT, "CAST({} AS BIGINT)", "{}"),
    Scalar.UBIGINT: (Decimal(20, 0), "CAST({} AS DECIMAL(20,0))", "{}"),
    Scalar.TIMESTAMPTZ: (Scalar.TIMESTAMP, "({} AT TIME ZONE 'UTC')", "with_timezone({}, 'UTC')"),
    Scalar.TIMESTAMP_NS: (
        Scalar.BIGINT,
        "epoch_ns({})",
        "CAST(from_unixtime_nanos({}) AT TIME ZONE 'UTC' AS timestamp(9))",
    ),
    Scalar.TIME: (Scalar.VARCHAR, "CAST({} AS VARCHAR)", "CAST({} AS time(6))"),
    Scalar.UUID: (Scalar.VARCHAR, "CAST({} AS VARCHAR)", "CAST({} AS uuid)"),
}
_FIELD_NAME = re.compile(r"\w+( \w+)*", re.ASCII)


@dataclass(frozen=True)
class HiveColumn:
    """One column. `type` is the one that readers see, `declared` Trino's type in the table.

    `written` is DuckDB's SQL for what a copy holds, `read` Trino's SQL for the value; in both `{}` is the column.
    """

    type: Type
    declared: str
    written: str
    read: str

    @property
    def is_as_found(self) -> bool:
        """Whether a Parquet column of this type may be read where it lies, as it is declared."""
        return self.written == "{}" or self.type is Scalar.TIMESTAMPTZ


def hive_column(kind: Type) -> HiveColumn:
    """How a column that DuckDB finds to be of type `kind` is kept and read."""
    if _is_declared(kind):
        return HiveColumn(kind, trino_text(kind), "{}", "{}")
    if kind in _CONVERTED:
        stored, written, read = _CONVERTED[kind]
        return HiveColumn(kind, trino_text(stored), written, read)
    # A nested value as JSON, which is what one of a JSON file is, too.
    is_with_parts = isinstance(kind, ListOf | MapOf | Struct)
    written = "CAST(to_json({}) AS VARCHAR)" if is_with_parts else "CAST({} AS VARCHAR)"
    return HiveColumn(Scalar.VARCHAR, "varchar", written, "{}")


def is_hive_name(name: str) -> bool:
    """Whether Hive takes `name` for a column's."""
    return bool(name) and "," not in name and name == name.strip() and name.isprintable()


def _is_declared(kind: Type) -> bool:
    """Whether Hive has this type, too."""
    if isinstance(kind, ListOf):
        return kind.length is None and _is_declared(kind.element)
    if isinstance(kind, MapOf):
        return _is_declared(kind.key) and _is_declared(kind.value)
    if isinstance(kind, Struct):
        return all(_FIELD_NAME.fullmatch(f.name) and _is_declared(f.type) for f in kind.fields)
    return isinstance(kind, Decimal) or kind in _PLAIN
