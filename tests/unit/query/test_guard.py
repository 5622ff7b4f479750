"""What `mesh sql` may run and what not: every way out of the mesh that we know of is a row here."""

import contextlib
import json

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshlake.errors import UsageError
from meshlake.names import DatasetName, ProductName
from meshlake.query.functions import FUNCTIONS, REFUSED, TABLE_FUNCTIONS
from meshlake.query.guard import check_select
from meshlake.query.syntax_tree import visit

CUSTOMERS = ProductName("crm", "customers")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM crm.customers",
        "select * from CRM.Customers;",
        'FROM "crm"."customers" -- all of them',
        "/* a /* nested */ comment */ SELECT 1 FROM mesh.crm.customers;; ",
        "TABLE crm.customers",
        "DESCRIBE crm.customers",
        "SUMMARIZE crm.customers",
        "SHOW crm.customers",
        "WITH c AS (FROM crm.customers), d AS (FROM c) SELECT * FROM C, d",
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 9) FROM n, crm.customers",
        "SELECT (SELECT max(x) FROM range(3) r(x)) FROM crm.customers, unnest([1, 2]), generate_series(1, 2)",
        "SELECT * FROM (VALUES (1)) v(a), LATERAL (SELECT a FROM crm.customers)",
        "PIVOT crm.customers ON city IN ('Oslo') USING count(*)",
        "SELECT ';', '--', $$/*$$, 'FROM ''x.csv''' FROM crm.customers",
        "SELECT list_transform([1], lambda x : x + 1), COLUMNS('a.*') FROM crm.customers GROUP BY ALL",
        "SELECT\u00a0* FROM crm.customers",
    ],
)
def test_reads_of_a_product_may_run(sql):
    query = check_select(sql)
    assert query.products == {CUSTOMERS}
    assert query.datasets == query.system_tables == frozenset()
    assert not query.is_explain


def test_it_tells_what_is_read():
    query = check_select(
        'SELECT * FROM mesh.products, mesh.quality_results, billing.invoices, landing.crm."Demo graphics" x'
    )
    assert query.products == {ProductName("billing", "invoices")}
    assert query.datasets == {DatasetName("crm", "Demo graphics")}
    assert query.system_tables == {"products", "quality_results"}


@pytest.mark.parametrize(
    ("sql", "runs"),
    [
        ("SELECT 1; -- done", "SELECT 1"),
        ("SELECT ';';", "SELECT ';'"),
        ("SELECT 1 /* ; */ ;", "SELECT 1 /* ; */"),
        ("explain SELECT 1;", "EXPLAIN SELECT 1"),
        ("EXPLAIN /* why */ analyze\nSELECT 1", "EXPLAIN analyze SELECT 1"),
    ],
)
def test_the_text_that_runs_has_no_semicolon(sql, runs):
    query = check_select(sql)
    assert query.sql == runs
    assert query.is_explain == runs.startswith("EXPLAIN")


