"""One product from its inputs to its next published snapshot."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from meshlake.building.audit import audit_staged, refuse_blocked
from meshlake.building.breaking import refuse_breaking
from meshlake.building.conform import conformed_select, misfits_error
from meshlake.building.context import BuildContext, Step
from meshlake.building.day_rows import kept_rows, refuse_other_days
from meshlake.building.failed import keeping_failure
from meshlake.building.holds import held_facts, held_properties
from meshlake.building.inputs import bind_published, pin_inputs
from meshlake.building.landed import refuse_unlike
from meshlake.building.outdated import due
from meshlake.building.performance import performance_facts
from meshlake.building.pictures import audited_distributions, draw_distributions
from meshlake.building.quality import record_results, recorded_results
from meshlake.building.quarantine import publish_quarantine
from meshlake.building.retraining import retraining_due, retraining_facts
from meshlake.building.snapshot_alike import compare_staged
from meshlake.building.unreadable import unreadable_facts, unreadable_lines
from meshlake.errors import BuildError, ConflictError, MeshError
from meshlake.formats.unreadable import ReadAgainError
from meshlake.health import naming_servers
from meshlake.lake.draft import Draft

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import date

    from meshlake.building.kept_batches import Compared
    from meshlake.lake.hold import Hold
    from meshlake.lake.snapshot import Snapshot
    from meshlake.names import ProductName
    from meshlake.products.product import Product
    from meshlake.products.transform import Rows
    from meshlake.rules.result import CheckResult
    from meshlake.workspace import Workspace

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

    def as_dict(self) -> dict[str, object]:
        """As JSON-able facts."""
        return {
            "product": str(self.name),
            "snapshot_id": str(self.snapshot.snapshot_id),
            "is_rebuilt": self.is_rebuilt,
            "rows": self.snapshot.row_count,
            "size_bytes": self.snapshot.size_bytes,
            "seconds": round(self.seconds, 3),
            "checks_passed": sum(check.is_passed for check in self.checks),
            "checks": len(self.checks),
            "held": hold.as_dict() if (hold := self.hold) else None,
            "facts": dict(self.facts),
        }

    @property
    def hold(self) -> Hold | None:
        """Why nothing was built, where that is since the product was rolled back."""
        return None if self.is_rebuilt else self.snapshot.hold


def build_product(
    mesh: Workspace,
    name: ProductName,
    *,
    is_forced: bool = False,
    days: Collection[date] = (),
    keeps_hold: bool = False,
    is_breaking: bool = False,
    progress: Callable[[ProductName, str], None] | None = None,
) -> BuildResult:
    """Build and publish one product, unless neither its folder nor its inputs changed since its last snapshot.

    A model that turned out wrong, or whose features have moved, is trained again. Of a product partitioned by date only
    the days whose inputs changed are built, and those of `days` that have any. `is_forced` builds all of it, and trains
    models anew. What is held since it was rolled back is left until its folder or what caused that changes; being
    forced or asked for days ends a hold, unless the build `keeps_hold`. A build that loses a race to another starts
    over on what the other published. Columns that other products read are taken away only if the build `is_breaking`.

    Raises:
        MeshError: nothing was published; `AuditError.results` hold the checks when one of them kept it from being so.
    """
    product = mesh.products.get(name)
    asked = _Asked(is_forced, days, keeps_hold, is_breaking)
    attempt = 1
    with keeping_failure(mesh.settings, name), naming_servers(mesh.settings, str(name)):
        while True:
            try:
                return _build_once(
                    mesh, product, asked, lambda step: progress(name, step) if progress else None
                )
            except ReadAgainError:
                continue  # each file is mended once
            except ConflictError:
                if attempt == _ATTEMPTS:
                    raise
                attempt += 1


@dataclass(frozen=True)
class _Asked:
    is_forced: bool
    days: Collection[date]
    keeps_hold: bool
    is_breaking: bool


def _build_once(
    mesh: Workspace, product: Product, asked: _Asked, report: Callable[[str], None]
) -> BuildResult:
    started = time.monotonic()
    report(Step.READING)
    inputs = pin_inputs(mesh, product.name, product.inputs)
    head = mesh.lake.head((product.name.domain, product.name.product))
    retraining = retraining_due(mesh, product)
    why = retraining.why if retraining and retraining.is_acted_on else ()
    is_forced = asked.is_forced or bool(why)
    found = due(product, inputs, head, is_forced=is_forced, days=asked.days, keeps_hold=asked.keeps_hold)
    plan = found.plan
    if head is not None and found.is_unchanged:
        checks = recorded_results(mesh, product, head.properties.get("run", ""))
        known = {"retraining": retraining.in_words} if retraining else {}
        return BuildResult(product.name, head, is_rebuilt=False, checks=checks, facts=known)
    if not asked.is_breaking:
        refuse_breaking(mesh, product, head)
    if plan is not None:
        inputs = replace(inputs, partitions=plan.reads)
    run = uuid.uuid4().hex[:12]
    with mesh.session(str(product.name), product.rows_file) as session:
        context = BuildContext(mesh, product, inputs, session, head, asked.is_forced, run, plan, report, why)
        inputs.bind(mesh, session)
        landed = refuse_unlike(context)
        rows = product.transform.make_rows(context)
        snapshot, checks, kept_aside = _publish(context, rows, found.fingerprint, started, landed)
        matured = performance_facts(context)
    seconds = time.monotonic() - started
    told = plan.facts if plan is not None else {}
    facts = {**rows.facts, **kept_aside, **told, **held_facts(inputs, head), **matured}
    facts |= retraining_facts(mesh, product)
    return BuildResult(product.name, snapshot, is_rebuilt=True, checks=checks, seconds=seconds, facts=facts)


def _publish(
    context: BuildContext, rows: Rows, fingerprint: str, started: float, landed: Compared | None
) -> tuple[Snapshot, tuple[CheckResult, ...], dict[str, Any]]:
    """Write, audit, publish; what was kept aside meanwhile is told as facts."""
    mesh, product, session = context.mesh, context.product, context.session
    writer = session.local if rows.is_local else session
    given, where = writer.columns(rows.select), str(product.rows_file)
    select = conformed_select(rows.select, given, product.contract, where)
    draft = _draft(context)
    context.report(Step.STAGING)
    try:
        staged = writer.stage(kept_rows(context.plan, select), draft)
    except BuildError as error:
        context.inputs.refuse_changed()
        misfits = misfits_error(rows.select, given, product.contract, where, writer.rows)
        raise misfits or rows.explain(error) from error
    except ReadAgainError:
        raise
    except MeshError as error:
        context.inputs.refuse_changed()
        raise rows.explain(error) from error
    context.inputs.refuse_changed()
    lines = unreadable_lines(context, rows)
    context.report(Step.STAGED)
    session.bind_staged(product.name, staged, draft)
    refuse_other_days(context)
    properties = _properties(context, fingerprint) | dict(rows.properties)
    branch = draft.write_branch(
        staged.files,
        properties | {"staging_seconds": f"{time.monotonic() - started:.3f}"},
        context.plan.replaced if context.plan else None,
    )
    context.report(Step.BRANCHED)
    bind_published(mesh, session, (n for n in product.check_inputs if n not in product.inputs))
    compared = [
        each for each in (landed, compare_staged(context, branch, staged.row_count)) if each is not None
    ]
    alike = [each.result for each in compared if each.result is not None]
    checks = (*alike, *audit_staged(context, branch))
    context.report(Step.AUDITED)
    record_results(mesh, product.name, context.run, branch.snapshot_id, checks)
    refuse_blocked(context, draft.branch, checks)
    drawn = audited_distributions(context)
    publish_quarantine(context, rows.quarantine, lines)
    snapshot = draft.publish()
    try:
        if context.plan is None or context.plan.built is None:
            # Of some days those of an earlier snapshot do: collecting them reads every file.
            session.collect_statistics(snapshot)
    except MeshError as error:
        # Readers have the rows already; without statistics only plans are worse, until the next build.
        context.report(f"published without statistics: {error.message}")
    draw_distributions(context, drawn, snapshot)
    for each in compared:
        each.keep(context.settings)
    context.report(Step.PUBLISHED)
    return snapshot, checks, unreadable_facts(lines)


def _draft(context: BuildContext) -> Draft:
    product, head = context.product, context.head
    draft = Draft(
        context.mesh.lake, (product.name.domain, product.name.product), product.contract.columns, context.run
    )
    if draft.base_id != (head.snapshot_id if head else None):
        # What to build was found for another snapshot than the one it would replace: that one may be held.
        raise ConflictError(f"{product.name}: another build published just now", "Run the build again.")
    return draft


def _properties(context: BuildContext, fingerprint: str) -> dict[str, str]:
    return {
        "run": context.run,
        "fingerprint": fingerprint,
        "code_version": context.product.code_version,
        "contract_version": context.product.contract.version,
        "inputs": json.dumps(context.inputs.versions),
        **held_properties(context.inputs),
        "engine": context.mesh.settings.engine,
    } | (context.plan.properties(context.run) if context.plan else {})
