"""An airline, a hotel and a carrier of parcels."""

from __future__ import annotations

from datetime import timedelta

from benchmarks.discovery import making as m
from benchmarks.discovery.truth import Column, Table, reference


def tables() -> list[Table]:
    """The airline's, the hotel's and the carrier's tables."""
    return [*_airline(), *_hotel(), *_logistics()]


def _airline() -> list[Table]:
    r = m.maker("airline")
    codes = m.words(
        "JFK LHR BER MUC CDG AMS OSL FRA ZRH VIE LIS MAD FCO ARN CPH WAW PRG BUD ATH IST DUB EDI MAN LYS"
    )
    countries = m.words("US GB DE DE FR NL NO DE CH AT PT ES IT SE DK PL CZ HU GR TR IE GB GB FR")
    airports = Table(
        "airline.airports",
        (
            Column("iata", codes, "string", "identifier|iata|code"),
            Column("airport_name", [f"{c.title()} International" for c in codes], "string", ""),
            Column("country", countries, "string", "country"),
            Column("lat", [f"{r.uniform(37, 60):.4f}" for _ in codes], "number", "latitude"),
            Column("lng", [f"{r.uniform(-74, 29):.4f}" for _ in codes], "number", "longitude"),
            Column("elevation_ft", m.made(24, lambda: r.randint(-11, 1700)), "integer", "length|"),
        ),
        keys=("iata",),
    )
    tails = [f"D-A{a}{b}{c}" for a in "IBE" for b in "KLMNO" for c in "ABCDE"]
    aircraft = Table(
        "airline.aircraft",
        (
            Column("tail_number", tails, "string", "identifier"),
            Column("model", m.picks(r, 75, ["A320", "A321", "B737", "E190"]), "string", "category"),
            Column("seats", m.picks(r, 75, [100, 150, 180, 220]), "integer", ""),
            Column("built", m.made(75, lambda: r.randint(1998, 2022)), "integer", "year"),
        ),
        keys=("tail_number",),
    )
    days = [f"2024-03-{d:02d}" for d in range(1, 29)]
    numbers = [(c, v) for c in ("XA", "XB") for v in m.numbered(r, 25, 101, 9)]
    flown = [(c, v, d) for d in days for c, v in numbers if r.random() < 0.9]
    n = len(flown)
    flights = Table(
        "airline.flights",
        (
            Column("flight_date", [d for _, _, d in flown], "date", "date"),
            Column("carrier", [c for c, _, _ in flown], "string", "category"),
            Column("flight_number", [v for _, v, _ in flown], "integer|string", "identifier|"),
            Column(
                "origin",
                m.picks(r, n, codes),
                "string",
                "iata|code|category|identifier",
                refers="airline.airports.iata",
            ),
            Column(
                "dest",
                m.picks(r, n, codes),
                "string",
                "iata|code|category|identifier",
                refers="airline.airports.iata",
            ),
            Column(
                "tailnum",
                [t if r.random() > 0.03 else "N999XX" for t in m.picks(r, n, tails)],
                "string",
                "identifier",
                refers="airline.aircraft.tail_number",
            ),
            Column(
                "dep_time",
                [f"{r.randint(5, 22):02d}:{r.choice([0, 15, 30, 45]):02d}" for _ in flown],
                "time|string",
                "time of day",
            ),
            Column(
                "dep_delay_min",
                m.missing(r, [int(r.gauss(4, 20)) for _ in flown], 0.02, "NA"),
                "integer",
                "duration",
            ),
        ),
        keys=("flight_date, carrier, flight_number",),
    )
    n = 1300
    chosen = m.picks(r, n, flown)
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    bookings = Table(
        "airline.bookings",
        (
            Column(
                "pnr",
                sorted({"".join(r.choices(letters, k=6)) for _ in range(n + 50)})[:n],
                "string",
                "identifier",
            ),
            Column(
                "passenger_name",
                [f"{b}/{a}".upper() for a, b in zip(*m.people(r, n), strict=True)],
                "string",
                "name",
                personal="name",
            ),
            Column(
                "passport_no",
                [f"C{m.digits(r, 8)}" for _ in chosen],
                "string",
                "national id|identifier",
                personal="national id",
            ),
            Column("carrier", [c for c, _, _ in chosen], "string", "category"),
            Column("flight_number", [v for _, v, _ in chosen], "integer|string", "identifier|"),
            Column("flight_date", [d for _, _, d in chosen], "date", "date"),
            Column("fare", m.money(r, n, 29, 900, "EUR {:.2f}"), "number", "money"),
            Column("cabin", m.picks(r, n, ["Y", "C", "F"], [20, 3, 1]), "string", "category"),
        ),
        keys=("pnr",),
        references=(
            reference(
                "flight_date, carrier, flight_number",
                "airline.flights",
                "flight_date, carrier, flight_number",
            ),
        ),
    )
    return [airports, aircraft, flights, bookings]


