"""Contract rules as Great Expectations' own kind: expectations and the metrics they need.

Great Expectations' built-in expectations ask the engine one to three times per column and know no bounds in
rows or percent, so a contract's rules are custom ones here: all aggregates travel in one query. Importing
this module imports Great Expectations, which takes seconds; `suite.py` does so only with something to audit.
"""

from __future__ import annotations

import time
from typing import Any, ClassVar

from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_partial, metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from sqlalchemy import literal_column

from meshlake.contract.model import Bounds


class MeshAggregate(TableMetricProvider):
    """An aggregate over the audited rows; Great Expectations computes all of them in one query."""

    metric_name = "mesh.aggregate"
    value_keys = ("aggregate",)

    @metric_partial(
        engine=SqlAlchemyExecutionEngine,
        partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
        domain_type=MetricDomainTypes.TABLE,
    )
    def _sqlalchemy(
        cls,  # noqa: N805
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        **_: Any,
    ) -> tuple[Any, dict[str, Any], dict[str, Any]]:
        return literal_column(metric_value_kwargs["aggregate"]), metric_domain_kwargs, {}


class MeshQuery(TableMetricProvider):
    """The number a query gives, and the seconds it took."""

    metric_name = "mesh.query"
    value_keys = ("query",)

    @metric_value(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(
        cls,  # noqa: N805
        execution_engine: SqlAlchemyExecutionEngine,
        metric_value_kwargs: dict[str, Any],
        **_: Any,
    ) -> tuple[Any, float]:
        started = time.perf_counter()
        with execution_engine.get_connection() as connection:
            rows = connection.exec_driver_sql(metric_value_kwargs["query"]).fetchmany(2)
        if len(rows) != 1 or len(rows[0]) != 1:
            raise ValueError("the query gives more or less than one number")
        return rows[0][0], time.perf_counter() - started


class ExpectAggregateWithinBounds(BatchExpectation):
    """An aggregate, or in percent its share of the rows, lies within the contract's bounds."""

    aggregate: str
    bounds: dict[str, Any]

    metric_dependencies: ClassVar[tuple[str, ...]] = ("mesh.aggregate", "table.row_count")
    success_keys: ClassVar[tuple[str, ...]] = ("aggregate", "bounds")

    def _validate(self, metrics: dict[str, Any], **_: Any) -> dict[str, Any]:  # type: ignore[override]
        bounds, count, row_count = (
            Bounds(**self.bounds),
            metrics["mesh.aggregate"],
            metrics["table.row_count"],
        )
        observed = count
        if bounds.unit == "percent":
            observed = 100 * count / row_count if row_count else 0.0
        return {
            "success": observed is not None and bounds.is_met_by(observed),
            "result": {"observed_value": observed, "count": count},
        }


class ExpectQueryWithinBounds(BatchExpectation):
    """The one number a query gives lies within the contract's bounds."""

    query: str
    bounds: dict[str, Any]

    metric_dependencies: ClassVar[tuple[str, ...]] = ("mesh.query",)
    success_keys: ClassVar[tuple[str, ...]] = ("query", "bounds")

    def _validate(self, metrics: dict[str, Any], **_: Any) -> dict[str, Any]:  # type: ignore[override]
        value, seconds = metrics["mesh.query"]
        observed = None if value is None else float(value)
        if observed is not None and observed.is_integer():
            observed = int(observed)
        return {
            "success": observed is not None and Bounds(**self.bounds).is_met_by(observed),
            "result": {"observed_value": observed, "count": observed, "seconds": seconds},
        }
