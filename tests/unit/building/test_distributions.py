"""How the values of columns are distributed: counted by the engine, drawn as one picture, nothing personal in it."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import duckdb
import pytest

from meshlake.building.distribution_chart import distribution_chart
from meshlake.building.distributions import (
    FIRST_ROWS,
    MAX_ROWS,
    Distribution,
    Distributions,
    drawn_columns,
    measure_distributions,
)
from meshlake.engines.duckdb.relation import DuckDBRelation
from support.small_mesh import SmallMesh

COLUMNS = {
    "id": {"logicalType": "integer", "primaryKey": True, "required": True},
    "email": {"logicalType": "string", "classification": "personal"},
    "note": "string",
    "stars": "integer",
    "price": "number",
    "day": "date",
    "is_new": "boolean",
    "plan": "string",
}
ENDS = (1, *[0] * 10, 1)
ROWS = """
SELECT i AS id, 'p' || i AS email, 'text ' || i AS note, i % 5 + 1 AS stars,
    CASE WHEN i < 20 THEN NULL WHEN i = 20 THEN 'nan'::DOUBLE ELSE i / 2 END AS price,
    DATE '2026-01-01' + i::INTEGER AS day, i % 4 = 0 AS is_new,
    CASE WHEN i % 3 = 0 THEN 'plus' ELSE '<basic>' END AS plan
FROM range(120) AS r(i)
"""


@pytest.fixture(scope="module")
def mesh(tmp_path_factory) -> SmallMesh:
    """`shop.items`, and nothing built."""
    mesh = SmallMesh(tmp_path_factory.mktemp("distributions"))
    mesh.land_rows("shop/items/a.parquet", ROWS)
    mesh.product("shop.items", COLUMNS)
    return mesh


@pytest.fixture(scope="module")
def contract(mesh):
    (product,) = mesh.workspace.products.products.values()
    return product.contract


def measured(contract, select: str) -> Distributions:
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE items AS {select}")
        return measure_distributions(DuckDBRelation(connection, "items"), contract)


def test_neither_keys_nor_what_is_classified_is_drawn(contract):
    assert [c.name for c in drawn_columns(contract)] == ["note", "stars", "price", "day", "is_new", "plan"]


def test_ranges_are_counted_in_bars_and_few_values_each(contract):
    found = measured(contract, ROWS)
    assert found.row_count == 120
    columns = {each.column: each for each in found.columns}
    assert columns.keys() == {"stars", "price", "day", "is_new", "plan"}, "text of many values is none of few"
    assert columns["stars"] == Distribution("stars", (24, 24, 24, 24, 24), 0, "1", "5")
    assert columns["day"] == Distribution("day", (10,) * 12, 0, "2026-01-01", "2026-04-30")
    assert columns["plan"] == Distribution("plan", (80, 40), 0, categories=("<basic>", "plus"))
    assert columns["is_new"] == Distribution("is_new", (90, 30), 0, categories=("false", "true"))
    price = columns["price"]
    assert (price.missing, sum(price.counts), price.low, price.high) == (20, 99, "10.5", "59.5")


@pytest.mark.parametrize(
    ("select", "rows", "drawn"),
    [(f"SELECT * FROM ({ROWS}) LIMIT 0", 0, 0), (f"SELECT * FROM ({ROWS}) WHERE id = 50", 1, 6)],
    ids=["no rows", "one row"],
)
def test_few_rows_are_drawn_as_far_as_there_are_any(contract, select, rows, drawn):
    found = measured(contract, select)
    assert (found.row_count, len(found.columns)) == (rows, drawn)
    assert all(each.counts == (1,) for each in found.columns)


@pytest.mark.parametrize(
    ("column", "values", "drawn"),
    [
        ("day", "DATE 'infinity', DATE '2026-01-01'", None),
        ("day", "DATE '9999-12-31', DATE '0001-01-01'", (ENDS, "0001-01-01", "9999-12-31")),
        ("price", "5e-324::DOUBLE, 0::DOUBLE", ((2,), "0", "4.94066e-324")),
        ("price", "'inf'::DOUBLE, -1e300::DOUBLE, 1e300::DOUBLE", (ENDS, "-1e+300", "1e+300")),
        ("price", "'nan'::DOUBLE", None),
        ("stars", "NULL::BIGINT", None),
        ("stars", "-9223372036854775808, 9223372036854775807", (ENDS, "-9.22337e+18", "9.22337e+18")),
    ],
)
def test_values_at_the_ends_of_their_types_stop_nothing(contract, column, values, drawn):
    rows = f"SELECT r.* REPLACE (v AS {column}) FROM (SELECT * FROM ({ROWS}) LIMIT 1) AS r, unnest([{values}]) AS u(v)"
    found = {c.column: c for c in measured(contract, rows).columns}.get(column)
    assert (found and (found.counts, found.low, found.high)) == drawn


@pytest.mark.slow
def test_of_very_many_rows_the_first_are_drawn(contract):
    found = measured(contract, f"SELECT r.* FROM ({ROWS}) AS r CROSS JOIN range({MAX_ROWS // 120 + 1})")
    assert (found.row_count, found.of_rows) == (FIRST_ROWS, MAX_ROWS // 120 * 120 + 120)
    columns = {each.column: each for each in found.columns}
    assert sum(columns["stars"].counts) == sum(columns["plan"].counts) == FIRST_ROWS


def test_the_chart_is_xml_whatever_the_values_are(contract):
    named = Distribution("a\x00<b>&" + "x" * 99, (3, 1), 2, categories=("<script>", "\ud800"))
    svg = distribution_chart(
        Distributions(6, 6, (named, *measured(contract, ROWS).columns)), "shop.items: 'a' & b"
    )
    root = ElementTree.fromstring(svg)  # noqa: S314
    texts = ["".join(text.itertext()) for text in root.iter() if text.tag.endswith("text")]
    assert texts[0] == "shop.items: 'a' & b"
    assert texts[1].startswith("a\ufffd<b>&xxx")
    assert texts[1].endswith("..., 33.3 % empty")
    assert texts[2] == "50 % <script>"
    assert len(svg) < 500 * 7


@pytest.mark.slow
def test_a_build_keeps_the_picture_of_what_it_published_and_no_other(mesh):
    mesh.build_product("shop.items")
    (first,) = mesh.open().product("shop.items").pictures
    assert "shop.items: 120 rows" in Path(first).read_text()
    mesh.land_rows("shop/items/b.parquet", ROWS.replace("SELECT i AS", "SELECT i + 120 AS"))
    mesh.build_product("shop.items")
    (second,) = mesh.open().product("shop.items").pictures
    assert "shop.items: 240 rows" in Path(second).read_text()
    assert not Path(first).exists()
    assert "p11" not in Path(second).read_text()
