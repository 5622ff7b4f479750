"""How every kind of rule is read from a contract: names, severities, values, and the error that points at a key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from meshlake.column import Severity
from meshlake.rules.values import fit_value

if TYPE_CHECKING:
    from meshlake.column import Column


class FactError(ValueError):
    """A wrong fact of a contract; `key` is the key it stands under, in the mapping that was read."""

    def __init__(self, key: str, message: str, hint: str | None = None) -> None:
        self.key = key
        self.hint = hint
        super().__init__(message)


def rule_name(text: str) -> str:
    """`text` as a rule may be named: letters, digits and underscores.

    >>> rule_name("Plan: known!")
    'Plan__known_'
    """
    return re.sub(r"[^A-Za-z0-9_]", "_", text)


def read_severity(text: str | None) -> Severity:
    """The severity called `text`; `error` when nothing is said.

    Raises:
        ValueError: when it is neither error nor warning.
    """
    try:
        return Severity(text or "error")
    except ValueError as error:
        raise ValueError(f"severity '{text}' is neither error nor warning") from error


def fitted(value: object, column: Column, key: str) -> Any:
    """`value` as a value of `column`.

    Raises:
        FactError: under `key`, when it is none.
    """
    try:
        return fit_value(value, column.type)
    except ValueError as error:
        raise FactError(key, str(error)) from error


def listed(value: object, key: str) -> list[Any]:
    """`value`, the argument `key` of a metric, when it is a list.

    Raises:
        FactError: when it is none.
    """
    if not isinstance(value, list):
        raise FactError("arguments", f"{key} {value!r} is not a list")
    return value


def fitted_list(value: object, key: str, column: Column) -> list[Any]:
    """`value`, the argument `key` of a metric, as a list of values of `column`; nulls are left out.

    Raises:
        FactError: it is no list, or holds a value that is none of the column.
    """
    return [fitted(each, column, "arguments") for each in listed(value, key) if each is not None]
