"""Landed datasets that are tables of a running PostgreSQL, on both engines."""

from __future__ import annotations

import shutil
import threading
import uuid
from contextlib import closing
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import psycopg2
import pytest
import yaml

from meshlake.engines.duckdb.session import DuckDBSession
from meshlake.errors import LandingError, NotLandedError, UsageError
from meshlake.names import DatasetName
from meshlake.sources.catalog import TableName
from meshlake.sources.postgresql.table import look_at
from support.operational_mesh import OperationalMesh

pytestmark = pytest.mark.services
KEY = {"logicalType": "integer", "primaryKey": True, "required": True}


@pytest.fixture(params=["duckdb", "trino"])
def mesh(tmp_path, endpoints, request):
    return OperationalMesh(tmp_path / "mesh", endpoints, request.param)


@pytest.fixture
def people(mesh):
    mesh.execute(
        "CREATE TABLE people (id int PRIMARY KEY, name text, paid numeric(10, 2))",
        "INSERT INTO people VALUES (1, 'Ada', 1.50), (2, 'Bo', NULL)",
    )
    mesh.table_product(
        f"{mesh.domain}.people",
        {"id": KEY, "name": "string", "paid": {"logicalType": "number", "physicalType": "DECIMAL(10,2)"}},
    )
    return mesh


