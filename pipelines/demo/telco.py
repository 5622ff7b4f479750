"""A simulated telco operator of any size, landed as real life has it: several domains, several formats, some dirt.

    crm/customers         CSV         headings as a CRM exports them; rows sent twice, blanks, plans in any spelling
    usage/daily_usage     Parquet     one row per customer and day
    billing/invoices      CSV, gzip
    support/tickets       JSON lines, gzip; some tickets sent twice

This module turns the numbers of `behaviour` and `events` into those files, one block of customers at a time, so memory
does not grow with the number of customers. The last day is fixed: the same call gives the same bytes on any day.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.demo.behaviour import (
    CONTRACTS,
    NEVER,
    PAYMENT_METHODS,
    PLANS,
    REGIONS,
    TICKET_CATEGORIES,
    simulate_customers,
)
from pipelines.demo.events import daily_usage, invoices, tickets
from pipelines.demo.files import part_path, remove_later_parts, write_part
from pipelines.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipelines.demo.behaviour import Customers, Ints
    from pipelines.demo.files import Progress

END_DATE = date(2026, 6, 30)
"""The last simulated day, included."""

BLOCK_CUSTOMERS = 10_000
_MAX_CUSTOMERS = 9_999_999
_MAX_DAYS = 730
_FIRST_NAMES = ("Ada Bo Chiara Dario Eva Femi Grace Hugo Ines Jonas Kaya Lars Mina Noor Oskar Priya Quinn Rosa Sami "
                "Tara Umar Vera Wim Yara Zoe").split()  # fmt: skip
_LAST_NAMES = ("Abbott Berg Costa Dubois Eriksen Fischer Garcia Haddad Ivanov Jensen Kowalski Lopez Moreau Novak "
               "Okafor Petrov Quist Rossi Silva Tanaka Ueda Varga Weber Yilmaz Zimmer").split()  # fmt: skip

_DATASETS = {"crm": "customers", "usage": "daily_usage", "billing": "invoices", "support": "tickets"}
_EXTENSIONS = {"crm": "csv", "usage": "parquet", "billing": "csv.gz", "support": "jsonl.gz"}


def write_telco(
    landing: Path, customers: int = 20_000, days: int = 180, seed: int = 7, progress: Progress | None = None
) -> None:
    """Land an operator of `customers` customers, followed for the `days` days that end on `END_DATE`.

    A customer depends on `seed`, `days` and its own number only, not on how many others there are.

    Raises:
        UsageError: `customers` or `days` is out of range.
        LandingError: the folder cannot be written.
    """
    if not 1 <= customers <= _MAX_CUSTOMERS:
        raise UsageError(f"{customers} customers cannot be simulated", f"Ask for 1 to {_MAX_CUSTOMERS:,}.")
    if not 90 <= days <= _MAX_DAYS:
        raise UsageError(
            f"{days} days cannot be simulated",
            f"Ask for 90 to {_MAX_DAYS}: a month to look back on, a month to learn from and a month to test with.",
        )
    blocks = -(-customers // BLOCK_CUSTOMERS)
    with duckdb.connect() as connection:
        for block in range(blocks):
            n = min(BLOCK_CUSTOMERS, customers - block * BLOCK_CUSTOMERS)
            rows = _write_block(connection, landing, seed, block, n, days)
            if progress:
                done = block * BLOCK_CUSTOMERS + n
                progress(done / customers, f"{done:,} customers landed, the last {n:,} with {rows:,} usage rows")
    for domain, dataset in _DATASETS.items():
        remove_later_parts(landing, domain, dataset, blocks)


def _write_block(
    connection: duckdb.DuckDBPyConnection, landing: Path, seed: int, block: int, n: int, days: int
) -> int:
    """Write the files of one block; give its number of usage rows."""
    first_day = END_DATE - timedelta(days=days - 1)
    who = simulate_customers(seed, block, n, days)
    tables = {
        "crm": _customer_table(who),
        "usage": daily_usage(who, seed, block, first_day.weekday(), days),
        "billing": invoices(who, seed, block, _month_starts(first_day), days),
        "support": tickets(who, seed, block, days),
    }
    queries = {"crm": _CUSTOMERS_SQL, "usage": _USAGE_SQL, "billing": _INVOICES_SQL, "support": _TICKETS_SQL}
    connection.execute(f"CREATE OR REPLACE MACRO customer_id(i) AS printf('C%07d', i + 1 + {block * BLOCK_CUSTOMERS})")
    connection.execute(
        f"CREATE OR REPLACE MACRO day(i) AS CASE WHEN i < {NEVER} THEN DATE '{first_day}' + CAST(i AS INTEGER) END"
    )
    for domain, table in tables.items():
        connection.register("numbers", table)
        path = part_path(landing, domain, _DATASETS[domain], block + 1, _EXTENSIONS[domain])
        write_part(connection, queries[domain], path)
    return int(tables["usage"].num_rows)


def _customer_table(who: Customers) -> pa.Table:
    columns = ("plan", "contract", "payment_method", "region", "name", "birth_year", "fee_eur")
    table = {column: getattr(who, column) for column in columns}
    return pa.table({**table, "signed_up": who.signed_up_day, "cancelled": who.cancelled_day}).append_column(
        "customer", pa.array(np.arange(len(who.plan)))
    )


def _month_starts(first_day: date) -> Ints:
    """The days, counted from `first_day`, on which the months begin: from two earlier ones to `END_DATE`'s."""
    months = np.arange(np.datetime64(first_day, "M") - 2, np.datetime64(END_DATE, "M") + 1)
    return (months.astype("datetime64[D]") - np.datetime64(first_day, "D")).astype(np.int64)


