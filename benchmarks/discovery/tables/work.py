"""An employer, and a service that is rented by the month."""

from __future__ import annotations

import json
from datetime import timedelta

from benchmarks.discovery import making as m
from benchmarks.discovery.truth import Column, Table


def tables() -> list[Table]:
    """The employer's tables and the service's."""
    return [*_hr(), *_saas()]


def _hr() -> list[Table]:
    r = m.maker("hr")
    n = 640
    numbers = [f"{v:05d}" for v in m.numbered(r, n, 12, 9)]
    bosses = numbers[:40]
    firsts, lasts = m.people(r, n)
    left = m.chance(r, [0.16] * n)
    hired = m.days(r, n, "2008-01-01", 5000)
    employees = Table(
        "hr.employees",
        (
            Column("emp_no", numbers, "string", "identifier"),
            Column("prenom", firsts, "string", "name", personal="name"),
            Column("nom", lasts, "string", "name", personal="name"),
            Column("work_email", m.mails(r, firsts, lasts), "string", "email", personal="email"),
            Column(
                "reports_to",
                ["" if i == 0 else r.choice(bosses) for i in range(n)],
                "string",
                "identifier",
                refers="hr.employees.emp_no",
            ),
            Column(
                "dept",
                m.picks(r, n, list(range(1, 10))),
                "integer",
                "identifier|category",
                refers="hr.departments.dept_id",
            ),
            Column("date_embauche", [f"{d:%d/%m/%Y}" for d in hired], "date", "date"),
            Column(
                "salaire_annuel",
                [
                    f"{r.randint(240, 1100)} 00".replace(" ", "")[:-2] + " " + f"{r.randint(0, 9)}00"
                    for _ in numbers
                ],
                "integer|number",
                "money",
                personal="salary|",
            ),
            Column(
                "disability",
                m.picks(r, n, ["none", "hearing", "mobility"], [30, 1, 1]),
                "string",
                "category",
                personal="health",
            ),
            Column("attrition", ["Yes" if v else "No" for v in left], "boolean", "", is_label=True),
            Column(
                "last_working_day",
                [
                    f"{d + timedelta(days=r.randint(100, 900)):%d/%m/%Y}" if v else ""
                    for v, d in zip(left, hired, strict=True)
                ],
                "date",
                "date",
                is_leak=True,
            ),
        ),
        keys=("emp_no",),
    )
    departments = Table(
        "hr.departments",
        (
            Column("dept_id", list(range(1, 10)), "integer", "identifier"),
            Column("dept_name", m.words("Sales IT Legal HR Finance Support Lab Plant Board"), "string", ""),
            Column("head_emp_no", r.sample(bosses, 9), "string", "identifier", refers="hr.employees.emp_no"),
            Column("budget_usd", m.money(r, 9, 100_000, 9_000_000, "{:,.0f}"), "integer|number", "money"),
        ),
        keys=("dept_id",),
    )
    n = 900
    begun = m.days(r, n, "2023-01-01", 365)
    leave = Table(
        "hr.leave",
        (
            Column("request", [f"LR{v}" for v in m.numbered(r, n, 70_001)], "string", "identifier"),
            Column(
                "employee",
                [str(int(v)) for v in m.picks(r, n, numbers)],
                "integer",
                "identifier",
                refers="hr.employees.emp_no",
            ),
            Column(
                "approver",
                [str(int(v)) for v in m.picks(r, n, bosses)],
                "integer",
                "identifier",
                refers="hr.employees.emp_no",
            ),
            Column("from_day", [f"{d:%a %d %b %Y}" for d in begun], "date", "date"),
            Column("days", m.made(n, lambda: r.randint(1, 20)), "integer", "duration"),
            Column(
                "kind",
                m.picks(r, n, ["holiday", "sick", "parental"]),
                "string",
                "category",
                personal="health|",
            ),
        ),
        keys=("request",),
    )
    return [employees, departments, leave]


