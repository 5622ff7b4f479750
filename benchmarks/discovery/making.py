"""Values for tables, the same in each run: people, places, numbers with their check digits, gaps and missing words."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_Value = TypeVar("_Value")


def words(text: str) -> list[str]:
    """Its words: a list of many is read more easily so."""
    return text.split()


FIRST = words(
    "Anna Ben Clara David Elif Farid Greta Hugo Ines Jonas Katarzyna "
    "Liam Mei Noah Olga Pablo Quentin Rosa Sven Tariq Ursula Victor "
    "Wanjiru Xavier Yara Zoltan Aisha Björn Chloé Dmitri"
)
LAST = words(
    "Schmidt Müller García Rossi Novák Kowalski Nguyen Okafor Smith Jones Dubois "
    "Lefèvre Andersson Hansen Silva Costa Yilmaz Khan Singh Tanaka Weber Fischer "
    "Brown Taylor Moreau Ivanova Popescu Papadopoulos O'Brien Van-Dijk"
)
STREETS = [
    "Main Street",
    "Oak Avenue",
    "Park Road",
    "High Street",
    "Elm Drive",
    "Church Lane",
    "Mill Road",
    "Station Road",
    "Lake View",
    "Hill Street",
]
STRASSEN = [
    "Hauptstraße",
    "Bahnhofstr.",
    "Gartenweg",
    "Lindenallee",
    "Schulstraße",
    "Am Markt",
    "Bergstr.",
    "Rosenweg",
]
CITIES = words("Berlin Hamburg Wien Zürich Lyon Porto Leeds Austin Gdańsk Malmö")
WORDS = words(
    "the order was late and box damaged but staff helped quickly would buy again "
    "not sure about colour size fits well returned after a week because it did "
    "not work as described customer asked for refund and got one"
)


def maker(seed: str) -> Random:
    """Chance that is the same in each run."""
    return Random(f"meshlake {seed}")  # noqa: S311 - tables, no secrets


def numbered(r: Random, n: int, start: int = 1, gap: int = 3) -> list[int]:
    """Growing numbers with gaps."""
    found, last = [], start
    for _ in range(n):
        found.append(last)
        last += r.randint(1, gap)
    return found


def picks(r: Random, n: int, among: Sequence[_Value], weights: Sequence[float] | None = None) -> list[_Value]:
    """`n` of them, each perhaps often."""
    return r.choices(among, weights, k=n)


def made(n: int, make: Callable[[], _Value]) -> list[_Value]:
    """`n` values."""
    return [make() for _ in range(n)]


def missing(r: Random, values: Sequence[object], share: float, word: object = "") -> list[object]:
    """The same, with a word for nothing in a share of the rows."""
    return [word if r.random() < share else value for value in values]


def money(r: Random, n: int, low: float, high: float, form: str = "{:.2f}") -> list[str]:
    """Amounts, most of them small."""
    return [form.format(low + (high - low) * r.random() ** 3) for _ in range(n)]


def german(amount: str) -> str:
    """`1,234.50` as it is written in German: `1.234,50`."""
    return amount.translate(str.maketrans(",.", ".,"))


def days(r: Random, n: int, first: str = "2022-01-01", span: int = 900) -> list[date]:
    """Days of a span."""
    begin = date.fromisoformat(first)
    return [begin + timedelta(days=r.randrange(span)) for _ in range(n)]


def moments(r: Random, n: int, first: str = "2024-01-01", span: int = 90) -> list[datetime]:
    """Moments of a span of days, growing."""
    begin = datetime.fromisoformat(first)
    return sorted(begin + timedelta(seconds=r.randrange(span * 86_400)) for _ in range(n))


def births(r: Random, n: int) -> list[date]:
    """Birth dates of adults."""
    return days(r, n, "1942-01-01", 23_000)


def people(r: Random, n: int) -> tuple[list[str], list[str]]:
    """First and last names."""
    return picks(r, n, FIRST), picks(r, n, LAST)


def mails(r: Random, firsts: Sequence[str], lasts: Sequence[str]) -> list[str]:
    """Addresses of their own, each one's."""
    hosts = ("example.com", "example.org", "mail.example", "post.example.de")
    taken: set[str] = set()
    for first, last in zip(firsts, lasts, strict=True):
        local = f"{first}.{last}".lower().replace("'", "")
        mail = f"{local}@{r.choice(hosts)}"
        while mail in taken:
            mail = f"{local}{r.randint(1, 9999)}@{r.choice(hosts)}"
        taken.add(mail)
    order = sorted(taken)
    r.shuffle(order)
    return order


def addresses(r: Random, n: int, streets: Sequence[str] = STREETS) -> list[str]:
    """A street with its house's number, where each country puts it."""
    is_german = streets is STRASSEN
    return [
        f"{street} {number}" if is_german else f"{number} {street}"
        for street, number in ((r.choice(streets), r.randint(1, 299)) for _ in range(n))
    ]


def texts(r: Random, n: int, least: int = 5, most: int = 18) -> list[str]:
    """Sentences that people wrote."""
    return [" ".join(picks(r, r.randint(least, most), WORDS)).capitalize() + "." for _ in range(n)]


def uuids(r: Random, n: int) -> list[str]:
    """Random identifiers."""
    return [str(uuid.UUID(int=r.getrandbits(128), version=4)) for _ in range(n)]


def digits(r: Random, size: int) -> str:
    """A number of so many digits, the first not 0."""
    return str(r.randint(10 ** (size - 1), 10**size - 1))


def card(r: Random) -> str:
    """A card's number with Luhn's check digit."""
    body = r.choice("45") + digits(r, 14)
    return body + _luhn(body)


def imei(r: Random) -> str:
    """A device's number with Luhn's check digit."""
    body = "35" + digits(r, 12)
    return body + _luhn(body)


def _luhn(body: str) -> str:
    doubled = (sum(divmod(2 * int(d), 10)) if i % 2 == 0 else int(d) for i, d in enumerate(reversed(body)))
    return str(-sum(doubled) % 10)


def ean(r: Random) -> str:
    """An article's number of 13 digits with its check digit."""
    body = digits(r, 12)
    total = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(body))
    return body + str(-total % 10)


def iban(r: Random) -> str:
    """A German account's IBAN with its check digits."""
    account = digits(r, 18)
    check = 98 - int(f"{account}131400") % 97
    return f"DE{check:02d}{account}"


def ssn(r: Random) -> str:
    """A number as the social security of the United States gives them."""
    return f"{r.randint(1, 665):03d}-{r.randint(1, 99):02d}-{r.randint(1, 9999):04d}"


def ipv4(r: Random) -> str:
    """An address of the Internet."""
    return ".".join(str(r.randint(1, 254)) for _ in range(4))


def mac(r: Random) -> str:
    """A network card's address."""
    return ":".join(f"{r.randrange(256):02x}" for _ in range(6))


def chance(r: Random, shares: Sequence[float]) -> list[bool]:
    """Whether each happens, by its own share."""
    return [r.random() < share for share in shares]
