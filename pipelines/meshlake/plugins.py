"""Doorways: members of one protocol found by name, ours by a line each, others' by entry points.

A member is imported when it is asked for, so that a long list costs nothing. Another distribution adds a member by an
entry point of the doorway's group; entry points are looked at only for a name that is none of ours, or when all are
asked for, since finding them reads the metadata of every installed distribution.

Example:
    >>> from meshlake.plugins import Doorway
    >>> doorway = Doorway("meshlake.examples", "example", {"join": "posixpath:join"})
    >>> doorway.get("join")("a", "b")
    'a/b'
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from meshlake.errors import UsageError
from meshlake.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from importlib.metadata import EntryPoint

Member = TypeVar("Member")


@dataclass(frozen=True)
class Doorway(Generic[Member]):
    """The members of one protocol.

    Args:
        group: the entry points of other distributions that are members, such as `meshlake.engines`.
        word: what a member is called, for errors.
        members: our own, each as `module:attribute`, by name.
    """

    group: str
    word: str
    members: Mapping[str, str] = field(repr=False)

    def get(self, name: str) -> Member:
        """The member called `name`.

        Raises:
            UsageError: there is none, naming the nearest, or it cannot be imported.
        """
        if name in self.members:
            return self._load(name, self.members[name])
        if name in self._others:
            return self._load(name, self._others[name].value)
        hint = nearest(name, self.names) or f"There are: {', '.join(self.names)}."
        raise UsageError(f"'{name}' is no {self.word}", hint)

    def __contains__(self, name: str) -> bool:
        """Whether there is a member called `name`."""
        return name in self.members or name in self._others

    def all(self) -> dict[str, Member]:
        """Every member by its name, ours first."""
        return {name: self.get(name) for name in self.names}

    @property
    def names(self) -> tuple[str, ...]:
        """The name of every member, ours first."""
        return (*self.members, *(name for name in self._others if name not in self.members))

    def in_order(self, names: Iterable[str]) -> tuple[str, ...]:
        """Some names in the order in which `members` lists them, those of other distributions last."""
        order = {name: position for position, name in enumerate(self.members)}
        return tuple(sorted(names, key=lambda name: order.get(name, len(order))))

    @cached_property
    def _others(self) -> dict[str, EntryPoint]:
        from importlib.metadata import entry_points

        return {point.name: point for point in entry_points(group=self.group)}

    def _load(self, name: str, place: str) -> Member:
        module, _, attribute = place.partition(":")
        try:
            return cast("Member", getattr(import_module(module), attribute))
        except (ImportError, AttributeError) as error:
            raise UsageError(
                f"the {self.word} '{name}' cannot be loaded from {place}: {error}",
                "Install what it needs, or take its distribution away.",
            ) from error
