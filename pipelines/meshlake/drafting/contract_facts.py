"""A contract as single facts, so that two can be compared and parts of one brought to another.

A fact is of the part `columns` (a column, its type, where it comes from, what it is called personal) or `checks`
(rules, bounds, references). What else a contract says is its owner's alone.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

COLUMNS, CHECKS = "columns", "checks"
PARTS = (COLUMNS, CHECKS)
# Of logicalTypeOptions these say how a column is read; the others are bounds.
_READING = frozenset(("format", "timezone", "defaultTimezone"))
_THERE = "column"
_RULE, _REFERENCE, _BOUND = "check ", "reference to ", "bound "


class Fact(NamedTuple):
    """One thing that a contract says: of `column`, or of the table where that is empty."""

    part: str
    column: str
    what: str

    @property
    def is_column(self) -> bool:
        """Whether it says that there is such a column."""
        return self.what == _THERE and self.part == COLUMNS

    @property
    def is_reference(self) -> bool:
        """Whether it says what the column, or several, refer to."""
        return self.what.startswith(_REFERENCE)


def facts_of(contract: Mapping[str, Any]) -> dict[Fact, Any]:
    """What the contract says, in its order.

    Example:
        >>> table = {"properties": [{"name": "n", "logicalType": "integer"}]}
        >>> list(facts_of({"schema": [table]}))[1]
        Fact(part='columns', column='n', what='logicalType')
    """
    table = contract["schema"][0]
    found: dict[Fact, Any] = {}
    for prop in table.get("properties") or ():
        name = str(prop["name"])
        found[Fact(COLUMNS, name, _THERE)] = True
        for key, value in prop.items():
            if key == "logicalTypeOptions":
                for option, bound in (value or {}).items():
                    is_reading = option in _READING
                    found[Fact(COLUMNS if is_reading else CHECKS, name, f"{_BOUND}{option}")] = bound
            elif key not in {"name", "quality", "relationships"}:
                found[Fact(COLUMNS, name, key)] = value
        found |= _checks(prop, name)
    return found | _checks(table, "")


def _checks(holder: Mapping[str, Any], column: str) -> dict[Fact, Any]:
    rules = {Fact(CHECKS, column, f"{_RULE}{_rule_name(each)}"): each for each in holder.get("quality") or ()}
    references = holder.get("relationships") or ()
    return rules | {Fact(CHECKS, column, f"{_REFERENCE}{each.get('to')}"): each for each in references}


def _rule_name(rule: Mapping[str, Any]) -> str:
    return str(rule.get("name") or rule.get("metric") or rule.get("query"))


def with_facts(contract: Mapping[str, Any], wanted: Mapping[Fact, Any]) -> dict[str, Any]:
    """A copy of the contract in which each fact is as `wanted`; None where it is not to be."""
    changed = copy.deepcopy(dict(contract))
    table = changed["schema"][0]
    properties: list[dict[str, Any]] = table.setdefault("properties", [])
    for fact, value in wanted.items():
        if fact.is_column and value is None:
            properties[:] = [each for each in properties if each["name"] != fact.column]
        elif fact.is_column and all(each["name"] != fact.column for each in properties):
            properties.append({"name": fact.column})
    holders = {"": table} | {str(each["name"]): each for each in properties}
    for fact, value in wanted.items():
        if not fact.is_column and fact.column in holders:
            _set(holders[fact.column], fact.what, value)
    return changed


def _set(holder: dict[str, Any], what: str, value: Any) -> None:
    if what.startswith(_BOUND):
        holder["logicalTypeOptions"] = holder.get("logicalTypeOptions") or {}
        _set_key(holder["logicalTypeOptions"], what.removeprefix(_BOUND), value)
    elif what.startswith(_RULE):
        name = what.removeprefix(_RULE)
        _set_item(
            holder,
            "quality",
            (each for each in holder.get("quality") or () if _rule_name(each) == name),
            value,
        )
    elif what.startswith(_REFERENCE):
        to = what.removeprefix(_REFERENCE)
        known = (each for each in holder.get("relationships") or () if str(each.get("to")) == to)
        _set_item(holder, "relationships", known, value)
    else:
        _set_key(holder, what, value)
    for key in ("logicalTypeOptions", "quality", "relationships"):
        if key in holder and not holder[key]:
            del holder[key]


def _set_key(holder: dict[str, Any], key: str, value: Any) -> None:
    if value is None:
        holder.pop(key, None)
    else:
        holder[key] = value


def _set_item(holder: dict[str, Any], key: str, known: Iterable[Any], value: Any) -> None:
    items, old = list(holder.get(key) or ()), next(iter(known), None)
    if old is None:
        holder[key] = [*items, *([value] if value is not None else ())]
    else:
        holder[key] = [
            each if each is not old else value for each in items if each is not old or value is not None
        ]
