"""Where each landed dataset lives, as the contracts of source-aligned products say: in files, or in another source."""

from __future__ import annotations

import shlex
from contextlib import suppress
from typing import TYPE_CHECKING

from meshlake.errors import ContractError, Fault, MeshError
from meshlake.landing.zone import files_zone
from meshlake.sources.landing import Landing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from meshlake.names import DatasetName, ProductName
    from meshlake.products.product import Product
    from meshlake.settings import Settings
    from meshlake.sources import Place


def open_landing(settings: Settings, products: Iterable[Product]) -> Landing:
    """All that has landed; a dataset lives where a contract of `products` says, whoever reads it."""
    return Landing(settings, dict(place for product in products if (place := _place(product))))


def first_step(settings: Settings) -> str:
    """What to do first in a mesh of which nothing is published; each command that is named works as it stands."""
    if any(settings.products.glob("*/*/*")):
        return "Build the products first: mesh build"
    with suppress(MeshError, OSError):  # a landing zone that cannot be read has nothing to begin with
        for dataset in files_zone(settings).datasets():
            name = shlex.quote(f"{dataset.domain}.{dataset.dataset}")
            return f"Draft a product of what has landed first: mesh adopt {name}"
    return "Land files first: mesh land PATH --domain DOMAIN; or begin with an example: mesh init FOLDER"


def disagreeing(products: Mapping[ProductName, Product]) -> dict[ProductName, ContractError]:
    """Products whose contract says of a dataset something else than another, of an earlier name, does."""
    first: dict[DatasetName, Product] = {}
    errors = {}
    for name in sorted(products):
        product = products[name]
        if (dataset := product.transform.landed) is None:
            continue
        other = first.setdefault(dataset, product)
        if _place(other) != _place(product):
            message = f"says that {dataset} lives elsewhere than {other.name} says"
            hint = "Give both contracts the same entry 'server: landing'."
            errors[name] = ContractError.of(Fault(product.rows_file, message, hint))
    return errors


def _place(product: Product) -> tuple[DatasetName, Place] | None:
    """The dataset that the contract describes and where it lives, if not in files."""
    place, dataset = product.contract.landing_place, product.transform.landed
    return None if place is None or dataset is None else (dataset, place)
