"""How each product of a mesh stands: described, broken, built, published, changed since."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from meshlake.building.failed import failed_builds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from meshlake.building.failed import FailedBuild
    from meshlake.lake.snapshot import Snapshot
    from meshlake.names import ProductName
    from meshlake.products.load import ProductSet
    from meshlake.products.product import Product
    from meshlake.workspace import Workspace


@dataclass(frozen=True)
class ProductState:
    """How a product stands, in words; what is not known of it is None.

    Args:
        product: its name.
        kind: source-aligned, aggregate or consumer-aligned.
        owner: whom to ask.
        rows: how many are published.
        size_bytes: of its files.
        published_at: when, in UTC.
        state: in words.
        description: what it is for.
        last_build_failed_at: when its last build failed, in UTC; None when that went well, or there was none.
        last_build_error: what that said.
        folder_error: why its folder cannot be read; None when it can, or is gone.
        held: since when builds leave it where it was rolled back to, and from which version that was.
        retraining: why its model should be trained again, and what does it; None of others.
    """

    product: str
    kind: str | None
    owner: str | None
    rows: int | None
    size_bytes: int | None
    published_at: str | None
    state: str
    description: str | None = None
    last_build_failed_at: str | None = None
    last_build_error: str | None = None
    folder_error: str | None = None
    held: dict[str, str] | None = None
    retraining: str | None = None

    def as_dict(self) -> dict[str, object]:
        """As JSON-able facts."""
        return asdict(self)


def product_states(mesh: Workspace, names: Iterable[ProductName]) -> list[ProductState]:
    """How each of `names` stands."""
    failed = failed_builds(mesh.settings)
    return [product_state(mesh, name, failed) for name in names]


def product_state(
    mesh: Workspace, name: ProductName, failures: Mapping[ProductName, FailedBuild] | None = None
) -> ProductState:
    """How `name` stands; `failures` are those of all products, read if not given."""
    head = mesh.lake.head((name.domain, name.product))
    product = mesh.products.products.get(name)
    failed = (failed_builds(mesh.settings) if failures is None else failures).get(name)
    if failed is not None and failed.is_before(head):
        failed = None
    return ProductState(
        product=str(name),
        kind=product.kind if product else None,
        owner=product.contract.owner if product else None,
        rows=head.row_count if head else None,
        size_bytes=head.size_bytes if head else None,
        published_at=f"{head.published_at:%Y-%m-%d %H:%M:%S}" if head else None,
        state=_in_words(mesh.products, name, head)
        + (f"; last build failed {failed.failed_at}" if failed else ""),
        description=product.contract.description if product else None,
        last_build_failed_at=failed.failed_at if failed else None,
        last_build_error=failed.reason if failed else None,
        folder_error=broken.error.message if (broken := mesh.products.broken.get(name)) else None,
        held=head.hold.as_dict() if head and head.hold else None,
        retraining=_retraining(mesh, product) if product and product.is_model else None,
    )


def _retraining(mesh: Workspace, product: Product) -> str | None:
    from meshlake.building.retraining import retraining_due

    due = retraining_due(mesh, product)
    return due.in_words if due else None


def _in_words(products: ProductSet, name: ProductName, head: Snapshot | None) -> str:
    if broken := products.broken.get(name):
        return f"cannot be read: {broken.error.message}"
    product = products.products.get(name)
    if product is None:
        return "published, its folder is gone"
    if head is None:
        return "not built yet"
    if head.hold is not None:
        return f"held, {head.hold.in_words}"
    is_changed = head.properties.get("code_version") != product.code_version
    return "published, its folder changed since" if is_changed else "published"
