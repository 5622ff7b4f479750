"""TPC-DS as DuckDB's extension makes it, with a planted outcome: who of the customers leaves after a quarter.

Whoever bought little in the shops in half a year, and whose household has a low income, leaves more often; both are
behind a reference, to the calendar and to the household. Nothing else says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import numpy as np

from benchmarks.boosting.task import Task, Told, day
from meshlake.names import quote_literal

if TYPE_CHECKING:
    from pathlib import Path

_SCALE, _SEED = 0.05, 7
_CUTOFFS = ("2001-07-01", "2001-10-01", "2002-01-01", "2002-04-01", "2002-07-01", "2002-10-01")
_KEYS = {
    "customer": "c_customer_sk",
    "customer_address": "ca_address_sk",
    "customer_demographics": "cd_demo_sk",
    "household_demographics": "hd_demo_sk",
    "income_band": "ib_income_band_sk",
    "date_dim": "d_date_sk",
    "item": "i_item_sk",
}
_EVENTS = {
    "store_sales": ("ss_customer_sk", "ss_sold_date_sk", "ss_item_sk"),
    "store_returns": ("sr_customer_sk", "sr_returned_date_sk", "sr_item_sk"),
    "web_sales": ("ws_bill_customer_sk", "ws_sold_date_sk", "ws_item_sk"),
}
_DRAWN = """
    SELECT c_customer_sk AS customer_sk, CAST(cutoff AS DATE) AS cutoff_date, COALESCE(bought, 0) AS bought,
        COALESCE(ib_lower_bound, 100000) AS income
    FROM customer CROSS JOIN (SELECT unnest({cutoffs}) AS cutoff) AS cutoffs
    LEFT JOIN household_demographics ON c_current_hdemo_sk = hd_demo_sk
    LEFT JOIN income_band ON hd_income_band_sk = ib_income_band_sk
    LEFT JOIN LATERAL (
        SELECT COUNT(*) AS bought FROM store_sales INNER JOIN date_dim ON ss_sold_date_sk = d_date_sk
        WHERE ss_customer_sk = c_customer_sk AND d_date < CAST(cutoff AS DATE)
            AND d_date >= CAST(cutoff AS DATE) - INTERVAL 182 DAY
    ) ON TRUE
    WHERE c_customer_sk % 2 = 0
    ORDER BY ALL
"""


def tpcds(extensions: Path) -> Task:
    """See above; `extensions` is where the extension's package lies."""
    (built,) = extensions.glob(
        f"duckdb_extension_tpcds/extensions/v{duckdb.__version__}/tpcds.duckdb_extension"
    )
    with duckdb.connect() as connection:
        connection.execute(f"LOAD {quote_literal(str(built))}")
        connection.execute(f"CALL dsdgen(sf = {_SCALE})")
        drawn = connection.execute(_DRAWN.format(cutoffs=list(_CUTOFFS))).df()
        rows = {name: connection.execute(f"SELECT * FROM {name}").df() for name in (*_KEYS, *_EVENTS)}
    score = 0.9 - 0.35 * drawn["bought"].clip(upper=12) - 1.2 * (drawn["income"] / 100_000 - 0.9)
    leaves = np.random.default_rng(_SEED).random(len(drawn)) < 1 / (1 + np.exp(-score))
    labelled = drawn[["customer_sk", "cutoff_date"]].assign(is_leaving=leaves)
    labelled = labelled.assign(cutoff_date=day(labelled["cutoff_date"])).astype({"is_leaving": "boolean"})
    tables = {f"ds.{name}": Told(rows[name], key) for name, key in _KEYS.items()}
    for name, (_, sold, _) in _EVENTS.items():
        tables[f"ds.{name}"] = Told(rows[name], dated_by=(sold, "ds.date_dim", "d_date_sk", "d_date"))
    return Task(
        name="TPC-DS, planted",
        labelled=labelled,
        dataset="ds.quarters",
        key="customer_sk",
        label="is_leaving",
        cutoff="cutoff_date",
        is_hidden=(labelled["cutoff_date"] == labelled["cutoff_date"].max()).to_numpy(),
        tables=tables,
        relations=(
            ("ds.customer", "c_customer_sk", "", "customer_sk"),
            ("ds.customer_address", "ca_address_sk", "ds.customer", "c_current_addr_sk"),
            ("ds.customer_demographics", "cd_demo_sk", "ds.customer", "c_current_cdemo_sk"),
            ("ds.household_demographics", "hd_demo_sk", "ds.customer", "c_current_hdemo_sk"),
            ("ds.income_band", "ib_income_band_sk", "ds.household_demographics", "hd_income_band_sk"),
            *(("ds.item", "i_item_sk", f"ds.{name}", item) for name, (_, _, item) in _EVENTS.items()),
            *(("ds.customer", "c_customer_sk", f"ds.{name}", who) for name, (who, _, _) in _EVENTS.items()),
        ),
        good="ds.store_sales",
        good_key="ss_customer_sk",
        is_undated=True,
    )
