"""The labelled set: tables of our own making, a module per matter, messy as landed files are.

What is true of a table is written where it is made, by thought: never copied from what discovery says of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.discovery.tables import care, finance, places, telecom, trade, travel, work

if TYPE_CHECKING:
    from benchmarks.discovery.truth import Table

_MATTERS = (trade, finance, telecom, care, travel, work, places)


def all_tables() -> list[Table]:
    """Every table of the set, the same in each run."""
    return [table for matter in _MATTERS for table in matter.tables()]
