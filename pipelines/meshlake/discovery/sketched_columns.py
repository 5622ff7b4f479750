"""Which columns of a dataset are sketched, and how a value of each is written as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.discovery.sketches import Sketched
from meshlake.names import quote_identifier
from meshlake.types.odcs import logical_name
from meshlake.types.tree import Scalar, is_nested

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.discovery.measures import Measure
    from meshlake.discovery.readings import Reading
    from meshlake.types.tree import Type


def sketched_columns(
    types: Mapping[str, Type], measures: Mapping[str, Measure], readings: Mapping[str, Reading | None]
) -> dict[str, Sketched]:
    """The columns to sketch: text and whole numbers of more than two values."""
    joinable = {}
    for name, kind in types.items():
        cell, reading = quote_identifier(name), readings[name]
        logical = reading.logical_type if reading else logical_name(kind)
        if measures[name].whole and measures[name].whole == measures[name].present:
            text = f"CAST(TRY_CAST({cell} AS BIGINT) AS VARCHAR)"
        elif logical == "integer":
            text = f"CAST({reading.value(cell)} AS VARCHAR)" if reading else f"CAST({cell} AS VARCHAR)"
        elif logical == "string" and not is_nested(kind):
            text = f"NULLIF({cell}, '')" if kind is Scalar.VARCHAR else f"CAST({cell} AS VARCHAR)"
        else:
            continue
        if measures[name].distinct > 1:
            joinable[name] = Sketched(text, measures[name].distinct)
    return joinable
