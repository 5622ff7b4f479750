"""Prints precision and recall of what discovery tells of the labelled set, of TPC-H and of TPC-DS.

`--faults` prints each fault.
`--tables PREFIX` keeps to our tables that begin so; `--extensions FOLDER` is where the wheels of TPC's extensions are,
`--others FOLDER` where frictionless and Presidio are, that are held against ours.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.discovery.measuring import measure_ours, measure_tpc, tables_named
from benchmarks.discovery.others import measure_others


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.discovery", description=__doc__)
    parser.add_argument("--tables", default="", metavar="PREFIX")
    parser.add_argument("--extensions", type=Path, default=Path("artifacts/duckdb-extensions"))
    parser.add_argument("--others", type=Path, default=Path("artifacts/other-tools"))
    parser.add_argument("--faults", action="store_true")
    given = parser.parse_args()
    print(f"{'':<34}{'precision':>9}{'recall':>9}   right/told   found/wanted")
    with tempfile.TemporaryDirectory(prefix="meshlake-discovery-") as name:
        began = time.process_time()
        scores = measure_ours(Path(name) / "ours", given.tables)
        if not given.tables and given.extensions.is_dir():
            scores += measure_tpc(Path(name) / "tpc", given.extensions)
        elif not given.tables:
            print(
                f"{given.extensions} is not there, so TPC-H and TPC-DS are not measured: make bench-discovery makes it."
            )
        scores += measure_others(Path(name) / "others", tables_named(given.tables), given.others)
    for score in scores:
        print(score.line())
        if given.faults:
            print(*(f"    {fault}" for fault in score.faults), sep="\n")
    print(f"{time.process_time() - began:.1f} s of CPU")
    return 0


if __name__ == "__main__":
    sys.exit(main())
