"""What PostgreSQL's own catalog says of the tables of the operational database: keys, references, not-null, comments.

No row is read here. One table that a contract names is looked at by `operational`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meshlake.landing.operational import COLUMNS_SQL, TableName, database_address, open_database
from meshlake.landing.operational_types import TableColumn, table_column
from meshlake.names import OPERATIONAL_CATALOG

if TYPE_CHECKING:
    from collections.abc import Iterable

_KINDS = {
    "r": "table",
    "p": "partitioned table",
    "m": "materialised view",
    "v": "view",
    "f": "foreign table",
}
# Tables that the user may read, without partitions (their table has their rows) and what extensions brought.
_TABLES = r"""
SELECT c.oid, n.nspname, c.relname, c.relkind,
    coalesce((SELECT sum(pg_table_size(relid)) FROM pg_partition_tree(c.oid)), pg_table_size(c.oid))::bigint,
    coalesce(obj_description(c.oid, 'pg_class'), '')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'v', 'f') AND NOT c.relispartition
    AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%'
    AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
    AND NOT EXISTS (SELECT FROM pg_depend d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY n.nspname, c.relname"""
# Keys of rows: neither of some rows only, nor of expressions, nor with a column that may be null.
_KEYS = """
SELECT i.indrelid, i.indisprimary, array_agg(a.attname::text ORDER BY k.place)
FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS k (attnum, place), pg_attribute a
WHERE i.indrelid = ANY(%s) AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
    AND k.place <= i.indnkeyatts AND a.attrelid = i.indrelid AND a.attnum = k.attnum
GROUP BY i.indexrelid, i.indrelid, i.indisprimary HAVING bool_and(a.attnotnull)
ORDER BY i.indisprimary DESC, i.indexrelid"""
_REFERENCES = """
SELECT r.conrelid, array_agg(a.attname::text ORDER BY k.place), n.nspname, c.relname,
    array_agg(b.attname::text ORDER BY k.place)
FROM pg_constraint r JOIN pg_class c ON c.oid = r.confrelid JOIN pg_namespace n ON n.oid = c.relnamespace,
    unnest(r.conkey, r.confkey) WITH ORDINALITY AS k (mine, other, place), pg_attribute a, pg_attribute b
WHERE r.conrelid = ANY(%s) AND r.contype = 'f' AND r.conparentid = 0 AND r.convalidated
    AND a.attrelid = r.conrelid AND a.attnum = k.mine AND b.attrelid = r.confrelid AND b.attnum = k.other
GROUP BY r.oid, r.conrelid, n.nspname, c.relname ORDER BY r.oid"""


@dataclass(frozen=True)
class ForeignKey:
    """`columns` hold values of `other_columns` of `other_table`, as PostgreSQL sees to."""

    columns: tuple[str, ...]
    other_table: TableName
    other_columns: tuple[str, ...]

    def __str__(self) -> str:
        return f"{' and '.join(self.other_columns)} of {self.other_table}"


@dataclass(frozen=True)
class CatalogColumn:
    """A column, and what its table's owner says of it."""

    column: TableColumn
    is_required: bool
    comment: str


@dataclass(frozen=True)
class CatalogTable:
    """A table or view as PostgreSQL's catalog has it. `keys` are its primary key and what else is unique and not null.

    `size_bytes` is 0 for what keeps no rows itself: views and foreign tables.
    """

    table: TableName
    kind: str
    size_bytes: int
    comment: str
    columns: tuple[CatalogColumn, ...]
    primary_key: tuple[str, ...]
    keys: tuple[tuple[str, ...], ...]
    foreign_keys: tuple[ForeignKey, ...]

    def __str__(self) -> str:
        return f"{OPERATIONAL_CATALOG}.{self.table}"

    @property
    def is_enforced(self) -> bool:
        """Whether PostgreSQL itself sees to it that no row breaks what the catalog says."""
        return self.kind in {"table", "partitioned table"}


def list_tables(uri: str) -> list[CatalogTable]:
    """The tables and views of the database at `uri` that its user may read, by name; PostgreSQL's own left out.

    Raises:
        LandingError: the database does not answer, or refuses.
        UsageError: `uri` is no address.
    """
    address = database_address(uri)
    with (
        open_database(address, "the tables of MESH_OPERATIONAL") as connection,
        connection.cursor() as cursor,
    ):
        found = _rows(cursor, _TABLES)
        oids = [row[0] for row in found]
        columns = _by_table(_rows(cursor, COLUMNS_SQL, oids))
        keys = _by_table(_rows(cursor, _KEYS, oids))
        references = _by_table(_rows(cursor, _REFERENCES, oids))
    return [
        CatalogTable(
            table=TableName(schema, table, address.database),
            kind=_KINDS[kind],
            size_bytes=size_bytes,
            comment=comment,
            columns=tuple(CatalogColumn(table_column(*c[:5]), *c[5:]) for c in columns[oid]),
            primary_key=next((tuple(names) for is_primary, names in keys[oid] if is_primary), ()),
            keys=tuple(tuple(names) for _, names in keys[oid]),
            foreign_keys=tuple(
                ForeignKey(tuple(mine), TableName(other_schema, other), tuple(others))
                for mine, other_schema, other, others in references[oid]
            ),
        )
        for oid, schema, table, kind, size_bytes, comment in found
    ]


def _rows(cursor: Any, query: str, oids: list[int] | None = None) -> list[Any]:
    cursor.execute(query, None if oids is None else (oids,))
    rows: list[Any] = cursor.fetchall()
    return rows


def _by_table(rows: Iterable[Any]) -> defaultdict[int, list[Any]]:
    """The rest of each row, by its first value."""
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for oid, *rest in rows:
        found[oid].append(rest)
    return found
