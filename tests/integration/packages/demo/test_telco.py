"""The simulated operator: deterministic, whole, the same in any size, and churning as it should."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import duckdb
import pytest

from meshlake.demo.telco import BLOCK_CUSTOMERS, write_telco
from meshlake.demo.telco_sql import END_DATE
from meshlake.errors import LandingError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

DAYS = 90
READERS = {
    "crm/customers": "read_csv('{}/crm/customers/*.csv', all_varchar = true)",
    "usage/daily_usage": "read_parquet('{}/usage/daily_usage/*/*.parquet', hive_types = {{'used_on': DATE}})",
    "billing/invoices": "read_csv('{}/billing/invoices/*.csv.gz')",
    "support/tickets": "read_json('{}/support/tickets/*.jsonl.gz')",
}


def read(landing: Path) -> duckdb.DuckDBPyConnection:
    """The landed datasets as views; `people` are the customers, once each."""
    connection = duckdb.connect()
    for dataset, reader in READERS.items():
        connection.execute(
            f"CREATE VIEW {dataset.partition('/')[2]} AS SELECT * FROM {reader.format(landing)}"
        )
    connection.execute("""
        CREATE VIEW people AS
        SELECT DISTINCT
            "Customer ID" AS customer_id,
            CAST("Sign-up Date" AS DATE) AS signed_up_on,
            CAST("Cancellation Date" AS DATE) AS cancelled_on
        FROM customers""")
    return connection


def contents(landing: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(landing)): path.read_bytes() for path in landing.rglob("*") if path.is_file()
    }


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("landing")
    write_telco(folder, customers=3_000, days=DAYS)
    return folder


@pytest.fixture(scope="module")
def landed(landing: Path) -> duckdb.DuckDBPyConnection:
    return read(landing)


def count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(f"SELECT COUNT(*) FROM ({query})").fetchone()
    assert row is not None
    return int(row[0])


def test_same_seed_gives_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    for folder, seed in (("a", 7), ("b", 7), ("c", 8)):
        write_telco(tmp_path / folder, customers=300, days=DAYS, seed=seed)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert contents(tmp_path / "a") != contents(tmp_path / "c")


def test_landing_again_leaves_unchanged_files_untouched(tmp_path: Path) -> None:
    write_telco(tmp_path, customers=300, days=DAYS)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    write_telco(tmp_path, customers=300, days=DAYS)
    assert {path: path.stat().st_mtime_ns for path in times} == times


def test_a_smaller_landing_leaves_no_file_of_the_larger_one(tmp_path: Path) -> None:
    write_telco(tmp_path, customers=BLOCK_CUSTOMERS + 1, days=DAYS)
    write_telco(tmp_path, customers=10, days=DAYS)
    assert sorted({path.name for path in tmp_path.rglob("*") if path.is_file()}) == [
        "customers_0001.csv",
        "daily_usage_0001.parquet",
        "invoices_0001.csv.gz",
        "tickets_0001.jsonl.gz",
    ]


def test_usage_of_later_days_lands_with_a_later_call_and_leaves_the_rest_untouched(tmp_path: Path) -> None:
    write_telco(tmp_path, customers=50, days=DAYS, usage_until=END_DATE - timedelta(days=1))
    before = contents(tmp_path)
    write_telco(tmp_path, customers=50, days=DAYS)
    after = contents(tmp_path)
    assert before.items() <= after.items()
    assert after.keys() - before.keys() == {
        f"usage/daily_usage/used_on={END_DATE}/daily_usage_0001.parquet",
    }


@pytest.mark.parametrize("dataset", [name.partition("/")[2] for name in READERS])
def test_customers_are_the_same_whatever_the_number_of_customers(
    landed: duckdb.DuckDBPyConnection, tmp_path: Path, dataset: str
) -> None:
    """However many are simulated, and whichever block they share, the first customers do the same."""
    write_telco(tmp_path, customers=500, days=DAYS)
    key = '"Customer ID"' if dataset == "customers" else "customer_id"
    fewer = read(tmp_path).execute(f"SELECT * FROM {dataset} ORDER BY ALL").fetchall()
    more = landed.execute(f"SELECT * FROM {dataset} WHERE {key} <= 'C0000500' ORDER BY ALL").fetchall()
    assert fewer == more


def test_customers_of_a_later_block_are_numbered_on(tmp_path: Path) -> None:
    progress: list[float] = []
    write_telco(tmp_path, BLOCK_CUSTOMERS + 5, DAYS, progress=lambda share, _: progress.append(share))
    landed = read(tmp_path)
    assert count(landed, "SELECT * FROM people") == BLOCK_CUSTOMERS + 5
    assert landed.execute("SELECT MAX(customer_id) FROM people").fetchone() == (
        f"C{BLOCK_CUSTOMERS + 5:07d}",
    )
    assert progress == [BLOCK_CUSTOMERS / (BLOCK_CUSTOMERS + 5), 1.0]


@pytest.mark.parametrize(
    ("dataset", "day"),
    [("daily_usage", "used_on"), ("invoices", "issued_on"), ("tickets", "CAST(opened_at AS DATE)")],
)
def test_events_are_of_known_customers_while_they_are_customers(
    landed: duckdb.DuckDBPyConnection, dataset: str, day: str
) -> None:
    strangers = f"""
        SELECT * FROM {dataset} LEFT JOIN people USING (customer_id)
        WHERE signed_up_on IS NULL OR {day} < signed_up_on OR {day} > cancelled_on"""
    assert count(landed, strangers) == 0
    assert count(landed, f"SELECT * FROM {dataset}") > 0


def test_usage_has_a_row_for_every_day_as_a_customer(landed: duckdb.DuckDBPyConnection) -> None:
    days_owed = landed.execute("""
        SELECT SUM(1 + DATE_DIFF('day', GREATEST(signed_up_on, DATE '2026-04-02'),
                                 LEAST(COALESCE(cancelled_on, DATE '2026-06-30'), DATE '2026-06-30')))
        FROM people""").fetchone()
    assert days_owed == (count(landed, "SELECT DISTINCT customer_id, used_on FROM daily_usage"),)
    assert days_owed == (count(landed, "SELECT * FROM daily_usage"),)


def test_nothing_is_known_of_what_comes_after_the_last_day(landed: duckdb.DuckDBPyConnection) -> None:
    future = """
        SELECT used_on FROM daily_usage WHERE used_on > DATE '2026-06-30'
        UNION ALL SELECT paid_on FROM invoices WHERE GREATEST(issued_on, paid_on) > DATE '2026-06-30'
        UNION ALL SELECT closed_at FROM tickets WHERE GREATEST(opened_at, closed_at) >= DATE '2026-07-01'
        UNION ALL SELECT cancelled_on FROM people WHERE cancelled_on > DATE '2026-06-30'"""
    assert count(landed, future) == 0


def test_two_to_five_percent_leave_in_a_month(landed: duckdb.DuckDBPyConnection) -> None:
    share = landed.execute("""
        SELECT AVG(CASE WHEN cancelled_on IS NULL THEN 0.0 ELSE 1.0 END) / 3 FROM people""").fetchone()
    assert share is not None
    assert 0.02 <= share[0] <= 0.05


def test_who_leaves_used_less_beforehand(landed: duckdb.DuckDBPyConnection) -> None:
    """Churn follows from behaviour: the last month's use falls against the one before for leavers only."""
    query = """
        WITH people_then AS (
            SELECT
                customer_id,
                cancelled_on IS NOT NULL AS has_left,
                COALESCE(cancelled_on, DATE '2026-06-30') AS last_on
            FROM people
            WHERE COALESCE(cancelled_on, DATE '2026-06-30') >= DATE '2026-06-01'
        ), trends AS (
            SELECT has_left, SUM(data_mb) FILTER (used_on > last_on - 30) / SUM(data_mb) AS recent_share
            FROM daily_usage JOIN people_then USING (customer_id)
            WHERE used_on > last_on - 60 GROUP BY has_left
        )
        SELECT recent_share FROM trends ORDER BY has_left"""
    stayed, left = (row[0] for row in landed.execute(query).fetchall())
    assert 0.47 <= stayed <= 0.53
    assert left < 0.40


