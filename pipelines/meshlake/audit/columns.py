"""Columns as they are, against the columns a contract promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.contract.types import canonical_type

if TYPE_CHECKING:
    from collections.abc import Mapping


def differences(actual: Mapping[str, str], expected: Mapping[str, str]) -> list[str]:
    """What is wrong with `actual`, in plain words; both are DuckDB type texts by column name."""
    wrong = []
    for name, type_text in expected.items():
        if name not in actual:
            wrong.append(f"column '{name}' is missing")
        elif _canonical(actual[name]) != type_text:
            wrong.append(f"column '{name}' is {actual[name]}, the contract says {type_text}")
    wrong.extend(f"column '{name}' is not in the contract" for name in actual if name not in expected)
    return wrong


def _canonical(type_text: str) -> str:
    """One spelling for types a contract can hold; any other as it is, since it equals none of those."""
    try:
        return canonical_type(type_text)
    except ValueError:
        return type_text
