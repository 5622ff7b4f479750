"""A network of energy, a town's office, farms and a league."""

from __future__ import annotations

from datetime import datetime, timedelta

from benchmarks.discovery import making as m
from benchmarks.discovery.truth import Column, Table, reference


def tables() -> list[Table]:
    """The tables of all four."""
    return [*_energy(), *_town(), *_farm(), *_league()]


def _energy() -> list[Table]:
    r = m.maker("energy")
    meters = [f"1EMH00{m.digits(r, 8)}" for _ in range(150)]
    meter = Table(
        "energy.meters",
        (
            Column("meter", meters, "string", "identifier"),
            Column(
                "customer",
                [f"{a} {b}" for a, b in zip(*m.people(r, 150), strict=True)],
                "string",
                "name",
                personal="name",
            ),
            Column("street", m.addresses(r, 150, m.STRASSEN), "string", "address", personal="address"),
            Column("tariff", m.picks(r, 150, ["HT", "NT", "Öko"]), "string", "category"),
            Column(
                "installed", [f"{d:%d.%m.%Y}" for d in m.days(r, 150, "2012-01-01", 3000)], "date", "date"
            ),
        ),
        keys=("meter",),
        delimiter=";",
    )
    begin = datetime(2024, 1, 1)  # noqa: DTZ001 - meters write no zone
    read = [(n, begin + timedelta(hours=6 * i)) for n in meters[:60] for i in range(40)]
    readings = Table(
        "energy.readings",
        (
            Column("meter", [n for n, _ in read], "string", "identifier", refers="energy.meters.meter"),
            Column("read_at", [f"{t:%d.%m.%Y %H:%M}" for _, t in read], "timestamp", "timestamp"),
            Column(
                "kwh",
                m.missing(r, [m.german(f"{r.uniform(0, 9):.3f}") for _ in read], 0.05, "NA"),
                "number",
                "energy|",
            ),
            Column("quality", m.picks(r, len(read), ["G", "E", "F"], [30, 2, 1]), "string", "category"),
        ),
        keys=("meter, read_at",),
        delimiter=";",
    )
    return [meter, readings]


def _town() -> list[Table]:
    r = m.maker("town")
    n = 900
    districts = {
        f"D{v}": (f"{a} Quarter", r.choice(["North", "South"])) for v, a in enumerate(m.LAST[:14], 11)
    }
    chosen = m.picks(r, n, list(districts))
    permits = [f"BP-{r.randint(2019, 2024)}-{v}" for v in m.numbered(r, n, 1000, 4)]
    # A table of districts hides in this one.
    permit = Table(
        "town.permits",
        (
            Column("permit", permits, "string", "identifier"),
            Column(
                "applicant",
                [f"{a} {b}" for a, b in zip(*m.people(r, n), strict=True)],
                "string",
                "name",
                personal="name",
            ),
            Column("district", chosen, "string", "category|identifier|code"),
            Column("district_name", [districts[d][0] for d in chosen], "string", "category"),
            Column("district_side", [districts[d][1] for d in chosen], "string", "category"),
            Column("site_address", m.addresses(r, n), "string", "address", personal="address|"),
            Column("fee", m.money(r, n, 40, 3000, "£{:.2f}"), "number", "money"),
            Column("applied", [f"{d:%Y-%m-%d}" for d in m.days(r, n, "2019-01-01", 1900)], "date", "date"),
            Column("floors", m.picks(r, n, [1, 2, 3, 4], [6, 4, 2, 1]), "integer", ""),
        ),
        keys=("permit",),
        depends=(("district", ("district_name", "district_side")),),
    )
    n = 600
    inspections = Table(
        "town.inspections",
        (
            Column("inspection_id", list(range(1, n + 1)), "integer", "identifier"),
            Column(
                "permit_no",
                [p if r.random() > 0.04 else "BP-0000-0" for p in m.picks(r, n, permits)],
                "string",
                "identifier",
                refers="town.permits.permit",
            ),
            Column("on", [f"{d:%y-%m-%d}" for d in m.days(r, n, "2021-01-01", 1000)], "date", "date"),
            Column("passed", m.picks(r, n, ["yes", "no", ""], [6, 2, 1]), "boolean", ""),
            Column("score", m.made(n, lambda: r.randint(1, 100)), "integer", ""),
        ),
        keys=("inspection_id",),
    )
    lights = Table(
        "town.street_lights",
        (
            Column("pole", [f"{v:04d}" for v in m.numbered(r, 300, 1, 2)], "string", "identifier"),
            Column("lat", [f"{r.uniform(51.4, 51.6):.6f}" for _ in range(300)], "number", "latitude"),
            Column("lon", [f"{r.uniform(-0.3, 0.1):.6f}" for _ in range(300)], "number", "longitude"),
            Column("watts", m.picks(r, 300, [35, 70, 150]), "integer", "power|category"),
            Column("street_type", m.picks(r, 300, ["lane", "road", "square"]), "string", "category"),
            Column("led", m.picks(r, 300, ["1", "0"]), "integer|boolean", ""),
        ),
        keys=("pole",),
    )
    return [permit, inspections, lights]