def test_show_tables_lists_what_can_be_queried():
    assert "information_schema.tables" in check_select("SHOW TABLES").sql
    assert check_select("show all tables") == check_select("SHOW TABLES")


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ("COPY crm.customers TO 'x.csv'", "COPY"),
        ("COPY (SELECT 1) TO 'x.csv'", "COPY"),
        ("-- SELECT 1\nCOPY (SELECT 1) TO 'x'", "COPY"),
        ("/* SELECT */ INSERT INTO crm.customers VALUES (1)", "INSERT"),
        ("DELETE FROM crm.customers", "DELETE"),
        ("UPDATE crm.customers SET a = 1", "UPDATE"),
        ("MERGE INTO crm.a USING crm.b ON true WHEN MATCHED THEN DELETE", "MERGE"),
        ("TRUNCATE crm.customers", "TRUNCATE"),
        ("CREATE TABLE a AS SELECT 1", "CREATE"),
        ("CREATE OR REPLACE TEMP MACRO f() AS TABLE FROM 'x.csv'", "CREATE"),
        ("CREATE SECRET s (TYPE s3)", "CREATE"),
        ("DROP VIEW crm.customers", "DROP"),
        ("ALTER VIEW crm.customers RENAME TO c", "ALTER"),
        ("COMMENT ON VIEW crm.customers IS 'x'", "COMMENT"),
        ("ATTACH 'x.db' AS x", "ATTACH"),
        ("DETACH mesh", "DETACH"),
        ("USE landing", "USE"),
        ("INSTALL httpfs", "INSTALL"),
        ("FORCE INSTALL x FROM 'http://x'", "FORCE"),
        ("LOAD httpfs", "LOAD"),
        ("SET memory_limit = '1GB'", "SET"),
        ("SET VARIABLE x = 1", "SET"),
        ("RESET memory_limit", "RESET"),
        ("PRAGMA database_list", "PRAGMA"),
        ("CALL duckdb_settings()", "CALL"),
        ("PREPARE p AS SELECT 1", "PREPARE"),
        ("EXECUTE p", "EXECUTE"),
        ("EXPORT DATABASE 'x'", "EXPORT"),
        ("IMPORT DATABASE 'x'", "IMPORT"),
        ("CHECKPOINT", "CHECKPOINT"),
        ("VACUUM", "VACUUM"),
        ("BEGIN", "BEGIN"),
        ("EXPLAIN COPY (SELECT 1) TO 'x'", "COPY"),
        ("EXPLAIN ANALYZE COPY (SELECT 1) TO 'x'", "COPY"),
        ("EXPLAIN EXPLAIN SELECT 1", "EXPLAIN"),
        ("explain/**/analyze/**/delete from crm.customers", "DELETE"),
    ],
)
def test_nothing_but_reading(statement, word):
    with pytest.raises(UsageError, match=f"mesh sql only reads, and {word} does more") as caught:
        check_select(statement)
    assert "mesh build" in caught.value.hint


READS_A_FILE = "read_text('/etc/passwd')"


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("SELECT * FROM 'x.csv'", "'x.csv' is not a table of the mesh (line 1, column 15)"),
        ('SELECT *\n  FROM "x.csv"', "'x.csv' is not a table of the mesh (line 2, column 8)"),
        ("DESCRIBE 'x.csv'", "'x.csv' is not"),
        ("SUMMARIZE 'https://example.com/x.parquet'", "is not a table of the mesh"),
        ("FROM customers", "'customers' is not"),
        ('FROM crm."x.csv"', "'crm.x.csv' is not"),
        ("FROM crm.customers c, (SELECT 1 WHERE EXISTS (FROM 'x.csv'))", "'x.csv' is not"),
        ("SELECT 1 ORDER BY (SELECT 1 FROM 'x.csv')", "'x.csv' is not"),
        ("SELECT 1 LIMIT (SELECT 1 FROM 'x.csv')", "'x.csv' is not"),
        ("VALUES ((SELECT 1 FROM 'x.csv'))", "'x.csv' is not"),
        ("FROM crm.customers JOIN 'x.csv' ON true", "'x.csv' is not"),
        ("FROM crm.customers UNION ALL BY NAME FROM 'x.csv'", "'x.csv' is not"),
        ("PIVOT 'x.csv' ON a IN (1) USING count(*)", "'x.csv' is not"),
        ("WITH c AS MATERIALIZED (FROM 'x.csv') FROM c", "'x.csv' is not"),
        ('WITH "x.csv" AS (FROM "x.csv") FROM "x.csv"', "'x.csv' is not"),
        ('WITH a AS (WITH "x.csv" AS (SELECT 1) FROM "x.csv") FROM a, "x.csv"', "'x.csv' is not"),
        ("WITH a AS (FROM b), b AS (SELECT 1) FROM a", "'b' is not"),
        ('WITH RECURSIVE "x.csv" AS (FROM "x.csv" UNION FROM "x.csv") FROM "x.csv"', "'x.csv' is not"),
        ("EXPLAIN SELECT * FROM 'x.csv'", "'x.csv' is not a table of the mesh (line 1, column 23)"),
        ("FROM main.products", "'main.products' is not"),
        ("FROM mesh.main.products", "'mesh.main.products' is not"),
        ("FROM mesh.mesh_state", "'mesh.mesh_state' is not"),
        ("FROM information_schema.tables", "'information_schema.tables' is not"),
        ("FROM pg_catalog.pg_tables", "'pg_catalog.pg_tables' is not"),
        ("FROM system.main.duckdb_settings", "is not a table of the mesh"),
        ("FROM temp.main.t", "is not a table of the mesh"),
        ("FROM landing.demographics", "'landing.demographics' is not"),
        ("FROM other.crm.customers", "'other.crm.customers' is not"),
        ("FROM duckdb_settings", "'duckdb_settings' is not"),
        ("FROM CRM.Cust_Ömers", "is not a table of the mesh"),
        ('FROM crm."ｃustomers"', "is not a table of the mesh"),
    ],
)
def test_only_tables_of_the_mesh(sql, named):
    with pytest.raises(UsageError) as caught:
        check_select(sql)
    assert named in caught.value.message
    assert "landing.<domain>.<dataset>" in caught.value.hint
    assert "mesh discover" in caught.value.hint