def _pick(words: Sequence[str], index: str) -> str:
    """SQL for the word at 0-based `index`."""
    return "([" + ", ".join(f"'{word}'" for word in words) + f"])[1 + {index}]"


_CUSTOMERS_SQL = f"""
    WITH customers AS (
        SELECT
            *,
            {_pick(PLANS, "plan")} AS plan_name,
            {_pick(_FIRST_NAMES, f"name % {len(_FIRST_NAMES)}")} AS first_name,
            {_pick(_LAST_NAMES, f"(name // 100) % {len(_LAST_NAMES)}")} AS last_name
        FROM numbers
    ),
    rows_as_sent AS (
        SELECT * FROM customers
        UNION ALL
        SELECT * FROM customers WHERE name % 401 = 7
    )
    SELECT
        customer_id(customer) AS "Customer ID",
        first_name || ' ' || last_name AS "Full Name",
        CASE WHEN name % 31 <> 5 THEN lower(first_name || '.' || last_name || '.' || name) || '@example.com' END AS "E-mail",
        -- a range that Ofcom keeps for fiction
        printf('+44 7700 900%03d', name % 1000) AS "Phone",
        CASE WHEN name % 53 <> 11 THEN birth_year END AS "Birth Year",
        {_pick(REGIONS, "region")} AS "Region",
        CASE name % 41 WHEN 3 THEN upper(plan_name) WHEN 4 THEN ' ' || plan_name || ' ' ELSE plan_name END AS "Plan",
        {_pick(CONTRACTS, "contract")} AS "Contract",
        {_pick(PAYMENT_METHODS, "payment_method")} AS "Payment Method",
        CAST(fee_eur AS DECIMAL(10, 2)) AS "Monthly Fee EUR",
        day(signed_up) AS "Sign-up Date",
        day(cancelled) AS "Cancellation Date"
    FROM rows_as_sent
    ORDER BY customer"""

_USAGE_SQL = """
    SELECT
        customer_id(customer) AS customer_id,
        day(day) AS used_on,
        voice_minutes,
        data_mb,
        CAST(sms AS INTEGER) AS sms_count,
        CAST(dropped AS INTEGER) AS dropped_calls
    FROM numbers"""

_INVOICES_SQL = """
    SELECT
        'INV-' || strftime(day(day), '%Y%m') || '-' || customer_id(customer) AS invoice_no,
        customer_id(customer) AS customer_id,
        day(day) AS issued_on,
        day(due_day) AS due_on,
        day(paid_day) AS paid_on,
        CAST(amount_eur AS DECIMAL(10, 2)) AS amount_eur
    FROM numbers
    ORDER BY day, customer"""

_TICKETS_SQL = f"""
    WITH tickets AS (
        SELECT
            *,
            day(day) + second * INTERVAL 1 SECOND AS opened_at
        FROM numbers
    ),
    rows_as_sent AS (
        SELECT * FROM tickets
        UNION ALL
        SELECT * FROM tickets WHERE second % 211 = 0
    )
    SELECT
        'T-' || strftime(opened_at, '%Y%m%d') || '-' || customer_id(customer) AS ticket_id,
        customer_id(customer) AS customer_id,
        strftime(opened_at, '%Y-%m-%dT%H:%M:%S') AS opened_at,
        CASE
            WHEN opened_at + open_hours * INTERVAL 1 HOUR < DATE '{END_DATE}' + 1
            THEN strftime(opened_at + open_hours * INTERVAL 1 HOUR, '%Y-%m-%dT%H:%M:%S')
        END AS closed_at,
        {_pick(TICKET_CATEGORIES, "category")} AS category,
        CASE
            WHEN score > 0 AND opened_at + open_hours * INTERVAL 1 HOUR < DATE '{END_DATE}' + 1
            THEN score
        END AS satisfaction_score
    FROM rows_as_sent
    ORDER BY opened_at, customer"""
