"""A bank and an insurer."""

from __future__ import annotations

from datetime import timedelta

from benchmarks.discovery import making as m
from benchmarks.discovery.truth import Column, Table


def tables() -> list[Table]:
    """The bank's tables and the insurer's."""
    return [*_bank(), *_insurance()]


def _bank() -> list[Table]:
    r = m.maker("bank")
    n = 600
    clients = m.numbered(r, n, 20_011, 5)
    firsts, lasts = m.people(r, n)
    names = [f"{last}, {first}" for first, last in zip(firsts, lasts, strict=True)]
    client = Table(
        "bank.clients",
        (
            Column("ClientID", clients, "integer", "identifier"),
            Column("FullName", names, "string", "name", personal="name"),
            Column("SSN", m.made(n, lambda: m.ssn(r)), "string", "national id", personal="national id"),
            Column(
                "DOB", [f"{d:%m/%d/%Y}" for d in m.births(r, n)], "date", "date", personal="date of birth"
            ),
            Column(
                "Phone",
                [f"({r.randint(201, 989)}) {r.randint(200, 999)}-{r.randint(1000, 9999)}" for _ in clients],
                "string",
                "phone",
                personal="phone",
            ),
            Column(
                "AnnualIncome",
                m.missing(r, m.money(r, n, 12_000, 300_000, "${:,.0f}"), 0.05, "N/A"),
                "number|integer",
                "money",
            ),
            Column(
                "RiskClass", m.picks(r, n, ["low", "medium", "high"]), "string", "ordered category|category"
            ),
            Column("NumberOfAddresses", m.picks(r, n, [1, 2, 3]), "integer", ""),
        ),
        keys=("ClientID",),
    )
    accounts = [f"{a:010d}" for a in m.numbered(r, 900, 4_700_123, 90_000)]
    codes = [f"B{i:02d}" for i in range(1, 26)]
    account = Table(
        "bank.accounts",
        (
            Column("account_no", accounts, "string", "identifier", personal="bank account|"),
            Column(
                "client_id", m.picks(r, 900, clients), "integer", "identifier", refers="bank.clients.ClientID"
            ),
            Column("iban", m.made(900, lambda: m.iban(r)), "string", "iban|", personal="bank account"),
            Column(
                "branch",
                m.picks(r, 900, codes),
                "string",
                "identifier|category",
                refers="bank.branches.branch_code",
            ),
            Column(
                "opened_on", [f"{d:%d-%b-%Y}" for d in m.days(r, 900, "2005-01-01", 6000)], "date", "date"
            ),
            Column(
                "balance",
                [f"({v})" if r.random() < 0.1 else v for v in m.money(r, 900, 0, 90_000, "{:,.2f}")],
                "number",
                "money",
            ),
            Column("currency", m.picks(r, 900, ["EUR", "USD", "GBP"], [6, 3, 1]), "string", "currency"),
        ),
        keys=("account_no",),
    )
    branch = Table(
        "bank.branches",
        (
            Column("branch_code", codes, "string", "identifier"),
            Column("city", m.picks(r, 25, m.CITIES), "string", "city|category"),
            Column(
                "manager",
                [f"{a} {b}" for a, b in zip(*m.people(r, 25), strict=True)],
                "string",
                "name",
                personal="name",
            ),
            Column("opening_hour", m.picks(r, 25, ["08:30", "09:00", "10:00"]), "time|string", "time of day"),
        ),
        keys=("branch_code",),
    )
    n = 2500
    at = m.moments(r, n)
    transactions = Table(
        "bank.transactions",
        (
            Column("txn_id", m.uuids(r, n), "string", "identifier|uuid"),
            # Text there, a number here: the zeros before it are gone.
            Column(
                "account",
                [int(a) for a in m.picks(r, n, accounts)],
                "integer",
                "identifier",
                refers="bank.accounts.account_no",
                personal="bank account|",
            ),
            Column("booked_at", [f"{t:%Y-%m-%d %H:%M:%S}" for t in at], "timestamp", "timestamp"),
            Column(
                "amount",
                [f"{v}-" if r.random() < 0.6 else v for v in m.money(r, n, 1, 5000)],
                "number",
                "money",
            ),
            Column(
                "card_number",
                m.missing(r, m.made(n, lambda: m.card(r)), 0.4),
                "string|integer",
                "card number",
                personal="card number",
            ),
            Column(
                "merchant",
                m.picks(r, n, ["Grocer", "Fuel", "Books", "Cinema", "Pharmacy"]),
                "string",
                "category",
            ),
            Column(
                "counterparty_iban",
                m.missing(r, m.made(n, lambda: m.iban(r)), 0.5),
                "string",
                "iban|",
                personal="bank account",
            ),
        ),
        keys=("txn_id",),
    )
    n = 800
    taken = m.days(r, n, "2018-01-01", 1500)
    failed = m.chance(r, [0.14] * n)
    loans = Table(
        "bank.loans",
        (
            Column("loan_id", [f"L{v}" for v in m.numbered(r, n, 5001)], "string", "identifier"),
            Column(
                "borrower_id",
                [c if r.random() > 0.01 else 1 for c in m.picks(r, n, clients)],
                "integer",
                "identifier",
                refers="bank.clients.ClientID",
            ),
            Column("granted", [str(d) for d in taken], "date", "date"),
            Column("principal", m.made(n, lambda: r.randint(2, 400) * 500), "integer", "money"),
            Column("interest", [f"{r.uniform(1, 12):.1f} %" for _ in taken], "number", "percentage"),
            Column("term_months", m.picks(r, n, [12, 24, 36, 60]), "integer", "duration|category"),
            Column("defaulted", ["Y" if f else "N" for f in failed], "boolean|string", "", is_label=True),
            Column(
                "recovered_amount",
                [f"{r.uniform(10, 900):.2f}" if f and r.random() < 0.9 else "" for f in failed],
                "number",
                "money",
                is_leak=True,
            ),
            Column(
                "written_off_on",
                [
                    str(d + timedelta(days=r.randint(200, 900))) if f else ""
                    for f, d in zip(failed, taken, strict=True)
                ],
                "date",
                "date",
                is_leak=True,
            ),
        ),
        keys=("loan_id",),
    )
    return [client, account, branch, transactions, loans]


