"""Sampled values in a form JSON can hold, and in one that may be shown to whoever may look at a build."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from meshlake.contract.model import Contract

HIDDEN = "(classified)"


def jsonable(value: Any) -> Any:
    """`value` as JSON can hold it: numbers, text, booleans, null, and lists and mappings of these.

    Bytes become hexadecimal text; decimals, times, UUIDs and numbers that are not finite their own text.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, Mapping):
        return {str(key): jsonable(part) for key, part in value.items()}
    if isinstance(value, Sequence | set):
        return [jsonable(part) for part in value]
    return str(value)


def unclassified(row: Mapping[str, Any], contract: Contract) -> dict[str, Any]:
    """`row` without the values that the contract classifies: logs and pages of builds are not as guarded as rows are.

    It goes by the names of columns: what a check's own SQL calls otherwise is its author's to leave out.
    """
    classified = {column.name for column in contract.columns if column.classification}
    return {
        name: HIDDEN if name in classified and value is not None else value for name, value in row.items()
    }
