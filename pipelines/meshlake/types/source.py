"""Types as other systems write them, understood through sqlglot's dialect of the system."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from meshlake.types.iceberg import widened
from meshlake.types.tree import MAX_DECIMAL_DIGITS, Decimal, Field, ListOf, MapOf, Scalar, Struct

if TYPE_CHECKING:
    from sqlglot import exp

    from meshlake.types.tree import Type

# By the `type` of a contract's server.
DIALECTS = {
    **dict.fromkeys(("postgres", "postgresql", "alloydb", "cockroachdb", "vertica"), "postgres"),
    **dict.fromkeys(("sqlserver", "synapse", "fabric"), "tsql"),
    **dict.fromkeys(("glue", "hive", "impala"), "hive"),
    **dict.fromkeys(("mysql", "mariadb"), "mysql"),
    **{
        name: name
        for name in (
            "athena",
            "bigquery",
            "clickhouse",
            "databricks",
            "oracle",
            "presto",
            "redshift",
            "snowflake",
        )
    },
    "teradata": "teradata",
    "trino": "trino",
}
# The first that understands a type is believed where no server is named.
ANY = ("postgres", "snowflake", "bigquery", "databricks", "tsql", "mysql", "oracle")
# What a bare decimal holds, where the system says so; elsewhere any number of digits.
_BARE_DECIMALS = {
    "snowflake": (38, 0),
    "bigquery": (38, 9),
    "tsql": (18, 0),
    "redshift": (18, 0),
    **dict.fromkeys(("mysql", "databricks", "hive"), (10, 0)),
}
_SCALARS = {
    Scalar.VARCHAR: "CHAR VARCHAR NCHAR NVARCHAR BPCHAR TEXT TINYTEXT MEDIUMTEXT LONGTEXT NAME "
    "JSON JSONB XML ENUM INET INTERVAL FIXEDSTRING LOWCARDINALITY HLLSKETCH",
    Scalar.BOOLEAN: "BOOLEAN BIT",
    Scalar.INTEGER: "INT MEDIUMINT SMALLINT TINYINT UTINYINT USMALLINT SERIAL SMALLSERIAL YEAR",
    Scalar.BIGINT: "BIGINT UINT UMEDIUMINT BIGSERIAL",
    Scalar.UBIGINT: "UBIGINT",
    Scalar.HUGEINT: "INT128",
    Scalar.FLOAT: "FLOAT",
    Scalar.DOUBLE: "DOUBLE",
    Scalar.DATE: "DATE DATE32",
    Scalar.TIME: "TIME",
    Scalar.TIMESTAMP: "TIMESTAMP TIMESTAMPNTZ TIMESTAMP_S TIMESTAMP_MS TIMESTAMP_NS DATETIME DATETIME2 DATETIME64 "
    "SMALLDATETIME",
    Scalar.TIMESTAMPTZ: "TIMESTAMPTZ TIMESTAMPLTZ",
    Scalar.UUID: "UUID",
    Scalar.BLOB: "BINARY VARBINARY BLOB TINYBLOB MEDIUMBLOB LONGBLOB IMAGE",
}
# Names that no dialect of SQL has: those of Avro's logical types, of Iceberg, of XML Schema and of dataframes.
_ELSEWHERE: dict[str, Type] = {
    **dict.fromkeys(
        ("timestamp-millis", "timestamp-micros", "timestamp_tz", "timestamptz_ns"), Scalar.TIMESTAMPTZ
    ),
    **dict.fromkeys(
        ("local-timestamp-millis", "local-timestamp-micros", "timestamp_ntz", "datetime64[ns]"),
        Scalar.TIMESTAMP,
    ),
    **dict.fromkeys(("time-millis", "time-micros"), Scalar.TIME),
    **dict.fromkeys(("long", "int64", "unsignedint", "integer64"), Scalar.BIGINT),
    **dict.fromkeys(("unsignedshort", "unsignedbyte", "int32", "int16", "short", "byte"), Scalar.INTEGER),
    **dict.fromkeys(("float64", "double precision"), Scalar.DOUBLE),
    **dict.fromkeys(("utf8", "large_string", "enum", "xs:string", "object_id", "objectid"), Scalar.VARCHAR),
    **dict.fromkeys(("fixed", "base64binary", "hexbinary"), Scalar.BLOB),
}
_BY_NAME: dict[str, Type] = {name: kind for kind, names in _SCALARS.items() for name in names.split()}
_MONEY: dict[str, Type] = {"MONEY": Decimal(19, 4), "SMALLMONEY": Decimal(10, 4)}


def foreign_type(text: str) -> Type | None:
    """The type that formats and tools without SQL call `text`; None where none does.

    >>> str(foreign_type("timestamp-millis")), foreign_type("blorp")
    ('TIMESTAMP WITH TIME ZONE', None)
    """
    return _ELSEWHERE.get(text.strip().lower())


@lru_cache(maxsize=1 << 14)
def source_type(text: str, dialect: str) -> Type | None:
    """The type that `text` is in a dialect of sqlglot, as a product's column holds it; None where it says none.

    Decimals of which the system leaves the digits open say none.

    >>> str(source_type("NUMBER(12,2)", "snowflake")), str(source_type("bigint unsigned", "mysql"))
    ('DECIMAL(12,2)', 'DECIMAL(20,0)')
    >>> str(source_type("STRUCT<a INT64, b ARRAY<STRING>>", "bigquery"))
    'STRUCT("a" BIGINT, "b" VARCHAR[])'
    """
    import sqlglot
    from sqlglot import exp

    try:
        built = exp.DataType.build(text, dialect=dialect)
        found = _type(built, dialect)
    except (sqlglot.errors.SqlglotError, ValueError):
        return None
    return None if found is None else widened(found)


def _type(built: exp.DataType, dialect: str) -> Type | None:
    name = getattr(built.this, "name", str(built.this))
    parts = built.expressions
    if name in {"ARRAY", "LIST"} and len(parts) == 1:
        element = _type(parts[0], dialect)
        return element and ListOf(element)
    if name == "MAP" and len(parts) == 2:
        key, value = (_type(part, dialect) for part in parts)
        return MapOf(key, value) if key and value else None
    if name == "STRUCT" and parts:
        kinds = [(part.name, part.args.get("kind")) for part in parts]
        fields = [(field, kind and _type(kind, dialect)) for field, kind in kinds]
        return (
            Struct(tuple(Field(field, kind) for field, kind in fields if kind))
            if all(field and kind for field, kind in fields)
            else None
        )
    if name in {"DECIMAL", "BIGDECIMAL"}:
        return _decimal([int(part.name) for part in parts], name, dialect)
    if name == "FLOAT" and dialect in {"tsql", "oracle", "redshift", "postgres"}:  # theirs are of eight bytes
        return Scalar.DOUBLE
    if name == "DATE" and dialect == "oracle":  # with a time of day
        return Scalar.TIMESTAMP
    return _MONEY.get(name) or _BY_NAME.get(name)


def _decimal(digits: list[int], name: str, dialect: str) -> Type | None:
    if not digits:
        if name == "BIGDECIMAL" or dialect not in _BARE_DECIMALS:
            return None
        digits = list(_BARE_DECIMALS[dialect])
    precision, scale = digits[0], digits[1] if len(digits) > 1 else 0
    return Decimal(precision, scale) if precision <= MAX_DECIMAL_DIGITS else None
