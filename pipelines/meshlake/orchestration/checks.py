"""The rules of a product as Dagster's asset checks: one for each, or of very many one for all that block and one for
all that warn.

Dagster writes three events of each check in every run, and holds each in its picture of the job. Thousands of them take
longer than the build; which of them failed is then told by name. `mesh.checks` has each rule in either case
(docs/adr/0059).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg

from meshlake.column import Severity
from meshlake.orchestration.contract_metadata import table
from meshlake.orchestration.metadata import check_result

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from meshlake.products.product import Product
    from meshlake.rules.result import CheckResult
    from meshlake.rules.rule import Rule

MOST_CHECKS = 200
_SHOWN_FAILED = 100
_NAMED = 5
_ALL_OF = {Severity.ERROR: "blocking_rules", Severity.WARNING: "warning_rules"}


def check_specs(key: dg.AssetKey, product: Product) -> list[dg.AssetCheckSpec]:
    """The checks that the asset of `product` has."""
    if len(product.all_rules) <= MOST_CHECKS:
        return [_spec_of_rule(key, rule) for rule in product.all_rules]
    counts = {severity: sum(rule.severity is severity for rule in product.all_rules) for severity in _ALL_OF}
    return [
        dg.AssetCheckSpec(
            _ALL_OF[severity],
            asset=key,
            description=f"{count:,} rules of the contract; mesh.checks has each",
            blocking=severity is Severity.ERROR,
            metadata={"rules": count},
        )
        for severity, count in counts.items()
        if count
    ]


def check_results(
    selected: Iterable[dg.AssetCheckKey], product: Product, checks: Iterable[CheckResult]
) -> Iterator[dg.AssetCheckResult]:
    """The results of the checks that a run has `selected`."""
    keys = {key.name: key.asset_key for key in selected}
    if len(product.all_rules) <= MOST_CHECKS:
        yield from (
            check_result(keys[c.rule.name], product.contract, c) for c in checks if c.rule.name in keys
        )
        return
    found = list(checks)
    for severity, name in _ALL_OF.items():
        of_severity = [check for check in found if check.rule.severity is severity]
        if name in keys and of_severity:
            yield _result_of_all(keys[name], name, of_severity)


def _spec_of_rule(key: dg.AssetKey, rule: Rule) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        name=rule.name,
        asset=key,
        description=rule.description or None,
        blocking=rule.severity is Severity.ERROR,
        metadata={"kind": rule.kind, **({"column": rule.column} if rule.column else {})},
    )


def _result_of_all(key: dg.AssetKey, name: str, checks: Sequence[CheckResult]) -> dg.AssetCheckResult:
    failed = [check for check in checks if not check.is_passed]
    metadata = {"rules": len(checks), "failed": len(failed)}
    shown = {"which_failed": table([_row(check) for check in failed[:_SHOWN_FAILED]])} if failed else {}
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=name,
        passed=not failed,
        severity=dg.AssetCheckSeverity.ERROR
        if name == _ALL_OF[Severity.ERROR]
        else dg.AssetCheckSeverity.WARN,
        description=_in_words(failed) if failed else None,
        metadata={**metadata, **shown},
    )


def _row(check: CheckResult) -> dict[str, str]:
    return {
        "check": check.rule.name,
        "column": check.rule.column or "",
        "result": check.message,
        "failing_sql": check.failing_sql or "",
    }


def _in_words(failed: Sequence[CheckResult]) -> str:
    first = "; ".join(f"{check.rule.name}: {check.message}" for check in failed[:_NAMED])
    more = len(failed) - _NAMED
    return f"{first}; and {more:,} more" if more > 0 else first