def _insurance() -> list[Table]:
    r = m.maker("insurance")
    n = 800
    holders = m.numbered(r, n, 310, 4)
    firsts, lasts = m.people(r, n)
    # Two people were written down twice.
    twice = holders[:-2] + holders[100:102]
    holder = Table(
        "insurance.holders",
        (
            Column("holder_no", twice, "integer", "identifier"),
            Column("nameFirst", firsts, "string", "name", personal="name"),
            Column("nameLast", lasts, "string", "name", personal="name"),
            Column(
                "age", m.made(n, lambda: r.randint(18, 92)), "integer", "age", personal="age|date of birth|"
            ),
            Column("smoker", m.picks(r, n, ["on", "off"]), "boolean", "", personal="health|"),
            Column("home_address", m.addresses(r, n), "string", "address", personal="address"),
            Column("state", m.picks(r, n, ["CA", "TX", "NY", "WA"]), "string", "category"),
        ),
        near_key="holder_no",
    )
    n = 1000
    policies = [f"POL/{r.randint(2015, 2023)}/{v:05d}" for v in m.numbered(r, n, 12)]
    begun = m.days(r, n, "2015-01-01", 3000)
    left = m.chance(r, [0.25] * n)
    policy = Table(
        "insurance.policies",
        (
            Column("policy_no", policies, "string", "identifier"),
            Column(
                "holder",
                m.picks(r, n, holders[:-2]),
                "integer",
                "identifier",
                refers="insurance.holders.holder_no",
            ),
            Column(
                "broker_id",
                m.missing(r, m.picks(r, n, list(range(1, 61))), 0.2, "NULL"),
                "integer",
                "identifier",
                refers="insurance.brokers.broker_id",
            ),
            Column("product", m.picks(r, n, ["home", "motor", "life"]), "string", "category"),
            Column("annual_premium", m.money(r, n, 80, 3000), "number", "money"),
            Column("begins", [f"{d:%d/%m/%Y}" for d in begun], "date", "date"),
            Column("payment", m.picks(r, n, ["monthly", "yearly"]), "string", "category"),
            Column("lapsed", [int(v) for v in left], "integer|boolean", "", is_label=True),
            Column(
                "lapse_reason",
                [r.choice(["price", "moved", "other"]) if v else "" for v in left],
                "string",
                "category",
                is_leak=True,
            ),
        ),
        keys=("policy_no",),
    )
    n = 500
    frauds = m.chance(r, [0.08] * n)
    claims = Table(
        "insurance.claims",
        (
            Column("claim_id", [f"{v:08d}" for v in m.numbered(r, n, 733, 40)], "string", "identifier"),
            Column(
                "policy",
                [p.lower() for p in m.picks(r, n, policies)],
                "string",
                "identifier",
                refers="insurance.policies.policy_no",
            ),
            Column("occurred", [f"{d:%Y/%m/%d}" for d in m.days(r, n, "2023-01-01", 400)], "date", "date"),
            Column("amount_usd", m.money(r, n, 50, 25_000), "number", "money"),
            Column("description", m.texts(r, n, 8, 24), "string", "free text"),
            Column(
                "injury",
                m.missing(r, m.picks(r, n, ["whiplash", "fracture", "burn", "none"]), 0.1, "-"),
                "string",
                "category",
                personal="health",
            ),
            Column("is_fraud", ["true" if f else "false" for f in frauds], "boolean", "", is_label=True),
            Column(
                "investigator_finding",
                ["confirmed" if f and r.random() < 0.9 else "none" for f in frauds],
                "string",
                "category",
                is_leak=True,
            ),
        ),
        keys=("claim_id",),
    )
    brokers = Table(
        "insurance.brokers",
        (
            Column("broker_id", list(range(1, 61)), "integer", "identifier"),
            Column(
                "parent_broker_id",
                ["" if b < 5 else (b % 4) + 1 for b in range(1, 61)],
                "integer",
                "identifier",
                refers="insurance.brokers.broker_id",
            ),
            Column("company", [f"{a} Brokers Ltd" for a in m.LAST * 2], "string", ""),
            Column("website", [f"https://www.broker{b}.example.com" for b in range(1, 61)], "string", "url"),
            Column("rating", m.picks(r, 60, ["A", "B", "C"]), "string", "ordered category|category"),
        ),
        keys=("broker_id",),
    )
    return [holder, policy, claims, brokers]
