"""A German web shop with text in German, and a chain of stores."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING

from benchmarks.discovery import making as m
from benchmarks.discovery.truth import Column, Table, reference

if TYPE_CHECKING:
    from random import Random

_CUSTOMERS, _ORDERS, _ARTICLES = 700, 1500, 220


def tables() -> list[Table]:
    """The shop's tables and the chain's."""
    r = m.maker("trade")
    numbers = m.numbered(r, _CUSTOMERS, 4)
    firsts, lasts = m.people(r, _CUSTOMERS)
    emails = m.mails(r, firsts, lasts)
    customers = Table(
        "webshop.kunden",
        (
            Column("kundennummer", [f"K-{n:06d}" for n in numbers], "string", "identifier"),
            Column("vorname", firsts, "string", "name", personal="name"),
            Column("nachname", lasts, "string", "name", personal="name"),
            Column("email", m.missing(r, emails, 0.03), "string", "email", personal="email"),
            Column(
                "strasse", m.addresses(r, _CUSTOMERS, m.STRASSEN), "string", "address", personal="address"
            ),
            Column(
                "plz",
                [f"{r.randint(1067, 99998):05d}" for _ in numbers],
                "string",
                "postcode",
                personal="address|",
            ),
            Column("ort", m.picks(r, _CUSTOMERS, m.CITIES), "string", "city|category", personal="address|"),
            Column(
                "geburtsdatum",
                [f"{d:%d.%m.%Y}" for d in m.births(r, _CUSTOMERS)],
                "date",
                "date",
                personal="date of birth",
            ),
            Column("newsletter", m.picks(r, _CUSTOMERS, ["ja", "nein"]), "boolean", ""),
            Column(
                "kundengruppe",
                m.picks(r, _CUSTOMERS, ["neu", "stamm", "gold"], [5, 3, 1]),
                "string",
                "category",
            ),
        ),
        keys=("kundennummer",),
        delimiter=";",
    )
    skus = [f"{r.choice(['AB', 'KX', 'TL'])}-{n}" for n in m.numbered(r, _ARTICLES, 1040, 9)]
    names = [f"{a} {b}" for a in ("Lampe", "Tisch", "Stuhl", "Regal", "Kissen") for b in m.LAST]
    articles = Table(
        "webshop.artikel",
        (
            Column("artikelnr", skus, "string", "identifier"),
            Column("bezeichnung", m.picks(r, _ARTICLES, names), "string", ""),
            Column("warengruppe", m.picks(r, _ARTICLES, ["Wohnen", "Küche", "Büro"]), "string", "category"),
            Column(
                "preis",
                [m.german(v) + " €" for v in m.money(r, _ARTICLES, 5, 900, "{:,.2f}")],
                "number",
                "money",
            ),
            Column("gewicht_kg", [m.german(v) for v in m.money(r, _ARTICLES, 0.2, 60)], "number", "weight|"),
            Column("ean", m.made(_ARTICLES, lambda: m.ean(r)), "string", "ean|code"),
        ),
        keys=("artikelnr",),
        delimiter=";",
    )
    order_numbers = m.numbered(r, _ORDERS, 100_017, 7)
    bought = m.days(r, _ORDERS)
    orders = Table(
        "webshop.bestellungen",
        (
            Column("bestellnr", order_numbers, "integer", "identifier"),
            # Written without prefix and zeros; a few of customers who are gone.
            Column(
                "kunde",
                [str(r.choice(numbers)) if r.random() > 0.02 else str(900_000 + i) for i in range(_ORDERS)],
                "integer",
                "identifier",
                refers="webshop.kunden.kundennummer",
            ),
            Column("bestelldatum", [f"{d:%d.%m.%y}" for d in bought], "date", "date"),
            Column(
                "summe", [m.german(v) for v in m.money(r, _ORDERS, 9, 4000, "{:,.2f}")], "number", "money"
            ),
            Column("waehrung", m.picks(r, _ORDERS, ["EUR", "CHF"], [9, 1]), "string", "currency"),
            Column("bemerkung", m.missing(r, m.texts(r, _ORDERS), 0.8), "string", "free text"),
        ),
        keys=("bestellnr",),
        delimiter=";",
    )
    lines = [(n, p + 1) for n in order_numbers for p in range(r.choice([1, 1, 2, 3]))]
    items = Table(
        "webshop.positionen",
        (
            Column(
                "bestellnr",
                [n for n, _ in lines],
                "integer",
                "identifier",
                refers="webshop.bestellungen.bestellnr",
            ),
            Column("pos", [p for _, p in lines], "integer", ""),
            Column(
                "artikelnr",
                [s.lower() for s in m.picks(r, len(lines), skus)],
                "string",
                "identifier",
                refers="webshop.artikel.artikelnr",
            ),
            Column("menge", m.picks(r, len(lines), [1, 2, 3, 10], [8, 3, 1, 1]), "integer", ""),
            Column(
                "rabatt", m.picks(r, len(lines), ["0 %", "5 %", "12,5 %"], [8, 1, 1]), "number", "percentage"
            ),
        ),
        keys=("bestellnr, pos",),
        delimiter=";",
    )
    back = sorted(r.sample(lines, 260))
    returns = Table(
        "webshop.retouren",
        (
            Column("retoure_id", m.numbered(r, 260, 7), "integer", "identifier"),
            Column(
                "bestellnr",
                [n for n, _ in back],
                "integer",
                "identifier",
                refers="?webshop.bestellungen.bestellnr",
            ),
            Column("pos", [p for _, p in back], "integer", ""),
            Column(
                "grund",
                m.picks(r, 260, ["defekt", "Defekt", "DEFEKT ", "passt nicht", "k.A."]),
                "string",
                "category",
            ),
            Column("eingang", [f"{d:%Y%m%d}" for d in m.days(r, 260)], "date", "date"),
        ),
        keys=("retoure_id",),
        references=(reference("bestellnr, pos", "webshop.positionen", "bestellnr, pos"),),
        delimiter=";",
    )
    return [customers, articles, orders, items, returns, *_chain()]


def _chain() -> list[Table]:
    r = m.maker("chain")
    stores = m.numbered(r, 40, 1, 1)
    store = Table(
        "chain.stores",
        (
            Column("store_id", stores, "integer", "identifier"),
            Column("store_name", [f"Store {m.LAST[n % 30]} {n}" for n in stores], "string", ""),
            Column(
                "city",
                m.picks(r, 40, ["Berlin", "berlin", "BERLIN ", "Leeds", "Porto"]),
                "string",
                "city|category",
            ),
            Column("lat", [f"{r.uniform(38, 59):.5f}" for _ in stores], "number", "latitude"),
            Column("lon", [f"{r.uniform(-8, 18):.5f}" for _ in stores], "number", "longitude"),
            Column("opened", [f"{d:%b %d, %Y}" for d in m.days(r, 40, "1995-01-01", 9000)], "date", "date"),
            Column("size_sqm", m.made(40, lambda: r.randint(12, 99) * 10), "integer", "area|"),
        ),
        keys=("store_id",),
    )
    first = date(2024, 1, 1)
    kept = [(s, first + timedelta(days=d)) for d in range(45) for s in stores if r.random() > 0.03]
    sales = Table(
        "chain.daily_sales",
        (
            Column("day", [str(d) for _, d in kept], "date", "date"),
            Column("store", [s for s, _ in kept], "integer", "identifier", refers="chain.stores.store_id"),
            Column("visitors", m.made(len(kept), lambda: r.randint(1, 40)), "integer", ""),
            Column("revenue", m.money(r, len(kept), 100, 20_000, "${:,.2f}"), "number", "money"),
            Column("share_online", [f"{r.random():.3f}" for _ in kept], "number", "share"),
            Column("weather_code", m.picks(r, len(kept), [1, 2, 3, 4, 5]), "integer|string", "category|code"),
        ),
        keys=("day, store",),
    )
    wine = Table(
        "chain.product_reviews",
        (
            Column("RowNumber", list(range(1, 601)), "integer", ""),
            Column("product_name", m.picks(r, 600, [f"{a} Deluxe" for a in m.LAST]), "string", ""),
            Column("stars", m.picks(r, 600, [1, 2, 3, 4, 5]), "integer", "ordered category|category"),
            Column("review", m.texts(r, 600), "string", "free text"),
            Column("helpful_votes", m.made(600, lambda: r.randint(0, 30)), "integer", ""),
        ),
    )
    return [store, sales, wine, _till(r)]


def _till(r: Random) -> Table:
    """All in one table: sales with their customers, articles and stores; a few prices are otherwise."""
    countries = m.words("DE AT CH FR PT UK US PL SE ES")
    cities = [(name[:3].upper(), name, code) for name, code in zip(m.CITIES, countries, strict=True)]
    firsts, lasts = m.people(r, 240)
    people = [
        (f"C-{n}", f"{first} {last}", *r.choice(cities))
        for n, first, last in zip(m.numbered(r, 240, 50), firsts, lasts, strict=True)
    ]
    goods = [
        (f"A{n}", f"{a} {b}", f"{r.uniform(2, 90):.2f}")
        for n, (a, b) in enumerate(
            product(m.words("Lamp Desk Chair Shelf"), m.words("oak black white steel blue"))
        )
    ]
    tills = [(n, r.choice(["express", "staffed"]), r.choice(["N", "S"])) for n in range(1, 9)]
    slips = [
        (n, str(day), *r.choice(people))
        for n, day in zip(m.numbered(r, 900, 7000), m.days(r, 900), strict=True)
    ]
    rows = [
        (*slip, *r.choice(goods), *r.choice(tills), r.randint(1, 9))
        for slip in slips
        for _ in range(r.randint(1, 5))
    ]
    rows = [(*row[:9], "0.99" if n in {40, 700} else row[9], *row[10:]) for n, row in enumerate(rows)]
    names = m.words(
        "slip_no sold_on customer_id customer_name city_id city country article_id article price till till_kind side "
        "quantity"
    )
    kinds = dict(zip(names, zip(*rows, strict=True), strict=True))
    types = {
        "slip_no": "integer",
        "sold_on": "date",
        "price": "number",
        "till": "integer",
        "quantity": "integer",
    }
    identifiers = {"slip_no", "customer_id", "city_id", "article_id"}
    means = dict.fromkeys(identifiers, "identifier|category") | {
        "sold_on": "date",
        "customer_name": "name|",
        "price": "money",
    }
    return Table(
        "chain.till",
        tuple(
            Column(
                name,
                values,
                types.get(name, "string"),
                means.get(name, "category|city|country|code|ordered category|free text|"),
                personal="name" if name == "customer_name" else "",
            )
            for name, values in kinds.items()
        ),
        depends=(
            ("slip_no", ("sold_on", "customer_id")),
            ("customer_id", ("customer_name", "city_id")),
            ("city_id", ("city", "country")),
            ("article_id", ("article", "price")),
        ),
    )
