"""Which rules a build of some days may check on the rows of these days alone, so that checking costs what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.column import Severity
from meshlake.contract.model import Bounds, RuleKind

if TYPE_CHECKING:
    from meshlake.contract.model import Rule

_OF_ROWS = {RuleKind.REQUIRED, RuleKind.RANGE, RuleKind.LENGTH, RuleKind.PATTERN}
_COUNTED = {RuleKind.NULL_VALUES, RuleKind.MISSING_VALUES, RuleKind.INVALID_VALUES}
_REPETITIONS = {RuleKind.UNIQUE, RuleKind.PRIMARY_KEY, RuleKind.DUPLICATE_VALUES}
_NONE = Bounds(at_most=0), Bounds(at_least=0, at_most=0)


def holds_day_by_day(rule: Rule, day_column: str) -> bool:
    """Whether `rule` holds for all rows of a product when it holds for those of each of its days.

    It must let no row fail it, and be told by single rows, or by rows of one day together. And a broken one must block
    publishing: of a warning, earlier days may be breaking it already, so it is always asked of all rows.
    """
    if rule.kind is RuleKind.COLUMNS:
        return True
    if rule.severity is not Severity.ERROR:
        return False
    if rule.kind is RuleKind.VIOLATING_ROWS:
        return rule.is_day_by_day
    if rule.kind in _OF_ROWS:
        return True
    if rule.kind in _COUNTED:
        return rule.bounds in _NONE
    if rule.kind in _REPETITIONS:
        return rule.bounds in _NONE and day_column in rule.arguments.get("columns", [rule.column])
    return False
