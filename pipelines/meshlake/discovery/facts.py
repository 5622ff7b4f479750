"""Dataclasses as JSON that comes back as it was, whatever marks they are given: each says of which class it is.

What is not known here is refused when it is written, so that nothing comes back as something else. Only classes of this
package are made of what is read.
"""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from enum import Enum
from functools import cache
from importlib import import_module
from typing import Any

_CLASS, _ITEMS = "!", "="
_OURS = "meshlake."


def to_facts(value: Any) -> Any:
    """`value` as what `json` writes.

    Raises:
        TypeError: it holds something that would not come back as it was.

    Example:
        >>> from meshlake.types.tree import Decimal
        >>> to_facts((Decimal(5, 2), None))
        [{'!': 'meshlake.types.tree:Decimal', 'precision': 5, 'scale': 2}, None]
        >>> from_facts(to_facts((Decimal(5, 2), None)))
        (Decimal(precision=5, scale=2), None)
    """
    kind = type(value)
    if value is None or kind in {bool, int, float, str}:
        return value
    if kind is tuple:
        return [to_facts(item) for item in value]
    if dataclasses.is_dataclass(value) and kind.__module__.startswith(_OURS):
        facts = {field.name: to_facts(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {_CLASS: _named(kind), **facts}
    if isinstance(value, Enum) and kind.__module__.startswith(_OURS):
        return {_CLASS: _named(kind), _ITEMS: value.name}
    if kind in _PLAIN:
        name, write, _ = _PLAIN[kind]
        return {_CLASS: name, _ITEMS: write(value)}
    raise TypeError(f"{kind.__name__} is kept by no one: use tuples, texts, numbers and frozen dataclasses")


def from_facts(facts: Any) -> Any:
    """What `to_facts` was given.

    Raises:
        ValueError, TypeError, AttributeError, KeyError, ImportError: it is not of this making.
    """
    if isinstance(facts, list):
        return tuple(map(from_facts, facts))
    if not isinstance(facts, dict):
        return facts
    name = facts[_CLASS]
    if name in _READ:
        return _READ[name](facts[_ITEMS])
    kind = _class(name)
    if issubclass(kind, Enum):
        return kind[facts[_ITEMS]]
    return kind(**{name: from_facts(value) for name, value in facts.items() if name != _CLASS})


def _named(kind: type) -> str:
    return f"{kind.__module__}:{kind.__qualname__}"


@cache
def _class(name: str) -> type:
    module, _, attribute = name.partition(":")
    if not module.startswith(_OURS):
        raise ValueError(f"{name} is no class of this package")
    kind = getattr(import_module(module), attribute)
    if not (isinstance(kind, type) and (dataclasses.is_dataclass(kind) or issubclass(kind, Enum))):
        raise ValueError(f"{name} is no dataclass")
    if not kind.__module__.startswith(_OURS):
        raise ValueError(f"{name} is no dataclass of this package")
    return kind


_PLAIN: dict[type, tuple[str, Any, Any]] = {
    list: ("list", lambda value: [to_facts(item) for item in value], lambda facts: [*map(from_facts, facts)]),
    dict: (
        "dict",
        lambda value: [[to_facts(key), to_facts(item)] for key, item in value.items()],
        lambda facts: {from_facts(key): from_facts(item) for key, item in facts},
    ),
    frozenset: (
        "frozenset",
        lambda value: [to_facts(item) for item in sorted(value, key=repr)],
        lambda facts: frozenset(map(from_facts, facts)),
    ),
    date: ("date", date.isoformat, date.fromisoformat),
    datetime: ("datetime", datetime.isoformat, datetime.fromisoformat),
}
_READ = {name: read for name, _, read in _PLAIN.values()}