def _saas() -> list[Table]:
    r = m.maker("saas")
    n = 260
    accounts = m.uuids(r, n)
    churned = m.chance(r, [0.22] * n)
    account = Table(
        "saas.accounts",
        (
            Column("id", accounts, "string", "identifier|uuid"),
            Column(
                "company",
                [
                    f"{a} {b}"
                    for a, b in zip(
                        m.picks(r, n, m.LAST), m.picks(r, n, ["GmbH", "Ltd", "SA", "Inc"]), strict=True
                    )
                ],
                "string",
                "",
            ),
            Column(
                "plan", m.picks(r, n, ["free", "team", "enterprise"]), "string", "ordered category|category"
            ),
            Column("seats", m.made(n, lambda: r.randint(1, 80)), "integer", ""),
            Column("mrr", m.money(r, n, 0, 4000), "number", "money"),
            Column("created", [f"{d:%Y-%m-%d}" for d in m.days(r, n, "2020-01-01", 1200)], "date", "date"),
            Column("churned", [bool(c) for c in churned], "boolean", "", is_label=True),
            Column(
                "final_invoice_sent",
                [bool(c and r.random() < 0.9) for c in churned],
                "boolean",
                "",
                is_leak=True,
            ),
        ),
        keys=("id",),
        format="jsonl",
    )
    n = 1200
    users = m.numbered(r, n, 1, 1)
    firsts, lasts = m.people(r, n)
    user = Table(
        "saas.users",
        (
            Column("user_id", users, "integer", "identifier"),
            Column(
                "account_id", m.picks(r, n, accounts), "string", "identifier|uuid", refers="saas.accounts.id"
            ),
            Column(
                "display_name",
                [f"{a} {b[0]}." for a, b in zip(firsts, lasts, strict=True)],
                "string",
                "name",
                personal="name",
            ),
            Column("email", m.mails(r, firsts, lasts), "string", "email", personal="email"),
            Column(
                "invited_by",
                ["" if i < 260 else r.randint(1, 260) for i in range(n)],
                "integer",
                "identifier",
                refers="saas.users.user_id",
            ),
            Column("locale", m.picks(r, n, ["en-US", "de-DE", "fr-FR"]), "string", "language|category"),
            Column(
                "timezone",
                m.picks(r, n, ["UTC", "Europe/Berlin", "America/New_York"]),
                "string",
                "category|timezone",
            ),
        ),
        keys=("user_id",),
    )
    n = 3000
    at = m.moments(r, n, "2024-04-01", 60)
    events = Table(
        "saas.events",
        (
            Column("event_id", m.uuids(r, n), "string", "identifier|uuid"),
            Column("user", m.picks(r, n, users), "integer", "identifier", refers="saas.users.user_id"),
            Column(
                "ts",
                [int(t.timestamp() * 1000) + r.randrange(1000) for t in at],
                "integer|timestamp",
                "epoch milliseconds",
            ),
            Column("event", m.picks(r, n, ["login", "export", "share", "invite"]), "string", "category"),
            Column(
                "url",
                [
                    f"https://app.example.com/{a}/{r.randint(1, 400)}"
                    for a in m.picks(r, n, ["doc", "board", "admin"])
                ],
                "string",
                "url",
            ),
            Column("ip", m.made(n, lambda: m.ipv4(r)), "string", "ip", personal="network address"),
            Column(
                "properties",
                [json.dumps({"ms": r.randint(5, 900), "ok": r.random() > 0.1}) for _ in at],
                "string|object",
                "json",
            ),
            Column("latency_ms", m.made(n, lambda: r.randint(5, 2000)), "integer", "duration"),
        ),
        keys=("event_id",),
        format="jsonl",
    )
    tickets = Table(
        "saas.tickets",
        (
            Column("#", list(range(1, 401)), "integer", "identifier|"),
            Column(
                "requester_email",
                m.picks(r, 400, user.columns[3].values),
                "string",
                "email",
                personal="email",
                refers="?saas.users.email",
            ),
            Column("subject", m.texts(r, 400, 3, 6), "string", "free text|"),
            Column("priority", m.picks(r, 400, ["P1", "P2", "P3"]), "string", "ordered category|category"),
            Column(
                "opened",
                [f"{t:%Y-%m-%d %H:%M:%S+02:00}" for t in m.moments(r, 400)],
                "timestamp",
                "timestamp",
            ),
            Column(
                "csat",
                m.missing(r, m.picks(r, 400, [1, 2, 3, 4, 5]), 0.4, 9999),
                "integer",
                "ordered category|category",
            ),
        ),
        keys=("#", ""),
    )
    return [account, user, events, tickets]
