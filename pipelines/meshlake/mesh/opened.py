"""A mesh opened from its settings, and which of its products the selectors of a command mean."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from meshlake.errors import UsageError
from meshlake.names import LANDING_CATALOG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.mesh.states import ProductState
    from meshlake.names import ProductName
    from meshlake.settings import Settings
    from meshlake.workspace import Workspace


class OpenedMesh:
    """What the methods of `Mesh` stand on.

    Args:
        settings: all that tells one mesh from another; `meshlake.open` reads them.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def __repr__(self) -> str:
        return f"<Mesh of {self.settings.products} in {self.settings.home}, on {self.settings.engine}>"

    @property
    def workspace(self) -> Workspace:
        """The mesh as the packages below the front door take it, opened anew."""
        from meshlake.workspace import open_workspace

        return open_workspace(self.settings)

    @property
    def products(self) -> list[ProductState]:
        """Every product that has a folder or is published, broken ones too, by name.

        Example:
            >>> [(state.product, state.rows, state.state) for state in mesh.products]
            [('shop.customers', 40, 'published'), ('shop.plans', 2, 'published')]
        """
        return self.states()

    def states(self, *selectors: str | ProductName) -> list[ProductState]:
        """The products that `selectors` select, as `select` has them, and how each stands.

        Raises:
            UsageError: one selects nothing.

        Example:
            >>> [(state.product, state.rows) for state in mesh.states("shop.customers+")]
            [('shop.customers', 40), ('shop.plans', 2)]
        """
        from meshlake.mesh.states import product_states

        workspace = self.workspace
        return product_states(workspace, selected(workspace, selectors, has_published=True))

    def select(self, *selectors: str | ProductName) -> list[str]:
        """The products that `selectors` select, by name; all that have a folder or are published when none is given.

        The methods and commands that take products take these: a name, a domain, a glob, `tag:NAME`, `state:modified`,
        each with `+` before it (and what it needs) or after it (and what needs it); a comma is for both at once.

        Raises:
            UsageError: one selects nothing (naming the nearest).

        Example:
            >>> mesh.select("shop")
            ['shop.customers', 'shop.plans']
            >>> mesh.select("+shop.plans,tag:source-aligned"), mesh.select("state:modified")
            (['shop.customers'], [])
        """
        return [str(name) for name in selected(self.workspace, selectors, has_published=True)]


def selected(
    mesh: Workspace, selectors: Sequence[str | ProductName], *, has_published: bool = False
) -> list[ProductName]:
    """The products that `selectors` select, sorted; all when none is given.

    Products that cannot be read are among them, and with `has_published` those that are published and whose folder is
    gone: see `meshlake.products.selection` for what a selector may be.

    Raises:
        UsageError: one selects nothing.
    """
    from meshlake.building.outdated import is_outdated
    from meshlake.products.selection import select

    published = mesh.lake.products() if has_published else []
    if not selectors:
        return sorted({*mesh.products.products, *mesh.products.broken, *published})
    try:
        return select(map(str, selectors), mesh.products, partial(is_outdated, mesh), published)
    except UsageError as error:
        landed = (
            set(map(str, mesh.landing.datasets())) if any("." in str(each) for each in selectors) else set()
        )
        waiting = next((str(each) for each in selectors if f"{LANDING_CATALOG}.{each}" in landed), None)
        known = {*map(str, mesh.products.products), *map(str, mesh.products.broken), *map(str, published)}
        if waiting is None or waiting in known:
            raise
        message = f"there is no product {waiting} yet: its files have landed"
        raise UsageError(message, f"Draft the product: mesh adopt {waiting}") from error
