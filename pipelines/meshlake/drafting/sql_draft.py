"""A contract drafted for a folder that has its SQL and nothing more: the columns that the SQL gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.drafting.contract_document import (
    HAS_ROWS,
    Description,
    column_facts,
    document,
    title,
    type_facts,
)
from meshlake.drafting.product_folder import Drafted, default_owner, write_product
from meshlake.engines.engine import open_binder
from meshlake.names import ProductName
from meshlake.products.inputs import select_inputs
from meshlake.products.load import load_products
from meshlake.products.transform import CONTRACT_FILE, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.names import InputName
    from meshlake.settings import Settings
    from meshlake.types.tree import Type

SQL_FILE = "transform.sql"


def draft_for_sql(settings: Settings, product: str, owner: str | None = None) -> Drafted | None:
    """Write the contract of `product` into its folder; None unless that has a `transform.sql` and no contract.

    Raises:
        ContractError: the SQL is none, or reads what no contract describes.
    """
    domain, _, short = product.partition(".")
    folder = settings.products / domain / short
    sql = folder / SQL_FILE
    if not sql.exists() or (folder / CONTRACT_FILE).exists():
        return None
    name = ProductName.parse(product)
    text = read_text(sql)
    reads = select_inputs(text, sql)
    tables: dict[InputName, Mapping[str, Type]] = {
        each: {column.name: column.type for column in product.contract.columns}
        for each, product in load_products(settings.products).products.items()
    }
    with open_binder(tables) as binder:
        columns = binder.columns(text.strip().rstrip(";"), sql)
    words = Description(
        f"{title(name)}, as {SQL_FILE} makes them.",
        "Say what it is for.",
        "Drafted: say which columns are the key.",
    )
    table = {
        "properties": [
            column_facts(column, type_facts(kind), f"As {SQL_FILE} gives it.", is_required=False)
            for column, kind in columns.items()
        ],
        "quality": [HAS_ROWS],
    }
    contract = document(name, owner or default_owner(), (), words, table)
    notes = [
        f"{len(columns)} columns, as {SQL_FILE} gives them",
        f"reads {', '.join(map(str, reads)) or 'nothing'}",
    ]
    notes.append("no key is known: add primaryKey to the contract if you know one")
    return write_product(settings, name, contract, None, notes)
