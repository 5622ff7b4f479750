"""Prints how much better `mesh boost` makes a model, beside the table alone, keyed lookups and featuretools.

The last cut-off of each task, or a third of the rows of the one without cut-offs, has no label as it lands, and all are
measured on it, with one learner. Then six traps are planted among the tables, and it is looked again. `--tasks PREFIX`
keeps to those that begin so; `--python` is the Python of the environment that has featuretools (`make bench-boost`).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import warnings
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.boosting import contenders
from benchmarks.boosting.contenders import ALONE, BY_HAND, FEATURETOOLS, OURS, Features
from benchmarks.boosting.operators import retailer, simulated, telco
from benchmarks.boosting.ours import Ours, boosted
from benchmarks.boosting.public import baseball, flights, patients, written
from benchmarks.boosting.tpcds import tpcds
from benchmarks.boosting.traps import planted, sprung
from benchmarks.models.tables import has_data

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.boosting.contenders import Learned
    from benchmarks.boosting.task import Task

_BEHIND_BY_HAND, _SHARE_OF_TIME = 0.005, 0.1
_HEADS = (
    f"  {'':<18} {'columns':>8} {'ROC AUC':>8} {'log loss':>9} {'CPU s':>7}   ROC AUC of mesh boost less this"
)


@dataclass
class Tally:
    """What all tasks together came to."""

    no_worse: int = 0
    better: int = 0
    faster: int = 0
    compared: int = 0
    cutoffs: int = 0
    changed: int = 0
    missed: int = 0


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.boosting", description=__doc__)
    parser.add_argument("--tasks", default="", metavar="PREFIX")
    parser.add_argument("--python", type=Path, default=Path(".venv-featuretools/bin/python"))
    parser.add_argument("--extensions", type=Path, default=Path("artifacts/duckdb-extensions"))
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--no-traps", action="store_true")
    parser.add_argument("--no-featuretools", action="store_true")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    began, tally = time.perf_counter(), Tally()
    with tempfile.TemporaryDirectory(prefix="meshlake-boosting-") as name:
        for title, make in _tasks(Path(name), given.python, given.extensions).items():
            if title.startswith(given.tasks):
                task = make()
                folder = Path(name) / title.replace(" ", "-")
                plain = boosted(task, folder / "plain", given.minutes)
                _compared(task, plain, None if given.no_featuretools else given.python, tally)
                if not given.no_traps:
                    among = planted(task)
                    _trapped(among, plain, boosted(among, folder / "trapped", given.minutes), tally)
    print(
        f"\nagainst featuretools: no worse beyond noise on {tally.no_worse} of {tally.compared}, better beyond "
        f"noise on {tally.better}, at most a tenth of its CPU time on {tally.faster}; of "
        f"{tally.cutoffs} cut-offs of drafted products "
        f"later rows change {tally.changed}; missed: {tally.missed}\n{time.perf_counter() - began:.0f} s"
    )
    return 1 if tally.missed or tally.changed else 0


def _tasks(folder: Path, python: Path, extensions: Path) -> dict[str, Callable[[], Task]]:
    shared = {"telco": telco, "retailer": retailer} if has_data() else {}
    of_packages = {"nycflights13": flights, "nafld": patients, "Lahman": baseball}
    return {
        "simulated": partial(simulated, folder / "simulated-home"),
        **{title: partial(make, folder / f"{title}-home") for title, make in shared.items()},
        "TPC-DS": partial(tpcds, extensions),
        **{title: partial(_public, make, python, folder / "public") for title, make in of_packages.items()},
    }


def _public(make: Callable[[Path], Task], python: Path, folder: Path) -> Task:
    return make(written(python, folder))


def _compared(task: Task, plain: Ours, python: Path | None, tally: Tally) -> None:
    base = plain.found.base
    made = [
        Features(ALONE, task.labelled[[]]),
        contenders.looked_up(task),
        *([contenders.synthesised(task, python, base)] if python else []),
        *([] if task.by_hand is None else [Features(BY_HAND, task.by_hand)]),
    ]
    ours = contenders.learned(task, base, plain.features)
    print(f"{task.name}: {len(task.labelled)} labelled rows, {int(task.is_hidden.sum())} of them hidden")
    print(f"  kept: {', '.join(each.table for each in plain.found.kept) or 'nothing'}\n{_HEADS}")
    for features in made:
        one = contenders.learned(task, base, features)
        print(_line(task, one, ours), flush=True)
        if features.name == FEATURETOOLS and (gain := contenders.against(task, ours, one)):
            tally.compared += 1
            tally.no_worse += not gain.roc_auc.is_worse
            tally.better += gain.roc_auc.is_better
            tally.faster += plain.features.cpu_seconds <= _SHARE_OF_TIME * features.cpu_seconds
        if features.name == BY_HAND and ours.roc_auc < one.roc_auc - _BEHIND_BY_HAND:
            tally.missed += 1
            print(f"    {ours.roc_auc:.4f}, asked for those written by hand less {_BEHIND_BY_HAND}")
    print(_line(task, ours, None))
    print(
        f"{'':<21}{plain.features.making_seconds:.1f} CPU s of them make features, the others choose and write down; "
        f"keys and joins, which others are told, took {plain.features.discovery_seconds:.1f} before"
    )
    for name, least in task.aims.items():
        area = contenders.trained(task, base, plain.features)
        tally.missed += area < least
        print(f"  by the {name}: ROC AUC {area:.4f}, asked for at least {least}", flush=True)
    _proof(plain, tally)


def _line(task: Task, one: Learned, ours: Learned | None) -> str:
    features = one.features
    if features.rows is None:
        return f"  {features.name:<18} {features.failed[:90]}"
    line = (
        f"  {features.name:<18} {features.rows.shape[1]:>8} {one.roc_auc:>8.4f} {one.log_loss:>9.4f} "
        f"{features.cpu_seconds:>7.1f}"
    )
    if ours is None or not (gain := contenders.against(task, ours, one)):
        return line
    return f"{line}   {gain.roc_auc.estimate:+.4f} ({gain.roc_auc.low:+.4f} to {gain.roc_auc.high:+.4f})"


def _trapped(task: Task, plain: Ours, trapped: Ours, tally: Tally) -> None:
    wrong: Sequence[str] = sprung(task, plain.found, trapped.found)
    verdicts = ", ".join(
        f"{each.table.partition('.')[2]} {each.verdict}"
        for each in trapped.found.considered
        if each.table.startswith("traps.")
    )
    with_it = contenders.learned(task, trapped.found.base, trapped.features)
    print(f"  traps: {verdicts}; {OURS} then {with_it.roc_auc:.4f}, {trapped.features.cpu_seconds:.1f} CPU s")
    print(*(f"    WRONG: {each}" for each in wrong), sep="\n", end="\n" if wrong else "", flush=True)
    tally.missed += len(wrong)
    _proof(trapped, tally)


def _proof(made: Ours, tally: Tally) -> None:
    tally.cutoffs += made.cutoffs
    tally.changed += made.changed
    if made.changed:
        print(f"  WRONG: of {made.cutoffs} cut-offs later rows change {made.changed}")


if __name__ == "__main__":
    sys.exit(main())