def _farm() -> list[Table]:
    r = m.maker("farm")
    plots = m.numbered(r, 80, 1, 1)
    plot = Table(
        "ferme.parcelles",
        (
            Column("parcelle_id", plots, "integer", "identifier"),
            Column("nom", [f"Champ {a}" for a in (m.LAST * 3)[:80]], "string", ""),
            Column("surface_ha", [m.german(f"{r.uniform(0.4, 30):.2f}") for _ in plots], "number", "area"),
            Column("bio", m.picks(r, 80, ["oui", "non"]), "boolean", ""),
            Column("code_postal", m.picks(r, 80, ["01330", "69220", "71000"]), "string", "postcode"),
        ),
        keys=("parcelle_id",),
        delimiter=";",
    )
    seasons = [
        (p, y, c)
        for p in plots
        for y in range(2019, 2024)
        for c in r.sample(["blé", "colza", "maïs"], r.choice([1, 2]))
    ]
    harvest = Table(
        "ferme.recoltes",
        (
            Column(
                "parcelle_id",
                [p for p, _, _ in seasons],
                "integer",
                "identifier",
                refers="ferme.parcelles.parcelle_id",
            ),
            Column("annee", [y for _, y, _ in seasons], "integer", "year"),
            Column("culture", [c for _, _, c in seasons], "string", "category"),
            Column(
                "date_recolte",
                [f"{d:%d/%m/%Y}" for d in m.days(r, len(seasons), "2019-06-15", 1600)],
                "date",
                "date",
            ),
            Column("rendement_t_ha", [m.german(f"{r.uniform(2, 11):.2f}") for _ in seasons], "number", ""),
            Column(
                "humidite",
                [f"{m.german(f'{r.uniform(9, 20):.1f}')} %" for _ in seasons],
                "number",
                "percentage",
            ),
        ),
        keys=("parcelle_id, annee, culture",),
        delimiter=";",
    )
    n = 350
    animals = [f"FR{m.digits(r, 10)}" for _ in range(n)]
    herd = Table(
        "ferme.troupeau",
        (
            Column("numero_animal", animals, "string", "identifier"),
            Column(
                "mere",
                ["" if i < 60 else r.choice(animals[:60]) for i in range(n)],
                "string",
                "identifier",
                refers="ferme.troupeau.numero_animal",
            ),
            Column("race", m.picks(r, n, ["Montbéliarde", "Holstein", "Tarine"]), "string", "category"),
            Column("naissance", [f"{d:%d/%m/%Y}" for d in m.days(r, n, "2012-01-01", 3900)], "date", "date"),
            Column("poids_kg", m.made(n, lambda: r.randint(380, 820)), "integer", "weight"),
        ),
        keys=("numero_animal",),
        delimiter=";",
    )
    return [plot, harvest, herd]


def _league() -> list[Table]:
    r = m.maker("league")
    clubs = m.words("ATL BOS CHI DEN HOU LAX MIA NYC PHI SEA")
    seasons = [(year, club) for year in range(2014, 2024) for club in clubs if r.random() > 0.05]
    teams = Table(
        "league.teams",
        (
            Column("season", [y for y, _ in seasons], "integer", "year"),
            Column("team", [c for _, c in seasons], "string", "category|identifier|code"),
            Column("wins", m.made(len(seasons), lambda: r.randint(5, 60)), "integer", ""),
            Column("attendance", m.made(len(seasons), lambda: r.randint(300_000, 900_000)), "integer", ""),
        ),
        keys=("season, team",),
    )
    n = 1100
    by_year = {y: [c for year, c in seasons if year == y] for y, _ in seasons}
    played = sorted((y, *r.sample(by_year[y], 2)) for y in m.picks(r, n, list(by_year)))
    matches = Table(
        "league.matches",
        (
            Column("match_id", m.numbered(r, n, 40_000, 4), "integer", "identifier"),
            Column("season", [y for y, _, _ in played], "integer", "year"),
            Column("home_team", [a for _, a, _ in played], "string", "category|identifier|code"),
            Column("away_team", [b for _, _, b in played], "string", "category|identifier|code"),
            Column("score", [f"{r.randint(0, 6)}:{r.randint(0, 6)}" for _ in played], "string", ""),
            Column("attendance", m.made(n, lambda: r.randint(2000, 30_000)), "integer", ""),
        ),
        keys=("match_id",),
        references=(
            reference("season, home_team", "league.teams", "season, team"),
            reference("season, away_team", "league.teams", "season, team"),
        ),
    )
    ids = [
        f"{last[:5].lower().ljust(5, 'x')}{first[:2].lower()}{i % 100:02d}"
        for i, (first, last) in enumerate(zip(m.FIRST * 14, m.LAST[1:] * 15, strict=False))
    ][:400]
    players = Table(
        "league.players",
        (
            Column("playerID", ids, "string", "identifier"),
            Column(
                "player",
                [f"{a} {b}" for a, b in zip(m.FIRST * 14, m.LAST[1:] * 15, strict=False)][:400],
                "string",
                "name",
                personal="name",
            ),
            Column("height_cm", m.made(400, lambda: r.randint(160, 215)), "integer", "length"),
            Column("position", m.picks(r, 400, ["G", "D", "M", "F"]), "string", "category"),
            Column(
                "birthDate",
                [str(d) for d in m.days(r, 400, "1985-01-01", 6500)],
                "date",
                "date",
                personal="date of birth",
            ),
        ),
        keys=("playerID",),
    )
    stints = sorted(
        {
            (p, y, s)
            for p in ids
            for y in r.sample(range(2014, 2024), 3)
            for s in range(1, r.choice([2, 2, 3]))
        }
    )
    batting = Table(
        "league.stints",
        (
            Column(
                "playerID",
                [p for p, _, _ in stints],
                "string",
                "identifier",
                refers="league.players.playerID",
            ),
            Column("yearID", [y for _, y, _ in stints], "integer", "year"),
            Column("stint", [s for _, _, s in stints], "integer", ""),
            Column("games", m.made(len(stints), lambda: r.randint(1, 60)), "integer", ""),
            Column("goals", m.made(len(stints), lambda: int(r.random() ** 3 * 30)), "integer", ""),
        ),
        keys=("playerID, yearID, stint",),
    )
    return [teams, matches, players, batting]
