"""What Dagster's UI shows of a product before and after any build: its contract as tables, and where its files are."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import dagster as dg

from meshlake.orchestration.conditions import in_words, promised_times
from meshlake.orchestration.keys import shown
from meshlake.products.transform import CONTRACT_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meshlake.contract.model import Contract, ServiceLevels
    from meshlake.products.product import Product

# What these say is told beside the column's type, or by the table of columns itself.
_SAID_OTHERWISE = ("required", "unique", "primary_key", "columns")


def definition_metadata(product: Product) -> dict[str, Any]:
    """The contract as two tables (its columns are Dagster's own), and the files that say so."""
    contract = product.contract
    file = product.folder / CONTRACT_FILE
    return {
        "dagster/column_schema": column_schema(product),
        "contract": table([{"promise": word, "value": value} for word, value in _promises(product)]),
        "rules": table(
            [
                {
                    "check": rule.name,
                    "column": rule.column or "",
                    "severity": rule.severity.value,
                    "holds to": rule.description,
                }
                for rule in product.all_rules
            ]
        ),
        "contract_version": contract.version,
        "contract_file": dg.MetadataValue.path(shown(str(file))),
        "folder": dg.MetadataValue.path(shown(str(product.folder))),
        "report": dg.MetadataValue.md(f"`mesh show {product.name}`, `mesh report`"),
    }


def column_schema(product: Product) -> dg.TableSchema:
    """The contract's columns as Dagster's table schema, the rules of each as its constraints."""
    contract = product.contract
    constraints = _constraints(product)
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=column.name,
                type=str(column.type),
                description=column.description or None,
                constraints=dg.TableColumnConstraints(
                    nullable=not column.is_required,
                    unique=contract.primary_key == (column.name,),
                    other=constraints.get(column.name, []),
                ),
                tags={column.classification: ""} if column.classification else {},
            )
            for column in contract.columns
        ],
        constraints=dg.TableConstraints(
            other=[
                rule.description or rule.name
                for rule in contract.rules
                if rule.column is None and rule.kind not in _SAID_OTHERWISE
            ]
        ),
    )


def table(rows: list[dict[str, Any]]) -> dg.TableMetadataValue:
    """Rows of texts as Dagster shows them; it wants the same columns in all, and no value but a text or a number."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    records = [dg.TableRecord({shown(name): _cell(row.get(name)) for name in names}) for row in rows]
    columns = [dg.TableColumn(shown(name), "text") for name in names]
    return dg.MetadataValue.table(records, dg.TableSchema(columns=columns))


def _cell(value: object) -> str:
    return "NULL" if value is None else shown(str(value))


def _promises(product: Product) -> Iterator[tuple[str, str]]:
    contract = product.contract
    told = {
        "title": contract.title,
        "owner": contract.owner,
        "version": f"{contract.version} ({contract.status})",
        "kind": product.kind,
        "grain": contract.grain,
        "key": ", ".join(contract.primary_key),
        "kept by": contract.day_column,
        "tags": ", ".join(contract.tags),
        **_levels(contract.service_levels),
        "classified": ", ".join(_classified(contract)),
        "reads": ", ".join(map(str, product.reads)),
    }
    return ((word, value) for word, value in told.items() if value)


def _levels(levels: ServiceLevels) -> dict[str, str]:
    times = {"retention": levels.retention_seconds, "query time (95 %)": levels.query_p95_seconds}
    return promised_times(levels) | {level: in_words(seconds) for level, seconds in times.items() if seconds}


def _classified(contract: Contract) -> Iterator[str]:
    return (f"{c.name} ({c.classification})" for c in contract.columns if c.classification)


def _constraints(product: Product) -> dict[str | None, list[str]]:
    """What else is promised of each column."""
    key = product.contract.primary_key
    found: dict[str | None, list[str]] = defaultdict(list)
    if len(key) > 1:
        found |= {name: ["part of the key"] for name in key}
    for rule in product.rules:
        if rule.kind not in _SAID_OTHERWISE:
            # Which column it is, the row says.
            found[rule.column].append((rule.description or rule.name).removeprefix(f"{rule.column} "))
    return found
