"""Breaks and honest days of a product's rows, as SQL over them, and which of its rules tell them.

Each is a SELECT of the rows of `{rows}`; nothing is built for it: the rules are run on what it gives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.audit.audit import audit
from meshlake.engines.engine import open_local

if TYPE_CHECKING:
    from meshlake.products.product import Product
    from meshlake.settings import Settings


def failing_rules(settings: Settings, product: Product, rows: str, select: str) -> list[str]:
    """The names of the rules of `product` that the rows of `select` break, which reads `{rows}`."""
    with open_local(settings, str(product.name)) as session:
        columns = ", ".join(
            f'CAST("{each.name}" AS {each.type}) AS "{each.name}"' for each in product.contract.columns
        )
        session.bind(product.name, f"(SELECT {columns} FROM ({select.replace('{rows}', rows)}))")
        results = audit(session.relation(product.name), product.rules, contract=product.contract)
    return [result.rule.name for result in results if not result.is_passed]


def replaced(column: str, value: str, where: str = "TRUE") -> str:
    """All rows, with `value` in place of `column` where `where` holds."""
    return (
        f'SELECT * REPLACE (CASE WHEN {where} THEN {value} ELSE "{column}" END AS "{column}") FROM {{rows}}'
    )


def swapped(one: str, other: str) -> str:
    """All rows, with two columns in each other's place."""
    return f'SELECT * REPLACE ("{one}" AS "{other}", "{other}" AS "{one}") FROM {{rows}}'
