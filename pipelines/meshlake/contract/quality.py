"""Quality items of a contract (library metrics, SQL, Great Expectations) as rules.

Bounds, severities and arguments are checked here; running them is the work of `meshlake.audit`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from meshlake.column import Column, Severity
from meshlake.contract.expectations import check_expectation
from meshlake.contract.facts import FactError, check_pattern, rule_name
from meshlake.contract.model import Bounds, Rule, RuleKind
from meshlake.contract.values import fit_value, is_text
from meshlake.suggest import nearest

if TYPE_CHECKING:
    from open_data_contract_standard.model import DataQuality

_BOUNDS = {
    "mustBeGreaterOrEqualTo": "at_least",
    "mustBeLessOrEqualTo": "at_most",
    "mustBeGreaterThan": "above",
    "mustBeLessThan": "below",
    "mustNotBe": "must_not_be",
}
_BOUND_KEYS = ("mustBe", *_BOUNDS, "mustBeBetween", "mustNotBeBetween")
_ARGUMENTS: dict[RuleKind, tuple[str, ...]] = {
    RuleKind.NULL_VALUES: (),
    RuleKind.MISSING_VALUES: ("missingValues",),
    RuleKind.INVALID_VALUES: ("validValues", "pattern"),
    RuleKind.DUPLICATE_VALUES: ("properties",),
    RuleKind.ROW_COUNT: (),
}
_TYPES = ("library", "sql", "custom", "text")


def read_severity(text: str | None) -> Severity:
    """The severity called `text`; `error` when nothing is said.

    Raises:
        ValueError: when it is neither error nor warning.
    """
    try:
        return Severity(text or "error")
    except ValueError as error:
        raise ValueError(f"severity '{text}' is neither error nor warning") from error


def is_cast_rule(rule: Rule) -> bool:
    """Whether `rule` speaks of values that cannot be cast, which is settled before the rows are written."""
    return rule.kind == RuleKind.INVALID_VALUES and not rule.arguments


def quality_rule(item: DataQuality, column: Column | None, columns: tuple[Column, ...]) -> Rule | None:
    """The rule a quality item states; None for one of type `text`, which only people read.

    Args:
        item: one item, of a column or of the table.
        column: the column it is of; None for the table.
        columns: all columns of the product.

    Raises:
        FactError: for anything that cannot be checked as written.
    """
    kind_name = item.type or ("library" if item.metric or item.rule else None)
    if kind_name == "text":
        return None
    if kind_name not in _TYPES:
        message = (
            "quality item has no metric" if kind_name is None else f"quality type '{kind_name}' is unknown"
        )
        raise FactError("type", message, f"Use one of {', '.join(_TYPES)}.")
    try:
        severity = read_severity(item.severity)
    except ValueError as error:
        raise FactError("severity", str(error), "Write error (blocks publishing) or warning.") from error
    if kind_name == "custom":
        kind, arguments, bounds = RuleKind.EXPECTATION, _expectation(item, column, columns), Bounds()
    else:
        if kind_name == "sql":
            kind, arguments = RuleKind.SQL, {"query": _query(item)}
        else:
            kind, arguments = _library(item, column, columns)
        bounds = _bounds(item, kind)
    return Rule(
        name=rule_name(item.name) if item.name else _default_name(kind, arguments, column),
        kind=kind,
        column=column.name if column else None,
        arguments=arguments,
        bounds=bounds,
        severity=severity,
        description=item.description or "",
        dimension=item.dimension,
    )


def _default_name(kind: RuleKind, arguments: dict[str, Any], column: Column | None) -> str:
    word = (
        arguments["type"] if kind == RuleKind.EXPECTATION else re.sub(r"([A-Z])", r"_\1", kind.value).lower()
    )
    if kind == RuleKind.INVALID_VALUES and not arguments:
        word = "castable"
    return rule_name(f"{column.name}_{word}" if column else word)


def _bounds(item: DataQuality, kind: RuleKind) -> Bounds:
    given = [key for key in _BOUND_KEYS if getattr(item, key) is not None]
    if len(given) != 1:
        found = "no bound" if not given else f"more than one bound: {', '.join(given)}"
        hint = f"Give one of {', '.join(_BOUND_KEYS)}."
        raise FactError(given[-1] if given else "metric", f"quality item has {found}", hint)
    key = given[0]
    unit = item.unit or "rows"
    if kind == RuleKind.SQL:
        unit = "rows"  # a query gives its number in whatever unit its author says
    elif unit not in ("rows", "percent") or (unit == "percent" and kind == RuleKind.ROW_COUNT):
        raise FactError(
            "unit", f"unit '{unit}' does not fit metric {kind.value}", "Use rows, or percent of the rows."
        )
    value = getattr(item, key)
    if key == "mustNotBeBetween":
        return Bounds(unit=unit, must_not_be_between=(min(value), max(value)))
    if key == "mustBeBetween":
        return Bounds(unit=unit, at_least=min(value), at_most=max(value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FactError(key, f"{key} {value!r} is not a number")
    if key == "mustBe":
        return Bounds(unit=unit, at_least=value, at_most=value)
    side: dict[str, Any] = {_BOUNDS[key]: value}
    return Bounds(unit=unit, **side)


def _library(
    item: DataQuality, column: Column | None, columns: tuple[Column, ...]
) -> tuple[RuleKind, dict[str, Any]]:
    word = item.metric or item.rule or ""
    metrics = {kind.value: kind for kind in _ARGUMENTS}
    if word not in metrics:
        hint = nearest(word, metrics) or f"The metrics are {', '.join(metrics)}."
        raise FactError("metric", f"metric '{word}' is unknown", hint)
    kind, arguments = metrics[word], item.arguments or {}
    for key in arguments:
        if key not in _ARGUMENTS[kind]:
            hint = nearest(key, _ARGUMENTS[kind]) or f"It takes {', '.join(_ARGUMENTS[kind]) or 'none'}."
            raise FactError("arguments", f"metric {word} has no argument '{key}'", hint)
    if kind == RuleKind.ROW_COUNT and column is not None:
        raise FactError(
            "metric", "rowCount is of the table, not of a column", "Move it to the quality of the schema."
        )
    if column is None and kind not in (RuleKind.ROW_COUNT, RuleKind.DUPLICATE_VALUES):
        raise FactError(
            "metric", f"metric {word} is of a column, not of the table", "Move it to the column's quality."
        )
    try:
        return kind, _library_arguments(kind, arguments, column, columns)
    except ValueError as error:
        raise FactError("arguments", str(error)) from error


def _library_arguments(
    kind: RuleKind, arguments: dict[str, Any], column: Column | None, columns: tuple[Column, ...]
) -> dict[str, Any]:
    if kind == RuleKind.DUPLICATE_VALUES:
        names = arguments.get("properties") or ([column.name] if column else [c.name for c in columns])
        known = [c.name for c in columns]
        unknown = [name for name in _list(names, "properties") if name not in known]
        if unknown:
            raise ValueError(f"'{unknown[0]}' is no column of the product")
        return {"columns": names}
    if column is None:
        return {}
    checked: dict[str, Any] = {}
    for key in ("validValues", "missingValues"):
        if key in arguments:
            values = _list(arguments[key], key)
            checked[key] = [fit_value(value, column.type) for value in values if value is not None]
    if "pattern" in arguments:
        if not is_text(column.type):
            raise ValueError(f"a column of type {column.type} has no pattern")
        checked["pattern"] = check_pattern(arguments["pattern"])
    return checked


def _list(value: object, key: str) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{key} {value!r} is not a list")
    return value


def _query(item: DataQuality) -> str:
    query = (item.query or "").strip().rstrip(";").strip()
    if not query:
        raise FactError("type", "quality item of type sql has no query")
    return query


def _expectation(item: DataQuality, column: Column | None, columns: tuple[Column, ...]) -> dict[str, Any]:
    engine = (item.engine or "").lower().replace("-", "").replace("_", "")
    if engine != "greatexpectations":
        raise FactError(
            "engine", f"engine '{item.engine}' is not supported", "Use engine: greatExpectations."
        )
    implementation = item.implementation
    if not isinstance(implementation, dict) or not isinstance(implementation.get("type"), str):
        hint = "Write implementation: {type: expect_..., kwargs: {...}}."
        raise FactError("implementation", "the expectation has no type", hint)
    kwargs = dict(implementation.get("kwargs") or {})
    if column is not None:
        kwargs.setdefault("column", column.name)
    try:
        check_expectation(implementation["type"], kwargs, columns)
    except ValueError as error:
        hint = "docs/adding-a-product.md lists what runs in the engine; checks/*.sql can say anything."
        raise FactError("implementation", str(error), hint) from error
    return {"type": implementation["type"], "kwargs": kwargs}
