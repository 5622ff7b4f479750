"""How often a model of uplift is promoted where the treatment changes nothing, and how often where it does.

Each table is an experiment of its own, drawn at random, and goes the whole way: the test of the draw, candidates on
folds, and the decision. With an effect of 0 any promotion is a false one: at most one in forty is meant.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from meshlake.ml_assets.uplift.promotion import decide_uplift
from meshlake.ml_assets.uplift.qini import spread_of_folds
from meshlake.ml_assets.uplift.spec import UpliftSpec
from meshlake.ml_assets.uplift.training import train_uplift

if TYPE_CHECKING:
    from collections.abc import Sequence

_MEANT = 0.025
# Those that take a second for a table; with boosting and forests it is four.
_QUICK = ("transformed_outcome", "two_models", "one_model", "doubly_robust")


def customers(rows: int, effect: float, seed: int) -> pd.DataFrame:
    """Of half of whom a call changes the log odds of buying: by `effect` on one plan of three, and less of the old."""
    random = np.random.default_rng(seed)
    plan, age = random.choice(["basic", "plus", "max"], rows), random.integers(18, 80, rows)
    is_called = random.random(rows) < 0.5
    moved = effect * np.where(plan == "plus", 1.6, np.where(age > 60, -1.0, 0.0))
    log_odds = -0.5 - 0.01 * (age - 45) + is_called * moved
    return pd.DataFrame(
        {
            "id": range(rows),
            "plan": plan,
            "age": age,
            "visits": random.poisson(3, rows),
            "worth": random.choice([5.0, 40.0], rows),
            "called": is_called,
            "bought": random.random(rows) < 1 / (1 + np.exp(-log_odds)),
        }
    )


def spec_of(candidates: Sequence[str]) -> UpliftSpec:
    """A model of these `candidates`."""
    return UpliftSpec.from_mapping(
        {
            "task": "uplift",
            "features": "shop.customers",
            "key": "id",
            "label": "bought",
            "treatment": "called",
            "aim": "more",
            "policy": {"minutes": 60, "candidates": list(candidates)},
        }
    )


def main() -> int:
    """Train on each table and print how many were promoted."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.uplift", description=__doc__)
    parser.add_argument("--tables", type=int, default=200)
    parser.add_argument("--rows", type=int, default=600)
    parser.add_argument("--effect", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=0, help="of the first table")
    parser.add_argument("--candidates", nargs="+", default=_QUICK)
    given = parser.parse_args()
    spec = spec_of(given.candidates)
    warnings.simplefilter("ignore")
    refused, promoted, before = 0, 0, 0
    for seed in range(given.seed, given.seed + given.tables):
        table = customers(given.rows, given.effect, seed)
        try:
            training = train_uplift(table, spec)
        except ValueError:
            refused += 1
            continue
        found = training.against_random
        decision = decide_uplift(spec, training.honest, vars(found), table, None)
        promoted += decision.is_promoted
        before += (found.estimate - found.low) / spread_of_folds(spec.folds) < found.estimate
    tried = given.tables - refused
    told = binomtest(promoted, tried).proportion_ci(method="wilson")
    print(
        f"effect {given.effect:g}: {tried} tables of {given.rows} rows, {refused} more were not taken as drawn"
    )
    print(f"  promoted: {promoted}, {promoted / tried:.1%} ({told.low:.1%} to {told.high:.1%})")
    print(f"  without the allowance for folds: {before}, {before / tried:.1%}")
    # Beyond chance more than is meant.
    is_more = binomtest(promoted, tried, _MEANT, alternative="greater").pvalue < _MEANT
    return 1 if given.effect == 0 and is_more else 0


if __name__ == "__main__":
    sys.exit(main())
