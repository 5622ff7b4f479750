"""All figures as one table for people and one JSON file for machines."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.figure import Figure

_PACKAGES = ("duckdb", "pyiceberg", "great-expectations", "scikit-learn", "dagster")


def figure_line(figure: Figure) -> str:
    """One figure in one line of the table, its detail in a second one."""
    extremes = ""
    if figure.low is not None and figure.high is not None:
        extremes = f" ({_number(figure.low)}-{_number(figure.high)})"
    meant = "; ".join(
        f"{word} {_number(bound)}"
        for word, bound in (("aim", figure.aim), ("at most", figure.limit))
        if bound is not None
    )
    value = f"{_number(figure.value)} {figure.unit}{extremes}"
    line = f"{figure.name:<66} {value:<24} {meant:<24} {figure.verdict.value}".rstrip()
    return line + (f"\n    {figure.detail}" if figure.detail else "")


def write_json(path: Path, figures: Sequence[Figure], row_count: int, rounds: int) -> None:
    """The figures, and what they were measured on, as JSON at `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "rows": row_count,
        "rounds": rounds,
        "machine": {
            "system": f"{platform.system()} {platform.machine()}",
            "cores": os.cpu_count(),
            "load_average": os.getloadavg(),
            "python": platform.python_version(),
        },
        "packages": {name: version(name) for name in _PACKAGES},
        "figures": [figure.as_dict() for figure in figures],
    }
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.2f}"
