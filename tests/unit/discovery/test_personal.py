"""Personal data by values, with headers and without; and what is none."""

# ruff: noqa: E501  # tables of literal cases
from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from meshlake.discovery.personal import classification_of
from meshlake.discovery.personal_numbers import card_number, iban, national_number
from meshlake.discovery.personal_values import seen
from meshlake.discovery.personal_words import clear_kind
from meshlake.discovery.profile import profile_dataset

if TYPE_CHECKING:
    from collections.abc import Callable

_DRAWN = random.Random(11)  # noqa: S311
FIRST = "Maria Ahmed Priya John Emma Liam Noah Sofia Lucas Mia Hugo Anna Jonas Petra Klaus Heike Giulia Marco Pablo Carmen"
LAST = "Miller Smith Schmidt Weber Rossi Garcia Lopez Nowak Jansen Silva Santos Johnson Brown Taylor Fischer Dubois Moreau"


@pytest.fixture(autouse=True)
def _same_whichever_tests_ran_before() -> None:
    _DRAWN.seed(11)


def drawn(make: Callable[[random.Random], str], seed: int = 11) -> list[str]:
    _DRAWN.seed(seed)
    return list(dict.fromkeys(make(_DRAWN) for _ in range(120)))


def digits(count: int) -> str:
    return "".join(_DRAWN.choice("0123456789") for _ in range(count))


def luhn(number: str) -> str:
    total = sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(reversed(number)))
    return number + str(-total % 10)


def bsn() -> str:
    while True:
        number = digits(8)
        check = sum((9 - i) * int(d) for i, d in enumerate(number)) % 11
        if check < 10 and number[0] != "0":
            return number + str(check)


def german_iban() -> str:
    account = digits(18)
    return f"DE{98 - int(account + '131400') % 97:02}{account}"


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda r: f"{r.choice(FIRST.split())} {r.choice(LAST.split())}", "name"),
        (lambda r: f"{r.choice(LAST.split())}, {r.choice(FIRST.split())}", "name"),
        (lambda r: f"{r.choice(LAST.split())}/{r.choice(FIRST.split())}".upper(), "name"),
        (lambda r: f"{r.choice(FIRST.split())} {r.choice('ABCDEFGHIJ')}.", "name"),
        (lambda r: f"Am {r.choice(['Markt', 'Bach', 'Wald'])} {r.randint(1, 120)}", "address"),
        (lambda r: f"u{r.random()}@example.org", "email"),
        (lambda _: luhn("4" + digits(14)), "card number"),
        (lambda _: luhn("58" + digits(13)), "card number"),
        (lambda _: bsn(), "national id"),
        (lambda _: german_iban(), "bank account"),
        (lambda r: f"{r.randint(101, 660)}-{r.randint(10, 99)}-{r.randint(1000, 9999)}", "national id"),
        (lambda r: ":".join(f"{r.randint(0, 255):02x}" for _ in range(6)), "network address"),
        (lambda r: f"2001:db8::{r.randint(1, 60000):x}:1", "network address"),
        (lambda r: f"10.{r.randint(0, 255)}.{r.randint(0, 255)}.{r.randint(32, 255)}", "network address"),
        (
            lambda r: (
                f"{r.randint(1, 999)} {r.choice(['Oak', 'Elm', 'Main'])} {r.choice(['St', 'Ave', 'Lane'])}"
            ),
            "address",
        ),
        (lambda r: f"{r.choice(['Linden', 'Haupt', 'Garten'])}straße {r.randint(1, 120)}", "address"),
        (lambda r: f"{r.choice('ABCDEFG')}{r.randint(10, 99)}.{r.randint(0, 9)}", "health"),
        (lambda _: f"+49 30 {digits(7)}", "phone"),
        (lambda r: f"({r.randint(201, 989)}) {r.randint(201, 989)}-{digits(4)}", "phone"),
        (lambda r: r.choice(["Muslim", "Hindu", "Catholic", "None"]), "religion"),
        (lambda r: r.choice(["A+", "B-", "O+", "AB-"]), "health"),
        (lambda r: r.choice(["Asthma", "diabetes", "hypertension", "none"]), "health"),
        (lambda r: r.choice(["Grippe", "Migräne", "Allergie"]), "health"),
    ],
)
def test_values_show_what_they_are_without_a_header(make, kind) -> None:
    found = seen(drawn(make), None)
    assert found is not None
    assert found.kind == kind
    assert found.evidence[0].isdigit()


