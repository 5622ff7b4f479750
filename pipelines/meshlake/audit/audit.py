"""The audit: every rule of a product checked on its rows, each answer with the rows that are wrong."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from meshlake.audit.columns import differences
from meshlake.audit.measures import Measure, measure
from meshlake.audit.result import CheckResult
from meshlake.audit.samples import jsonable
from meshlake.audit.suite import Outcome, one_line, run_suite
from meshlake.contract.model import Contract, Rule, RuleKind
from meshlake.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.engines.relation import AuditRelation

MAX_SAMPLES = 20


def audit(
    relation: AuditRelation, rules: Sequence[Rule], *, contract: Contract, now_seconds: float | None = None
) -> list[CheckResult]:
    """Check `rules` on the rows of `relation`, in the order given.

    A rule whose SQL fails is a failed check that says so; it never ends the audit. Failing rows are looked
    for only where a rule failed.

    Args:
        relation: the rows.
        rules: the contract's rules and those of `checks/*.sql`; their names are unique.
        contract: whose column types the rules' values are read as.
        now_seconds: the time freshness is measured at, in seconds since 1970 UTC; now when not given.

    Raises:
        MeshError: the rows cannot be read, or the engine itself failed.
    """
    now = time.time() if now_seconds is None else now_seconds
    measured = [rule for rule in rules if rule.kind != RuleKind.COLUMNS]
    measures = {
        rule.name: measure(rule, contract, relation.table, now)
        for rule in measured
        if rule.kind != RuleKind.EXPECTATION
    }
    outcomes = run_suite(relation, measured, measures) if measured else {}
    return [
        _columns_result(relation, rule, contract)
        if rule.kind == RuleKind.COLUMNS
        else _result(relation, rule, measures.get(rule.name), outcomes[rule.name])
        for rule in rules
    ]


def _columns_result(relation: AuditRelation, rule: Rule, contract: Contract) -> CheckResult:
    """Whether the columns are the contract's, by name and type; their order is free."""
    started = time.perf_counter()
    found = differences(relation.columns(), {column.name: column.type for column in contract.columns})
    text = "; ".join(found) or "as in the contract"
    return CheckResult(rule, not found, text, text, seconds=time.perf_counter() - started)


def _result(relation: AuditRelation, rule: Rule, measured: Measure | None, outcome: Outcome) -> CheckResult:
    if outcome.error is not None:
        return CheckResult(rule, False, None, outcome.error, seconds=outcome.seconds)
    if measured is None:
        return _expectation_result(rule, outcome)
    observed, count = outcome.found["observed_value"], outcome.found["count"]
    failing_sql = measured.failing_sql if rule.bounds.has_upper else None
    failing_rows = count if failing_sql and (measured.is_row_count or count == 0) else None
    samples: tuple[dict[str, Any], ...] = ()
    if failing_sql and not outcome.is_passed and count:
        try:
            failing_rows = count if measured.is_row_count else relation.count(failing_sql)
            samples = tuple(jsonable(row) for row in relation.rows(failing_sql, MAX_SAMPLES))
        except BuildError as error:  # counting rows leaves out what reading them computes
            if relation.failure is not None:
                raise
            return CheckResult(rule, False, None, one_line(error), seconds=outcome.seconds)
    message = _message(rule, observed, failing_rows, outcome)
    return CheckResult(
        rule, outcome.is_passed, observed, message, failing_rows, samples, failing_sql, outcome.seconds
    )


def _expectation_result(rule: Rule, outcome: Outcome) -> CheckResult:
    """What Great Expectations' own result says; it lists failing values, but no SQL that finds their rows."""
    found = outcome.found
    observed = jsonable(found.get("observed_value", found.get("unexpected_percent")))
    if not isinstance(observed, int | float | str | None):
        observed = json.dumps(observed)
    samples = tuple(_named(value, rule) for value in found.get("partial_unexpected_list", [])[:MAX_SAMPLES])
    failing_rows = found.get("unexpected_count")
    message = _message(rule, observed, failing_rows, outcome)
    return CheckResult(
        rule, outcome.is_passed, observed, message, failing_rows, samples, None, outcome.seconds
    )


def _named(value: Any, rule: Rule) -> dict[str, Any]:
    """A value Great Expectations lists, under the columns it is of."""
    kwargs = rule.arguments["kwargs"]
    if isinstance(value, dict):
        row: dict[str, Any] = jsonable(value)
        return row
    if "column_A" in kwargs:
        return dict(zip((kwargs["column_A"], kwargs["column_B"]), jsonable(value), strict=True))
    return {kwargs.get("column", "value"): jsonable(value)}


def _message(rule: Rule, observed: float | str | None, failing_rows: int | None, outcome: Outcome) -> str:
    """One plain line on what was found, and what was promised when that is broken."""
    unit = " percent" if rule.bounds.unit == "percent" else ""
    number = "no value" if observed is None else f"{observed}{unit}"
    if observed is None and rule.kind == RuleKind.EXPECTATION:
        number = "as expected" if outcome.is_passed else "not as expected"
    if outcome.is_passed:
        return number
    if rule.kind == RuleKind.FRESHNESS:
        seconds = rule.arguments["maximum_age_seconds"]
        return (
            number if observed is None else f"newest value {float(observed):.0f} s old, at most {seconds:.0f}"
        )
    if failing_rows is not None and not unit:
        return f"{failing_rows} failing row{'' if failing_rows == 1 else 's'}"
    return f"{number}, must be {rule.bounds}" if rule.kind != RuleKind.EXPECTATION else number