def _hotel() -> list[Table]:
    r = m.maker("hotel")
    rooms = [f"{floor}{v:02d}" for floor in range(1, 7) for v in range(1, 16)]
    room = Table(
        "hotel.rooms",
        (
            Column("room_no", rooms, "integer|string", "identifier"),
            Column(
                "category", m.picks(r, 90, ["single", "double", "suite"], [3, 5, 1]), "string", "category"
            ),
            Column("beds", m.picks(r, 90, [1, 2, 3]), "integer", ""),
            Column("sea_view", m.picks(r, 90, ["t", "f"]), "boolean|string", ""),
        ),
        keys=("room_no",),
    )
    n = 1400
    guests = m.people(r, 600)
    mails = m.mails(r, *guests)
    cancelled = m.chance(r, [0.3] * n)
    arrivals = m.days(r, n, "2023-01-01", 365)
    asked = [d - timedelta(days=r.randint(0, 200)) for d in arrivals]
    stays = Table(
        "hotel.reservations",
        (
            Column("RowNumber", list(range(1, n + 1)), "integer", ""),
            Column("reservation_id", m.numbered(r, n, 88_020, 11), "integer", "identifier"),
            Column(
                "guest_email",
                m.picks(r, n, mails),
                "string",
                "email",
                personal="email",
                refers="hotel.guests.email",
            ),
            Column(
                "room", m.picks(r, n, rooms), "integer|string", "identifier", refers="hotel.rooms.room_no"
            ),
            Column("booked_on", [f"{d:%d %B %Y}" for d in asked], "date", "date"),
            Column("arrival", [f"{d:%d %B %Y}" for d in arrivals], "date", "date"),
            Column("nights", m.made(n, lambda: r.randint(1, 14)), "integer", "duration|"),
            Column("adults", m.picks(r, n, [1, 2, 3, 4]), "integer", ""),
            Column("rate_per_night", m.money(r, n, 60, 480, "{:.2f} EUR"), "number", "money"),
            Column("is_canceled", [int(c) for c in cancelled], "integer|boolean", "", is_label=True),
            Column(
                "cancelled_at",
                [
                    str(d - timedelta(days=r.randint(0, 20))) if c else ""
                    for c, d in zip(cancelled, arrivals, strict=True)
                ],
                "date",
                "date",
                is_leak=True,
            ),
            Column(
                "reservation_status",
                ["Canceled" if c else r.choice(["Check-Out", "Check-Out", "No-Show"]) for c in cancelled],
                "string",
                "category",
                is_leak=True,
            ),
        ),
        keys=("reservation_id",),
    )
    guest = Table(
        "hotel.guests",
        (
            Column("email", mails, "string", "email", personal="email"),
            Column("first_name", guests[0], "string", "name", personal="name"),
            Column("last_name", guests[1], "string", "name", personal="name"),
            Column(
                "nationality",
                m.picks(r, 600, ["DEU", "FRA", "GBR", "POL", "ITA"]),
                "string",
                "country",
                personal="nationality|",
            ),
            Column("language", m.picks(r, 600, ["de", "fr", "en", "pl", "it"]), "string", "language"),
            Column("loyalty_points", m.made(600, lambda: int(r.random() ** 4 * 9000)), "integer", ""),
        ),
        keys=("email",),
    )
    return [room, stays, guest]


