"""A product's rows, readable before a model is drafted on it: as published, or as its first build will publish them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.discovery.labels import is_cutoff
from meshlake.engines.engine import open_local
from meshlake.errors import UsageError
from meshlake.names import quote_identifier, snake_case
from meshlake.products.load import load_products
from meshlake.products.places import open_landing
from meshlake.suggest import did_you_mean
from meshlake.types.tree import Decimal, is_moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from meshlake.contract.model import Contract
    from meshlake.engines.session import LocalSession
    from meshlake.names import ProductName
    from meshlake.products.product import Product
    from meshlake.settings import Settings
    from meshlake.types.tree import Type


@dataclass(frozen=True)
class FeatureTable:
    """The rows of product `name`; `columns` are their names and types, `told_cutoff` is the column of cut-offs where
    somebody names one."""

    session: LocalSession
    name: ProductName
    contract: Contract
    columns: dict[str, Type]
    told_cutoff: str | None = None

    @property
    def cutoff(self) -> str | None:
        """The column that says as of which day a row holds: the one named, else one of the primary key, if it has."""
        return self.told_cutoff or next(
            (
                column
                for column in self.contract.primary_key
                if is_cutoff(column) and is_moment(self.columns[column])
            ),
            None,
        )

    def column(self, text: str) -> str:
        """The column called `text`, in whatever spelling.

        Raises:
            UsageError: there is none, naming the nearest.
        """
        spellings = {text, text.lower(), snake_case(text)}
        found = next((name for name in self.columns if name in spellings), None)
        if found is not None:
            return found
        hint = did_you_mean(snake_case(text), self.columns, f"Its columns: {', '.join(self.columns)}.")
        raise UsageError(f"{self.name} has no column '{text}'", hint)

    def key(self, given: str | None) -> tuple[str, ...]:
        """The columns that identify whom a row is about: those `given`, with commas, else the primary key.

        Raises:
            UsageError: there is no key, or it is null or the same in several rows (of one cut-off).
        """
        names = given.split(",") if given else [c for c in self.contract.primary_key if c != self.cutoff]
        if not names:
            raise UsageError(
                f"{self.name} has no primary key",
                "Name the column that tells its rows apart with --key COLUMN; none does? mesh adopt D.N --key row.",
            )
        key = tuple(self.column(name.strip()) for name in names)
        cells = [quote_identifier(name) for name in (*key, *filter(None, [self.cutoff]))]
        is_present = " AND ".join(f"{cell} IS NOT NULL" for cell in cells)
        rows, present, distinct = self.counts(
            ["count(*)", f"count(*) FILTER (WHERE {is_present})", f"count(DISTINCT row({', '.join(cells)}))"]
        )
        words = ", ".join(key)
        if present < rows:
            hint = "Choose another with --key, or leave those rows out in a product of your own."
            raise UsageError(
                f"{self.name}: {words} is null in {rows - present:,} rows, so it is no key", hint
            )
        if distinct < rows:
            hint = "Choose another with --key, or make a product with one row for each."
            raise UsageError(f"{self.name}: {words} is the same in several of its {rows:,} rows", hint)
        return key

    def counts(self, expressions: Sequence[str]) -> list[int]:
        """Whole numbers over all rows."""
        row = self.session.rows(f"SELECT {', '.join(expressions)} FROM {self.name.sql}")[0]
        return [int(str(value)) for value in row]

    def sample(self, label: str, row_count: int) -> pd.DataFrame:
        """About `row_count` rows whose label is known, decimals as floats, the same each time."""
        cells = [
            f"CAST({quote_identifier(name)} AS DOUBLE) AS {quote_identifier(name)}"
            if isinstance(kind, Decimal)
            else quote_identifier(name)
            for name, kind in self.columns.items()
        ]
        known = f"SELECT * FROM {self.name.sql} WHERE {quote_identifier(label)} IS NOT NULL"
        sampled = f"({known}) USING SAMPLE reservoir({row_count} ROWS) REPEATABLE (42)"
        frame: pd.DataFrame = self.session.table(f"SELECT {', '.join(cells)} FROM {sampled}").to_pandas(
            date_as_object=False
        )
        return frame


@contextmanager
def open_features(settings: Settings, name: ProductName) -> Iterator[FeatureTable]:
    """Make the rows of product `name` readable.

    Raises:
        UsageError: there is no such product, or its rows can be known only once it is built.
        MeshError: it cannot be read.
    """
    loaded = load_products(settings.products)
    product = loaded.get(name)
    with open_local(settings, str(name)) as session:
        bind_rows(settings, product, session)
        columns = session.columns(f"SELECT * FROM {name.sql}")
        contract = loaded.protected.marked(loaded.classifications.contract_of(product))
        yield FeatureTable(session, name, contract, columns)


def bind_rows(settings: Settings, product: Product, session: LocalSession) -> None:
    """Let the rows of a product be read in `session`: as published, or as its first build will publish them.

    Raises:
        UsageError: they can be known only once it is built.
        MeshError: they cannot be read.
    """
    from meshlake.lake.catalog import Lake  # half of all that `mesh adopt` would import, and seldom needs

    name, dataset = product.name, product.transform.landed
    lake = Lake(settings)
    head = lake.head((name.domain, name.product))
    if head is not None:
        session.bind_snapshot(name, lake, head)
        return
    if dataset is not None:
        landed = open_landing(settings, [product]).landed(dataset)
        if landed.files is not None:
            session.bind_landed(landed.files)
        else:
            session.bind_live([landed])
        if select := product.transform.unbuilt_select(product.contract, session):
            session.bind(name, f"(\n{select}\n)")
            return
    raise UsageError(
        f"{name} was never built, so its rows are not known", f"Build it first: mesh build {name}"
    )
