"""Expectations of Great Expectations' own, run inside the engine as one suite.

Importing Great Expectations takes seconds: only a contract that writes an expectation comes here. The context is
ephemeral: no file is written, nothing is sent anywhere, no progress bar is drawn.
"""

from __future__ import annotations

import json
import logging
import re
import time
import warnings
from typing import TYPE_CHECKING, Any

from meshlake.audit.numbers import MAX_SAMPLES
from meshlake.audit.samples import jsonable
from meshlake.rules.result import CheckResult

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from meshlake.engines.relation import AuditRelation
    from meshlake.rules.measure import Expected
    from meshlake.rules.rule import Rule

Stated = tuple["Rule", "Expected"]


def check_expectations(relation: AuditRelation, stated: Sequence[Stated]) -> dict[str, CheckResult]:
    """What is found of every rule, by its name.

    Metrics share queries, so one that cannot run takes others with it: rules that ended in an error are run again one
    by one, and only the ones that fail by themselves keep it.

    Raises:
        MeshError: the engine itself failed, which is no rule's fault.
    """
    batch = _batch(relation)
    results, broken = _validate(batch, relation, stated)
    if len(broken) > 1:
        for each in broken:
            results |= _validate(batch, relation, [each])[0]
    return results


def _batch(relation: AuditRelation) -> Any:
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        import great_expectations as gx  # its own imports are of deprecated modules
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    # What it logs of failing metrics is in the results, too.
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    settings = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        progress_bars=ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    context = gx.get_context(project_config=settings, mode="ephemeral")
    return relation.asset(context).add_batch_definition_whole_table("all").get_batch()


def _validate(
    batch: Any, relation: AuditRelation, stated: Sequence[Stated]
) -> tuple[dict[str, CheckResult], list[Stated]]:
    """The results of one suite by rule, and the rules among them that could not run."""
    import great_expectations as gx

    rules = {rule.name: (rule, expected) for rule, expected in stated}
    results: dict[str, CheckResult] = {}
    broken: list[Stated] = []
    expectations = []
    for rule, expected in stated:
        try:
            expectations.append(_expectation(rule, expected))
        except ValueError as refused:  # of arguments that the expectation does not take
            results[rule.name] = CheckResult(rule, False, None, " ".join(str(refused).split()))
    started = time.perf_counter()
    suite = gx.ExpectationSuite(name=relation.table, expectations=expectations)
    found = batch.validate(suite, result_format="BASIC").results
    if relation.failure is not None:
        raise relation.failure
    seconds = time.perf_counter() - started
    for each in found:
        rule, expected = rules[each.expectation_config.meta["rule"]]
        error = _error(each.exception_info)
        if error is None:
            results[rule.name] = _result(rule, expected, each, seconds)
        else:
            results[rule.name] = CheckResult(rule, False, None, error, seconds=seconds)
            broken.append((rule, expected))
    return results, broken


def _expectation(rule: Rule, expected: Expected) -> Any:
    """The expectation that `rule` states.

    Raises:
        ValueError: when Great Expectations does not accept its arguments.
    """
    from great_expectations.expectations.registry import get_expectation_impl

    about = {"meta": {"rule": rule.name}, "description": rule.description or None}
    return get_expectation_impl(expected.type)(**{**expected.kwargs, **about})


def _result(rule: Rule, expected: Expected, validated: Any, seconds: float) -> CheckResult:
    """What Great Expectations' own result says; it lists failing values, but no SQL that finds their rows."""
    found: Mapping[str, Any] = validated.result
    observed = jsonable(found.get("observed_value", found.get("unexpected_percent")))
    if not isinstance(observed, int | float | str | None):
        observed = json.dumps(observed)
    values = found.get("partial_unexpected_list", [])[:MAX_SAMPLES]
    samples = tuple(_named(value, expected.kwargs) for value in values)
    failing_rows, is_passed = found.get("unexpected_count"), bool(validated.success)
    message = rule.message(observed, failing_rows, is_passed=is_passed)
    return CheckResult(rule, is_passed, observed, message, failing_rows, samples, None, seconds)


def _named(value: Any, kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """A value Great Expectations lists, under the columns it is of."""
    if isinstance(value, dict):
        row: dict[str, Any] = jsonable(value)
        return row
    if "column_A" in kwargs:
        return dict(zip((kwargs["column_A"], kwargs["column_B"]), jsonable(value), strict=True))
    return {kwargs.get("column", "value"): jsonable(value)}


def _error(exception_info: Mapping[str, Any]) -> str | None:
    """The engine's own message out of what Great Expectations reports of one failed metric, or of several."""
    reports = [exception_info] if "raised_exception" in exception_info else list(exception_info.values())
    raised = [report for report in reports if report["raised_exception"]]
    return _plain(raised[0]["exception_message"]) if raised else None


def _plain(message: str) -> str:
    """The first paragraph, in one line, without the name SQLAlchemy puts before it."""
    paragraph = message.strip().split("\n\n")[0].split("\n[SQL:")[0]
    return " ".join(re.sub(r"^\([\w.]+\) ", "", paragraph).split())
