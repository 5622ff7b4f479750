"""Every example of every product gives on Trino the rows it expects, and every question is one Trino can answer."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import meshlake
from meshlake.engines.trino.dialect import Relation
from meshlake.engines.trino.transpiling import transpile_select
from meshlake.names import ProductName, quote_identifier
from meshlake.products.examples import Example, read_examples
from meshlake.products.inputs import select_inputs
from meshlake.products.load import load_products
from meshlake.testing.run import run_example
from meshlake.types.tree import Scalar
from meshlake.types.trino import trino_text
from support.server_mesh import settings_of

if TYPE_CHECKING:
    from meshlake.products.product import Product
    from meshlake.workspace import Workspace

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
def products_of(folder: Path) -> dict[ProductName, Product]:
    return load_products(folder).products


@pytest.fixture(scope="module")
def on_trino(endpoints, tmp_path_factory):
    """The mesh of a folder of products, on the servers."""

    @cache
    def opened(products: Path) -> Workspace:
        settings = settings_of(endpoints) | {"engine": "trino", "products": str(products)}
        return meshlake.open(tmp_path_factory.mktemp("mesh"), **settings).workspace

    return opened


@pytest.mark.services
@pytest.mark.parametrize(
    ("products", "example"),
    [
        pytest.param(folder, example, id=f"{folder.parent.name} {example.product}: {example.name}")
        for folder in FOLDERS
        for example in read_examples(folder)
    ],
)
def test_example_gives_on_trino_the_rows_it_expects(products: Path, example: Example, on_trino):
    run = run_example(on_trino(products), example)
    assert run.is_passed, run.told()


@pytest.mark.services
@pytest.mark.parametrize(("products", "file"), SQL_FILES)
def test_shipped_sql_is_one_trino_can_run(products: Path, file: Path, trino_rows):
    text = file.read_text(encoding="utf-8")
    contracts = {name: product.contract for name, product in products_of(products).items()}
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
