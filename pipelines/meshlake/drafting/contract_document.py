"""The parts that every drafted contract has: its head, and types as ODCS names them. What a product promises is told by
`contract_draft` for landed data and by `churn_draft` and `segments_draft` for models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meshlake.drafting.product_folder import Flow
from meshlake.types.iceberg import widened
from meshlake.types.odcs import is_said_by_logical_type, logical_name
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from meshlake.names import ProductName
    from meshlake.types.tree import Type

HAS_ROWS = Flow(name="has_rows", metric="rowCount", mustBeGreaterThan=0)


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


def type_facts(kind: Type) -> dict[str, Any]:
    """`logicalType`, and where that does not say it all `physicalType` or options, for values of type `kind`.

    A type that no Iceberg table holds becomes a wider one, or text.
    """
    held = widened(kind)
    facts: dict[str, Any] = {"logicalType": logical_name(held)}
    if held is Scalar.TIMESTAMPTZ:
        return facts | {"logicalTypeOptions": Flow(timezone=True)}
    return facts if is_said_by_logical_type(held) else facts | {"physicalType": str(held)}


def column_facts(
    name: str, facts: dict[str, Any], description: str, *, is_required: bool = True, **options: float
) -> dict[str, Any]:
    """One property; `facts` are its type's, `options` bounds of its values."""
    column = {"name": name, **facts, "description": description}
    if is_required:
        column["required"] = True
    return column | ({"logicalTypeOptions": Flow(options)} if options else {})


def key_facts(types: dict[str, Type], source: ProductName) -> list[dict[str, Any]]:
    """The properties of a primary key; `types` are those of its columns, in order, as `source` has them."""
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
