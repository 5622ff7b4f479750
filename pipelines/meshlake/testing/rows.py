"""The rows of an example: its literal input rows through the product's real transform, as a build does."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from meshlake.building.conform import conformed_select
from meshlake.building.context import BuildContext
from meshlake.building.inputs import PinnedInputs
from meshlake.names import DatasetName, ProductName, quote_identifier, quote_literal
from meshlake.products.examples import check_example
from meshlake.products.transform import Rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.engines.session import Session
    from meshlake.names import InputName
    from meshlake.products.examples import Example, Row
    from meshlake.products.product import Product
    from meshlake.workspace import Workspace


def example_rows(mesh: Workspace, example: Example) -> list[Row]:
    """The rows the product's transform makes of the example's inputs, conformed to its contract.

    Raises:
        ContractError: its inputs are not those that the product reads, or not of their columns.
        BuildError: the rows cannot be made.
    """
    product = mesh.products.get(example.product)
    read = [name for name in product.inputs if isinstance(name, ProductName)]
    check_example(example, product, {name: mesh.products.get(name).contract for name in read})
    with mesh.session(str(product.name), product.rows_file) as session:
        for name in product.inputs:
            session.bind(name, _input_relation(mesh, example, name))
        made = _made(mesh, product, session)
        engine = session.local if made.is_local else session
        select = conformed_select(
            made.select, engine.columns(made.select), product.contract, str(product.name)
        )
        rows: list[Row] = engine.stream(select).read_all().to_pylist()
        return rows


def _input_relation(mesh: Workspace, example: Example, name: InputName) -> str:
    """The example's rows of an input as a query in parentheses, in DuckDB's dialect."""
    rows = example.inputs[str(name)]
    types = _landed_types(rows) if isinstance(name, DatasetName) else _product_types(mesh, name)
    return _relation(rows, types)


def _made(mesh: Workspace, product: Product, session: Session) -> Rows:
    """As the build makes them, but that a source-aligned product has no files of its landed dataset here."""
    if select := product.transform.unbuilt_select(product.contract, session):
        return Rows(select)
    context = BuildContext(
        mesh, product, PinnedInputs({}, {}), session, None, False, "example", None, lambda _step: None
    )
    return product.transform.make_rows(context)


def _relation(rows: list[Row], types: Mapping[str, str]) -> str:
    selected = [
        ", ".join(
            f"CAST({_literal(row.get(column))} AS {kind}) AS {quote_identifier(column)}"
            for column, kind in types.items()
        )
        for row in rows
    ]
    if selected:
        return "(" + " UNION ALL ".join(f"SELECT {values}" for values in selected) + ")"
    nulls = ", ".join(f"CAST(NULL AS {kind}) AS {quote_identifier(column)}" for column, kind in types.items())
    return f"(SELECT {nulls} WHERE false)"


def _product_types(mesh: Workspace, name: ProductName) -> dict[str, str]:
    return {column.name: str(column.type) for column in mesh.products.get(name).contract.columns}


def _landed_types(rows: list[Row]) -> dict[str, str]:
    kinds = ((bool, "BOOLEAN"), (int, "BIGINT"), (float, "DOUBLE"), (datetime, "TIMESTAMP"), (date, "DATE"))
    types: dict[str, str] = {}
    for row in rows:
        for column, value in row.items():
            kind = next((text for of, text in kinds if isinstance(value, of)), None)
            types[column] = kind or types.get(column, "VARCHAR")
    return types


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(_literal(item) for item in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quote_literal(k)}: {_literal(v)}" for k, v in value.items()) + "}"
    return quote_literal(str(value))
