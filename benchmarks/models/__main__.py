"""Prints how good churn models are on rows hidden from them, beside LightGBM, CatBoost, FLAML and AutoGluon.

Of each table a third is hidden, of the retailer's the latest cut-off. `--tables PREFIX` keeps to those that begin so,
`--rivals` to some of the packages; `--python` is the Python of the environment that has them (`make bench-models`).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import warnings
from itertools import chain
from pathlib import Path

from benchmarks.models.hidden_rows import OURS, held_against
from benchmarks.models.rivals import RIVALS
from benchmarks.models.tables import public, telco_and_retail

_FIGURES = f"{'ROC AUC':>9} {'log loss':>9} {'calib.':>9} {'seconds':>8} {'CPU s':>8}"
_HEADER = f"  {'':<44} {_FIGURES}   log loss against the best"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.models", description=__doc__)
    parser.add_argument("--tables", default="", metavar="PREFIX")
    parser.add_argument("--rivals", nargs="*", choices=RIVALS, default=list(RIVALS))
    parser.add_argument("--python", type=Path, default=Path(".venv-models/bin/python"))
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    began, is_as_asked = time.perf_counter(), True
    with tempfile.TemporaryDirectory(prefix="meshlake-models-") as name:
        tables = chain(
            telco_and_retail(Path(name) / "home", given.tables), public(given.python, Path(name) / "public")
        )
        for table in tables:
            if not table.name.startswith(given.tables):
                continue
            hidden = int(table.is_hidden.sum())
            learned = f"{len(table.rows) - hidden} rows to learn from, {hidden} hidden"
            print(f"{table.name}: {learned}, {len(table.columns)} features")
            print(_HEADER)
            for result in held_against(table, given.rivals, given.python):
                print(result.line(), flush=True)
                if result.said.name.startswith(OURS):
                    missed = _missed(table.aims, result.figures)
                    is_as_asked &= not missed
                    print(*(f"    {each}" for each in missed), sep="\n", end="\n" if missed else "")
    print(f"{time.perf_counter() - began:.0f} s")
    return 0 if is_as_asked else 1


def _missed(aims: dict[str, float], figures: dict[str, float]) -> list[str]:
    return [
        f"{name} {figures[name]:.4f}, asked for {'at least' if name == 'roc_auc' else 'at most'} {aim}"
        for name, aim in aims.items()
        if (figures[name] < aim if name == "roc_auc" else figures[name] > aim)
    ]


if __name__ == "__main__":
    sys.exit(main())