@pytest.mark.parametrize(
    "call",
    [
        READS_A_FILE,
        "READ_TEXT('/etc/passwd')",
        "\"read_text\"('/etc/passwd')",
        "system.main.read_text('/etc/passwd')",
        "read_csv('x')",
        "read_parquet(['x'])",
        "parquet_scan('x')",
        "read_json_auto('x')",
        "read_blob('x')",
        "read_duckdb('x')",
        "sniff_csv('x')",
        "parquet_metadata('x')",
        "glob('/*')",
        "query('SELECT 1')",
        "query_table('x.csv')",
        "json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
        "duckdb_settings()",
        "duckdb_secrets()",
        "which_secret('s3://x', 's3')",
        "pragma_table_info('x')",
        "duckdb_logs()",
        "enable_logging()",
        "checkpoint()",
        "seq_scan('x')",
        "histogram('x.csv', a)",
        "sqlite_scan('x', 'y')",
        "postgres_query('x', 'y')",
        "iceberg_scan('x')",
        "delta_scan('x')",
        "st_read('x')",
    ],
)
@pytest.mark.parametrize(
    "template",
    [
        "SELECT * FROM {}",
        "EXPLAIN ANALYZE FROM {}",
        "DESCRIBE SELECT * FROM {}",
        "SELECT (SELECT count(*) FROM {})",
        "WITH a AS (WITH b AS (FROM {}) FROM b) FROM a",
        "SELECT * FROM crm.customers, LATERAL (FROM {})",
        "SELECT list_transform([1], lambda x : (SELECT count(*) FROM {}))",
        "SELECT 1 UNION (SELECT 1 FROM {})",
        "SELECT count(*) FILTER (WHERE 1 IN (FROM {})) OVER (ORDER BY (FROM {})) FROM crm.customers",
    ],
)
def test_no_table_function_leads_out(template, call):
    with pytest.raises(UsageError, match="cannot be used as a table in mesh sql"):
        check_select(template.format(call, call))


REFUSED_NAMES = sorted(name for names in REFUSED.values() for name in names)


