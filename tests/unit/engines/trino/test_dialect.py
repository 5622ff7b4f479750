"""What is refused, and where tables go; that rows are equal is for tests/engines."""

import doctest
import sys

import pytest

from meshlake.engines.trino.dialect import Relation, UnknownTableError, UnsupportedError, transpile
from meshlake.engines.trino.transpiling import transpile_select
from meshlake.errors import BuildError
from meshlake.names import DatasetName, ProductName

CUSTOMERS = ProductName("crm", "customers")
CALLS = DatasetName("crm", "Calls 2")
TABLES = {
    CUSTOMERS: '"mesh"."crm"."customers" FOR VERSION AS OF 123',
    CALLS: '"landing"."crm"."calls_2"',
}
COLUMNS = {CUSTOMERS: {"id": "BIGINT", "born_on": "DATE", "tags": "VARCHAR[]"}, CALLS: {"id": "BIGINT"}}


def transpiled(sql, columns=COLUMNS):
    relations = {name: Relation(table, (columns or {}).get(name, {})) for name, table in TABLES.items()}
    return transpile_select(sql, relations, "crm.calls")


def test_tables_are_read_where_they_are_and_keep_their_names():
    sql = transpiled(
        'SELECT customers.id, c.id AS n FROM crm.customers CROSS JOIN landing.crm."Calls 2" AS c'
    )

    assert 'FROM "mesh"."crm"."customers" FOR VERSION AS OF 123 AS "customers"' in sql
    assert 'JOIN "landing"."crm"."calls_2" AS "c"' in sql


@pytest.mark.parametrize("column", ["id", "customers.id", "crm.customers.id", "ID", '"Id"'])
def test_a_column_is_found_however_it_is_called(column):
    assert transpiled(f"SELECT {column} FROM mesh.crm.customers").startswith('SELECT "customers"."id" AS ')


def test_a_common_table_expression_is_no_input():
    assert '"c"' in transpiled("WITH c AS (SELECT id FROM crm.customers) SELECT id FROM c")


def test_types_of_columns_decide_what_is_written():
    assert "DATE_DIFF('DAY'" in transpiled("SELECT born_on - DATE '2000-01-01' AS days FROM crm.customers")
    assert "CARDINALITY(" in transpiled("SELECT len(tags) AS n FROM crm.customers")


@pytest.mark.parametrize("table", ["crm.orders", "landing.crm.customers", "customers"])
def test_a_table_that_is_no_input_is_named(table):
    with pytest.raises(BuildError, match=f"crm.calls: reads '{table}'"):
        transpiled(f"SELECT * FROM {table}")


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("SELECT list_cosine_similarity([1.0], [1.0])", "the function list_cosine_similarity"),
        ("SELECT skewness(id) FROM crm.customers", "skewness as DuckDB means it"),
        ("SELECT no_such(1)", "the function no_such"),
        ("SELECT 1 FROM crm.customers ASOF JOIN crm.customers AS c ON customers.id >= c.id", "ASOF JOIN"),
        ("SELECT CAST(tags AS VARCHAR) FROM crm.customers", "a text of a whole array"),
        ("SELECT strftime(born_on, '%V') FROM crm.customers", "the time format %V"),
        ("SELECT regexp_matches('a', 'b', 'l')", "the regular expression flag 'l'"),
        ("SELECT * FROM read_csv('x.csv')", "the table read_csv"),
        ("SELECT * FROM crm.customers USING SAMPLE 1", "a sample"),
        ("DELETE FROM crm.customers", "anything but a SELECT"),
    ],
)
def test_what_trino_cannot_say_is_refused_by_name(sql, named):
    with pytest.raises(BuildError) as refused:
        transpiled(sql)
    assert refused.value.message.startswith(f"crm.calls: Trino cannot say {named}")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * EXCLUDE (id) FROM crm.customers",
        "SELECT * FROM crm.customers QUALIFY row_number() OVER (ORDER BY id) = 1",
    ],
)
def test_without_columns_a_star_that_needs_them_is_refused(sql):
    assert "born_on" in transpiled(sql)
    with pytest.raises(BuildError, match="whose columns are not known"):
        transpiled(sql, columns=None)


def test_the_file_is_named(tmp_path):
    with pytest.raises(BuildError, match=r"transform\.sql"):
        transpile_select("SELECT no_such(1)", {}, "crm.calls", tmp_path / "transform.sql")


def test_aggregates_are_written_with_what_they_leave_out():
    counted = transpiled(
        "SELECT count(*) FILTER (WHERE NOT regexp_matches(name, 'a$')) AS n FROM crm.customers"
    )
    assert "COUNT(*) FILTER(WHERE NOT REGEXP_LIKE(" in counted
    assert "'a\\z'))" in counted
    days = transpiled("SELECT max(born_on) - DATE '2000-01-01' AS days FROM crm.customers")
    assert "DATE_DIFF('DAY', CAST('2000-01-01' AS DATE), MAX(\"customers\".\"born_on\"))" in days


def test_the_library_itself_names_what_it_has_no_table_for():
    with pytest.raises(UnknownTableError, match=r"crm\.orders"):
        transpile("SELECT * FROM crm.orders")
    with pytest.raises(UnsupportedError, match="the function no_such"):
        transpile("SELECT no_such(1)")


@pytest.mark.parametrize(
    "name", ["meshlake.engines.trino.dialect", "meshlake.engines.trino.dialect.transpile"]
)
def test_the_examples_run(name):
    ran = doctest.testmod(sys.modules[name])
    assert ran.attempted > 0
    assert ran.failed == 0


def test_structs_are_cast_by_place_in_trino_so_their_fields_must_stand_in_the_same_order():
    find = {("crm", "calls"): Relation("calls", {"s": "STRUCT(a INTEGER, b DATE)[]"})}.get
    assert "ROW" in transpile("SELECT CAST(s AS STRUCT(a BIGINT, b DATE)[]) AS s FROM crm.calls", find)
    with pytest.raises(UnsupportedError, match="another order"):
        transpile("SELECT CAST(s AS STRUCT(b DATE, a INTEGER)[]) AS s FROM crm.calls", find)
