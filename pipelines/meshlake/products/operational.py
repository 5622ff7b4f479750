"""Which landed datasets are tables of the operational database, as the contracts of source-aligned products say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.errors import ContractError
from meshlake.landing.operational import TableName
from meshlake.landing.zone import LandingZone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from meshlake.names import DatasetName, ProductName
    from meshlake.products.product import Product
    from meshlake.settings import Settings


def open_landing(settings: Settings, products: Iterable[Product]) -> LandingZone:
    """The landing zone; a dataset that a contract of `products` says is a table is one, whoever reads it."""
    tables = dict(table for product in products if (table := _table(product)))
    store = settings.store_of(settings.landing)
    return LandingZone(settings.landing, store, tables, settings.operational)


def disagreeing(products: Mapping[ProductName, Product]) -> dict[ProductName, ContractError]:
    """Products whose contract says of a dataset something else than another, of an earlier name, does."""
    first: dict[DatasetName, Product] = {}
    errors = {}
    for name in sorted(products):
        product = products[name]
        if (dataset := product.transform.landed) is None:
            continue
        other = first.setdefault(dataset, product)
        if _table(other) != _table(product):
            errors[name] = ContractError(
                f"{product.rows_file}: says that {dataset} lives elsewhere than {other.name} says",
                "Give both contracts the same entry 'server: landing'.",
            )
    return errors


def _table(product: Product) -> tuple[DatasetName, TableName] | None:
    """The dataset that the contract describes and the table it is, if it is one."""
    place, dataset = product.contract.landing_database, product.transform.landed
    if place is None or dataset is None:
        return None
    return dataset, TableName(place.schema, dataset.dataset, place.database)