def _logistics() -> list[Table]:
    r = m.maker("logistics")
    codes = [f"WH{v:02d}" for v in range(1, 19)]
    warehouses = Table(
        "logistics.warehouses",
        (
            Column("code", codes, "string", "identifier|code"),
            Column("street_address", m.addresses(r, 18), "string", "address"),
            Column(
                "postcode",
                [
                    f"{r.choice('BLM')}{r.randint(1, 20)} {r.randint(1, 9)}{r.choice('ABD')}{r.choice('EFG')}"
                    for _ in codes
                ],
                "string",
                "postcode",
            ),
            Column("capacity_m3", m.made(18, lambda: r.randint(5, 90) * 100), "integer", "volume|"),
        ),
        keys=("code",),
    )
    carriers = list(range(1, 9))
    carrier = Table(
        "logistics.carriers",
        (
            Column("carrier_id", carriers, "integer", "identifier"),
            Column("carrier_name", [f"{a} Freight" for a in m.LAST[:8]], "string", ""),
            Column(
                "phone",
                [f"0800 {r.randint(100, 999)} {r.randint(1000, 9999)}" for _ in carriers],
                "string",
                "phone",
            ),
        ),
        keys=("carrier_id",),
    )
    n = 1200
    numbers = m.numbered(r, n, 3007, 5)
    sent = m.days(r, n, "2024-01-01", 120)
    shipments = Table(
        "logistics.shipments",
        (
            Column("shipment_no", numbers, "integer", "identifier"),
            Column(
                "from_warehouse",
                m.picks(r, n, codes),
                "string",
                "identifier|category|code",
                refers="logistics.warehouses.code",
            ),
            Column(
                "to_warehouse",
                [c + " " if r.random() < 0.1 else c for c in m.picks(r, n, codes)],
                "string",
                "identifier|category|code",
                refers="logistics.warehouses.code",
            ),
            Column(
                "carrier",
                m.picks(r, n, carriers),
                "integer",
                "identifier",
                refers="logistics.carriers.carrier_id",
            ),
            Column("parcels", m.made(n, lambda: r.randint(1, 8)), "integer", ""),
            Column("weight_kg", [f"{r.uniform(0.3, 900):.1f}" for _ in sent], "number", "weight"),
            Column("shipped_on", [str(d) for d in sent], "date", "date"),
            Column(
                "delivered_on",
                [
                    str(d + timedelta(days=r.randint(1, 9))) if r.random() > 0.1 else "1900-01-01"
                    for d in sent
                ],
                "date",
                "date",
            ),
        ),
        keys=("shipment_no",),
    )
    n = 3000
    at = m.moments(r, n, "2024-01-01", 130)
    tracking = Table(
        "logistics.tracking",
        (
            Column(
                "shipment",
                [f"SHP-{v:08d}" for v in m.picks(r, n, numbers)],
                "string",
                "identifier",
                refers="logistics.shipments.shipment_no",
            ),
            Column("event_time", [f"{t:%Y-%m-%dT%H:%M:%SZ}" for t in at], "timestamp", "timestamp"),
            Column(
                "status",
                m.picks(r, n, ["picked up", "in transit", "In Transit", "delivered"]),
                "string",
                "category",
            ),
            Column(
                "scanner_ip",
                m.picks(r, n, m.made(30, lambda: m.ipv4(r))),
                "string",
                "ip",
                personal="network address|",
            ),
        ),
        keys=("shipment, event_time", ""),
    )
    return [warehouses, carrier, shipments, tracking]
