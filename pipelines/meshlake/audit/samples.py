"""Sampled values in a form JSON can hold."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any


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
