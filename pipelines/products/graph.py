"""The order in which products are built, read from their inputs."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from pipelines.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from pipelines.names import ProductName
    from pipelines.products.product import Product


def build_order(products: Mapping[ProductName, Product]) -> list[ProductName]:
    """Every product after all it reads; alphabetical where either may come first.

    Raises:
        ContractError: naming the products of a cycle.
    """
    sorter: TopologicalSorter[ProductName] = TopologicalSorter()
    for name, product in products.items():
        sorter.add(name, *(up for up in product.upstream if up in products))
    try:
        sorter.prepare()
    except CycleError as error:
        cycle = " -> ".join(str(name) for name in reversed(error.args[1]))
        raise ContractError(
            f"products read each other in a circle: {cycle}", "Let one of them read something else."
        ) from error
    order: list[ProductName] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        order.extend(ready)
        sorter.done(*ready)
    return order


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
