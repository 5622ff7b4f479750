"""What PostgreSQL's own catalog says of the tables of the operational database: keys, references, not-null, comments.

No row is read here. One table that a contract names is looked at by `table`.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from meshlake.sources.catalog import CatalogColumn, CatalogTable, ForeignKey, TableName
from meshlake.sources.postgresql.columns import COLUMNS_SQL, table_column
from meshlake.sources.postgresql.database import CATALOG, open_database

if TYPE_CHECKING:
    from collections.abc import Iterable

    from meshlake.sources.postgresql.columns import TableColumn
    from meshlake.sources.postgresql.database import DatabaseAddress

_KINDS = {
    "r": "table",
    "p": "partitioned table",
    "m": "materialised view",
    "v": "view",
    "f": "foreign table",
}
# Those of which PostgreSQL itself sees to it that no row breaks what the catalog says.
_ENFORCED = frozenset("rp")
# Tables that the user may read, without partitions (their table has their rows), those without any column, which
# PostgreSQL lets be, and what extensions brought.
_TABLES = r"""
SELECT c.oid, n.nspname, c.relname, c.relkind,
    coalesce((SELECT sum(pg_table_size(relid)) FROM pg_partition_tree(c.oid)), pg_table_size(c.oid))::bigint,
    coalesce(obj_description(c.oid, 'pg_class'), '')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'v', 'f') AND NOT c.relispartition
    AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%'
    AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
    AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
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


def list_tables(address: DatabaseAddress) -> list[tuple[CatalogTable, tuple[TableColumn, ...]]]:
    """The tables and views that the user of the database may read, by name; PostgreSQL's own left out.

    Each with its columns as the engines get them.

    Raises:
        LandingError: the database does not answer, or refuses.
    """
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
        (
            _table(row, columns[row[0]], keys[row[0]], references[row[0]], address),
            tuple(table_column(*column[:5]) for column in columns[row[0]]),
        )
        for row in found
    ]


def _table(
    row: Any, columns: list[Any], keys: list[Any], references: list[Any], address: DatabaseAddress
) -> CatalogTable:
    _, schema, table, kind, size_bytes, comment = row
    server = {
        "server": "landing",
        "type": "postgresql",
        "host": address.host,
        "port": address.port,
        "database": address.database,
        "schema": schema,
    }
    return CatalogTable(
        catalog=CATALOG,
        table=TableName(schema, table, address.database),
        kind=_KINDS[kind],
        size_bytes=size_bytes,
        comment=comment,
        columns=tuple(_column(column) for column in columns),
        primary_key=next((tuple(names) for is_primary, names in keys if is_primary), ()),
        keys=tuple(tuple(names) for _, names in keys),
        foreign_keys=tuple(
            ForeignKey(tuple(mine), TableName(other_schema, other), tuple(others), CATALOG)
            for mine, other_schema, other, others in references
        ),
        is_enforced=kind in _ENFORCED,
        product="PostgreSQL",
        server=tuple(server.items()),
    )


def _column(facts: Any) -> CatalogColumn:
    *of_type, is_required, comment = facts
    column = table_column(*of_type)
    return CatalogColumn(column.name, column.is_number, is_required, comment)


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
