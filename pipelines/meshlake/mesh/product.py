"""One data product of an opened mesh: its rows, contract, versions, checks, and what it comes from and goes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from meshlake.engines.engine import LOCAL
from meshlake.errors import UsageError
from meshlake.mesh.states import ProductState, product_state

if TYPE_CHECKING:
    from pathlib import Path

    from meshlake.contract.model import Contract
    from meshlake.lake.snapshot import Snapshot
    from meshlake.mesh.answer import Answer, Moment
    from meshlake.names import InputName, ProductName
    from meshlake.products.product import Product
    from meshlake.rules.result import CheckResult
    from meshlake.workspace import Workspace

_RECORDED = """
SELECT check_name, kind, column_name, severity, is_passed, observed, failing_rows, message, checked_at
FROM mesh.quality_results
WHERE product = '{product}' AND snapshot_id IN ({snapshot}, {rows})
QUALIFY row_number() OVER (PARTITION BY check_name ORDER BY checked_at DESC) = 1
ORDER BY is_passed, check_name
"""


@dataclass(frozen=True)
class Lineage:
    """All that a product's rows or checks come from, however far, and all products that come from it."""

    upstream: tuple[str, ...]
    downstream: tuple[str, ...]


class Askable(Protocol):
    """What a product asks its mesh."""

    def sql(self, query: str, *, as_of: Moment | None = None, engine: str | None = None) -> Answer:
        """The answer to one SELECT."""


class DataProduct:
    """A product as its folder and the catalog are when `Mesh.product` is called.

    Example:
        >>> plans = mesh.product("shop.plans")
        >>> sorted(plans.rows())
        [('basic', 24), ('plus', 16)]
        >>> plans.contract.owner, plans.state.state
        ('ana@example.com', 'published')
        >>> plans.upstream, mesh.product("shop.customers").downstream
        (('shop.customers',), ('shop.plans',))
        >>> plans.lineage().upstream
        ('landing.shop.customers', 'shop.customers')
        >>> all(check["is_passed"] for check in plans.checks().dicts())
        True
        >>> len(plans.history())
        1
    """

    def __init__(self, mesh: Askable, workspace: Workspace, name: ProductName) -> None:
        self._mesh = mesh
        self._workspace = workspace
        self._product = workspace.products.get(name)

    def __repr__(self) -> str:
        return f"<DataProduct {self.name}: {self.state.state}>"

    @property
    def name(self) -> str:
        """`<domain>.<product>`."""
        return str(self._product.name)

    @property
    def definition(self) -> Product:
        """All that its folder says: contract, transform, inputs, checks."""
        return self._product

    @property
    def contract(self) -> Contract:
        """Owner, columns, rules and promises."""
        return self._product.contract

    @property
    def folder(self) -> Path:
        """Where it is described."""
        return self._product.folder

    @property
    def state(self) -> ProductState:
        """How it stands, in words and numbers."""
        return product_state(self._workspace, self._product.name)

    @property
    def snapshot(self) -> Snapshot | None:
        """The version that readers see; None when none is published."""
        return self._workspace.lake.head((self._product.name.domain, self._product.name.product))

    def rows(self, *, as_of: Moment | None = None, engine: str | None = None) -> Answer:
        """All its rows, as `Mesh.sql` gives them.

        Raises:
            UsageError: it was never published, or not as of then.
        """
        self._published()
        return self._mesh.sql(f"SELECT * FROM {self._product.name.sql}", as_of=as_of, engine=engine)

    def history(self) -> tuple[Snapshot, ...]:
        """Its published versions that are kept, newest first.

        Raises:
            UsageError: it was never published.
        """
        from meshlake.building.upkeep import history

        return tuple(history(self._workspace, self._product.name))

    def checks(self) -> Answer:
        """What its checks said of the version that is published, failed ones first; each as it was run last.

        Raises:
            UsageError: it was never published.
        """
        head = self._published()
        sql = _RECORDED.format(product=self.name, snapshot=head.snapshot_id, rows=head.rows_id)
        return self._mesh.sql(sql, engine=LOCAL)

    def check(self) -> tuple[CheckResult, ...]:
        """Run its checks on what is published now.

        Raises:
            UsageError: it was never published.
        """
        from meshlake.building.audit import check_published

        return tuple(result for _, result in check_published(self._workspace, self._product.name))

    def as_dict(self) -> dict[str, Any]:
        """As JSON-able facts: what it is, its columns and checks, what it reads, and what is published of it."""
        contract, head = self.contract, self.snapshot
        return self.state.as_dict() | {
            "title": contract.title,
            "description": contract.description,
            "grain": contract.grain,
            "version": contract.version,
            "inputs": [str(name) for name in self._product.inputs],
            "columns": [
                {
                    "name": c.name,
                    "type": str(c.type),
                    "is_required": c.is_required,
                    "description": c.description,
                }
                for c in contract.columns
            ],
            "checks": [
                {"name": r.name, "severity": r.severity.value, "description": r.description}
                for r in self._product.rules
            ],
            "snapshot": head.as_dict() if head else None,
        }

    @property
    def upstream(self) -> tuple[str, ...]:
        """The products and landed datasets that its rows or its checks read."""
        return tuple(str(name) for name in self._product.reads)

    @property
    def downstream(self) -> tuple[str, ...]:
        """The products whose rows or checks read it."""
        known = self._workspace.products.products
        return tuple(sorted(str(n) for n, other in known.items() if self._product.name in other.reads))

    def lineage(self) -> Lineage:
        """All that it comes from, landed datasets too, and all products that come from it."""
        from meshlake.products.graph import with_upstream

        known = self._workspace.products.products
        needed = with_upstream(known, [self._product.name])
        sources: set[InputName] = {read for name in needed if name in known for read in known[name].reads}
        later = {name for name in known if self._product.name in with_upstream(known, [name])}
        return Lineage(
            tuple(sorted(map(str, sources))),
            tuple(sorted(str(name) for name in later if name != self._product.name)),
        )

    def rollback(self, to: str | int | None = None) -> Snapshot:
        """Make the version before current again, or the snapshot `to`; for a model's product, its model version too.

        Raises:
            UsageError: there is no such version.
            ConflictError: somebody published at the same moment.
        """
        from meshlake.building.upkeep import roll_back

        return roll_back(self._workspace, self._product.name, None if to is None else str(to))

    def _published(self) -> Snapshot:
        if (head := self.snapshot) is None:
            raise UsageError(f"{self.name} was never published", f"Run `mesh build {self.name}`.")
        return head