def test_dirt_is_landed_for_the_products_to_clean(landed: duckdb.DuckDBPyConnection) -> None:
    assert count(landed, "SELECT * FROM customers") > 3_000
    assert count(landed, "SELECT * FROM people") == 3_000
    assert count(landed, "SELECT * FROM tickets") > count(landed, "SELECT DISTINCT ticket_id FROM tickets")
    assert count(landed, 'SELECT DISTINCT "Plan" FROM customers') > 4
    assert count(landed, 'SELECT DISTINCT LOWER(TRIM("Plan")) FROM customers') == 4
    assert count(landed, 'SELECT * FROM customers WHERE "E-mail" IS NULL') > 0


@pytest.mark.parametrize(("customers", "days"), [(0, 180), (10_000_000, 180), (10, 89), (10, 731)])
def test_sizes_out_of_range_are_refused(tmp_path: Path, customers: int, days: int) -> None:
    with pytest.raises(UsageError, match="cannot be simulated"):
        write_telco(tmp_path, customers, days)
    assert list(tmp_path.iterdir()) == []


def test_a_landing_folder_that_is_a_file_is_a_plain_error(tmp_path: Path) -> None:
    (tmp_path / "landing").write_text("")
    with pytest.raises(LandingError, match="cannot be written"):
        write_telco(tmp_path / "landing", customers=10, days=DAYS)
