from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from meshlake.engines.answer import ParsedQuery
from meshlake.engines.duckdb.answer import execute
from meshlake.engines.duckdb.confined import open_mesh_file
from meshlake.errors import MeshError, UsageError
from meshlake.query.guard import check_select


@pytest.fixture
def connection(mesh_file, confined_to, landing):
    with open_mesh_file(mesh_file, confined_to, landing=landing) as opened:
        yield opened


def answer(connection, sql):
    return execute(connection, check_select(sql)).fetchall()


def test_products_system_tables_and_landing_in_one_query(connection):
    sql = """
    SELECT c.name, d."Age", p.owner
    FROM crm.customers c
    JOIN landing.crm."demo graphics" d ON d."Customer ID"::BIGINT = c.customer_id
    JOIN mesh.products p ON p.name = 'crm.customers'
    ORDER BY c.name
    """
    assert answer(connection, sql) == [("Ana", "41", "ana"), ("Bo", None, "ana")]


def test_show_tables_names_what_can_be_queried(connection):
    assert answer(connection, "SHOW TABLES") == [
        ("billing.invoices",),
        ("crm.customers",),
        ("mesh.products",),
    ]


@pytest.mark.parametrize(
    ("sql", "message", "hint"),
    [
        ("FROM crm.custmers", "there is no table crm.custmers", "Did you mean crm.customers"),
        ("FROM crm.csv", "there is no table crm.csv", ""),
        ("FROM mesh.snapshots", "there is no table mesh.snapshots", ""),
        ("FROM landing.crm.demographics", "no table landing.crm.demographics", "landing.crm.demo graphics"),
        (
            "SELECT 'é',\n  nam FROM crm.customers",
            'Referenced column "nam" not found in FROM clause (line 2, column 3)',
            "name",
        ),
        ("SELECT nam FROM crm.customers", 'column "nam" not found in FROM clause (line 1, column 8)', "name"),
        ("SELECT 'x'::INT", "Could not convert string 'x' to INT32", ""),
        ("SELECT upper(1, 2)", "No function matches", ""),
        ("SELECT ?", "Values were not provided", ""),
        ("SELECT error('stop')", "stop", ""),
        # What a full disk or a dead server says, said of data.
        ("SELECT 'my inbox is full'::BIGINT", "Could not convert string 'my inbox is full' to INT64", ""),
        ("SELECT 'HTTP GET /x'::BIGINT", "Could not convert string 'HTTP GET /x' to INT64", ""),
        ("SELECT 'libpq: ERROR:  no'::BIGINT", "Could not convert string 'libpq: ERROR:  no' to INT64", ""),
        ("SELECT error('HTTP 404')", "HTTP 404", ""),
    ],
)
def test_a_query_that_cannot_run_says_where_and_what_to_do(connection, sql, message, hint):
    with pytest.raises(UsageError) as caught:
        answer(connection, sql)
    assert message in caught.value.message
    assert "\n" not in caught.value.message
    assert hint in (caught.value.hint or "")


def test_the_place_of_a_mistake_is_told_of_the_users_own_sql(connection):
    query = check_select("SELECT\n nam FROM crm.customers")
    with pytest.raises(UsageError, match=r"\(line 2, column 2\)"):
        execute(connection, query, before="DESCRIBE FROM (", after=")")


def test_a_file_that_went_away_is_said_plainly(connection, customers):
    Path(customers.files[0]).unlink()
    with pytest.raises(MeshError, match="a file could not be read or written") as caught:
        answer(connection, "FROM crm.customers")
    assert "run the query again" in caught.value.hint
    assert answer(connection, "SELECT count(*) FROM mesh.products") == [(2,)]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM '{outside}'",
        "SELECT * FROM read_parquet('{warehouse}/../outside.parquet')",
        "SELECT * FROM glob('/*')",
        "COPY (SELECT 1) TO '{outside}'",
        "ATTACH '{outside}.db' AS x",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "RESET lock_configuration",
        "CREATE TABLE crm.t AS SELECT 1",
        "CREATE TABLE mesh.main.t AS SELECT 1",
        "DROP VIEW crm.customers",
        "INSERT INTO mesh.main.products VALUES ('x', 'y')",
        "SELECT * FROM duckdb_secrets()",
        "SELECT * FROM warehouse_variable",
        "FROM crm.csv",
    ],
)
def test_the_connection_is_locked_even_where_the_guard_is_passed_by(connection, sql, tmp_path, warehouse):
    outside = tmp_path / "outside.parquet"
    duckdb.sql(f"COPY (SELECT 1 AS secret) TO '{outside}'")
    warehouse_variable = duckdb.sql("SELECT 1").arrow()
    assert warehouse_variable is not None
    with pytest.raises((duckdb.Error, MeshError)):
        execute(connection, ParsedQuery(sql.format(outside=outside, warehouse=warehouse)))


def test_as_of_reads_exactly_the_snapshots_given(mesh_file, confined_to, customers):
    older = replace(customers, files=customers.files[:1])
    with open_mesh_file(mesh_file, confined_to, as_of=[older]) as connection:
        assert answer(connection, "SELECT count(*) FROM crm.customers") == [(2,)]
        assert answer(connection, "SELECT count(*) FROM mesh.crm.customers") == [(2,)]
        assert answer(connection, "SELECT count(*) FROM mesh.products") == [(2,)]
        assert answer(connection, "SHOW TABLES") == [("crm.customers",), ("mesh.products",)]
        with pytest.raises(UsageError, match=r"no table billing\.invoices"):
            answer(connection, "FROM billing.invoices")


def test_without_a_mesh_file_it_says_to_build(tmp_path):
    with pytest.raises(UsageError, match="nothing is published yet") as caught:
        open_mesh_file(tmp_path / "mesh.duckdb", [])
    assert "mesh build" in caught.value.hint


def test_a_query_larger_than_memory_spills_beside_the_mesh_file(connection, mesh_file):
    setting = connection.execute("SELECT current_setting('temp_directory')").fetchone()
    assert setting == (f"{mesh_file}.tmp",)


@pytest.mark.slow
def test_a_query_keeps_to_the_memory_that_it_is_given(mesh_file, confined_to):
    with open_mesh_file(mesh_file, confined_to, memory_limit=200_000_000) as connection:
        setting = connection.execute("SELECT current_setting('memory_limit')").fetchone()
        assert setting == ("190.7 MiB",)
        needs = "SELECT list(repeat('x', 1000) || n) FROM (SELECT unnest(range(2_000_000)) AS n)"
        with pytest.raises(MeshError, match="needs more memory or disk than it may take") as caught:
            answer(connection, needs)
    assert "MESH_MEMORY_LIMIT" in caught.value.hint


def test_two_readers_open_the_same_file(mesh_file, confined_to):
    with open_mesh_file(mesh_file, confined_to) as one, open_mesh_file(mesh_file, confined_to) as other:
        assert answer(one, "SELECT count(*) FROM crm.customers") == [(3,)]
        assert answer(other, "SELECT count(*) FROM crm.customers") == [(3,)]
