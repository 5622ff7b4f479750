"""Contracts that tests write: one function, told only what the test is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def contract_text(
    name: str,
    columns: Mapping[str, str | Mapping[str, Any]],
    *,
    quality: Sequence[Mapping[str, Any]] = (),
    custom: Mapping[str, Any] | None = None,
    **contract: Any,
) -> str:
    """The contract of product `name`, as YAML.

    Args:
        name: `<domain>.<product>`.
        columns: a logical type by name, or all that ODCS says of the property.
        quality: the rules of the table.
        custom: customProperties of the table.
        contract: keys of the document, in place of those it has anyhow.
    """
    domain, product = name.split(".")
    table: dict[str, Any] = {"name": product, "physicalType": "table"}
    table["properties"] = [
        {"name": column, **({"logicalType": facts} if isinstance(facts, str) else facts)}
        for column, facts in columns.items()
    ]
    if quality:
        table["quality"] = list(quality)
    if custom:
        table["customProperties"] = [{"property": k, "value": v} for k, v in custom.items()]
    document = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": name,
        "name": product,
        "version": "1.0.0",
        "status": "active",
        "domain": domain,
        "dataProduct": product,
        "description": {"purpose": f"Tests of {name}."},
        "team": {"name": domain, "members": [{"username": "ana@example.com", "role": "owner"}]},
        "schema": [table],
        **contract,
    }
    return yaml.safe_dump(document, sort_keys=False)
