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

from pipelines.contract.model import Contract, Rule, RuleKind, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.audit.measures import Measure
    from pipelines.audit.relation import AuditRelation


@dataclass(frozen=True)
class Outcome:
    """What the suite says of one rule; `found` is Great Expectations' result, empty when `error` says why."""

    is_passed: bool
    found: Mapping[str, Any]
    error: str | None
    seconds: float


def run_suite(
    relation: AuditRelation, rules: Sequence[Rule], measures: Mapping[str, Measure], contract: Contract
) -> dict[str, Outcome]:
    """The outcome of every rule, by its name.

    Aggregates share one query, so one that cannot run takes the others with it: rules that ended in an error
    are run again one by one, and only the ones that fail by themselves keep it.
    """
    batch = _batch(relation)
    outcomes = _validate(batch, relation, rules, measures, contract)
    broken = [rule for rule in rules if outcomes[rule.name].error is not None]
    if len(broken) > 1:
        for rule in broken:
            outcomes |= _validate(batch, relation, [rule], measures, contract)
    return outcomes


def _batch(relation: AuditRelation) -> Any:
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        import great_expectations as gx  # its own imports are of deprecated modules
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )
    from sqlalchemy.pool import StaticPool

    from pipelines.audit.duckdb_dialect import URL, LiveConnection

    # What it logs of failing metrics is in the results, too.
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    settings = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        progress_bars=ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )
    context = gx.get_context(project_config=settings, mode="ephemeral")
    live = LiveConnection(relation.connection)
    source = context.data_sources.add_sql(  # type: ignore[call-arg]  # its own stub lags behind
        "engine", connection_string=URL, kwargs={"creator": lambda: live, "poolclass": StaticPool}
    )
    asset = source.add_query_asset("audited", query=f"SELECT * FROM {relation.table}")
    return asset.add_batch_definition_whole_table("all").get_batch()


def _validate(
    batch: Any,
    relation: AuditRelation,
    rules: Sequence[Rule],
    measures: Mapping[str, Measure],
    contract: Contract,
) -> dict[str, Outcome]:
    import great_expectations as gx

    outcomes: dict[str, Outcome] = {}
    expectations = []
    for rule in rules:
        try:
            expectations.append(_expectation(rule, measures.get(rule.name), relation, contract))
        except ValueError as refused:
            outcomes[rule.name] = Outcome(False, {}, " ".join(str(refused).split()), 0.0)
    started = time.perf_counter()
    suite = gx.ExpectationSuite(name=str(contract.name), expectations=expectations)
    results = batch.validate(suite, result_format="BASIC").results
    together_seconds = time.perf_counter() - started - sum(r.result.get("seconds", 0.0) for r in results)
    for result in results:
        error = _error(result.exception_info)
        seconds = result.result.get("seconds", together_seconds)
        outcomes[result.expectation_config.meta["rule"]] = Outcome(
            bool(result.success), result.result, error, seconds
        )
    return outcomes


def _expectation(rule: Rule, measure: Measure | None, relation: AuditRelation, contract: Contract) -> Any:
    """The expectation that states `rule`.

    Raises:
        ValueError: when Great Expectations does not accept the arguments of one of its own.
    """
    from great_expectations.expectations.registry import get_expectation_impl

    from pipelines.audit import expectations

    common: dict[str, Any] = {
        "meta": {"rule": rule.name},
        "severity": "critical" if rule.severity == Severity.ERROR else "warning",
        "description": rule.description or None,
    }
    if rule.kind == RuleKind.EXPECTATION:
        return get_expectation_impl(rule.arguments["type"])(**{**rule.arguments["kwargs"], **common})
    if measure is None:
        columns = {column.name: column.type for column in contract.columns}
        return expectations.ExpectContractColumns(table=relation.table, columns=columns, **common)
    bounds = asdict(rule.bounds)
    if measure.aggregate is None:
        return expectations.ExpectQueryWithinBounds(query=measure.query, bounds=bounds, **common)
    return expectations.ExpectAggregateWithinBounds(aggregate=measure.aggregate, bounds=bounds, **common)


def _error(exception_info: Mapping[str, Any]) -> str | None:
    """The engine's own message out of what Great Expectations reports of one failed metric, or of several."""
    reports = [exception_info] if "raised_exception" in exception_info else list(exception_info.values())
    raised = [report for report in reports if report["raised_exception"]]
    return _plain(raised[0]["exception_message"]) if raised else None


def _plain(message: str) -> str:
    """The first paragraph, in one line, without the name SQLAlchemy puts before it."""
    paragraph = message.strip().split("\n\n")[0].split("\n[SQL:")[0]
    return " ".join(re.sub(r"^\([\w.]+\) ", "", paragraph).split())
