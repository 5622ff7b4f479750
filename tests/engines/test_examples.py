"""Every example of every product gives on Trino the rows it expects, and every question is one Trino can answer."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from meshlake.building.examples import example_select, example_session, input_relation
from meshlake.engines.trino.dialect import Relation
from meshlake.engines.trino.transpiling import transpile_select
from meshlake.names import quote_identifier
from meshlake.products.examples import Example, differences, read_examples
from meshlake.products.inputs import select_inputs
from meshlake.settings import load_settings
from meshlake.types.tree import Scalar
from meshlake.types.trino import trino_text
from meshlake.workspace import Workspace, open_workspace

REPOSITORY = Path(__file__).parents[2]
FOLDERS = [REPOSITORY / "data_products", *sorted(REPOSITORY.glob("examples/*/data_products"))]
SQL_FILES = [
    pytest.param(folder, file, id=str(file.relative_to(REPOSITORY)))
    for folder in FOLDERS
    for file in sorted([*folder.glob("*/*/transform.sql"), *folder.glob("*/*/checks/*.sql")])
] + [
    pytest.param(FOLDERS[0], file, id=str(file.relative_to(REPOSITORY)))
    for file in sorted(REPOSITORY.glob("sql/questions/*.sql"))
]


@cache
def mesh_of(products: Path) -> Workspace:
    return open_workspace(load_settings({"MESH_PRODUCTS": str(products), "MESH_HOME": "/nowhere"}))


@pytest.mark.services
@pytest.mark.parametrize(
    ("products", "example"),
    [
        pytest.param(folder, example, id=f"{folder.parent.name} {example.product}: {example.name}")
        for folder in FOLDERS
        for example in read_examples(folder)
    ],
)
def test_example_gives_on_trino_the_rows_it_expects(products: Path, example: Example, trino_rows):
    mesh = mesh_of(products)
    inputs = mesh.products.get(example.product).inputs
    with example_session(mesh, example) as session:
        select = example_select(mesh, example, session)
        columns = {name: session.columns(f"SELECT * FROM {name.sql}") for name in inputs}
    texts = {
        name: transpile_select(input_relation(mesh, example, name)[1:-1], {}, str(name)) for name in inputs
    }
    relations = {name: Relation(f"({text})", columns[name]) for name, text in texts.items()}
    given = trino_rows(transpile_select(select, relations, str(example.product)))
    assert not (found := differences(example.expected, given)), f"{example.product}: {example.name}\n{found}"


@pytest.mark.services
@pytest.mark.parametrize(("products", "file"), SQL_FILES)
def test_shipped_sql_is_one_trino_can_run(products: Path, file: Path, trino_rows):
    text = file.read_text(encoding="utf-8")
    contracts = {name: product.contract for name, product in mesh_of(products).products.products.items()}
    columns = {
        name: {column.name: column.type for column in contracts[name].columns}
        for name in select_inputs(text, file)
        if name in contracts
    } | {
        name: {"invoicedate": Scalar.TIMESTAMP} for name in select_inputs(text, file) if name not in contracts
    }
    relations = {name: Relation(_no_rows(kinds), kinds) for name, kinds in columns.items()}
    trino_rows(transpile_select(text, relations, "shipped", file))


def _no_rows(columns: dict[str, str]) -> str:
    """A relation of such columns without a row, since only Trino's reading of the SQL is tried."""
    nulls = ", ".join(
        f"CAST(NULL AS {trino_text(kind)}) AS {quote_identifier(name)}" for name, kind in columns.items()
    )
    return f"(SELECT {nulls} WHERE FALSE)"
