"""The parts that every drafted contract has: its head, and types as ODCS names them. What a product promises is told by
`contract_draft` for landed data and by `churn_draft` and `segments_draft` for models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meshlake.contract.types import canonical_type
from meshlake.drafting.product_folder import Flow

if TYPE_CHECKING:
    from meshlake.names import ProductName

HAS_ROWS = Flow(name="has_rows", metric="rowCount", mustBeGreaterThan=0)
_LOGICAL_TYPES = {
    "VARCHAR": "string",
    "BIGINT": "integer",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamp",
    "TIME": "time",
}
_OTHER_TYPES = {
    "INTEGER": "integer",
    "FLOAT": "number",
    "DECIMAL": "number",
    "STRUCT": "object",
    "MAP": "map",
    "UUID": "string",
    "BLOB": "string",
}
# DuckDB's types that no Iceberg table has, and the nearest that loses nothing.
_WIDER = {
    "TINYINT": "INTEGER",
    "SMALLINT": "INTEGER",
    "UTINYINT": "INTEGER",
    "USMALLINT": "INTEGER",
    "UINTEGER": "BIGINT",
    "UBIGINT": "DECIMAL(20,0)",
    "HUGEINT": "DECIMAL(38,0)",
    "UHUGEINT": "DECIMAL(38,0)",
    "TIMESTAMP_S": "TIMESTAMP",
    "TIMESTAMP_MS": "TIMESTAMP",
    "TIMESTAMP_NS": "TIMESTAMP",
}


@dataclass(frozen=True)
class Description:
    """What a contract says of its product in words."""

    purpose: str
    usage: str
    limitations: str


def document(
    name: ProductName, owner: str, tags: tuple[str, ...], description: Description, table: dict[str, Any]
) -> dict[str, Any]:
    """A contract (ODCS v3.1.0) with the one schema object `table`."""
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": str(name),
        "name": title(name),
        "version": "1.0.0",
        "status": "active",
        "domain": name.domain,
        "dataProduct": name.product,
        "description": {
            "purpose": description.purpose,
            "usage": description.usage,
            "limitations": description.limitations,
        },
        "team": {"name": name.domain, "members": [Flow(username=owner, role="owner")]},
        "tags": tags,
        "schema": [{"name": name.product, "physicalType": "table", **table}],
    }


def title(name: ProductName) -> str:
    """The product's name in words."""
    return name.product.replace("_", " ").capitalize()


def type_facts(kind: str) -> dict[str, Any]:
    """`logicalType`, and where that does not say it all `physicalType` or options, for DuckDB type `kind`.

    A type that no Iceberg table holds becomes text.
    """
    try:
        physical = canonical_type(_WIDER.get(kind, kind))
    except ValueError:
        return {"logicalType": "string"}
    if physical in _LOGICAL_TYPES:
        options = {"logicalTypeOptions": Flow(timezone=True)} if physical.endswith("ZONE") else {}
        return {"logicalType": _LOGICAL_TYPES[physical], **options}
    if physical.endswith("]"):
        return {"logicalType": "array", "physicalType": physical}
    return {"logicalType": _OTHER_TYPES[physical.partition("(")[0]], "physicalType": physical}


def column_facts(
    name: str, facts: dict[str, Any], description: str, *, is_required: bool = True, **options: float
) -> dict[str, Any]:
    """One property; `facts` are its type's, `options` bounds of its values."""
    column = {"name": name, **facts, "description": description}
    if is_required:
        column["required"] = True
    return column | ({"logicalTypeOptions": Flow(options)} if options else {})


def key_facts(types: dict[str, str], source: ProductName) -> list[dict[str, Any]]:
    """The properties of a primary key; `types` are the DuckDB types of its columns, in order, as `source` has them."""
    return [
        {
            "name": name,
            **type_facts(kind),
            "description": f"As in {source}.",
            "primaryKey": True,
            "primaryKeyPosition": position,
            "required": True,
        }
        for position, (name, kind) in enumerate(types.items(), start=1)
    ]
