"""Names as they are written, and how they are quoted."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from meshlake.errors import UsageError
from meshlake.names import DatasetName, ProductName, quote_identifier, quote_literal, snake_case

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


@pytest.mark.parametrize("text", ["crm.customers", "a.b", "crm2.customers_2024", "sales_eu.orders"])
def test_a_product_name_is_read_and_written_alike(text):
    assert str(ProductName.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "customers", "crm.", ".customers", "crm.a.b", "", "CRM.customers", "crm.Customers", "crm.2024", "crm.a__b",
        "crm._a", "crm.a_", "crm.a-b", "crm.a b", 'crm."a"', "crm.ä",
        "mesh.products", "landing.customers", "main.a", "information_schema.tables", "system.a", "temp.a",
        "pg_catalog.a",
    ],
)  # fmt: skip
def test_what_is_no_product_name_is_refused_with_an_example(text):
    with pytest.raises(UsageError) as caught:
        ProductName.parse(text)
    assert text in caught.value.message or text.split(".")[0] in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("text", ["crm.demographics", "landing.crm.demographics"])
def test_a_dataset_may_be_named_with_or_without_its_catalog(text):
    assert DatasetName.parse(text) == DatasetName("crm", "demographics")
    assert str(DatasetName.parse(text)) == "landing.crm.demographics"


@pytest.mark.parametrize("text", ["", "crm", "crm.", "a.b.c", "landing.crm", "landing.crm.a.b"])
def test_what_is_no_dataset_name_is_refused(text):
    if text == "landing.crm":
        assert DatasetName.parse(text) == DatasetName("landing", "crm")
        return
    with pytest.raises(UsageError, match="is not a landed dataset"):
        DatasetName.parse(text)


def test_names_sort_by_domain_then_product():
    names = [ProductName.parse(text) for text in ("b.a", "a.b", "a.a")]
    assert [str(name) for name in sorted(names)] == ["a.a", "a.b", "b.a"]


@pytest.mark.slow
@given(TEXT.filter(bool))
def test_a_quoted_identifier_is_that_column(name):
    with duckdb.connect() as connection:
        relation = connection.sql(f"SELECT 1 AS {quote_identifier(name)}")
        assert relation.columns == [name]


@pytest.mark.slow
@given(st.text(st.characters(codec="utf-8"), max_size=20))
@example("a\0'b\0")
def test_a_quoted_literal_is_that_text(value):
    with duckdb.connect() as connection:
        assert connection.execute(f"SELECT {quote_literal(value)}").fetchone() == (value,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Customer ID", "customer_id"),
        ("CustomerOrders", "customer_orders"),
        ("HTTPServer2", "http_server2"),
        ("größe__neu ", "grosse_neu"),
        ("Éclair-№1", "eclair_no1"),
        ("2024 sales", "n_2024_sales"),
        ("日本", ""),
    ],
)
def test_snake_case(text, expected):
    assert snake_case(text) == expected


def test_what_has_landed_is_told_to_be_no_product_yet_and_how_it_becomes_one():
    with pytest.raises(UsageError, match="has landed and is no product yet") as refused:
        ProductName.parse("landing.crm.customers")
    assert refused.value.hint == "mesh draft crm.customers, then mesh build crm.customers."
