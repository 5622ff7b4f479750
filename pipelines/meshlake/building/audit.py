"""Checks in the way of a build: on the audit branch before publishing, and on what is published when asked."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from meshlake.audit.samples import unclassified
from meshlake.building.failed import never_published
from meshlake.building.inputs import bind_published
from meshlake.building.landed import waiting
from meshlake.building.quality import record_results
from meshlake.errors import AuditError
from meshlake.rules.alike import Alike
from meshlake.rules.result import row_count_result

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from meshlake.building.context import BuildContext
    from meshlake.engines.session import Session
    from meshlake.lake.snapshot import Snapshot
    from meshlake.names import ProductName
    from meshlake.products.product import Product
    from meshlake.rules.result import CheckResult
    from meshlake.rules.rule import Rule
    from meshlake.workspace import Workspace

_SHOWN_CHARACTERS = 160


def audit_staged(context: BuildContext, branch: Snapshot) -> tuple[CheckResult, ...]:
    """Run every rule of the product on the rows of its audit branch.

    In a build of some days, rules that hold day by day are run on the staged rows, which are bound already: the other
    days passed them when they were built. All other rules are run on all rows of the branch.
    """
    session, mesh, product = context.session, context.mesh, context.product
    if context.plan is None or context.plan.built is None:
        return _run(session, product, product.rules)
    of_days = [rule for rule in product.rules if rule.holds_day_by_day(context.plan.column)]
    counts = [rule for rule in product.rules if rule.is_of_row_count]
    others = [rule for rule in product.rules if rule not in of_days and rule not in counts]
    # Iceberg keeps the number of rows: counting them would open every file.
    results = [row_count_result(rule, branch.row_count) for rule in counts]
    results += _run(session, product, of_days)
    if others:
        for name in set(product.check_inputs) & context.inputs.partitions.keys():
            context.inputs.bind_whole(name, mesh, session)
        session.bind_snapshot(product.name, mesh.lake, branch)
        results += _run(session, product, others)
    found = {result.rule.name: result for result in results}
    return tuple(found[rule.name] for rule in product.rules)


def check_published(mesh: Workspace, name: ProductName) -> Iterator[tuple[ProductName, CheckResult]]:
    """Run every rule of `name` on its published snapshot, and record the results.

    What has landed since the last build is looked at, too: whether it is like what landed before.

    Raises:
        UsageError: it was never published.
    """
    product = mesh.products.get(name)
    head = mesh.lake.head((name.domain, name.product))
    if head is None:
        raise never_published(mesh.settings, name)
    with mesh.session(str(name)) as session:
        bind_published(mesh, session, product.check_inputs)
        session.bind_snapshot(name, mesh.lake, head)
        results = _run(session, product, product.rules)
    landed = waiting(mesh, product)
    results = (landed, *results) if landed is not None else results
    record_results(mesh, name, "check", head.snapshot_id, results)
    yield from ((name, result) for result in results)


def refuse_blocked(context: BuildContext, branch: str, checks: Sequence[CheckResult]) -> None:
    """Stop before publishing when a blocking check failed; a build that is forced takes rows unlike those before.

    Raises:
        AuditError: naming the checks, their failing rows and the SQL that finds them.
    """
    blocking = [
        check
        for check in checks
        if check.is_blocking and not (context.is_forced and isinstance(check.rule, Alike))
    ]
    if not blocking:
        return
    first = blocking[0]
    others = (
        f" (and {len(blocking) - 1} more: {', '.join(c.rule.name for c in blocking[1:])})"
        if len(blocking) > 1
        else ""
    )
    hint = "Nothing was published; what was there before is untouched."
    if first.failing_sql:
        find = shlex.quote(" ".join(first.failing_sql.split()))
        hint += f" Find the rows: mesh sql --as-of {branch} {find}"
    if all(isinstance(check.rule, Alike) for check in blocking):
        hint += f" To take the rows as they are: mesh build {context.name} --force"
    sample = unclassified(first.samples[0], context.classified_contract) if first.samples else None
    example = f", such as {_in_words(sample)}" if sample else ""
    raise AuditError(
        f"{context.name}: check {first.rule.name} failed: {first.message}{example}{others}",
        hint,
        checks,
    )


def _in_words(row: Mapping[str, Any]) -> str:
    text = ", ".join(f"{column} {'NULL' if value is None else value}" for column, value in row.items())
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."


def _run(session: Session, product: Product, rules: Sequence[Rule]) -> tuple[CheckResult, ...]:
    from meshlake.audit.audit import audit

    results = audit(session.relation(product.name), rules, contract=product.contract)
    return tuple(_with_place(session, product, result) for result in results)


def _with_place(session: Session, product: Product, result: CheckResult) -> CheckResult:
    """A check whose SQL cannot run says where in its file that is wrong."""
    file = result.rule.sql_file(product.folder)
    if result.is_passed or result.observed is not None or file is None:
        return result
    fault = session.fault(result.rule.arguments["query"], file)
    if fault is None:
        return replace(result, message=f"{file}: {result.message}")
    return replace(result, message=" ".join(filter(None, (f"{fault.message}.", fault.hint))))
