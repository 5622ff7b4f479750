"""Tables of a running PostgreSQL that nobody has described: what is told of them, and products drafted from them."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from meshlake.discovery.discover import discover
from meshlake.discovery.sources import chosen_source, chosen_sources
from meshlake.drafting.adopt import adopt
from meshlake.errors import UsageError
from meshlake.names import ProductName
from meshlake.products.load import load_product
from meshlake.sources.postgresql import source
from meshlake.sources.postgresql.catalog import list_tables
from meshlake.sources.postgresql.database import database_address
from support.operational_mesh import OperationalMesh

pytestmark = pytest.mark.services


@pytest.fixture
def engine():
    return "duckdb"


@pytest.fixture
def mesh(tmp_path, endpoints, engine):
    return OperationalMesh(tmp_path / "mesh", endpoints, engine)


@pytest.fixture
def shop(mesh):
    mesh.execute(
        "CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL UNIQUE, joined_on text, code text, "
        "balance numeric, plan text)",
        "INSERT INTO customers SELECT n, 'u' || n || '@example.com', "
        "to_char(date '2024-01-01' + n, 'DD/MM/YYYY'), n::text, n * 0.25, "
        "CASE n % 3 WHEN 0 THEN 'plus' ELSE 'basic' END FROM generate_series(1, 300) AS n",
        "COMMENT ON TABLE customers IS 'Everyone who ever paid.'",
        "COMMENT ON COLUMN customers.plan IS 'What the customer pays for'",
        'CREATE TABLE "Order Lines" (order_id int, line int, customer_id bigint NOT NULL REFERENCES customers, '
        '"Amount EUR" numeric(10, 2), PRIMARY KEY (order_id, line))',
        'INSERT INTO "Order Lines" SELECT n, 1, n % 200 + 1, n FROM generate_series(1, 400) AS n',
    )
    return mesh


def discovered(mesh, what=None):
    settings = mesh.settings
    return discover(settings, chosen_sources(settings, what or mesh.schema))


def test_what_the_catalog_knows_beats_what_the_rows_suggest(shop):
    found = discovered(shop)
    assert not found.failures
    lines, customers = found.profiles
    assert customers.name == f"operational.{shop.schema}.customers"
    assert (customers.row_count, customers.likely_key) == (300, ("id",))
    assert customers.keys == (("id",), ("email",))
    assert customers.table.comment == "Everyone who ever paid."
    # Digits that were declared text stay text, dates in text are read, numbers of any length are numbers.
    assert {c.name: (c.found_type, c.is_required, c.comment) for c in customers.columns} == {
        "id": ("integer", True, ""),
        "email": ("string", True, ""),
        "joined_on": ("date", False, ""),
        "code": ("string", False, ""),
        "balance": ("number", False, ""),
        "plan": ("string", False, "What the customer pays for"),
    }
    assert lines.likely_key == ("order_id", "line")
    (declared,) = (join for join in found.joins if join.is_declared)
    assert (declared.column, declared.other_dataset, declared.other_column) == (
        "customer_id",
        customers.name,
        "id",
    )


def test_views_and_partitioned_tables_are_listed_but_no_partition_no_bare_table_and_nothing_unreadable(mesh):
    mesh.execute(
        "CREATE TABLE days (day date NOT NULL, n int) PARTITION BY RANGE (day)",
        "CREATE TABLE days_2024 PARTITION OF days FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
        "INSERT INTO days VALUES ('2024-02-01', 1)",
        "CREATE VIEW seen AS SELECT n FROM days",
        "CREATE MATERIALIZED VIEW kept AS SELECT n FROM days",
        "CREATE TABLE bare ()",
    )
    tables = [table for table, _ in list_tables(database_address(mesh.uri))]
    listed = {t.table.table: t.kind for t in tables if t.table.schema == mesh.schema}
    assert listed == {"days": "partitioned table", "seen": "view", "kept": "materialised view"}
    assert {p.row_count for p in discovered(mesh).profiles} == {1}


def test_one_table_that_cannot_be_read_does_not_hide_the_others(shop):
    shop.execute("CREATE VIEW broken AS SELECT 1 / (id - id) AS n FROM customers")
    found = discovered(shop)
    assert len(found.profiles) == 2
    ((source, error),) = found.failures.items()
    assert str(source) == f"operational.{shop.schema}.broken"
    assert "division by zero" in error.message


def test_a_large_table_is_told_from_a_sample(shop, monkeypatch):
    shop.execute(
        "CREATE TABLE large (n int NOT NULL, m int, price numeric, word text)",
        "INSERT INTO large SELECT n, n, n + 0.5, repeat('x', 100) FROM generate_series(1, 40000) AS n",
    )
    monkeypatch.setattr(source, "SAMPLED_BYTES", 1_000_000)
    (profile,) = discovered(shop, f"{shop.schema}.large").profiles
    assert profile.table.is_sample
    assert profile.row_count < 20_000
    assert 30_000 < profile.table.row_count < 50_000
    assert profile.keys == ()
    assert [c.name for c in profile.columns if c.is_required] == ["n"]


@pytest.mark.parametrize("engine", ["duckdb", "trino"])
def test_a_table_is_adopted_and_built_unchanged(shop):
    domain = shop.domain
    shop.process("adopt", f"{domain}.customers", "--owner", "ana@example.com").ended()
    ended = shop.process("adopt", f"{domain}.Order Lines", "--owner", "ana@example.com").ended()
    assert f"customer_id refers to id of {domain}.customers" in ended.out
    customers, lines = f"{domain}.customers", f"{domain}.order_lines"
    contract = load_product(shop.products / domain / "order_lines").contract
    assert contract.primary_key == ("order_id", "line")
    assert contract.source == f"landing.{domain}.Order Lines"
    assert f"Refers to id of {domain}.customers" in contract.column("customer_id").description
    text = (shop.products / domain / "customers" / "contract.odcs.yaml").read_text()
    assert "Everyone who ever paid." in text
    assert "What the customer pays for." in text
    shop.build_product(customers, lines)
    assert len(shop.rows(lines)) == 400
    assert shop.rows(lines)[0]["amount_eur"] == Decimal("1.00")
    (first,) = (row for row in shop.rows(customers) if row["id"] == 4)
    assert (str(first["joined_on"]), first["code"], first["balance"]) == ("2024-01-05", "4", 1.0)


def test_a_product_of_another_domain_reads_the_table_as_a_dataset_of_its_own(shop):
    settings = shop.settings
    found = chosen_source(settings, f"{shop.schema}.customers")
    adopt(settings, found, ProductName("crm", "people"), "ana@example.com")
    contract = load_product(shop.products / "crm" / "people").contract
    assert (contract.source, contract.landing_place.schema) == ("landing.crm.customers", shop.schema)
    assert shop.build_product("crm.people").snapshot.row_count == 300


def test_numbers_of_more_digits_than_a_double_keeps_are_drafted_as_text_and_built(mesh):
    mesh.execute(
        "CREATE TABLE money (id int PRIMARY KEY, price numeric, balance numeric, ledger numeric, none numeric)",
        "INSERT INTO money SELECT n, n * 0.125 + 1.10, n * 1.000000000, n + 0.12345678901234567890, NULL "
        "FROM generate_series(1, 300) AS n",
    )
    profile = discovered(mesh, f"{mesh.schema}.money").profiles[0]
    assert {c.name: c.found_type for c in profile.columns} == {
        "id": "integer",
        "price": "number",
        "balance": "number",
        "ledger": "string",
        "none": "number",
    }
    assert "more digits than a number keeps" in profile.columns[3].question
    mesh.process("adopt", f"{mesh.domain}.money", "--owner", "ana@example.com").ended()
    mesh.build_product(f"{mesh.domain}.money")
    (row,) = (row for row in mesh.rows(f"{mesh.domain}.money") if row["id"] == 1)
    assert list(row.values()) == [1, 1.225, 1.0, "1.12345678901234567890", None]


def test_an_empty_table_is_adopted_by_what_the_catalog_says(shop):
    shop.execute("TRUNCATE customers CASCADE")
    shop.process("adopt", f"{shop.domain}.customers").ended()
    contract = load_product(shop.products / shop.domain / "customers").contract
    assert contract.primary_key == ("id",)
    assert str(contract.column("balance").type) == "DOUBLE"
    assert shop.build_product(f"{shop.domain}.customers").snapshot.row_count == 0


def test_files_and_a_table_of_one_name_are_told_apart(shop):
    shop.land(f"{shop.schema}/customers/a.csv", "id\n1\n")
    ended = shop.process("adopt", f"{shop.schema}.customers")
    assert "both landed files and a table" in ended.err
    assert {p.format for p in discovered(shop, f"{shop.schema}.customers").profiles} == {"csv", "table"}
    (profile,) = discovered(shop, f"landing.{shop.schema}").profiles
    assert profile.format == "csv"


def test_what_is_printed_and_what_programs_get(shop):
    ended = shop.process("discover", f"{shop.schema}.customers").ended()
    assert f"operational.{shop.schema}.customers: 300 rows, table of PostgreSQL" in ended.out
    assert "Comment: Everyone who ever paid." in ended.out
    assert f"Next: mesh adopt {shop.schema}.customers" in ended.out
    (facts,) = shop.process("discover", f"{shop.schema}.customers", "--json").ended().facts["datasets"]
    assert facts["table"]["primary_key"] == ["id"]


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("postgresql://mesh:topsecret@127.0.0.1:1/operational", "Connection refused"),
        ("postgresql://mesh:topsecret@{address}/operational", "password authentication failed"),
        ("postgresql://mesh:topsecret@10.255.255.1:5432/operational", "PostgreSQL at 10.255.255.1"),
    ],
)
def test_a_database_that_cannot_be_used_is_told_in_one_line_without_its_password(mesh, endpoints, uri, told):
    wrong = mesh.having(operational=uri.format(address=endpoints.postgres_address))
    for command in (("discover",), ("adopt", "crm.people")):
        started = time.monotonic()
        ended = wrong.process(*command)
        assert ended.status in {1, 2}
        assert told in ended.err.splitlines()[0]
        assert "Traceback" not in ended.err
        assert "topsecret" not in ended.out + ended.err
        assert time.monotonic() - started < 15


def test_a_name_that_neither_place_has(shop):
    settings = shop.settings
    with pytest.raises(UsageError, match="nor is there a table in PostgreSQL at") as caught:
        chosen_source(settings, f"{shop.schema}.custmers")
    assert caught.value.hint == f"Did you mean {shop.schema}.customers?"
    assert settings.operational not in caught.value.message
