"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meshlake.column import Severity

if TYPE_CHECKING:
    from meshlake.rules.rule import Rule


@dataclass(frozen=True)
class CheckResult:
    """One rule's outcome on one set of rows.

    `observed` is the number the rule's bounds speak of (failing rows, percent, row count, age in seconds, the
    query's answer); None when there was none. `failing_sql` finds every failing row, `failing_rows` is their
    number and `samples` up to 20 of them, as JSON can hold them; None and empty where no row can be named.
    `seconds` is how long the query took that measured the rule; rules measured together share one query.
    """

    rule: Rule
    is_passed: bool
    observed: float | str | None
    message: str
    failing_rows: int | None = None
    samples: tuple[dict[str, Any], ...] = ()
    failing_sql: str | None = None
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """The result as JSON can hold it."""
        return {
            "check": self.rule.name,
            "kind": self.rule.kind,
            "column": self.rule.column,
            "severity": self.rule.severity.value,
            "is_passed": self.is_passed,
            "observed": self.observed,
            "message": self.message,
            "failing_rows": self.failing_rows,
            "samples": list(self.samples),
            "failing_sql": self.failing_sql,
            "seconds": round(self.seconds, 3),
        }

    @property
    def is_blocking(self) -> bool:
        """Whether this result keeps the rows from being published."""
        return not self.is_passed and self.rule.severity is Severity.ERROR


def row_count_result(rule: Rule, row_count: int) -> CheckResult:
    """What a rule on the number of rows says of a number that is known already."""
    is_passed = rule.bounds.is_met_by(row_count)
    return CheckResult(rule, is_passed, row_count, rule.message(row_count, None, is_passed=is_passed))