@pytest.mark.parametrize("name", REFUSED_NAMES)
@pytest.mark.parametrize(
    "template",
    [
        "SELECT {}('x')",
        "SELECT upper(coalesce(main.{}('x'), 'y'))",
        "SELECT ('x').{}()",
        "FROM crm.customers WHERE a = (SELECT max({}('x')))",
        "FROM range({}('x'))",
        "SELECT sum(1) OVER (ORDER BY {}('x')) FROM crm.customers QUALIFY true",
    ],
)
def test_no_function_tells_settings_or_changes_state(template, name):
    with pytest.raises(UsageError, match=rf"{name}\(\) cannot be used in mesh sql \(line 1, column \d+\)"):
        check_select(template.format(name))


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELEC 1", 'syntax error at or near "SELEC" (line 1, column 1)'),
        ("SELECT 'é',\n  a b c\nFROM crm.customers", 'syntax error at or near "c" (line 2, column 7)'),
        ("SELECT * FROM crm.customers WHERE", "syntax error at end of input (line 1, column 34)"),
        ("SELECT 'a", 'unterminated quoted string at or near "\'a" (line 1, column 8)'),
        ("EXPLAIN SELECT a b c", 'syntax error at or near "c" (line 1, column 20)'),
        ("EXPLAIN (FORMAT json) SELECT 1", "syntax error"),
        ("WITH a AS (COPY (SELECT 1) TO 'x') FROM a", "A CTE needs a SELECT"),
        ("WITH a AS (INSERT INTO b VALUES (1) RETURNING *) FROM a", "A CTE needs a SELECT"),
        ("SELECT 1 INTO t", "SELECT INTO not supported"),
        ("SELECT * FROM a.b.c.d", "not supported"),
        ("SELECT U&'\\0041'", "not supported"),
        ("SELECT " + "+".join("1" * 2000), "expression depth"),
    ],
)
def test_a_mistake_in_the_sql_is_shown_where_it_is(sql, message):
    with pytest.raises(UsageError, match="the SQL is not valid") as caught:
        check_select(sql)
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("", "no SQL"),
        (" ;; -- nothing", "no SQL"),
        ("EXPLAIN", "no SQL"),
        ("SELECT 1; SELECT 2", "2 SQL statements"),
        ("SELECT 1; COPY (SELECT 1) TO 'x'", "only reads"),
        ("EXPLAIN SELECT 1; SELECT 2", "2 SQL statements"),
        ("SHOW DATABASES", "only SHOW TABLES"),
        ("PIVOT crm.customers ON city USING count(*)", "PIVOT must name its values"),
        ("SELECT 1 \0", r"zero byte \(line 1, column 10\)"),
        ("SELECT '\udcff'", "UTF-8"),
    ],
)
def test_other_wrong_use(sql, message):
    with pytest.raises(UsageError, match=message):
        check_select(sql)


def test_deep_nesting_is_judged_or_refused_but_never_fails():
    nested = "(SELECT * FROM " * 60 + READS_A_FILE + ")" * 60
    with pytest.raises(UsageError, match="read_text"):
        check_select(f"SELECT * FROM {nested}")


@pytest.mark.parametrize(
    "name", ["json_execute_serialized_sql", "read_text", "query", "glob", "duckdb_secrets"]
)
@pytest.mark.parametrize(
    "template",
    [
        "SELECT {}('x')",
        "SELECT ('x').{}()",
        "SELECT system.main.{}('x')",
        "SELECT list_transform(['x'], lambda x : {}(x))",
        "SELECT list_apply(['x'], x -> {}(x))",
        "SELECT [{}(x) FOR x IN ['x']]",
        "SELECT {{'a': {}('x')}}.a",
        "SELECT COLUMNS(c -> {}(c) IS NULL) FROM crm.customers",
        "SELECT {}(COLUMNS(*)) FROM crm.customers",
        "SELECT * REPLACE ({}('x') AS name) FROM crm.customers",
        "FROM crm.customers GROUP BY CUBE ({}('x'))",
        "PIVOT crm.customers ON city IN ('Oslo') USING max({}('x'))",
        "PIVOT crm.customers ON city || {}('x') IN ('Oslo') USING count(*)",
        "UNPIVOT (SELECT {}('x') AS a) ON a",
        "SUMMARIZE SELECT {}('x')",
        "DESCRIBE SELECT {}('x')",
        "EXPLAIN ANALYZE SELECT {}('x')",
        "SELECT {}('x') COLLATE nocase",
        "SELECT max(1 ORDER BY {}('x')) FILTER ({}('y')) FROM crm.customers",
        "SELECT sum(1) OVER (PARTITION BY {}('x') ROWS {}('x') PRECEDING) FROM crm.customers",
        "VALUES ({}('x'))",
        "SELECT 1 LIMIT {}('x')",
        "FROM crm.customers ASOF JOIN crm.people ON customer_id >= {}('x')",
        "SELECT TRY({}('x'))",
        "SELECT CAST({}('x') AS STRUCT(a INTEGER))",
        "SELECT CASE WHEN {}('x') THEN 1 END",
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT {}(i) FROM n) FROM n",
    ],
)
def test_what_is_on_no_list_is_refused_wherever_it_stands(template, name):
    with pytest.raises(UsageError, match=rf"{name}\(\) is no function of mesh sql \(line 1, column \d+\)"):
        check_select(template.format(name, name))


