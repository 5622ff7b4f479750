"""What products need of each other, read from their inputs; the order of building is Dagster's to find."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from meshlake.names import ProductName
    from meshlake.products.product import Product


def in_cycles(products: Mapping[ProductName, Product]) -> set[ProductName]:
    """The products that lie on a cycle."""
    return {name for name in products if name in _reachable(products, products[name].upstream)}


def with_upstream(products: Mapping[ProductName, Product], wanted: Iterable[ProductName]) -> set[ProductName]:
    """`wanted` and all that they need, products that cannot be read too."""
    return _reachable(products, set(wanted))


def _reachable(products: Mapping[ProductName, Product], start: Collection[ProductName]) -> set[ProductName]:
    seen: set[ProductName] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(products[name].upstream if name in products else ())
    return seen
