"""Prints what a training takes beside scikit-learn alone: `python -m benchmarks.models.training_time`.

The bare script has the same candidates, folds and rows, made into features before its clock begins: it fits each
candidate on each fold, predicts the fold, takes the one of least log loss and fits it on all rows. It finds no leaks,
measures no feature, gives no reasons and compares nothing beyond noise.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.metrics import log_loss

from benchmarks.report import figure_line
from benchmarks.timing import interleave, ratio_figure
from meshlake.ml_assets.candidates.algorithm import make_scoring_exact
from meshlake.ml_assets.candidates.candidate import build_candidate
from meshlake.ml_assets.churn import train_churn
from meshlake.ml_assets.preprocessing import plan_features
from meshlake.ml_assets.spec import ChurnSpec
from meshlake.ml_assets.threads import one_thread
from meshlake.ml_assets.training_rows import assign_folds, labelled_rows

if TYPE_CHECKING:
    from benchmarks.figure import Figure

SPEC = ChurnSpec(("customer_id",), "is_churned", minutes=60)
_WORDS = ("monthly", "yearly", "card", "cheque", "transfer", "none")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.models.training_time", description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000, help="rows to learn from")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    print(figure_line(_training(given.rows, given.rounds)))
    return 0


def _training(rows: int, rounds: int) -> Figure:
    table = customers(rows)
    arms = {"ours": lambda: train_churn(table, SPEC), "bare": lambda: _bare(table)}
    times = interleave(arms, rounds)
    name = f"training on {rows:,} rows to scikit-learn alone"
    return ratio_figure(name, times["ours"], times["bare"], aim=1.15)


def _bare(table: pd.DataFrame) -> Any:
    rows = labelled_rows(table, SPEC)
    folds = assign_folds(rows, SPEC)
    plan = plan_features(rows, [name for name in rows.columns if name not in ("customer_id", "is_churned")])
    frame, is_churned = plan.frame().transform(rows), rows["is_churned"].to_numpy()
    losses = {}

    def pipeline(name: str, count: int) -> Any:
        return build_candidate(name, plan, SPEC.seed, count)[1:]

    with one_thread():
        for name in SPEC.algorithms:
            said = np.empty(len(rows))
            for fold in range(SPEC.folds):
                is_out = folds == fold
                fitted = pipeline(name, int((~is_out).sum())).fit(frame[~is_out], is_churned[~is_out])
                said[is_out] = make_scoring_exact(fitted).predict_proba(frame[is_out])[:, 1]
            losses[name] = log_loss(is_churned, said)
        return pipeline(min(losses, key=losses.__getitem__), len(rows)).fit(frame, is_churned)


def customers(rows: int, seed: int = 0) -> pd.DataFrame:
    """As a telco operator's: six texts, ten numbers, some unknown, and a label that four of them say something of."""
    random = np.random.default_rng(seed)
    numbers = {f"amount_{n}": random.gamma(2, 20, rows).round(2) for n in range(9)}
    texts = {f"kind_{n}": random.choice(_WORDS[: 2 + n % 5], rows) for n in range(6)}
    months = random.integers(0, 72, rows)
    log_odds = 0.5 - months / 20 + 0.02 * numbers["amount_0"] + (texts["kind_1"] == "monthly")
    log_odds += (texts["kind_4"] == "cheque") * (numbers["amount_1"] > 50)
    numbers["amount_2"][random.random(rows) < 0.1] = np.nan
    return pd.DataFrame(
        {
            "customer_id": np.arange(rows) * 7 + 3,
            "months": months,
            **numbers,
            **texts,
            "is_churned": random.random(rows) < 1 / (1 + np.exp(-log_odds)),
        }
    )


if __name__ == "__main__":
    sys.exit(main())
