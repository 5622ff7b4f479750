import pytest

from pipelines.engine.dialect import trino_expression, trino_sql
from pipelines.errors import BuildError
from pipelines.names import DatasetName, ProductName

TABLES = {
    ProductName("crm", "customers"): '"mesh"."crm"."customers" FOR VERSION AS OF 123',
    DatasetName("crm", "Calls 2"): '"landing"."crm"."calls_2"',
}


def test_tables_are_read_where_they_are_and_keep_their_names():
    sql = trino_sql(
        'SELECT customers.id, c.n FROM crm.customers JOIN landing.crm."Calls 2" AS c USING (id)', TABLES, "x"
    )

    assert 'FROM "mesh"."crm"."customers" FOR VERSION AS OF 123 AS "customers"' in sql
    assert 'JOIN "landing"."crm"."calls_2" AS c' in sql


def test_a_common_table_expression_is_no_input():
    sql = trino_sql("WITH c AS (SELECT id FROM mesh.crm.customers) SELECT id FROM c", TABLES, "x")

    assert sql.endswith("SELECT id FROM c")


@pytest.mark.parametrize("table", ["crm.orders", "landing.crm.customers", "customers"])
def test_a_table_that_is_no_input_is_named(table):
    with pytest.raises(BuildError, match=f"crm.calls: reads '{table}'"):
        trino_sql(f"SELECT * FROM {table}", TABLES, "crm.calls")


def test_an_expression_alone_is_said_in_trino():
    assert trino_expression("epoch(max(t))", "x") == "TO_UNIXTIME(MAX(t))"
