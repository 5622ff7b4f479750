"""TPC-H and TPC-DS as DuckDB's extensions make them, with the keys and references that their specifications publish."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from benchmarks.discovery.scores import of_pair
from meshlake.names import quote_literal

if TYPE_CHECKING:
    from pathlib import Path

H_KEYS = {
    "customer": "c_custkey",
    "lineitem": "l_orderkey, l_linenumber",
    "nation": "n_nationkey",
    "orders": "o_orderkey",
    "part": "p_partkey",
    "partsupp": "ps_partkey, ps_suppkey",
    "region": "r_regionkey",
    "supplier": "s_suppkey",
}
_H_REFERENCES = (
    "customer.c_nationkey nation.n_nationkey",
    "supplier.s_nationkey nation.n_nationkey",
    "nation.n_regionkey region.r_regionkey",
    "orders.o_custkey customer.c_custkey",
    "partsupp.ps_partkey part.p_partkey",
    "partsupp.ps_suppkey supplier.s_suppkey",
    "lineitem.l_orderkey orders.o_orderkey",
    "lineitem.l_partkey,l_suppkey partsupp.ps_partkey,ps_suppkey",
)
# True, and told by the longer reference.
_H_ALLOWED = ("lineitem.l_partkey part.p_partkey", "lineitem.l_suppkey supplier.s_suppkey")
DS_KEYS = {
    "call_center": "cc_call_center_sk",
    "catalog_page": "cp_catalog_page_sk",
    "catalog_returns": "cr_item_sk, cr_order_number",
    "catalog_sales": "cs_item_sk, cs_order_number",
    "customer": "c_customer_sk",
    "customer_address": "ca_address_sk",
    "customer_demographics": "cd_demo_sk",
    "date_dim": "d_date_sk",
    "household_demographics": "hd_demo_sk",
    "income_band": "ib_income_band_sk",
    "inventory": "inv_date_sk, inv_item_sk, inv_warehouse_sk",
    "item": "i_item_sk",
    "promotion": "p_promo_sk",
    "reason": "r_reason_sk",
    "ship_mode": "sm_ship_mode_sk",
    "store": "s_store_sk",
    "store_returns": "sr_item_sk, sr_ticket_number",
    "store_sales": "ss_item_sk, ss_ticket_number",
    "time_dim": "t_time_sk",
    "warehouse": "w_warehouse_sk",
    "web_page": "wp_web_page_sk",
    "web_returns": "wr_item_sk, wr_order_number",
    "web_sales": "ws_item_sk, ws_order_number",
    "web_site": "web_site_sk",
}
# Foreign keys of TPC-DS are named by their role after their key, so the specification's list is that of endings.
_DS_ENDINGS = (
    ("_addr_sk", "customer_address"),
    ("_address_sk", "customer_address"),
    ("_call_center_sk", "call_center"),
    ("_catalog_page_sk", "catalog_page"),
    ("_cdemo_sk", "customer_demographics"),
    ("_customer_sk", "customer"),
    ("_date_sk", "date_dim"),
    ("_hdemo_sk", "household_demographics"),
    ("_income_band_sk", "income_band"),
    ("_item_sk", "item"),
    ("_promo_sk", "promotion"),
    ("_reason_sk", "reason"),
    ("_ship_mode_sk", "ship_mode"),
    ("_store_sk", "store"),
    ("_time_sk", "time_dim"),
    ("_warehouse_sk", "warehouse"),
    ("_web_page_sk", "web_page"),
    ("_web_site_sk", "web_site"),
)
_DS_REFERENCES = (
    "catalog_returns.cr_item_sk,cr_order_number catalog_sales.cs_item_sk,cs_order_number",
    "store_returns.sr_item_sk,sr_ticket_number store_sales.ss_item_sk,ss_ticket_number",
    "web_returns.wr_item_sk,wr_order_number web_sales.ws_item_sk,ws_order_number",
)
_DEMOGRAPHICS = (
    ("customer", "c_current_cdemo_sk"),
    ("store_sales", "ss_cdemo_sk"),
    ("store_returns", "sr_cdemo_sk"),
    ("catalog_sales", "cs_bill_cdemo_sk"),
    ("catalog_sales", "cs_ship_cdemo_sk"),
    ("catalog_returns", "cr_refunded_cdemo_sk"),
    ("catalog_returns", "cr_returning_cdemo_sk"),
    ("web_sales", "ws_bill_cdemo_sk"),
    ("web_sales", "ws_ship_cdemo_sk"),
    ("web_returns", "wr_refunded_cdemo_sk"),
    ("web_returns", "wr_returning_cdemo_sk"),
)
_REFERRED = " UNION ALL ".join(
    f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL" for table, column in _DEMOGRAPHICS
)
# Of the large tables so much that the machine of a laptop reads them in seconds, and their references hold.
_DS_SMALLER = (
    *(
        f"CREATE TABLE small AS SELECT * FROM {sales} WHERE {s}_{number} % 97 = 3 LIMIT 30000; DROP TABLE {sales}; "
        f"ALTER TABLE small RENAME TO {sales}; CREATE TABLE small AS SELECT * FROM {back} WHERE ({b}_item_sk, "
        f"{b}_{number}) IN (SELECT ({s}_item_sk, {s}_{number}) FROM {sales}); DROP TABLE {back}; "
        f"ALTER TABLE small RENAME TO {back}"
        for sales, s, back, b, number in (
            ("store_sales", "ss", "store_returns", "sr", "ticket_number"),
            ("catalog_sales", "cs", "catalog_returns", "cr", "order_number"),
            ("web_sales", "ws", "web_returns", "wr", "order_number"),
        )
    ),
    "CREATE TABLE small AS SELECT * FROM inventory WHERE inv_item_sk % 401 = 1; DROP TABLE inventory; "
    "ALTER TABLE small RENAME TO inventory",
    # What is referred to stays.
    f"DELETE FROM customer_demographics WHERE cd_demo_sk % 7 <> 0 AND cd_demo_sk NOT IN ({_REFERRED})",
)


def land_tpch(extensions: Path, landing: Path) -> None:
    """Land TPC-H as Parquet."""
    _land("tpch", ("CALL dbgen(sf = 0.01)",), extensions, landing, "parquet")


def land_tpcds(extensions: Path, landing: Path) -> None:
    """Land TPC-DS as CSV, its large tables in part."""
    _land("tpcds", ("CALL dsdgen(sf = 1)", *_DS_SMALLER), extensions, landing, "csv")


def h_joins() -> tuple[set[str], set[str]]:
    """The references of TPC-H, and those that need not be told."""
    return _joins("tpch", _H_REFERENCES), _joins("tpch", _H_ALLOWED)


def ds_joins(columns: dict[str, list[str]]) -> tuple[set[str], set[str]]:
    """The references of TPC-DS, given the columns of its tables."""
    single = [
        f"{table}.{column} {other}.{DS_KEYS[other]}"
        for table, names in columns.items()
        for column in names
        if column != DS_KEYS[table]
        for ending, other in _DS_ENDINGS
        if column.endswith(ending)
    ]
    return _joins("tpcds", (*single, *_DS_REFERENCES)), set()


def _land(name: str, statements: tuple[str, ...], extensions: Path, landing: Path, format_: str) -> None:
    (built,) = extensions.glob(
        f"duckdb_extension_{name}/extensions/v{duckdb.__version__}/{name}.duckdb_extension"
    )
    with duckdb.connect() as connection:
        connection.execute(f"LOAD {quote_literal(str(built))}")
        for statement in statements:
            connection.execute(statement)
        for (table,) in connection.execute("SHOW TABLES").fetchall():
            folder = landing / name / table
            folder.mkdir(parents=True)
            target = quote_literal(str(folder / f"{table}.{format_}"))
            connection.execute(f"COPY {table} TO {target} (FORMAT {format_})")


def _joins(domain: str, written: tuple[str, ...] | list[str]) -> set[str]:
    found = set()
    for line in written:
        (one, mine), (other, others) = (side.split(".") for side in line.split(" "))
        found.add(
            of_pair(
                (f"{domain}.{one}", mine.replace(",", ", ")), (f"{domain}.{other}", others.replace(",", ", "))
            )
        )
    return found
