"""Which landed datasets are tables of the operational database, as the contracts of source-aligned products say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.errors import ContractError
from meshlake.landing.operational import TableName
from meshlake.landing.zone import LandingZone
from meshlake.products.product import SourceAligned

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from meshlake.names import DatasetName, ProductName
    from meshlake.products.product import Product
    from meshlake.settings import Settings


def open_landing(settings: Settings, products: Iterable[Product]) -> LandingZone:
    """The landing zone; a dataset that a contract of `products` says is a table is one, whoever reads it."""
    tables = {
        product.transform.dataset: table
        for product in products
        if isinstance(product.transform, SourceAligned) and (table := _table(product))
    }
    return LandingZone(settings.landing, settings.s3, tables, settings.operational)


def disagreeing(products: Mapping[ProductName, Product]) -> dict[ProductName, ContractError]:
    """Products whose contract says of a dataset something else than another, of an earlier name, does."""
    first: dict[DatasetName, Product] = {}
    errors = {}
    for name in sorted(products):
        product = products[name]
        if not isinstance(product.transform, SourceAligned):
            continue
        other = first.setdefault(product.transform.dataset, product)
        if _table(other) != _table(product):
            errors[name] = ContractError(
                f"{product.rows_file}: says that {product.transform.dataset} lives elsewhere than {other.name} says",
                "Give both contracts the same entry 'server: landing'.",
            )
    return errors


def _table(product: Product) -> TableName | None:
    place = product.contract.landing_database
    if place is None or not isinstance(product.transform, SourceAligned):
        return None
    return TableName(place.schema, product.transform.dataset.dataset, place.database)
