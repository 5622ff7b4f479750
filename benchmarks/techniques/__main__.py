"""Prints of each technique of ../shared/ml-techniques.csv where it lives in Meshlake, what it showed, and whether it
works: whether what the list asks of it holds, computed in this run.

Exit status 1 where a trial broke; what does not work, or cannot run here, is only told. `--only WORDS` keeps to
techniques whose name holds them; `--home FOLDER` keeps the mesh that is built, for another run.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import time
import traceback
import warnings
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path

from benchmarks.techniques.data import Data
from benchmarks.techniques.row import ROWS, CannotRunError

_LIST = Path(__file__).parents[3] / "shared/ml-techniques.csv"
CHAPTERS = (
    "judging",
    "classification",
    "linear",
    "svm",
    "trees",
    "ensembles",
    "dimensions",
    "clustering",
    "densities",
    "semi_supervised",
    "neural",
    "deep",
    "mesh",
)


def main() -> int:
    """Try all, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.techniques", description=__doc__)
    parser.add_argument("--only", default="", metavar="WORDS")
    parser.add_argument("--home", type=Path)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    for chapter in CHAPTERS:
        import_module(f"benchmarks.techniques.{chapter}")
    began = time.perf_counter()
    names = [name for name in techniques() if given.only.lower() in name.lower()]
    verdicts = []
    with nullcontext(given.home) if given.home else tempfile.TemporaryDirectory(prefix="meshlake-") as home:
        data = Data(Path(home))
        for number, name in enumerate(names, start=1):
            print(f"[{number}/{len(names)}] {name}", flush=True)
            verdicts.append(_tried(name, data))
    works, broke = verdicts.count("works"), verdicts.count("BROKE")
    print(f"\n{works} of {len(names)} work, {broke} broke; {time.perf_counter() - began:.0f} s")
    return 1 if broke else 0


def techniques() -> list[str]:
    """The names of the list; of what is written here where it is not beside this checkout."""
    if not _LIST.is_file():
        print(f"{_LIST} is not there: what is written here is tried, and the list may have more")
        return list(ROWS)
    with _LIST.open(encoding="utf-8", newline="") as file:
        listed = [line["technique"] for line in csv.DictReader(file)]
    if unlisted := set(ROWS) - set(listed):
        print(f"not on the list: {', '.join(sorted(unlisted))}")
    return listed


def _tried(name: str, data: Data) -> str:
    """The verdict on one technique, printed with what it showed."""
    if name not in ROWS:
        print("    not works: not written")
        return "not works"
    row, began = ROWS[name], time.perf_counter()
    try:
        shown = row.trial(data)
        verdict, told = ("works" if shown.holds else "not works"), shown.told
    except CannotRunError as error:
        verdict, told = "not works", f"not run: {error}"
    except Exception as error:  # one that breaks is told, and the others are tried
        verdict, told = "BROKE", f"{type(error).__name__}: {error}"
        traceback.print_exc()
    print(f"    {verdict}: {told} [{row.where}, {time.perf_counter() - began:.1f} s]", flush=True)
    return verdict


if __name__ == "__main__":
    sys.exit(main())
