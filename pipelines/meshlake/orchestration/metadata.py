"""What Dagster's UI shows of a build and of a check."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import dagster as dg

from meshlake.audit.samples import unclassified
from meshlake.column import Severity
from meshlake.orchestration.contract_metadata import table
from meshlake.orchestration.holds import hold_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.building.build import BuildResult
    from meshlake.contract.model import Contract
    from meshlake.products.product import Product
    from meshlake.rules.result import CheckResult

SHOWN_SAMPLES = 10


def build_metadata(product: Product, result: BuildResult) -> dict[str, dg.MetadataValue[Any]]:
    """Row count, bytes, build time, snapshot, and the facts of the build (a model's metrics, rows left out)."""
    snapshot = result.snapshot
    shown: dict[str, Any] = {
        "dagster/row_count": snapshot.row_count,
        "size_bytes": snapshot.size_bytes,
        "build_seconds": round(result.seconds, 3),
        "snapshot_id": str(snapshot.snapshot_id),
        "is_rebuilt": result.is_rebuilt,
        "checks_passed": sum(check.is_passed for check in result.checks),
        "checks_failed": sum(not check.is_passed for check in result.checks),
        "query": dg.MetadataValue.md(f"```sql\nSELECT * FROM {product.name} LIMIT 10\n```"),
    }
    if snapshot.hold is not None:
        shown = {"held": hold_text(snapshot.hold, product.name), **shown}
    return shown | {name: _value(value) for name, value in _flat(result.facts).items()}


def check_result(key: dg.AssetKey, contract: Contract, check: CheckResult) -> dg.AssetCheckResult:
    """One check as Dagster shows it: the observed value, and of failing rows the count, some as a table, and SQL.

    Values that the contract classifies are not among them.
    """
    metadata: dict[str, Any] = {"seconds": round(check.seconds, 4)}
    if check.observed is not None:
        metadata["observed"] = _value(check.observed)
    if not check.is_passed:
        metadata["failing_rows"] = check.failing_rows if check.failing_rows is not None else "not counted"
        if check.samples:
            metadata["samples"] = table(
                [unclassified(row, contract) for row in check.samples[:SHOWN_SAMPLES]]
            )
        if check.failing_sql:
            metadata["failing_sql"] = dg.MetadataValue.md(f"```sql\n{check.failing_sql}\n```")
    is_blocking = check.rule.severity is Severity.ERROR
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=check.rule.name,
        passed=check.is_passed,
        severity=dg.AssetCheckSeverity.ERROR if is_blocking else dg.AssetCheckSeverity.WARN,
        # What was observed says nothing by itself when all is well; the check's own description says what holds.
        description=None if check.is_passed else check.message,
        metadata=metadata,
    )


def _flat(facts: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Each fact by itself, `model/metrics/roc_auc`: Dagster plots numbers over time. Empty ones are left out."""
    flat: dict[str, Any] = {}
    for name, value in facts.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{name}/")
        elif value not in (None, [], ()):
            flat[f"{prefix}{name}"] = value
    return flat


def _value(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, str | bool | int):
        return value
    return dg.MetadataValue.json(json.loads(json.dumps(value, default=str)))
