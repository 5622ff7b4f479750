"""A simulated telco operator of any size, landed as real life has it: several domains and formats, some dirt.

    crm/customers         CSV; some rows sent twice, blanks, plans in any spelling
    usage/daily_usage     Parquet, a folder a day; one row per customer and day
    billing/invoices      CSV, gzip
    support/tickets       JSON lines, gzip; some tickets sent twice

This module makes and lands them one block of customers at a time, so that memory does not grow with their number;
`operational` loads the same blocks into a database. What is in them is simulated by `behaviour` and `events` and spelt
by `telco_sql`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import duckdb
import numpy as np

from meshlake.demo import telco_sql
from meshlake.demo.behaviour import simulate_customers
from meshlake.demo.day_folders import DayFolders
from meshlake.demo.events import arrow_table, daily_usage, invoices, tickets
from meshlake.demo.files import part_path, remove_other_parts, write_part
from meshlake.demo.telco_sql import END_DATE, define_macros
from meshlake.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    import pyarrow as pa

    from meshlake.demo.behaviour import Customers, Ints
    from meshlake.demo.files import Progress

BLOCK_CUSTOMERS = 5_000
_MAX_CUSTOMERS = 9_999_999
_MAX_DAYS = 730
DATASETS = {"crm": "customers", "usage": "daily_usage", "billing": "invoices", "support": "tickets"}
QUERIES = {
    "crm": telco_sql.CUSTOMERS,
    "usage": telco_sql.DAILY_USAGE,
    "billing": telco_sql.INVOICES,
    "support": telco_sql.TICKETS,
}
_EXTENSIONS = {"crm": "csv", "billing": "csv.gz", "support": "jsonl.gz"}


def write_telco(
    landing: Path,
    customers: int = 20_000,
    days: int = 180,
    seed: int = 7,
    usage_until: date | None = None,
    progress: Progress | None = None,
) -> None:
    """Land an operator of `customers` customers, followed for the `days` days that end on `END_DATE`.

    A customer depends on `seed`, `days` and its own number only, not on how many others there are. Usage of days after
    `usage_until` is left for a later call, which then lands those days alone.

    Raises:
        UsageError: `customers` or `days` is out of range.
        LandingError: the folder cannot be written.
    """
    folders = {domain: landing / domain / dataset for domain, dataset in DATASETS.items()}
    with duckdb.connect() as connection:
        usage = DayFolders(connection, folders["usage"], "used_on", usage_until)
        written: set[Path] = set()
        blocks = simulated_blocks(connection, customers, days, seed, progress)
        for block, numbers in enumerate(blocks, start=1):
            for domain, table in numbers.items():
                connection.register("numbers", table)
                if domain == "usage":
                    usage.add(QUERIES[domain])
                    continue
                path = part_path(folders[domain], DATASETS[domain], block, _EXTENSIONS[domain])
                write_part(connection, QUERIES[domain], path)
                written.add(path)
        usage.write()
    for folder in folders.values():
        remove_other_parts(folder, written | usage.written)


def simulated_blocks(
    connection: duckdb.DuckDBPyConnection,
    customers: int,
    days: int,
    seed: int,
    progress: Progress | None = None,
) -> Iterator[dict[str, pa.Table]]:
    """Block after block of customers: the `numbers` of which, in `connection`, `QUERIES` make each domain's rows.

    Raises:
        UsageError: `customers` or `days` is out of range.
    """
    if not 1 <= customers <= _MAX_CUSTOMERS:
        raise UsageError(f"{customers} customers cannot be simulated", f"Ask for 1 to {_MAX_CUSTOMERS:,}.")
    if not 90 <= days <= _MAX_DAYS:
        raise UsageError(
            f"{days} days cannot be simulated",
            f"Ask for 90 to {_MAX_DAYS}: a month each to look back on, to learn from and to test with.",
        )
    for first in range(0, customers, BLOCK_CUSTOMERS):
        n = min(BLOCK_CUSTOMERS, customers - first)
        define_macros(connection, first + 1, days)
        tables = _simulated_block(seed, first // BLOCK_CUSTOMERS, n, days)
        yield tables
        if progress:
            done, rows = first + n, tables["usage"].num_rows
            progress(done / customers, f"{done:,} customers landed, the last {n:,} with {rows:,} usage rows")


def _simulated_block(seed: int, block: int, n: int, days: int) -> dict[str, pa.Table]:
    first_day = END_DATE - timedelta(days=days - 1)
    who = simulate_customers(seed, block, n, days)
    return {
        "crm": _customer_table(who),
        "usage": daily_usage(who, seed, block, first_day.weekday(), days),
        "billing": invoices(who, seed, block, _month_starts(first_day), days),
        "support": tickets(who, seed, block, days),
    }


def _customer_table(who: Customers) -> pa.Table:
    columns = ("plan", "contract", "payment_method", "region", "name", "birth_year", "fee_eur")
    return arrow_table(
        {column: getattr(who, column) for column in columns}
        | {
            "customer": np.arange(len(who.plan)),
            "signed_up": who.signed_up_day,
            "cancelled": who.cancelled_day,
        }
    )


def _month_starts(first_day: date) -> Ints:
    """Days from `first_day` on which months begin: from two months earlier to the last."""
    months = np.arange(np.datetime64(first_day, "M") - 2, np.datetime64(END_DATE, "M") + 1)
    return (months.astype("datetime64[D]") - np.datetime64(first_day, "D")).astype(np.int64)