TYPES = {
    # column: (PostgreSQL type, SQL value, contract's type, value published)
    "a": ("smallint", "1", "SMALLINT", 1),
    "b": ("integer", "-2", "INTEGER", -2),
    "c": ("bigint", "9223372036854775807", "BIGINT", 9223372036854775807),
    "d": ("real", "1.5", "FLOAT", 1.5),
    "e": ("double precision", "0.1", "DOUBLE", 0.1),
    "f": ("numeric(12,2)", "1234567890.12", "DECIMAL(12,2)", Decimal("1234567890.12")),
    "g": (
        "numeric",
        "123456789012345678901234567890.125",
        "VARCHAR",
        "123456789012345678901234567890.125",
    ),
    "h": ("text", "'Ünïcode 🐘 \"x\"'", "VARCHAR", 'Ünïcode 🐘 "x"'),
    "i": ("char(3)", "'x'", "VARCHAR", "x"),
    "j": ("boolean", "true", "BOOLEAN", True),
    "k": ("date", "'2024-02-29'", "DATE", date(2024, 2, 29)),
    "l": (
        "timestamp",
        "'2024-02-29 10:00:00.123456'",
        "TIMESTAMP",
        datetime(2024, 2, 29, 10, 0, 0, 123456),  # noqa: DTZ001 - it has no zone
    ),
    "m": (
        "timestamptz",
        "'2024-02-29 10:00:00+02'",
        "TIMESTAMP WITH TIME ZONE",
        datetime(2024, 2, 29, 8, tzinfo=UTC),
    ),
    "n": ("time", "'10:00:01.5'", "TIME", time(10, 0, 1, 500000)),
    "o": (
        "uuid",
        "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
        "UUID",
        uuid.UUID("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
    ),
    "p": ("bytea", "'\\x00ff'", "BLOB", b"\x00\xff"),
    "q": ("jsonb", """'{"b": 1.50, "a": [null]}'""", "VARCHAR", '{"a": [null], "b": 1.50}'),
    "r": ("json", """'{"b": 1.50}'""", "VARCHAR", '{"b": 1.50}'),
    "s": ("mood", "'sad'", "VARCHAR", "sad"),
    "t": ("interval", "'1 mon 2 days'", "VARCHAR", "1 mon 2 days"),
    "u": ("inet", "'10.0.0.1/8'", "VARCHAR", "10.0.0.1/8"),
    "v": ("integer[]", "'{1,null,3}'", "INTEGER[]", [1, None, 3]),
    "small": ("smallint[]", "'{1}'", "INTEGER[]", [1]),
    "w": ("text[]", "'{\"a,b\",c}'", "VARCHAR[]", ["a,b", "c"]),
    "x": ("mood[]", "'{sad,ok}'", "VARCHAR[]", ["sad", "ok"]),
    "y": ("integer[][]", "'{{1,2},{3,4}}'", "VARCHAR", "{{1,2},{3,4}}"),
    "Z z": ("text", "'spaced'", "VARCHAR", "spaced"),
}
ENGINES_LACK = ("g", "i", "q", "r", "t", "u", "x", "y", "small")


@pytest.mark.parametrize("left_out", [(), ENGINES_LACK], ids=["cast by PostgreSQL", "as they are"])
def test_every_type_and_null_comes_as_postgresql_has_it(mesh, left_out):
    types = {name: facts for name, facts in TYPES.items() if name not in left_out}
    columns = ", ".join(f'"{name}" {kind}' for name, (kind, *_) in types.items())
    mesh.execute(
        "CREATE TYPE mood AS ENUM ('ok', 'sad')",
        f"CREATE TABLE every (id int, {columns})",
        f"INSERT INTO every VALUES (1, {', '.join(value for _, value, *_ in types.values())})",
        "INSERT INTO every VALUES (2)",
    )
    # Iceberg has no small integers.
    wanted = {name: "INTEGER" if kind == "SMALLINT" else kind for name, (*_, kind, _) in types.items()}
    contract = {
        name.replace(" ", "_").lower(): {"physicalType": kind, "transformSourceObjects": [name]}
        for name, kind in wanted.items()
    }
    mesh.table_product(f"{mesh.domain}.every", {"id": KEY, **contract})
    mesh.build_product(f"{mesh.domain}.every")
    first, second = sorted(mesh.rows(f"{mesh.domain}.every"), key=lambda row: row["id"])
    assert list(first.values())[1:] == [value for *_, value in types.values()]
    assert set(list(second.values())[1:]) == {None}
    name = DatasetName(mesh.domain, "every").sql
    live = mesh.ask(f'SELECT count(*) AS n, max("Z z") AS z FROM {name}')
    assert live == [{"n": 2, "z": "spaced"}]


@pytest.mark.parametrize(
    "write",
    [
        "INSERT INTO people VALUES (3, 'Chi', 2)",
        "UPDATE people SET name = 'Ida' WHERE id = 1",
        "DELETE FROM people WHERE id = 2",
        "ALTER TABLE people ADD COLUMN city text",
        "TRUNCATE people",
    ],
)
def test_a_table_is_read_again_only_when_something_was_written(people, write):
    name = f"{people.domain}.people"
    assert people.build_product(name).is_rebuilt
    assert not people.build_product(name).is_rebuilt
    people.execute(write)
    assert people.build_product(name).is_rebuilt
    assert not people.build_product(name).is_rebuilt


def test_an_update_by_a_transaction_older_than_the_newest_row_is_noticed(people):
    table = TableName(people.schema, "people")
    dataset = DatasetName(people.domain, "people")
    with closing(psycopg2.connect(people.uri)) as older, older.cursor() as cursor:
        cursor.execute(f"UPDATE {people.schema}.people SET name = 'Older' WHERE id = 1")
        people.execute("INSERT INTO people VALUES (3, 'Newer', 0)")
        before = look_at(dataset, table, people.uri).fingerprint
        older.commit()
    assert look_at(dataset, table, people.uri).fingerprint != before


def test_a_view_is_rebuilt_when_its_rows_change(people):
    people.execute("CREATE VIEW named AS SELECT id, name FROM people WHERE id < 3")
    name = f"{people.domain}.named"
    people.table_product(name, {"id": KEY, "name": "string"})
    assert people.build_product(name).is_rebuilt
    people.execute("INSERT INTO people VALUES (3, 'Chi', 2)")
    assert not people.build_product(name).is_rebuilt
    people.execute("UPDATE people SET name = 'Ida' WHERE id = 1")
    assert people.build_product(name).is_rebuilt
    assert [row["name"] for row in people.rows(name)] == ["Ida", "Bo"]


def test_an_empty_table_gives_an_empty_product(people):
    people.execute("TRUNCATE people")
    assert people.build_product(f"{people.domain}.people").snapshot.row_count == 0


def test_the_database_and_the_lake_meet_in_one_statement(people):
    name = f"{people.domain}.people"
    people.build_product(name)
    people.execute("UPDATE people SET paid = 9 WHERE id = 1")
    live = DatasetName(people.domain, "people").sql
    found = people.ask(
        f"SELECT p.name, CAST(t.paid AS VARCHAR) AS now, CAST(p.paid AS VARCHAR) AS built "
        f"FROM {live} AS t JOIN {name} AS p ON p.id = t.id WHERE t.paid <> p.paid"
    )
    assert found == [{"name": "Ada", "now": "9.00", "built": "1.50"}]


def test_a_transform_and_a_check_read_the_table_too(people):
    live = DatasetName(people.domain, "people").sql
    people.product(
        f"{people.domain}.names",
        {"name": "string"},
        {
            "transform.sql": f"SELECT name FROM {live}",
            "checks/known.sql": f"SELECT * FROM {people.domain}.names WHERE name NOT IN (SELECT name FROM {live})",
        },
    )
    result = people.build_product(f"{people.domain}.people", f"{people.domain}.names")
    assert [row["name"] for row in people.rows(f"{people.domain}.names")] == ["Ada", "Bo"]
    assert all(check.is_passed for check in result.checks)


def test_bad_values_are_told_of_the_table_and_quarantined(people):
    people.execute("ALTER TABLE people ADD COLUMN born text", "UPDATE people SET born = 'then' WHERE id = 2")
    name = f"{people.domain}.people"
    people.table_product(name, {"id": KEY, "born": "date"})
    with pytest.raises(LandingError, match=rf"{people.schema}.people, row 2, column born: 'then' is no DATE"):
        people.build_product(name)
    rule = [{"metric": "invalidValues", "mustBe": 0, "severity": "warning"}]
    people.table_product(name, {"id": KEY, "born": {"logicalType": "date", "quality": rule}})
    people.build_product(name)
    assert [row["value"] for row in people.rows(f"{name}__quarantine")] == ["then"]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM operational.{schema}.secrets",
        "SELECT * FROM landing.{schema}.secrets",
        "SELECT * FROM postgres_query('operational', 'SELECT 1')",
        "SELECT * FROM postgres_scan('', '{schema}', 'secrets')",
        "SELECT * FROM {schema}.secrets, landing.{schema}.people",
        "SELECT * FROM duckdb_secrets(), landing.{schema}.people",
    ],
)
def test_a_query_reaches_no_table_that_no_contract_names(people, sql):
    people.execute("CREATE TABLE secrets AS SELECT 'hidden' AS word")
    people.build_product(f"{people.domain}.people")
    ended = people.process("sql", sql.format(schema=people.schema)).ended(2)
    assert "hidden" not in ended.out + ended.err


