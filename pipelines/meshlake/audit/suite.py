"""Running rules as one Great Expectations suite inside the engine.

The context is ephemeral: no file is written, nothing is sent anywhere, no progress bar is drawn.
"""

from __future__ import annotations

import logging
import re
import time
import warnings
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from meshlake.column import Severity
from meshlake.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from meshlake.audit.measures import Measure
    from meshlake.contract.model import Rule
    from meshlake.engines.relation import AuditRelation


@dataclass(frozen=True)
class Outcome:
    """What the suite says of one rule; `found` is Great Expectations' result, empty when `error` says why."""

    is_passed: bool
    found: Mapping[str, Any]
    error: str | None
    seconds: float


def run_suite(
    relation: AuditRelation, rules: Sequence[Rule], measures: Mapping[str, Measure]
) -> dict[str, Outcome]:
    """The outcome of every rule, by its name.

    Aggregates share one query, so one that cannot run takes the others with it: rules that ended in an error
    are run again one by one, and only the ones that fail by themselves keep it.

    Raises:
        MeshError: the engine itself failed, which is no rule's fault.
    """
    batch = _batch(relation)
    outcomes = _validate(batch, relation, rules, measures)
    broken = [rule for rule in rules if outcomes[rule.name].error is not None]
    if len(broken) > 1:
        for rule in broken:
            outcomes |= _validate(batch, relation, [rule], measures)
    return outcomes


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
    batch: Any, relation: AuditRelation, rules: Sequence[Rule], measures: Mapping[str, Measure]
) -> dict[str, Outcome]:
    import great_expectations as gx

    outcomes: dict[str, Outcome] = {}
    expectations = []
    for rule in rules:
        try:
            expectations.append(_expectation(rule, measures.get(rule.name), relation))
        except (ValueError, BuildError) as refused:
            outcomes[rule.name] = Outcome(False, {}, one_line(refused), 0.0)
    started = time.perf_counter()
    suite = gx.ExpectationSuite(name=relation.table, expectations=expectations)
    results = batch.validate(suite, result_format="BASIC").results
    if relation.failure is not None:
        raise relation.failure
    together_seconds = time.perf_counter() - started - sum(r.result.get("seconds", 0.0) for r in results)
    for result in results:
        error = _error(result.exception_info)
        seconds = result.result.get("seconds", together_seconds)
        outcomes[result.expectation_config.meta["rule"]] = Outcome(
            bool(result.success), result.result, error, seconds
        )
    return outcomes


def _expectation(rule: Rule, measure: Measure | None, relation: AuditRelation) -> Any:
    """The expectation that states `rule`.

    Raises:
        ValueError: when Great Expectations does not accept the arguments of one of its own.
        BuildError: when the engine cannot say the rule's SQL.
    """
    from great_expectations.expectations.registry import get_expectation_impl

    from meshlake.audit import expectations

    common: dict[str, Any] = {
        "meta": {"rule": rule.name},
        "severity": "critical" if rule.severity == Severity.ERROR else "warning",
        "description": rule.description or None,
    }
    if measure is None:
        return get_expectation_impl(rule.arguments["type"])(**{**rule.arguments["kwargs"], **common})
    bounds = asdict(rule.bounds)
    if measure.aggregate is None:
        query = relation.query_sql(measure.query)
        return expectations.ExpectQueryWithinBounds(query=query, bounds=bounds, **common)
    aggregate = relation.aggregate_sql(measure.aggregate)
    return expectations.ExpectAggregateWithinBounds(aggregate=aggregate, bounds=bounds, **common)


def one_line(error: Exception) -> str:
    """What `error` says, for the one line a check has."""
    return " ".join(str(error).split())


def _error(exception_info: Mapping[str, Any]) -> str | None:
    """The engine's own message out of what Great Expectations reports of one failed metric, or of several."""
    reports = [exception_info] if "raised_exception" in exception_info else list(exception_info.values())
    raised = [report for report in reports if report["raised_exception"]]
    return _plain(raised[0]["exception_message"]) if raised else None


def _plain(message: str) -> str:
    """The first paragraph, in one line, without the name SQLAlchemy puts before it."""
    paragraph = message.strip().split("\n\n")[0].split("\n[SQL:")[0]
    return " ".join(re.sub(r"^\([\w.]+\) ", "", paragraph).split())
