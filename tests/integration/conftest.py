"""The order of the suites that run whole commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

# Each of their few tests takes a minute and more: a worker that began with them last left the other idle for as long.
_LONGEST = frozenset({"wheel", "onboarding"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, where a worker takes one file after the other (`--no-loadscope-reorder`)."""
    items.sort(key=lambda item: _LONGEST.isdisjoint(item.path.parts))
