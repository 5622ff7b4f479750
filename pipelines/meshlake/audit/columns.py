"""Columns as they are, against the columns a contract promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.types.tree import Type


def differences(actual: Mapping[str, Type], expected: Mapping[str, Type]) -> list[str]:
    """What is wrong with `actual`, in plain words; both are types by column name."""
    wrong = []
    for name, kind in expected.items():
        if name not in actual:
            wrong.append(f"column '{name}' is missing")
        elif actual[name] != kind:
            wrong.append(f"column '{name}' is {actual[name]}, the contract says {kind}")
    wrong.extend(f"column '{name}' is not in the contract" for name in actual if name not in expected)
    return wrong
