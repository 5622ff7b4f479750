"""Days of data that is kept by date: what an incremental build reads and replaces. Which they are, `build` says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Partitions:
    """Some days of a table or landed dataset that is partitioned by the date in `column`."""

    column: str
    days: frozenset[date]


def read_day(text: str) -> date | None:
    """The day that `text` (2024-01-05) writes; `None` when it writes none, or in another way."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None