def test_the_demo_operator_runs_in_postgresql_and_its_tables_make_the_products_its_files_make(
    tmp_path, endpoints
):
    mesh = OperationalMesh(tmp_path / "mesh", endpoints, "duckdb")
    shipped = Path(__file__).parents[2] / "data_products"
    names = ("crm.customers", "usage.daily_usage", "billing.invoices", "support.tickets")
    server = {"server": "landing", "type": "postgresql", "database": "operational"}
    for into in ("landing", "postgresql"):
        mesh.process("demo", "--into", into, "--customers", "300", "--days", "90").ended()
    built = {}
    for is_table in (False, True):
        for name in names:
            domain, product = name.split(".")
            folder = mesh.products / domain / product
            shutil.copytree(shipped / domain / product, folder, dirs_exist_ok=True)
            if is_table:
                file = folder / "contract.odcs.yaml"
                contract = {**yaml.safe_load(file.read_text()), "servers": [{**server, "schema": domain}]}
                file.write_text(yaml.safe_dump(contract))
            assert mesh.build_product(name).is_rebuilt
        built[is_table] = {name: mesh.rows(name) for name in names}
    assert built[True] == built[False]
    assert all(built[True].values())


def test_a_build_reads_all_tables_as_of_one_moment_while_others_write(tmp_path, endpoints):
    """Each writer adds a row to both tables in one transaction, so at any moment they are equally long."""
    mesh = OperationalMesh(tmp_path / "mesh", endpoints, "duckdb")
    mesh.execute("CREATE TABLE a AS SELECT generate_series(1, 200000) AS id", "CREATE TABLE b AS TABLE a")
    settings = mesh.settings
    is_over = threading.Event()

    def write():
        with closing(psycopg2.connect(mesh.uri)) as connection, connection.cursor() as cursor:
            while not is_over.is_set():
                cursor.execute(f"INSERT INTO {mesh.schema}.a VALUES (0)")
                cursor.execute(f"INSERT INTO {mesh.schema}.b VALUES (0)")
                connection.commit()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        seen = set()
        for _ in range(5):
            tables = [
                look_at(DatasetName("d", name), TableName(mesh.schema, name), mesh.uri) for name in "ab"
            ]
            with DuckDBSession(settings, "test") as session:
                session.bind_live(tables)
                ((a, b),) = session.rows(
                    "SELECT (SELECT count(*) FROM landing.d.a), (SELECT count(*) FROM landing.d.b)"
                )
                assert a == b
                seen.add(a)
    finally:
        is_over.set()
        writer.join()
    assert len(seen) > 1, "nothing was written meanwhile"
    assert not list(settings.scratch.glob("copy-*"))


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("postgresql://mesh:topsecret@127.0.0.1:1/operational", "Connection refused"),
        ("postgresql://mesh:topsecret@{address}/operational", "password authentication failed"),
        ("postgresql://mesh:topsecret@{address}/elsewhere", "its contract says database 'operational'"),
        ("", "MESH_OPERATIONAL is not set"),
    ],
)
def test_a_database_that_cannot_be_used_is_told_in_one_line_without_its_password(people, uri, told):
    wrong = people.having(operational=uri.format(address=people.endpoints.postgres_address))
    for command in (
        ("sql", f"SELECT * FROM landing.{people.domain}.people"),
        ("build", f"{people.domain}.people"),
    ):
        ended = wrong.process(*command)
        said = ended.out + ended.err
        assert ended.status in {1, 2}
        assert told in said
        assert "Traceback" not in said
        assert "topsecret" not in said


def test_a_table_or_column_that_is_missing_is_named(people):
    people.table_product(f"{people.domain}.peple", {"id": KEY})
    with pytest.raises(NotLandedError, match=r"has no table .*peple") as missing:
        people.build_product(f"{people.domain}.peple")
    assert missing.value.hint == f"Did you mean {people.schema}.people?"
    people.table_product(
        f"{people.domain}.people", {"id": KEY, "nmae": {"logicalType": "string", "required": True}}
    )
    with pytest.raises(LandingError, match="has no column 'nmae'"):
        people.build_product(f"{people.domain}.people")


def test_a_table_that_may_not_be_read_is_told(people):
    people.execute("CREATE VIEW forbidden AS SELECT rolpassword FROM pg_authid")
    with pytest.raises(LandingError, match="permission denied"):
        look_at(DatasetName("d", "forbidden"), TableName(people.schema, "forbidden"), people.uri)


def test_without_the_setting_the_contract_is_named(people):
    with pytest.raises(UsageError, match="MESH_OPERATIONAL is not set"):
        look_at(DatasetName("d", "people"), TableName(people.schema, "people"), None)
