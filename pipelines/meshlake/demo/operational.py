"""The simulated telco operator as a running system: the tables that its exports come from, in a PostgreSQL.

Rows go by `COPY`, one block of customers at a time, all of them in one transaction: whoever reads sees the operator as
it was or as it is now.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import duckdb

from meshlake.demo.telco import DATASETS, QUERIES, simulated_blocks
from meshlake.names import quote_identifier, quote_literal
from meshlake.types.duckdb import parse
from meshlake.types.postgres import postgres_text

if TYPE_CHECKING:
    from meshlake.demo.files import Progress


def load_telco(
    database: Any,
    customers: int = 20_000,
    days: int = 180,
    seed: int = 7,
    progress: Progress | None = None,
) -> None:
    """Replace the tables `<domain>.<dataset>` of the operator by those of one of `customers` customers.

    Args:
        database: a psycopg2 connection that may write; it is committed.
        customers: how many, each followed for `days` days.
        days: see `customers`.
        seed: the rows are those that `write_telco` lands with the same numbers.
        progress: told after each block.

    Raises:
        UsageError: `customers` or `days` is out of range.
        psycopg2.Error: PostgreSQL refuses.
    """
    with duckdb.connect() as connection, database.cursor() as cursor, TemporaryDirectory() as folder:
        file = Path(folder) / "block.csv"
        for block, numbers in enumerate(simulated_blocks(connection, customers, days, seed, progress)):
            for domain, table in numbers.items():
                connection.register("numbers", table)
                if block == 0:
                    _create_table(connection, cursor, domain)
                connection.execute(
                    f"COPY ({QUERIES[domain]}) TO {quote_literal(str(file))} (FORMAT csv, HEADER false)"
                )
                with file.open("rb") as rows:
                    cursor.copy_expert(f"COPY {_table(domain)} FROM STDIN (FORMAT csv)", rows)
    database.commit()


def _create_table(connection: duckdb.DuckDBPyConnection, cursor: Any, domain: str) -> None:
    described = connection.execute(f"DESCRIBE {QUERIES[domain]}").fetchall()
    columns = ", ".join(f"{quote_identifier(row[0])} {postgres_text(parse(row[1]))}" for row in described)
    cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {quote_identifier(domain)}")
    cursor.execute(f"DROP TABLE IF EXISTS {_table(domain)}")
    cursor.execute(f"CREATE TABLE {_table(domain)} ({columns})")


def _table(domain: str) -> str:
    return f"{quote_identifier(domain)}.{quote_identifier(DATASETS[domain])}"
