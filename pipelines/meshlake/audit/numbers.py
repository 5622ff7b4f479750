"""Numbers that rules ask for in SQL, and what they say of the rules: aggregates by one query for very many."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from meshlake.audit.samples import jsonable
from meshlake.errors import BuildError
from meshlake.rules.measure import Aggregate, Query
from meshlake.rules.result import CheckResult

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from meshlake.engines.relation import AuditRelation
    from meshlake.rules.rule import Rule

MAX_SAMPLES = 20
# What an engine plans and holds for one statement grows with its aggregates.
_TOGETHER = 100


@dataclass(frozen=True)
class Number:
    """What one rule's SQL gave, of `row_count` rows; `error` says why there is no `value`, when it could not run."""

    value: float | None = None
    row_count: float = 0
    error: str | None = None
    seconds: float = 0.0


def check_numbers(
    relation: AuditRelation, stated: Sequence[tuple[Rule, Aggregate | Query]]
) -> dict[str, CheckResult]:
    """What is found of every rule, by its name: its number, and its failing rows where it is broken.

    Raises:
        MeshError: the engine itself failed, which is no rule's fault.
    """
    expressions = [(rule.name, m.expression) for rule, m in stated if m.expression is not None]
    numbers: dict[str, Number] = {}
    for first in range(0, len(expressions), _TOGETHER):
        numbers |= _aggregates(relation, dict(expressions[first : first + _TOGETHER]))
    for rule, measure in stated:
        if isinstance(measure, Query):
            numbers[rule.name] = _of_query(relation, measure, numbers.get(rule.name))
    return {rule.name: _result(relation, rule, measure, numbers[rule.name]) for rule, measure in stated}


def _result(relation: AuditRelation, rule: Rule, measure: Aggregate | Query, number: Number) -> CheckResult:
    """What `number` says of `rule`, with failing rows and their samples where it is broken."""
    if number.error is not None:
        return CheckResult(rule, False, None, number.error, seconds=number.seconds)
    observed = _observed(rule, number)
    is_passed = observed is not None and rule.bounds.is_met_by(observed)
    failing_sql = measure.failing_sql if rule.bounds.has_upper else None
    is_told = measure.is_row_count or number.value == 0
    failing_rows = int(number.value) if failing_sql and is_told and number.value is not None else None
    samples: tuple[dict[str, Any], ...] = ()
    if failing_sql and not is_passed and number.value:
        try:
            failing_rows = failing_rows if is_told else relation.count(failing_sql)
            samples = tuple(jsonable(row) for row in relation.rows(failing_sql, MAX_SAMPLES))
        except BuildError as error:  # counting rows leaves out what reading them computes
            return CheckResult(rule, False, None, reason_of(relation, error), seconds=number.seconds)
    message = rule.message(observed, failing_rows, is_passed=is_passed)
    return CheckResult(rule, is_passed, observed, message, failing_rows, samples, failing_sql, number.seconds)


def _observed(rule: Rule, number: Number) -> float | None:
    """The number that the rule's bounds speak of."""
    if rule.bounds.unit != "percent" or number.value is None:
        return number.value
    return 100 * number.value / number.row_count if number.row_count else 0.0


def _aggregates(relation: AuditRelation, expressions: Mapping[str, str]) -> dict[str, Number]:
    """One query for all; when it cannot run, one for each half, so that only those that are wrong fail."""
    listed = ", ".join(("count(*)", *expressions.values()))
    started = time.perf_counter()
    try:
        ((row_count, *values),) = relation.answer(f"SELECT {listed} FROM {relation.table}")
        numbers = [_number(value) for value in (row_count, *values)]
    except (BuildError, ValueError) as error:
        reason = reason_of(relation, error)
        if len(expressions) == 1:
            return dict.fromkeys(expressions, Number(error=reason, seconds=time.perf_counter() - started))
        names = list(expressions)
        halves = (names[: len(names) // 2], names[len(names) // 2 :])
        first, second = (_aggregates(relation, {name: expressions[name] for name in half}) for half in halves)
        return first | second
    count, seconds = numbers[0] or 0, time.perf_counter() - started
    return {
        name: Number(value, count, None, seconds)
        for name, value in zip(expressions, numbers[1:], strict=True)
    }


def _of_query(relation: AuditRelation, measure: Query, together: Number | None) -> Number:
    """The one number that a query gives, a whole one as such; `together` is what its expression gave, if it has one.

    What a WHERE keeps from being cast may fail as an expression: then the query says itself what it gives.
    """
    found = together if together and together.error is None else _query(relation, measure.select)
    if found.value is None or not float(found.value).is_integer():
        return found
    return replace(found, value=int(found.value))


def _query(relation: AuditRelation, select: str) -> Number:
    started = time.perf_counter()
    try:
        rows = relation.answer(f"SELECT * FROM (\n{select}\n) LIMIT 2")
        if len(rows) != 1 or len(rows[0]) != 1:
            raise ValueError("the query gives more or less than one number")
        value = _number(rows[0][0])
    except (BuildError, ValueError) as error:
        return Number(error=reason_of(relation, error), seconds=time.perf_counter() - started)
    return Number(value, seconds=time.perf_counter() - started)


def _number(value: Any) -> float | None:
    """A number as the engine gives it: a whole one, or any other as a float.

    Raises:
        ValueError: it is none.
    """
    return value if value is None or isinstance(value, int) else float(value)


def reason_of(relation: AuditRelation, error: Exception) -> str:
    """What is wrong with the SQL of a rule, for the one line a check has.

    Raises:
        MeshError: nothing is; the engine itself failed.
    """
    if relation.failure is not None:
        raise relation.failure from error
    return " ".join(str(error).split())
