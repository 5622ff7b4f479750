"""What each source system exports: the SQL that makes landing rows of the simulated numbers, dirt included.

The queries read one table, `numbers`, made by `behaviour` or `events`, and two macros that `define_macros`
makes for every block: `customer_id(index)` and `date_of(day)`. They run on DuckDB only and are no products.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from meshlake.demo.behaviour import CONTRACTS, NEVER, PAYMENT_METHODS, PLANS, REGIONS, TICKET_CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

END_DATE = date(2026, 6, 30)
"""The last simulated day, included. Fixed, so that the same call gives the same bytes on any day."""

_FIRST_NAMES = (
    "Ada",
    "Bo",
    "Chiara",
    "Dario",
    "Eva",
    "Femi",
    "Grace",
    "Hugo",
    "Ines",
    "Jonas",
    "Kaya",
    "Lars",
    "Mina",
)
_LAST_NAMES = (
    "Abbott",
    "Berg",
    "Costa",
    "Dubois",
    "Fischer",
    "Garcia",
    "Haddad",
    "Ivanov",
    "Novak",
    "Okafor",
    "Silva",
)


def define_macros(connection: duckdb.DuckDBPyConnection, first_number: int, days: int) -> None:
    """Number customers from `first_number` and days up to `END_DATE`; a day of `NEVER` is null."""
    first_day = END_DATE - timedelta(days=days - 1)
    connection.execute(f"CREATE OR REPLACE MACRO customer_id(i) AS printf('C%07d', i + {first_number})")
    connection.execute(
        f"CREATE OR REPLACE MACRO date_of(i) AS "
        f"CASE WHEN i < {NEVER} THEN DATE '{first_day}' + CAST(i AS INTEGER) END"
    )


def _pick(words: Sequence[str], index: str) -> str:
    """SQL for the word at 0-based `index`."""
    return "([" + ", ".join(f"'{word}'" for word in words) + f"])[1 + {index}]"


CUSTOMERS = f"""
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
        CASE
            WHEN name % 31 <> 5 THEN lower(first_name || '.' || last_name || '.' || name) || '@example.com'
        END AS "E-mail",
        -- a range that Ofcom keeps for fiction
        printf('+44 7700 900%03d', name % 1000) AS "Phone",
        CASE WHEN name % 53 <> 11 THEN birth_year END AS "Birth Year",
        {_pick(REGIONS, "region")} AS "Region",
        CASE name % 41
            WHEN 3 THEN upper(plan_name)
            WHEN 4 THEN ' ' || plan_name || ' '
            ELSE plan_name
        END AS "Plan",
        {_pick(CONTRACTS, "contract")} AS "Contract",
        {_pick(PAYMENT_METHODS, "payment_method")} AS "Payment Method",
        CAST(fee_eur AS DECIMAL(10, 2)) AS "Monthly Fee EUR",
        date_of(signed_up) AS "Sign-up Date",
        date_of(cancelled) AS "Cancellation Date"
    FROM rows_as_sent
    ORDER BY customer"""

DAILY_USAGE = """
    SELECT
        customer_id(customer) AS customer_id,
        date_of(day) AS used_on,
        minutes AS voice_minutes,
        mb AS data_mb,
        CAST(sms AS INTEGER) AS sms_count,
        CAST(dropped AS INTEGER) AS dropped_calls
    FROM numbers"""

INVOICES = """
    SELECT
        'INV-' || strftime(date_of(day), '%Y%m') || '-' || customer_id(customer) AS invoice_no,
        customer_id(customer) AS customer_id,
        date_of(day) AS issued_on,
        date_of(due_day) AS due_on,
        date_of(paid_day) AS paid_on,
        CAST(amount_eur AS DECIMAL(10, 2)) AS amount_eur
    FROM numbers
    ORDER BY day, customer"""

TICKETS = f"""
    WITH opened AS (
        SELECT
            *,
            date_of(day) + second * INTERVAL 1 SECOND AS opened_at
        FROM numbers
    ),
    tickets AS (
        -- what closes after the last day is open still
        SELECT
            *,
            CASE
                WHEN opened_at + open_hours * INTERVAL 1 HOUR < DATE '{END_DATE}' + 1
                THEN opened_at + open_hours * INTERVAL 1 HOUR
            END AS closed_at
        FROM opened
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
        strftime(closed_at, '%Y-%m-%dT%H:%M:%S') AS closed_at,
        {_pick(TICKET_CATEGORIES, "category")} AS category,
        CASE WHEN closed_at IS NOT NULL AND score > 0 THEN score END AS satisfaction_score
    FROM rows_as_sent
    ORDER BY opened_at, customer"""