def test_sql_given_as_text_is_neither_planned_nor_run():
    planned = "SELECT json_serialize_plan('SELECT current_setting(''temp_directory'')', optimize := true)"
    with pytest.raises(UsageError, match=r"line 1, column 8.*: it plans or makes SQL from text") as caught:
        check_select(planned)
    assert caught.value.hint == "Leave it out."


@pytest.mark.parametrize(
    ("sql", "hint"),
    [("SELECT uper(name) FROM crm.customers", "Did you mean 'upper'?"), ('SELECT "😀"()', "only compute")],
)
def test_a_function_that_there_is_not_is_told_with_the_nearest(sql, hint):
    with pytest.raises(UsageError, match="is no function of mesh sql") as caught:
        check_select(sql)
    assert hint in caught.value.hint


def test_every_function_of_this_duckdb_has_been_judged():
    """A new DuckDB's new functions fail here: put each into a family of `query/functions.py`, once judged."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT DISTINCT lower(function_name) FROM duckdb_functions() "
            "WHERE function_type IN ('scalar', 'aggregate', 'macro')"
        ).fetchall()
    there = {name for (name,) in rows}
    assert there <= FUNCTIONS | set(REFUSED_NAMES)
    assert not FUNCTIONS & set(REFUSED_NAMES)
    # What DuckDB's tree names, and its catalog does not.
    assert FUNCTIONS - there == {"unnest", "unlist"}
    assert set(REFUSED_NAMES) - there == {"getenv", "mesh_state"}


def test_no_macro_on_the_list_calls_what_is_not():
    """A macro's body is not in the tree that is judged."""
    with duckdb.connect() as connection:
        macros = connection.execute(
            "SELECT function_name, macro_definition FROM duckdb_functions() WHERE function_type = 'macro'"
        ).fetchall()
        for name, body in macros:
            if name in FUNCTIONS:
                answer = connection.execute("SELECT json_serialize_sql(?)", [f"SELECT {body}"]).fetchone()
                called = {node.get("function_name", "") for node, _ in visit(json.loads(answer[0]))}
                assert {each.lower() for each in called if each} <= FUNCTIONS, name


def test_every_allowed_table_function_exists():
    with duckdb.connect() as connection:
        rows = connection.execute("SELECT DISTINCT function_name FROM duckdb_functions()").fetchall()
    assert {name for (name,) in rows} >= TABLE_FUNCTIONS


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_judged_or_refused_plainly(text):
    with contextlib.suppress(UsageError):
        query = check_select(text)
        assert check_select(query.sql).products == query.products


@settings(deadline=None)
@given(st.text(min_size=1, max_size=12))
def test_no_string_is_a_table(text):
    with pytest.raises(UsageError):
        check_select("SELECT * FROM '" + text.replace("'", "''") + "'")