@pytest.mark.parametrize(
    "make",
    [
        lambda r: f"1.{r.randint(0, 9)}.{r.randint(0, 9)}.{r.randint(0, 300)}",
        lambda r: f"{r.randint(100, 999)}-{r.randint(1000, 9999)}-{r.randint(100, 999)}",
        lambda r: str(10_000_000_000 + r.randint(0, 10**6)),
        lambda _: digits(9),
        lambda _: digits(16),
        lambda r: f"{r.choice(['Blue', 'Red', 'Big'])} {r.choice(['Lamp', 'Chair', 'Rose Pot'])}",
        lambda r: r.choice(["Ohio", "Texas", "Georgia", "Virginia", "Maine", "Utah", "Nevada", "Iowa"]),
        lambda r: f"{r.choice(LAST.split())} {r.choice(['GmbH', 'Inc', 'Ltd'])}",
        lambda r: f"Champ {r.choice(LAST.split())}",
        lambda r: f"{r.getrandbits(64):016x}",
        lambda r: f"{r.randint(1000, 9999)} {''.join(r.choice('BCDFGHJKLM') for _ in range(3))}",
        lambda r: f"{r.randint(1, 12):02}/{r.randint(1, 28):02}/{r.randint(1960, 1999)}",
        lambda r: f"2024-{r.randint(1, 12):02}-{r.randint(1, 28):02}",
        lambda r: r.choice(["yes", "no"]),
        lambda r: r.choice(["stroke", "bore", "none", "other", "unknown"]),
    ],
)
def test_other_values_are_no_personal_data(make) -> None:
    assert seen(drawn(make), None) is None


@pytest.mark.parametrize(
    "make",
    [
        lambda r: f"{r.randint(100, 999)}-{r.randint(1000, 9999)}-{r.randint(100, 999)}",
        lambda r: f"{r.randint(100, 999)} {r.randint(100, 999)} {r.randint(100, 999)}",
        lambda r: f"{r.randint(10_000, 99_999)}-{r.randint(10_000, 99_999)}",
        lambda r: f"{r.randint(10, 99)}-{r.randint(1_000_000, 9_999_999)}",
    ],
)
def test_numbers_by_chance_are_no_phones_of_a_country_whose_plan_takes_most(make) -> None:
    assert [seed for seed in range(40) if seen(drawn(make, seed), None)] == []


def test_a_check_of_one_in_eleven_proves_nothing_on_few_values() -> None:
    numbers = [bsn() for _ in range(100)]
    assert national_number(numbers[:5], is_named=False) is None
    assert national_number(numbers[:5], is_named=True) is not None
    found = national_number(numbers, is_named=False)
    assert found is not None
    assert found.what == "Dutch BSN"
    assert found.held == 100


def test_one_check_digit_in_twenty_may_be_mistyped_and_no_more() -> None:
    cards = [luhn("4" + digits(14)) for _ in range(100)]
    broken = [card[:-1] + str((int(card[-1]) + 1) % 10) for card in cards]
    assert card_number(cards[:97] + broken[97:], is_named=False) is not None
    assert card_number(cards[:80] + broken[80:], is_named=False) is None
    assert iban(broken) is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *(
            ("nameFirst", "name"),
            ("vorname", "name"),
            ("Nachname", "name"),
            ("prénom", "name"),
            ("cognome", "name"),
        ),
        *(
            ("Apellidos", "name"),
            ("achternaam", "name"),
            ("imię", "name"),
            ("soyadı", "name"),
            ("Фамилия", "name"),
        ),
        *(
            ("strasse", "address"),
            ("Straße", "address"),
            ("indirizzo", "address"),
            ("AddressLine1", "address"),
        ),
        *(
            ("geburtsdatum", "date of birth"),
            ("fecha_nacimiento", "date of birth"),
            ("Дата рождения", "date of birth"),
        ),
        *(
            ("telefonnummer", "phone"),
            ("телефон", "phone"),
            ("IP_ADDRESS", "network address"),
            ("PESEL", "national id"),
        ),
        *(("next_of_kin_phone", "phone"), ("injury", "health")),
        *(("Konfession", "religion"), ("diagnosis_code", "health"), ("credit_card_number", "card number")),
        *(
            (name, None)
            for name in [
                "voice_mail_plan",
                "street_type",
                "product_name",
                "number_of_addresses",
                "address_id",
                "email_opt_in",
            ]
        ),
        *(
            (name, None)
            for name in [
                "phone_service",
                "name",
                "company_name",
                "ip_count",
                "state",
                "mobile_sessions",
                "last_login",
            ]
        ),
        *(
            (name, None)
            for name in [
                "phone_verified_at",
                "num_phones",
                "emails_sent",
                "file_name",
                "city",
                "has_phone",
                "MultipleLines",
            ]
        ),
    ],
)
def test_names_of_columns(name: str, kind: str | None) -> None:
    assert clear_kind(name) == kind


