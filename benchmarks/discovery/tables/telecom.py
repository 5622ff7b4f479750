"""A mobile network: subscribers, plans, calls, cells, months."""

from __future__ import annotations

from benchmarks.discovery import making as m
from benchmarks.discovery.truth import Column, Table


def tables() -> list[Table]:
    """The network's tables."""
    r = m.maker("telecom")
    n = 900
    subscribers = m.numbered(r, n, 500_100, 6)
    msisdns = [f"+49151{r.randint(10_000_000, 99_999_999)}" for _ in subscribers]
    plans = list(range(1, 13))
    churn = m.chance(r, [0.2] * n)
    subscriber = Table(
        "telecom.subscribers",
        (
            Column("subscriber_id", subscribers, "integer", "identifier"),
            Column("msisdn", msisdns, "string", "phone", personal="phone"),
            Column(
                "imei", m.made(n, lambda: m.imei(r)), "string", "device id|identifier", personal="device id"
            ),
            Column("plan_id", m.picks(r, n, plans), "integer", "identifier", refers="telecom.plans.plan_id"),
            Column("voice_mail_plan", m.picks(r, n, ["yes", "no"]), "boolean", ""),
            Column("number_vmail_messages", m.made(n, lambda: r.randint(0, 50)), "integer", ""),
            Column("total_day_minutes", m.money(r, n, 0, 350, "{:.1f}"), "number", "duration"),
            Column("account_length", m.made(n, lambda: r.randint(1, 220)), "integer", "duration|"),
            Column("churn", ["True." if c else "False." for c in churn], "boolean|string", "", is_label=True),
            Column(
                "cancellation_reason",
                [r.choice(["price", "network", "moved"]) if c else "" for c in churn],
                "string",
                "category",
                is_leak=True,
            ),
        ),
        keys=("subscriber_id",),
    )
    plan = Table(
        "telecom.plans",
        (
            Column("plan_id", plans, "integer", "identifier"),
            Column(
                "plan_name",
                [f"Plan {a}" for a in m.words("S M L XL Surf Talk Max Duo Kids Go Pro Flat")],
                "string",
                "",
            ),
            Column(
                "monthly_fee_eur",
                [
                    "9.99",
                    "14.99",
                    "19.99",
                    "29.99",
                    "12.50",
                    "7.99",
                    "39.99",
                    "24.90",
                    "5.00",
                    "8.00",
                    "49.00",
                    "59.90",
                ],
                "number",
                "money",
            ),
            Column("data_gb", [1, 3, 10, 30, 20, 1, 100, 15, 1, 2, 200, 999], "integer", "data size|"),
        ),
        keys=("plan_id",),
    )
    n = 3000
    cells = [f"{r.getrandbits(28):07x}" for _ in range(120)]
    at = m.moments(r, n, "2024-02-01", 60)
    calls = Table(
        "telecom.calls",
        (
            Column(
                "caller",
                m.picks(r, n, msisdns),
                "string",
                "phone",
                refers="telecom.subscribers.msisdn",
                personal="phone",
            ),
            Column("started", [int(t.timestamp()) for t in at], "integer|timestamp", "epoch seconds"),
            Column("duration_s", m.made(n, lambda: r.randint(1, 3600)), "integer", "duration"),
            Column("cell", m.picks(r, n, cells), "string", "identifier", refers="telecom.cells.cell_id"),
            Column("direction", m.picks(r, n, ["in", "out"]), "string", "category"),
        ),
        keys=("caller, started", ""),
        format="jsonl",
    )
    cell = Table(
        "telecom.cells",
        (
            Column("cell_id", cells, "string", "identifier"),
            Column("latitude", [f"{r.uniform(47, 55):.6f}" for _ in cells], "number", "latitude"),
            Column("longitude", [f"{r.uniform(6, 15):.6f}" for _ in cells], "number", "longitude"),
            Column("technology", m.picks(r, 120, ["LTE", "5G", "5g", "lte"]), "string", "category"),
            Column(
                "mac", m.made(120, lambda: m.mac(r)), "string", "mac", personal="network address|device id|"
            ),
        ),
        keys=("cell_id",),
    )
    months = [f"2024{month:02d}" for month in range(1, 5)]
    kept = [(s, month) for s in subscribers[:450] for month in months]
    usage = Table(
        "telecom.usage",
        (
            Column(
                "subscriber_id",
                [s for s, _ in kept],
                "integer",
                "identifier",
                refers="telecom.subscribers.subscriber_id",
            ),
            Column("month", [month for _, month in kept], "integer|date|string", "month|date|"),
            Column(
                "mb_used",
                m.missing(r, m.money(r, len(kept), 0, 90_000, "{:.1f}"), 0.04, "NA"),
                "number",
                "data size|",
            ),
            Column("roaming_share", [f"{r.random() ** 4:.4f}" for _ in kept], "number", "share"),
        ),
        keys=("subscriber_id, month",),
    )
    return [subscriber, plan, calls, cell, usage]
