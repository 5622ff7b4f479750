"""Prints how well the next period's revenue of a retailer's customers is predicted, beside rules of thumb.

Each of the three later cut-offs of `../shared/data` is held out in turn, and learned of are those before it: what each
customer spends in the 90 days after is predicted, as a mean and as a median, by the default candidates of
`task: regression`. Errors are in pounds, on the held-out customers; of intervals of 90 % it is told how many held.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.models.tables import LABEL, SPENDING_SQL, has_data, plain, telco_mesh
from meshlake.ml_assets.regression.metrics import point_metrics
from meshlake.ml_assets.regression.report import held_against
from meshlake.ml_assets.regression.spec import RegressionSpec
from meshlake.ml_assets.regression.training import train_regression

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

_AMOUNT, _CUTOFF, _BEFORE = "next_90_days", "cutoff_date", "amount_last_90_days"
_HEADS = ("MAE", "RMSE", "R2", "bias", "within", "folds", "CPU s")


def main() -> int:
    """Measure and print."""
    if not has_data():
        print("../shared/data is not there")
        return 1
    with tempfile.TemporaryDirectory(prefix="meshlake-amounts-") as name:
        mesh = telco_mesh(Path(name) / "home")
        mesh.build("retail.churn_features", "retail.purchases")
        rows = plain(mesh.sql(SPENDING_SQL).df()).drop(columns=LABEL)
    for day in sorted(rows[_CUTOFF].unique())[1:]:
        known = rows[rows[_CUTOFF] <= day]
        later = known[known[_CUTOFF] == day]
        print(f"{str(day)[:10]}: {len(known) - len(later):,} rows to learn from, {len(later):,} hidden")
        print(f"  {'':<44}" + "".join(f"{head:>9}" for head in _HEADS))
        actual = later[_AMOUNT].to_numpy()
        print(_line("the same as in the 90 days before", point_metrics(actual, later[_BEFORE].to_numpy())))
        for predict in ("mean", "median"):
            _measure(known, predict)
    return 0


def _measure(known: pd.DataFrame, predict: str) -> None:
    document = {
        "task": "regression",
        "features": "retail.spending_features",
        "key": "customer_id",
        "label": _AMOUNT,
        "cutoff": _CUTOFF,
        "horizon_days": 90,
        "last_period": _BEFORE,
        "policy": {"predict": predict},
    }
    spec = RegressionSpec.from_mapping(document)
    began_seconds = time.process_time()
    training = train_regression(known, spec)
    seconds = time.process_time() - began_seconds
    rules = held_against(training.honest, spec)
    print(_line(f"the {predict} of all", rules[f"the {predict} of all"]))
    told = {**(training.test or {}), "folds": training.out_of_fold["coverage"], "seconds": seconds}
    print(_line(f"Meshlake, {predict} ({training.model.algorithm})", told))
    better = rules[f"the same as {_BEFORE}"]["better_by"][spec.loss]
    print(
        f"    {spec.loss.replace('_', ' ')} less than the 90 days before by {better['estimate']:.1f} "
        f"({better['low']:.1f} to {better['high']:.1f})",
        flush=True,
    )


def _line(name: str, figures: Mapping[str, float]) -> str:
    error, squared, explained, bias = (
        figures[each] for each in ("mean_absolute_error", "root_mean_squared_error", "r2", "bias")
    )
    line = f"  {name:<44}{error:9.1f}{squared:9.1f}{explained:9.3f}{bias:9.1f}"
    shares = (figures.get(each, np.nan) for each in ("coverage", "folds"))
    line += "".join("" if np.isnan(share) else f"{share:9.1%}" for share in shares)
    return line + (f"{figures['seconds']:9.1f}" if "seconds" in figures else "")


if __name__ == "__main__":
    sys.exit(main())