def test_first_and_last_of_a_table_of_people_are_names_and_its_early_dates_births(profile) -> None:
    rows = "\n".join(
        f"{_DRAWN.choice(FIRST.split())},{_DRAWN.choice(LAST.split())},{1940 + n % 60}-0{n % 9 + 1}-11,201{n % 9}-02-03,{n % 2}"
        for n in range(200)
    )
    made = profile({"a.csv": f"FIRST,LAST,c3,c4,email_opt_in\n{rows}\n"})
    assert [c.personal for c in made.columns] == ["name", "name", "date of birth", None, None]
    assert "1940 to 1999" in made.columns[2].personal_evidence
    assert all((c.personal_confidence >= 0.5) == bool(c.personal) for c in made.columns)


def test_without_a_header_too(profile) -> None:
    rows = "".join(
        f"{n},{_DRAWN.choice(FIRST.split())},u{n}@example.org,+49 30 {1_000_000 + 7 * n}\r\n"
        for n in range(200)
    )
    made = profile({"a.csv": rows})
    assert [c.personal for c in made.columns] == [None, "name", "email", "phone"]


def test_addresses_and_phones_of_warehouses_are_no_persons_but_their_managers_are(mesh, settings) -> None:
    rows = [f"W{n},{n} Oak Street,+49 30 {1_000_000 + 7 * n}" for n in range(60)]
    landed = {"a.csv": "id,street_address,phone\n" + "\n".join(rows)}
    made = profile_dataset(settings, mesh.land_files("crm.warehouses", landed))[0]
    assert [c.personal for c in made.columns] == [None, None, None]
    people = [f"{row},{_DRAWN.choice(FIRST.split())} {_DRAWN.choice(LAST.split())}" for row in rows]
    landed = {"a.csv": "id,street_address,phone,manager\n" + "\n".join(people)}
    made = profile_dataset(settings, mesh.land_files("crm.stores", landed))[0]
    assert [c.personal for c in made.columns] == [None, "address", "phone", "name"]


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("email", "personal"),
        ("health", "restricted"),
        ("criminal record", "restricted"),
        ("salary", "confidential"),
    ],
)
def test_what_contracts_call_it(kind: str, word: str) -> None:
    assert classification_of(kind) == word


def test_dates_on_which_something_began_or_ended_are_no_births(profile) -> None:
    rows = "\n".join(
        f"{_DRAWN.choice(FIRST.split())} {_DRAWN.choice(LAST.split())},{1940 + n % 60}-0{n % 9 + 1}-11,"
        f"{1944 + n % 60}-0{n % 9 + 1}-11"
        for n in range(200)
    )
    made = profile({"a.csv": f"name,start,end\n{rows}\n"})
    assert [c.personal for c in made.columns] == ["name", None, None]


def test_a_name_tells_no_rows_apart_however_few_they_are(profile) -> None:
    firsts = sorted(set(FIRST.split()))[:25]
    rows = "\n".join(f"{first},{_DRAWN.choice(LAST.split())},{20 + n % 9}" for n, first in enumerate(firsts))
    made = profile({"a.csv": f"first_name,last_name,age\n{rows}\n"})
    assert ("first_name",) in made.keys
    assert made.likely_key == ()


def test_what_is_called_like_people_is_none(mesh) -> None:
    """Of 3,376 airports a third is called as somebody is, first name and last."""
    fields = [f"{_DRAWN.choice(FIRST.split())} {_DRAWN.choice(LAST.split())}" for _ in range(60)]
    fields += [f"Runway {n * 7} of {n}" for n in range(130)]
    rows = "\n".join(f"K{n:03},{name},{30 + n / 7:.4f}" for n, name in enumerate(fields))
    dataset = mesh.land_files("geo.airports", {"a.csv": f"iata,name,latitude\n{rows}\n"})
    made = profile_dataset(mesh.open().settings, dataset)[0]
    assert [c.personal for c in made.columns] == [None, None, None]
