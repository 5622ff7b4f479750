"""SQL names of what the mesh holds, and how they are quoted.

The same text is used in SQL, in contracts, in folders and on the command line: `crm.customers` for a data product,
`landing.crm.demographics` for a landed dataset.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from meshlake.errors import UsageError

CATALOG = "mesh"
LANDING_CATALOG = "landing"
# What `mesh.duckdb` tells of the mesh itself, in catalog `mesh`.
DISCOVERED_TABLES = frozenset(
    {f"discovered_{what}" for what in ("datasets", "columns", "joins", "labels", "leaks", "dependencies")}
)
SYSTEM_TABLES = DISCOVERED_TABLES | {
    "products",
    "columns",
    "snapshots",
    "model_versions",
    "model_performance",
    "quality_results",
}
QUARANTINE_SUFFIX = "__quarantine"
_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
# Letters that are none with a mark: nothing would be left of them.
_LETTERS = str.maketrans(
    {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}
    | {"đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "ı": "i"}
)
_RESERVED_DOMAINS = frozenset(
    {CATALOG, LANDING_CATALOG, "main", "information_schema", "system", "temp", "pg_catalog"}
)


def quote_identifier(name: str) -> str:
    """Quote `name` for SQL, on DuckDB and Trino alike."""
    return '"' + name.replace('"', '""') + '"'


def quote_literal(value: str) -> str:
    """Quote `value` as a SQL string literal, on DuckDB and Trino alike.

    A parser ends its text at the character NUL, which a value may hold: that one is said by its code.
    """
    quoted = ["'" + part.replace("'", "''") + "'" for part in value.split("\0")]
    return quoted[0] if len(quoted) == 1 else "(" + " || chr(0) || ".join(quoted) + ")"


def snake_case(text: str) -> str:
    """`text` as a lower snake_case name: 'Customer ID (new)' gives 'customer_id_new', 'Straße' 'strasse', '?' ''."""
    ascii_text = unicodedata.normalize("NFKD", text.translate(_LETTERS)).encode("ascii", "ignore").decode()
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", ascii_text)
    name = "_".join(re.findall(r"[a-z0-9]+", spaced.lower()))
    return f"n_{name}" if name[:1].isdigit() else name


@lru_cache(maxsize=10_000)
def name_words(name: str) -> tuple[str, ...]:
    """The words of a column's name in small letters: 'CustomerID' gives customer, id; never empty."""
    return tuple(snake_case(name).split("_"))


@dataclass(frozen=True, order=True)
class ProductName:
    """`<domain>.<product>`, both lower snake_case without a double underscore (that is the platform's own).

    A product's quarantine is the one table of the platform that readers ask for by name: it is a name here too.
    """

    domain: str
    product: str

    def __post_init__(self) -> None:
        for part in (self.domain, self.product.removesuffix(QUARANTINE_SUFFIX)):
            if not _IDENTIFIER.fullmatch(part):
                raise UsageError(
                    f"'{self}' is not a product name: '{part}' is not lower snake_case",
                    "Names look like crm.customers: small letters, digits and single underscores.",
                )
        if self.domain in _RESERVED_DOMAINS:
            raise UsageError(
                f"'{self.domain}' is reserved and cannot be a domain", "Choose another domain name."
            )

    def __str__(self) -> str:
        return f"{self.domain}.{self.product}"

    @classmethod
    def parse(cls, text: str) -> ProductName:
        """Read `domain.product`.

        Raises:
            UsageError: when `text` is anything else.
        """
        domain, dot, product = text.partition(".")
        if domain == LANDING_CATALOG and product.count(".") == 1:
            raise UsageError(
                f"'{text}' has landed and is no product yet",
                f"mesh draft {product}, then mesh build {product}.",
            )
        if not dot or not product or "." in product:
            raise UsageError(
                f"'{text}' is not a product name", "Write <domain>.<product>, for example crm.customers."
            )
        return cls(domain, product)

    @property
    def quarantine(self) -> ProductName:
        """The table of the landed values that kept rows out of this product."""
        return ProductName(self.domain, self.product + QUARANTINE_SUFFIX)

    @property
    def is_quarantine(self) -> bool:
        """Whether this is a product's quarantine rather than a product."""
        return self.product.endswith(QUARANTINE_SUFFIX)

    @property
    def sql(self) -> str:
        """The quoted two-part name, read in catalog `mesh`."""
        return f"{quote_identifier(self.domain)}.{quote_identifier(self.product)}"


@dataclass(frozen=True, order=True)
class DatasetName:
    """`landing.<domain>.<dataset>`: the folder `<landing>/<domain>/<dataset>/`, whatever its owner called it."""

    domain: str
    dataset: str

    def __str__(self) -> str:
        return f"{LANDING_CATALOG}.{self.domain}.{self.dataset}"

    @classmethod
    def parse(cls, text: str) -> DatasetName:
        """Read `domain.dataset` or `landing.domain.dataset`.

        Raises:
            UsageError: when `text` is anything else.
        """
        parts = text.split(".")
        if len(parts) == 3 and parts[0] == LANDING_CATALOG:
            parts = parts[1:]
        if len(parts) != 2 or not all(parts):
            raise UsageError(
                f"'{text}' is not a landed dataset", "Write <domain>.<dataset>, for example crm.demographics."
            )
        return cls(*parts)

    @property
    def sql(self) -> str:
        """The quoted three-part name."""
        return ".".join(quote_identifier(part) for part in (LANDING_CATALOG, self.domain, self.dataset))


InputName = ProductName | DatasetName
