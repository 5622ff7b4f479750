"""What products need of each other, read from their inputs; the order of building is Dagster's to find."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from meshlake.names import ProductName
    from meshlake.products.product import Product


def in_cycles(products: Mapping[ProductName, Product]) -> set[ProductName]:
    """The products that lie on a cycle."""
    needed = _needed(products)
    return {name for name in products if name in _reachable(needed, needed[name])}


def with_upstream(products: Mapping[ProductName, Product], wanted: Iterable[ProductName]) -> set[ProductName]:
    """`wanted` and all that they need, products that cannot be read too."""
    return _reachable(_needed(products), wanted)


def with_downstream(
    products: Mapping[ProductName, Product], wanted: Iterable[ProductName]
) -> set[ProductName]:
    """`wanted` and all products that need them, through others too."""
    readers: dict[ProductName, list[ProductName]] = defaultdict(list)
    for name, needed in _needed(products).items():
        for read in needed:
            readers[read].append(name)
    return _reachable(readers, wanted)


def _needed(products: Mapping[ProductName, Product]) -> dict[ProductName, Collection[ProductName]]:
    return {name: product.upstream for name, product in products.items()}


def _reachable(
    edges: Mapping[ProductName, Collection[ProductName]], start: Iterable[ProductName]
) -> set[ProductName]:
    seen: set[ProductName] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(edges.get(name, ()))
    return seen
