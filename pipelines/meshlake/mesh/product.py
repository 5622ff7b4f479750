"""One data product of an opened mesh: its rows, contract, versions, checks, and what it comes from and goes to."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

from meshlake.engines.engine import LOCAL
from meshlake.errors import MeshError
from meshlake.mesh.states import ProductState, product_state

if TYPE_CHECKING:
    from pathlib import Path

    from meshlake.building.failed import FailedBuild
    from meshlake.contract.model import Contract
    from meshlake.lake.snapshot import Snapshot
    from meshlake.mesh.answer import Answer, Moment
    from meshlake.mesh.levels import ServiceLevel
    from meshlake.names import InputName, ProductName
    from meshlake.products.lineage import ColumnLineage
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


@dataclass(frozen=True)
class Consumers:
    """Who reads a product: the products whose rows or checks do, and the questions of the mesh."""

    products: tuple[str, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True)
class Quarantined:
    """How many landed values could not be kept, in how many rows that were left out for it, and of how many lines, or
    broken files, no row could be made; `table` tells them all."""

    table: str
    values: int
    rows: int
    lines: int


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

    @property
    def failed_build(self) -> FailedBuild | None:
        """Its last build, if that failed."""
        from meshlake.building.failed import failed_builds

        failed = failed_builds(self._workspace.settings).get(self._product.name)
        return None if failed is None or failed.is_before(self.snapshot) else failed

    @property
    def service_levels(self) -> list[ServiceLevel]:
        """What its contract promises beside its rows, and whether that is kept now."""
        from meshlake.mesh.levels import service_levels

        return service_levels(self._workspace, [self._product])

    @property
    def quarantined(self) -> Quarantined | None:
        """What landed and could not be kept; None where nothing was ever set aside."""
        name = self._product.name.quarantine
        if self._workspace.lake.head((name.domain, name.product)) is None:
            return None
        counts = "SELECT count(row), count(DISTINCT (file, row)) FILTER (row IS NOT NULL), count(*)"
        ((values, rows, kept),) = self._mesh.sql(f"{counts} FROM {name.sql}", engine=LOCAL).fetchall()
        return Quarantined(str(name), values, rows, kept - values)

    @property
    def pictures(self) -> tuple[str, ...]:
        """Where the pictures of what is published of it are, as files that Dagster shows on the product's page too.

        Of a model its curves and importances, full paths, or addresses where models are kept in an object store; of any
        product, last, how the values of its columns are distributed, if it was built with this home. Text of many
        values, keys and what the contract classifies are not drawn.
        """
        from meshlake.building.pictures import picture_files

        return picture_files(self._workspace, self._product.name, self.snapshot)

    def as_dict(self) -> dict[str, Any]:
        """As JSON-able facts: all that is known of it."""
        from meshlake.mesh.facts import check_facts, column_facts

        contract, head, failed, quarantined = (
            self.contract,
            self.snapshot,
            self.failed_build,
            self.quarantined,
        )
        classified = self._workspace.products.classifications.of(self._product.name)
        return self.state.as_dict() | {
            "title": contract.title,
            "grain": contract.grain,
            "version": contract.version,
            "folder": str(self.folder),
            "inputs": [str(name) for name in self._product.inputs],
            "columns": column_facts(contract.columns, self.column_lineage(), classified),
            "checks": check_facts(self._product.all_rules, self.checks().dicts() if head else ()),
            "failed_build": failed.as_dict() if failed else None,
            "consumers": asdict(self.consumers),
            "service_levels": [level.as_dict() for level in self.service_levels],
            "quarantined": asdict(quarantined) if quarantined else None,
            "pictures": list(self.pictures),
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
        from meshlake.products.graph import with_downstream, with_upstream

        known = self._workspace.products.products
        needed = with_upstream(known, [self._product.name])
        sources: set[InputName] = {read for name in needed if name in known for read in known[name].reads}
        later = with_downstream(known, [self._product.name])
        return Lineage(
            tuple(sorted(map(str, sources))),
            tuple(sorted(str(name) for name in later if name != self._product.name)),
        )

    @property
    def consumers(self) -> Consumers:
        """The products and the questions that read it; questions that cannot be read are told by `Mesh.questions`."""
        from meshlake.query.questions import readable_questions

        questions = readable_questions(self._workspace.settings.questions)
        reading = tuple(q.name for q in questions if self._product.name in q.query.products)
        return Consumers(self.downstream, reading)

    def column_lineage(self) -> dict[str, ColumnLineage]:
        """Which columns of what it reads each of its columns comes from, found by parsing; nothing is run.

        Example:
            >>> lineage = mesh.product("shop.plans").column_lineage()
            >>> [str(column) for column in lineage["plan"].inputs], lineage["customers"].made_by
            (['shop.customers.plan'], 'COUNT(*)')
        """
        return dict(self._product.transform.lineage(self.contract, self._columns_of))

    def _columns_of(self, name: InputName) -> tuple[str, ...]:
        known = self._workspace.products.products
        if name in known:
            return tuple(column.name for column in known[name].contract.columns)
        try:
            return self._mesh.sql(f"SELECT * FROM {name.sql} LIMIT 0", engine=LOCAL).columns
        except MeshError:  # not landed, not published or not readable: its columns are not known
            return ()

    def rollback(self, to: str | int | None = None) -> Snapshot:
        """Make the version before current again, or the snapshot `to`; for a model's product, its model version too.

        Builds leave it there until its folder or what caused the other version changes, or `Mesh.release` lets it go.

        Raises:
            UsageError: there is no such version.
            ConflictError: somebody published at the same moment.
        """
        from meshlake.mesh.moving import move_back

        return move_back(self._workspace, self._product.name, to)

    def _published(self) -> Snapshot:
        from meshlake.building.failed import never_published

        if (head := self.snapshot) is None:
            raise never_published(self._workspace.settings, self._product.name)
        return head
