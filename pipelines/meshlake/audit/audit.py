"""The audit: every rule of a product checked on its rows, each answer with the rows that are wrong."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from meshlake.audit.numbers import check_numbers
from meshlake.rules.measure import ActualColumns, Aggregate, AuditedTable, ByDay, Expected, Query
from meshlake.rules.result import CheckResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.contract.model import Contract
    from meshlake.engines.relation import AuditRelation
    from meshlake.rules.rule import Rule


def audit(
    relation: AuditRelation, rules: Sequence[Rule], *, contract: Contract, now_seconds: float | None = None
) -> list[CheckResult]:
    """Check `rules` on the rows of `relation`, in the order given.

    All aggregates travel in one query, each rule with a query of its own runs it, and Great Expectations, which takes
    seconds to import, runs what a contract writes as an expectation. A rule whose SQL fails is a failed check that says
    so; it never ends the audit. Failing rows are looked for only where a rule failed.

    Args:
        relation: the rows.
        rules: the contract's rules and those of `checks/*.sql`; their names are unique.
        contract: whose column types the rules' values are read as.
        now_seconds: the time freshness is measured at, in seconds since 1970 UTC; now when not given.

    Raises:
        MeshError: the rows cannot be read, or the engine itself failed.
    """
    if not rules:
        return []
    now = time.time() if now_seconds is None else now_seconds
    table = AuditedTable(relation.table, contract.columns, now)
    measures = [(rule, rule.measure(table)) for rule in rules]
    results = check_numbers(relation, [(r, m) for r, m in measures if isinstance(m, Aggregate | Query)])
    if expected := [(r, m) for r, m in measures if isinstance(m, Expected)]:
        from meshlake.audit.expectations import check_expectations

        results |= check_expectations(relation, expected)
    if daily := [(r, m) for r, m in measures if isinstance(m, ByDay)]:
        from meshlake.audit.daily import check_daily

        results |= check_daily(relation, daily)
    results |= {r.name: _columns_result(relation, r, m) for r, m in measures if isinstance(m, ActualColumns)}
    return [results[rule.name] for rule in rules]


def _columns_result(relation: AuditRelation, rule: Rule, measure: ActualColumns) -> CheckResult:
    """What is wrong with the columns as the engine has them."""
    started = time.perf_counter()
    found = measure.differences(relation.columns())
    text = "; ".join(found) or "as in the contract"
    message = rule.message(text, None, is_passed=not found)
    return CheckResult(rule, not found, text, message, seconds=time.perf_counter() - started)
