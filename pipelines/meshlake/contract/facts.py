"""Rules that follow from what a contract says of a column: required, unique, range, length, pattern, enum.

Quality items are read in `quality.py`, service levels in `service_levels.py`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from meshlake.contract.model import Rule, RuleKind
from meshlake.contract.values import fit_value, is_list, is_ordered, is_text
from meshlake.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from open_data_contract_standard.model import SchemaProperty

    from meshlake.column import Column

_RANGE = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_LENGTH = {
    "minLength": "minLength",
    "maxLength": "maxLength",
    "minItems": "minLength",
    "maxItems": "maxLength",
}
_DESCRIPTIVE = ("format", "timezone", "defaultTimezone")
_OPTIONS = (*_RANGE, *_LENGTH, "pattern", *_DESCRIPTIVE)
# RE2, which both engines use, has neither; Python's re does, so compiling alone does not find them.
_NOT_RE2 = re.compile(r"\(\?(?:[=!>]|<[=!])|(?<!\\)(?:\\\\)*\\[1-9]")


class FactError(ValueError):
    """A wrong fact of a column; `key` is the key of the property it is under."""

    def __init__(self, key: str, message: str, hint: str | None = None) -> None:
        self.key = key
        self.hint = hint
        super().__init__(message)


def rule_name(text: str) -> str:
    """`text` as a rule may be named: letters, digits and underscores."""
    return re.sub(r"[^A-Za-z0-9_]", "_", text)


def column_rules(prop: SchemaProperty, column: Column) -> Iterator[Rule]:
    """The rules that follow from one property.

    Raises:
        FactError: for an option that is unknown or has a value that does not fit the column.
    """
    name = column.name
    if prop.required:
        yield Rule(
            rule_name(f"{name}_required"), RuleKind.REQUIRED, name, description=f"{name} is never null"
        )
    if prop.unique:
        yield Rule(rule_name(f"{name}_unique"), RuleKind.UNIQUE, name, description=f"No {name} occurs twice")
    options = prop.logicalTypeOptions or {}
    for key in options:
        if key not in _OPTIONS:
            hint = nearest(key, _OPTIONS) or "State it as a quality item of type sql instead."
            raise FactError("logicalTypeOptions", f"logicalTypeOptions '{key}' is not supported", hint)
    yield from _option_rules(options, column)
    if prop.enum is not None:
        valid = [_fit(item.value, column, "enum") for item in prop.enum]
        description = f"{name} is one of {', '.join(map(str, valid))}"
        arguments = {"validValues": valid}
        yield Rule(
            rule_name(f"{name}_enum"), RuleKind.INVALID_VALUES, name, arguments, description=description
        )


def check_pattern(pattern: object) -> str:
    """`pattern`, when it is a regular expression RE2 can run.

    Raises:
        ValueError: when it is not.
    """
    if not isinstance(pattern, str):
        raise ValueError(f"pattern {pattern!r} is not text")
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"pattern '{pattern}' is not a regular expression: {error}") from error
    if _NOT_RE2.search(pattern):
        raise ValueError(f"pattern '{pattern}' uses look-around or back-references, which RE2 does not have")
    return pattern


def _option_rules(options: dict[str, Any], column: Column) -> Iterator[Rule]:
    name = column.name
    bounds = {key: _fit(options[key], column, "logicalTypeOptions") for key in _RANGE if key in options}
    if bounds:
        if not is_ordered(column.type):
            raise FactError("logicalTypeOptions", f"a column of type {column.type} has no range")
        description = f"{name} lies within {_words(bounds)}"
        yield Rule(rule_name(f"{name}_range"), RuleKind.RANGE, name, bounds, description=description)
    lengths = {_LENGTH[key]: _length(options[key], key) for key in _LENGTH if key in options}
    if lengths:
        if not (is_text(column.type) or is_list(column.type)):
            raise FactError("logicalTypeOptions", f"a column of type {column.type} has no length")
        description = f"The length of {name} lies within {_words(lengths)}"
        yield Rule(rule_name(f"{name}_length"), RuleKind.LENGTH, name, lengths, description=description)
    if "pattern" in options:
        if not is_text(column.type):
            raise FactError("logicalTypeOptions", f"a column of type {column.type} has no pattern")
        try:
            pattern = check_pattern(options["pattern"])
        except ValueError as error:
            raise FactError("logicalTypeOptions", str(error)) from error
        description = f"{name} matches {pattern}"
        arguments = {"pattern": pattern}
        yield Rule(rule_name(f"{name}_pattern"), RuleKind.PATTERN, name, arguments, description=description)


def _fit(value: object, column: Column, key: str) -> Any:
    try:
        return fit_value(value, column.type)
    except ValueError as error:
        raise FactError(key, str(error)) from error


def _length(value: object, key: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise FactError("logicalTypeOptions", f"{key} {value!r} is not a whole number from 0")
    return value


def _words(bounds: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in bounds.items())
