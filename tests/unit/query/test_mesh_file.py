import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from meshlake.errors import UsageError
from meshlake.lake.mesh_file import (
    PublishedColumn,
    PublishedProduct,
    attach_mesh_file,
    read_state,
    write_mesh_file,
)
from meshlake.names import ProductName


def read(path: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_any_client_reads_products_and_system_tables(mesh_file):
    script = f"""
import duckdb
con = duckdb.connect({str(mesh_file)!r}, read_only=True)
print(con.execute("SELECT count(*), (SELECT count(*) FROM mesh.products) FROM crm.customers").fetchone())
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "(3, 2)\n"


def test_columns_are_found_by_field_id_and_have_the_published_types(mesh_file):
    assert read(mesh_file, "FROM mesh.crm.customers ORDER BY customer_id") == [
        (1, "Ana", None),
        (2, "Bo", None),
        (3, "Cy", "Oslo"),
    ]
    described = read(mesh_file, "DESCRIBE crm.customers")
    assert [(row[0], row[1]) for row in described] == [
        ("customer_id", "BIGINT"),
        ("name", "VARCHAR"),
        ("city", "VARCHAR"),
    ]


def test_a_widened_column_can_be_joined_on(mesh_file):
    """DuckDB's own reader fails at this join when it has to widen `customer_id` itself."""
    sql = """
    WITH known AS (SELECT '1' AS id UNION ALL SELECT '2')
    SELECT c.name FROM crm.customers c JOIN known k ON k.id::BIGINT = c.customer_id
    JOIN mesh.products p ON p.name = 'crm.customers' ORDER BY c.name
    """
    assert read(mesh_file, sql) == [("Ana",), ("Bo",)]


def test_nested_and_exact_types_come_back_as_published(tmp_path):
    duckdb.sql(
        f"""COPY (SELECT {{'a': 1, 'b': 'x'}} AS s, [1, 2] AS l, 1::INTEGER AS d,
        TIMESTAMPTZ '2024-01-01 00:00:00+00' AS t)
        TO '{tmp_path}/f.parquet' (FIELD_IDS {{s: {{__duckdb_field_id: 1, a: 2, b: 3}},
            l: {{__duckdb_field_id: 4, element: 5}}, d: 6, t: 7}})"""
    )
    columns = (
        PublishedColumn("d", "DECIMAL(12,2)", 6),
        PublishedColumn("s", "STRUCT(a BIGINT, b VARCHAR, c DATE)", 1),
        PublishedColumn("l", "BIGINT[]", 4),
        PublishedColumn("t", "TIMESTAMP WITH TIME ZONE", 7),
        PublishedColumn("new", "STRUCT(x INTEGER)[]", 9),
    )
    product = PublishedProduct(ProductName("a", "b"), columns, (f"{tmp_path}/f.parquet",))
    write_mesh_file(tmp_path / "mesh.duckdb", [product], {}, "")
    described = read(tmp_path / "mesh.duckdb", "DESCRIBE a.b")
    assert [(row[0], row[1]) for row in described] == [(c.name, c.type) for c in columns]
    row = read(tmp_path / "mesh.duckdb", 'SELECT d::VARCHAR, s, l, "new" FROM a.b')[0]
    assert row == ("1.00", {"a": 1, "b": "x", "c": None}, [1, 2], None)


def test_a_product_without_files_is_an_empty_table_of_its_types(mesh_file):
    assert read(mesh_file, "FROM billing.invoices") == []
    described = read(mesh_file, "DESCRIBE billing.invoices")
    assert [(row[0], row[1]) for row in described] == [("invoice_id", "BIGINT"), ("total", "DECIMAL(12,2)")]


def test_names_and_texts_with_quotes_are_kept(tmp_path):
    file = tmp_path / "it's [1] *.parquet"
    duckdb.sql(f"""COPY (SELECT 1 AS c) TO '{str(file).replace("'", "''")}' (FIELD_IDS {{c: 1}})""")
    column = PublishedColumn("a \"b\" 'c'", "INTEGER", 1, "It's")
    product = PublishedProduct(ProductName("a", "order"), (column,), (str(file),), "O'Hara's")
    write_mesh_file(tmp_path / "mesh.duckdb", [product], {}, "st'ate")
    assert read(tmp_path / "mesh.duckdb", 'SELECT "a ""b"" \'c\'" FROM a."order"') == [(1,)]
    assert read_state(tmp_path / "mesh.duckdb") == "st'ate"


def test_the_contracts_words_are_comments(mesh_file):
    assert read(mesh_file, "SELECT comment FROM duckdb_views() WHERE comment IS NOT NULL") == [
        ("The operator's customers.",)
    ]
    assert read(mesh_file, "SELECT column_name, comment FROM duckdb_columns() WHERE comment IS NOT NULL") == [
        ("customer_id", "The operator's own number.")
    ]


def test_the_state_is_kept_and_not_among_the_tables(mesh_file):
    assert read_state(mesh_file) == "state 1"
    names = {row[2] for row in read(mesh_file, "SHOW ALL TABLES")}
    assert names == {"customers", "invoices", "products"}


def test_there_is_no_state_without_a_file_of_ours(tmp_path):
    assert read_state(tmp_path / "absent.duckdb") is None
    (tmp_path / "mesh.duckdb").write_bytes(b"no database at all" * 1000)
    assert read_state(tmp_path / "mesh.duckdb") is None
    duckdb.connect(str(tmp_path / "other.duckdb")).close()
    assert read_state(tmp_path / "other.duckdb") is None


@pytest.mark.parametrize("content", [None, b"no database at all" * 1000])
def test_attaching_what_is_not_there_says_what_to_do(tmp_path, content):
    path = tmp_path / "mesh.duckdb"
    if content is not None:
        path.write_bytes(content)
    with duckdb.connect() as connection, pytest.raises(UsageError) as caught:
        attach_mesh_file(connection, path)
    assert caught.value.hint


def test_a_new_file_replaces_the_old_while_it_is_read(mesh_file, customers):
    with duckdb.connect() as reader:
        attach_mesh_file(reader, mesh_file)
        write_mesh_file(mesh_file, [], {"products": pa.table({"name": ["none"]})}, "state 2")
        assert reader.execute("SELECT count(*) FROM crm.customers").fetchone() == (3,)
        assert read_state(mesh_file) == "state 2"
    assert list(mesh_file.parent.iterdir()) == [mesh_file]


@pytest.mark.slow
def test_readers_always_see_one_whole_state(mesh_file, customers):
    """While a writer goes back and forth between two states, each reader sees one of them entire."""
    is_done = threading.Event()

    def write() -> None:
        for number in range(15):
            names = pa.table({"name": [f"s{number}"] * 50})
            write_mesh_file(mesh_file, [customers], {"products": names}, f"s{number}")
        is_done.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = []
    while not is_done.is_set():
        with duckdb.connect() as reader:
            attach_mesh_file(reader, mesh_file)
            seen.append(
                reader.execute(
                    "SELECT count(DISTINCT name), min(name) = mesh_state() FROM products"
                ).fetchone()
            )
    writer.join()
    assert set(seen[1:]) <= {(1, True), (2, False)}
    assert (1, True) in seen


def test_a_failed_write_leaves_the_old_file(mesh_file):
    absent = PublishedProduct(
        ProductName("a", "b"), (PublishedColumn("c", "INTEGER", 1),), (str(mesh_file) + ".absent.parquet",)
    )
    with pytest.raises(duckdb.IOException):
        write_mesh_file(mesh_file, [absent], {}, "state 2")
    assert read_state(mesh_file) == "state 1"
    assert list(mesh_file.parent.iterdir()) == [mesh_file]
