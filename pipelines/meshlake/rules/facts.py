"""How every kind of rule is read from a contract: names, severities, values, and the error that points at a key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from meshlake.column import Severity
from meshlake.rules.values import fit_value

if TYPE_CHECKING:
    from meshlake.column import Column


_SEVERITIES = {
    **dict.fromkeys(("error", "critical", "blocker", "severe", "high", "major"), Severity.ERROR),
    **dict.fromkeys(
        ("warning", "info", "information", "notice", "low", "minor", "medium", "moderate"), Severity.WARNING
    ),
}


class FactError(ValueError):
    """A wrong fact of a contract; `key` is the key it stands under, in the mapping that was read."""

    def __init__(self, key: str, message: str, hint: str | None = None) -> None:
        self.key = key
        self.hint = hint
        super().__init__(message)


class MistypedError(FactError):
    """A word that is none, and is most likely a known one mistyped: an error in anybody's contract."""


class UnheldError(FactError):
    """A fact that may be right and cannot be held to here, such as a check of another tool's: it is told, and kept."""


def rule_name(text: str) -> str:
    """`text` as a rule may be named: letters, digits and underscores.

    >>> rule_name("Plan: known!")
    'Plan__known_'
    """
    return re.sub(r"[^A-Za-z0-9_]", "_", text)


def read_severity(text: str | None) -> Severity:
    """The severity called `text` in any case, or what it amounts to; `error` when nothing is said.

    >>> str(read_severity("CRITICAL")), str(read_severity("Info"))
    ('error', 'warning')

    Raises:
        ValueError: when it is none.
    """
    if (found := _SEVERITIES.get((text or "error").strip().lower())) is None:
        raise ValueError(f"severity '{text}' is neither error nor warning")
    return found


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
