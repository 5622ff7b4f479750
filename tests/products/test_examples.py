"""Every product whose rows come of SQL or Python of its own has examples, which pytest collects from their folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from meshlake.products.examples import read_examples
from meshlake.products.load import load_products

REPOSITORY = Path(__file__).parents[2]
FOLDERS = [REPOSITORY / "data_products", *sorted(REPOSITORY.glob("examples/*/data_products"))]


@pytest.mark.parametrize("products", FOLDERS, ids=lambda folder: folder.parent.name)
def test_every_product_of_own_sql_or_python_has_an_example(products: Path):
    with_example = {example.product for example in read_examples(products)}
    loaded = load_products(products)
    assert not loaded.broken
    written = {
        name
        for name, product in loaded.products.items()
        if (product.folder / "transform.sql").exists() or (product.folder / "transform.py").exists()
    }
    assert written - with_example == set()
