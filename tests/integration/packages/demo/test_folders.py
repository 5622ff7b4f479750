"""The demo's products and questions, written where there are none."""

from __future__ import annotations

from pathlib import Path

import meshlake
from meshlake.products.load import load_products

REPOSITORY = Path(__file__).parents[4]


def test_they_are_written_into_an_empty_folder_and_say_so(tmp_path):
    (tmp_path / "data_products").mkdir()
    mesh = meshlake.open(tmp_path)
    landed = mesh.land_demo(customers=200, days=90)
    assert landed.folders == (tmp_path / "data_products", tmp_path / "sql/questions")
    assert landed.has_products
    written = load_products(tmp_path / "data_products")
    assert not written.broken
    assert written.products.keys() == load_products(REPOSITORY / "data_products").products.keys()
    questions = {path.name: path.read_text() for path in (tmp_path / "sql/questions").iterdir()}
    assert questions == {path.name: path.read_text() for path in (REPOSITORY / "sql/questions").iterdir()}
    again = mesh.land_demo(customers=200, days=90)
    assert (again.folders, again.has_products) == ((), True)


def test_products_of_ones_own_stay_alone(tmp_path):
    own = tmp_path / "data_products/shop/customers"
    own.mkdir(parents=True)
    landed = meshlake.open(tmp_path).land_demo(customers=200, days=90)
    assert landed.folders == (tmp_path / "sql/questions",)
    assert not landed.has_products
    assert [path.name for path in (tmp_path / "data_products").iterdir()] == ["shop"]
