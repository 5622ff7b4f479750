"""What a block of simulated customers does: daily usage, support tickets, invoices, as columns of numbers.

Customers are named by their index in the block, days counted from 0; texts, dates and identifiers are made of
these numbers by `telco_sql`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from meshlake.demo.behaviour import NEVER, stream

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from meshlake.demo.behaviour import Customers, Floats, Ints

_DUE_AFTER_DAYS = 14
_SATURDAY = 5


def arrow_table(columns: Mapping[str, NDArray[Any]]) -> pa.Table:
    """The arrays, each of shape (rows,), as a table that DuckDB reads without copying."""
    return pa.table({name: pa.array(values) for name, values in columns.items()})


def daily_usage(customers: Customers, seed: int, block: int, first_weekday: int, days: int) -> pa.Table:
    """One row per customer and day, by day: customer, day, minutes, mb, sms, dropped."""
    n = len(customers.plan)
    day = np.arange(days)[None, :]
    fading = customers.fading(day)
    level = (1 - customers.fade_depth[:, None] * fading) * _mood(seed, block, n, day)
    idle_share = stream(seed, block, "idle share").beta(1.0, 6.0, n)[:, None] + 0.12 * fading
    level[stream(seed, block, "idle").random((n, days), dtype=np.float32) < idle_share] = 0
    is_weekend = (first_weekday + day) % 7 >= _SATURDAY

    def noisy(name: str, rate: Floats, weekend: float) -> Floats:
        noise = np.exp(0.6 * stream(seed, block, name).standard_normal((n, days), dtype=np.float32))
        noisy_rate: Floats = rate[:, None] * level * noise * np.where(is_weekend, weekend, 1.0)
        return noisy_rate

    minutes = np.round(noisy("minutes", customers.minutes_a_day, 0.8), 1)
    megabytes = np.round(noisy("megabytes", customers.mb_a_day, 1.2)).astype(np.int32)
    sms = stream(seed, block, "sms").poisson(customers.sms_a_day[:, None] * level)
    drop_rate = customers.tickets_a_day[:, None] * minutes
    dropped = stream(seed, block, "dropped").poisson(drop_rate)
    # by day, then customer: a reader of some days then skips most row groups
    of_day, of_customer = np.nonzero(customers.is_active(day).T)
    columns: Mapping[str, NDArray[Any]] = {
        "minutes": minutes,
        "mb": megabytes,
        "sms": sms,
        "dropped": dropped,
    }
    picked = {name: values[of_customer, of_day] for name, values in columns.items()}
    return arrow_table({"customer": of_customer.astype(np.int32), "day": of_day.astype(np.int32), **picked})


def _mood(seed: int, block: int, n: int, day: Ints) -> Floats:
    """Slow ups and downs of usage that mean nothing, so that a fall alone proves nothing."""
    draws = stream(seed, block, "mood").random((n, 3))
    swing = 0.55 * draws[:, 0, None]
    period_days = 50 + 100 * draws[:, 1, None]
    return 1 + swing * np.sin(2 * np.pi * (day / period_days + draws[:, 2, None]))


def tickets(customers: Customers, seed: int, block: int, days: int) -> pa.Table:
    """One row per ticket: customer, day, second of the day, hours open, category, score (0: not given)."""
    n = len(customers.plan)
    day = np.arange(days)[None, :]
    rate = customers.tickets_a_day[:, None] * (1 + 2.5 * customers.fading(day))
    is_opened = stream(seed, block, "tickets").random((n, days)) < rate
    of_customer, of_day = np.nonzero(is_opened & customers.is_active(day))
    fading = customers.fading(day)[of_customer, of_day]
    draws = stream(seed, block, "ticket details").random((len(of_day), 5))
    # who is turning away asks about the contract and the bill
    category = np.where(
        draws[:, 0] < 0.5 * fading, 1 + 2 * (draws[:, 1] < 0.5), (draws[:, 1] * 4).astype(np.int64)
    )
    score = np.clip(np.round(4.4 - 2.0 * fading + 2.4 * (draws[:, 2] - 0.5)), 1, 5)
    return arrow_table(
        {
            "customer": of_customer,
            "day": of_day,
            "second": (28_800 + 43_200 * draws[:, 3]).astype(np.int64),
            "open_hours": np.round(1 - 60 * np.log1p(-draws[:, 4])).astype(np.int64),
            "category": category,
            "score": np.where(draws[:, 1] % 0.1 < 0.04, score, 0).astype(np.int64),
        }
    )


def invoices(customers: Customers, seed: int, block: int, month_starts: Ints, days: int) -> pa.Table:
    """One row per invoice: customer, month (index into `month_starts`), day, due_day, paid_day, amount_eur.

    `month_starts` are the days on which the months invoiced begin, some negative: billing keeps more than
    usage does. What is paid only after the last day is not paid yet: `paid_day` is `NEVER`.
    """
    n, months = len(customers.plan), len(month_starts)
    issued = month_starts[None, :] + customers.billing_day[:, None] - 1
    is_issued = customers.is_active(issued) & (issued < days)
    draws = stream(seed, block, "invoices").random((n, months, 4))
    late_share = customers.late_share[:, None] + 0.22 * customers.fading(issued)
    is_late = draws[:, :, 0] < late_share
    is_never_paid = is_late & (draws[:, :, 1] < 0.15)
    in_time = issued + 1 + (_DUE_AFTER_DAYS * draws[:, :, 2]).astype(np.int64)
    too_late = issued + _DUE_AFTER_DAYS + 2 + (35 * draws[:, :, 2]).astype(np.int64)
    paid = np.where(is_late, too_late, in_time)
    paid[is_never_paid | (paid >= days)] = NEVER
    overage_eur = np.where(draws[:, :, 3] < 0.15, 60 * draws[:, :, 3], 0.0)
    amount_eur = np.round(customers.fee_eur[:, None] + overage_eur, 2)
    of_customer, of_month = np.nonzero(is_issued)
    return arrow_table(
        {
            "customer": of_customer,
            "month": of_month,
            "day": issued[of_customer, of_month],
            "due_day": issued[of_customer, of_month] + _DUE_AFTER_DAYS,
            "paid_day": paid[of_customer, of_month],
            "amount_eur": amount_eur[of_customer, of_month],
        }
    )
