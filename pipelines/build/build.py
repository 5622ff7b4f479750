"""One product from its inputs to its next published snapshot."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipelines.build.audit import audit_staged, refuse_blocked
from pipelines.build.conform import conformed_select
from pipelines.build.context import BuildContext, Step
from pipelines.build.inputs import bind_published, pin_inputs
from pipelines.build.quality import record_results, recorded_results
from pipelines.build.quarantine import publish_quarantine
from pipelines.build.rows import make_rows
from pipelines.errors import ConflictError, MeshError
from pipelines.lake.draft import Draft
from pipelines.services import naming_servers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pipelines.audit.result import CheckResult
    from pipelines.build.mesh import Mesh
    from pipelines.build.rows import Rows
    from pipelines.lake.catalog import Snapshot
    from pipelines.names import ProductName
    from pipelines.products.product import Product

_ATTEMPTS = 3


@dataclass(frozen=True)
class BuildResult:
    """What a build did. `facts` are the model's metrics, rows left out, drift and the like, JSON-able."""

    name: ProductName
    snapshot: Snapshot
    is_rebuilt: bool
    checks: tuple[CheckResult, ...] = ()
    seconds: float = 0.0
    facts: Mapping[str, Any] = field(default_factory=dict)


def build_product(
    mesh: Mesh,
    name: ProductName,
    *,
    is_forced: bool = False,
    progress: Callable[[ProductName, str], None] | None = None,
) -> BuildResult:
    """Build and publish one product, unless neither its folder nor its inputs changed since its last snapshot.

    `is_forced` builds it in any case, and trains models anew. A build that loses a race to another starts over on
    what the other published.

    Raises:
        MeshError: nothing was published; `AuditError.results` hold the checks when one of them kept it from being so.
    """
    product = mesh.products.get(name)
    attempt = 1
    with naming_servers(mesh.settings, str(name)):
        while True:
            try:
                return _build_once(
                    mesh, product, is_forced, lambda step: progress(name, step) if progress else None
                )
            except ConflictError:
                if attempt == _ATTEMPTS:
                    raise
                attempt += 1


def _build_once(mesh: Mesh, product: Product, is_forced: bool, report: Callable[[str], None]) -> BuildResult:
    started = time.monotonic()
    report(Step.READING)
    inputs = pin_inputs(mesh, product.name, product.inputs)
    head = mesh.lake.head((product.name.domain, product.name.product))
    fingerprint = inputs.fingerprint(product.code_version)
    if head is not None and head.properties.get("fingerprint") == fingerprint and not is_forced:
        checks = recorded_results(mesh, product, head.properties.get("run", ""))
        return BuildResult(product.name, head, is_rebuilt=False, checks=checks)
    with mesh.session(str(product.name), product.rows_file) as session:
        context = BuildContext(mesh, product, inputs, session, head, is_forced, uuid.uuid4().hex[:12], report)
        inputs.bind(mesh, session)
        rows = make_rows(context)
        snapshot, checks = _publish(context, rows, fingerprint, started)
    seconds = time.monotonic() - started
    return BuildResult(
        product.name, snapshot, is_rebuilt=True, checks=checks, seconds=seconds, facts=rows.facts
    )


def _publish(
    context: BuildContext, rows: Rows, fingerprint: str, started: float
) -> tuple[Snapshot, tuple[CheckResult, ...]]:
    """Write, audit, publish."""
    mesh, product, session = context.mesh, context.product, context.session
    writer = session.local if rows.is_local else session
    select = conformed_select(
        rows.select, writer.columns(rows.select), product.contract, str(product.rows_file)
    )
    draft = Draft(
        mesh.lake, (product.name.domain, product.name.product), product.contract.columns, context.run
    )
    context.report(Step.STAGING)
    try:
        staged = writer.stage(select, draft)
    except MeshError as error:
        raise rows.explain(error) from error
    context.report(Step.STAGED)
    properties = _properties(context, fingerprint) | dict(rows.properties)
    branch = draft.write_branch(
        staged.files, properties | {"staging_seconds": f"{time.monotonic() - started:.3f}"}
    )
    context.report(Step.BRANCHED)
    bind_published(mesh, session, (n for n in product.check_inputs if n not in product.inputs))
    checks = audit_staged(context, staged, draft)
    context.report(Step.AUDITED)
    record_results(mesh, product.name, context.run, branch.snapshot_id, checks)
    refuse_blocked(product.name, draft.branch, checks)
    if rows.quarantine is not None:
        publish_quarantine(context, rows.quarantine)
    snapshot = draft.publish()
    try:
        session.collect_statistics(snapshot)
    except MeshError as error:
        # Readers have the rows already; without statistics only plans are worse, until the next build.
        context.report(f"published without statistics: {error.message}")
    context.report(Step.PUBLISHED)
    return snapshot, checks


def _properties(context: BuildContext, fingerprint: str) -> dict[str, str]:
    return {
        "run": context.run,
        "fingerprint": fingerprint,
        "code_version": context.product.code_version,
        "contract_version": context.product.contract.version,
        "inputs": json.dumps(context.inputs.versions),
        "engine": context.mesh.settings.engine,
    }
