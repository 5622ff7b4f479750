"""Who the simulated customers are, when they turn away and when they leave: numbers only, no files, no SQL.

A customer who turns away (`turned_day`) lets usage fade, opens more tickets and pays later; most then cancel,
some stay after all, and a few customers cancel with no sign at all. What makes a customer turn away is what
features can see: contract, tenure, price per use, trouble with the network, habit of paying late. Every draw
has its own seeded stream, drawn customer after customer, so a customer is the same whoever else is simulated.

Days are counted from 0, the first simulated day; `NEVER` stands for a day that does not come.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

NEVER = np.int64(1_000_000)
PLANS = ("basic", "plus", "family", "unlimited")
CONTRACTS = ("month_to_month", "one_year", "two_year")
PAYMENT_METHODS = ("direct_debit", "card", "bank_transfer")
REGIONS = ("north", "south", "east", "west", "centre")
TICKET_CATEGORIES = ("network", "billing", "device", "contract")

_PLAN_FEES_EUR = np.array([14.90, 24.90, 39.90, 54.90])
_PLAN_SHARES = (0.30, 0.35, 0.20, 0.15)
_PLAN_USE = np.array([0.6, 1.0, 1.5, 2.4])
_CONTRACT_SHARES = (0.50, 0.30, 0.20)
_CONTRACT_EFFECT = np.array([0.8, -0.8, -2.0])
# light users, callers, streamers, all-rounders: what a segmentation can find
_HABIT_SHARES = (0.30, 0.22, 0.28, 0.20)
_HABIT_MINUTES_A_DAY = np.array([4.0, 32.0, 5.0, 26.0])
_HABIT_MB_A_DAY = np.array([60.0, 90.0, 1100.0, 900.0])
_HABIT_SMS_A_DAY = np.array([0.6, 4.0, 0.5, 3.0])
_TURN_AWAY_A_DAY = 0.0007
_SUDDEN_CANCEL_A_DAY = 0.00010
_STAYS_AFTER_ALL = 0.30
_HISTORY_DAYS = 120  # customers may have turned away before the first simulated day


def stream(seed: int, block: int, name: str) -> np.random.Generator:
    """The random stream of one kind of draw for one block of customers."""
    return np.random.default_rng((seed, block, crc32(name.encode())))


@dataclass(frozen=True)
class Customers:
    """A block of n customers: arrays of shape (n,). Days may be negative or `NEVER`."""

    plan: Ints
    contract: Ints
    payment_method: Ints
    region: Ints
    name: Ints
    birth_year: Ints
    fee_eur: Floats
    billing_day: Ints  # of the month, from 1
    signed_up_day: Ints
    turned_day: Ints
    returned_day: Ints
    cancelled_day: Ints
    fade_days: Floats
    fade_depth: Floats
    minutes_a_day: Floats
    mb_a_day: Floats
    sms_a_day: Floats
    tickets_a_day: Floats
    late_share: Floats

    def fading(self, day: Ints) -> Floats:
        """How far each customer has turned away, 0 to 1; `day` broadcasts against shape (n, 1)."""
        since = (day - self.turned_day[:, None]) / self.fade_days[:, None]
        is_back = day >= self.returned_day[:, None]
        return np.where(is_back, 0.0, np.clip(since, 0.0, 1.0))

    def is_active(self, day: Ints) -> NDArray[np.bool_]:
        """Whether each is a customer on `day`, the day of cancelling included; shape as for `fading`."""
        return (day >= self.signed_up_day[:, None]) & (day <= self.cancelled_day[:, None])


def simulate_customers(seed: int, block: int, n: int, days: int) -> Customers:
    """Draw `n` customers of block `block`, with all that will happen to them within `days` days."""

    def draw(name: str) -> np.random.Generator:
        return stream(seed, block, name)

    def choose(name: str, shares: tuple[float, ...]) -> Ints:
        edges = np.cumsum(shares)[:-1]
        return np.searchsorted(edges, draw(name).random(n), side="right")

    plan = choose("plan", _PLAN_SHARES)
    contract = choose("contract", _CONTRACT_SHARES)
    habit = choose("habit", _HABIT_SHARES)
    appetite = _PLAN_USE[plan] * np.exp(0.45 * draw("appetite").standard_normal(n))
    trouble = draw("trouble").gamma(1.2, 1.0, n)
    late_share = draw("late").beta(0.8, 7.0, n)
    fee_eur = np.round(_PLAN_FEES_EUR[plan] * (1 - 0.08 * contract), 2)
    signed_up_day = _signed_up_day(draw("tenure"), n, days)

    price_per_use = np.log(fee_eur / (5 + 0.02 * _HABIT_MB_A_DAY[habit] * appetite))
    tenure_years = np.maximum(-signed_up_day, 0) / 365
    pull = (
        _CONTRACT_EFFECT[contract]
        + 1.1 * np.exp(-tenure_years)
        + 0.45 * price_per_use
        + 0.55 * (trouble - 1.2)
        + 4.0 * (late_share - 0.1)
    )
    stays = draw("stays").random(n) < _STAYS_AFTER_ALL
    waits = draw("waits").standard_exponential((n, 4))
    turned_day, returned_day, cancelled_day = _leaving(waits, stays, pull, signed_up_day, days)
    return Customers(
        plan=plan,
        contract=contract,
        payment_method=choose("payment", (0.55, 0.30, 0.15)),
        region=choose("region", (0.2, 0.25, 0.15, 0.22, 0.18)),
        name=draw("name").integers(0, 1_000_000, n),
        birth_year=draw("birth").integers(1940, 2008, n),
        fee_eur=fee_eur,
        billing_day=draw("billing").integers(1, 29, n),
        signed_up_day=signed_up_day,
        turned_day=turned_day,
        returned_day=returned_day,
        cancelled_day=cancelled_day,
        fade_days=8 + draw("fade").gamma(2.0, 9.0, n),
        fade_depth=draw("depth").beta(3.0, 1.6, n),
        minutes_a_day=_HABIT_MINUTES_A_DAY[habit] * appetite,
        mb_a_day=_HABIT_MB_A_DAY[habit] * appetite,
        sms_a_day=_HABIT_SMS_A_DAY[habit] * appetite,
        tickets_a_day=0.0035 * (0.15 + trouble),
        late_share=late_share,
    )


def _signed_up_day(random: np.random.Generator, n: int, days: int) -> Ints:
    """Tenures of up to ten years; about one customer in twenty signs up within the simulation."""
    draws = random.random((n, 2))
    before = -(1 + 3650 * draws[:, 1] ** 1.8).astype(np.int64)
    within = (days * draws[:, 1]).astype(np.int64)
    return np.where(draws[:, 0] < 0.05, within, before)


def _leaving(
    waits: Floats, stays: NDArray[np.bool_], pull: Floats, signed_up_day: Ints, days: int
) -> tuple[Ints, Ints, Ints]:
    """When each customer turns away, comes back, and cancels (within the simulation, or `NEVER`)."""
    earliest = np.maximum(signed_up_day, -_HISTORY_DAYS)
    turned = earliest + waits[:, 0] / (_TURN_AWAY_A_DAY * np.exp(pull))
    dwell = 25 + 20 * (waits[:, 1] + 0.5 * waits[:, 2])
    sudden = np.maximum(signed_up_day, 0) + 1 + waits[:, 3] / _SUDDEN_CANCEL_A_DAY
    cancelled = np.minimum(np.where(stays, NEVER, turned + dwell), sudden)
    # whoever would have cancelled before the first day came back instead: no one starts cancelled
    is_too_early = cancelled < np.maximum(signed_up_day, 0)
    returned = np.where(stays | is_too_early, turned + dwell, NEVER)
    cancelled = np.where(is_too_early, sudden, cancelled)
    cancelled = np.where(cancelled < days, cancelled, NEVER)
    return (
        np.minimum(turned, NEVER).astype(np.int64),
        np.minimum(returned, NEVER).astype(np.int64),
        cancelled.astype(np.int64),
    )
