"""A year of a churn model, month by month: whether a shift of behaviour is seen, learned and promoted.

Each month customers are scored, and the labels of the month before become known. In some years those behave otherwise
from month eight on. Trainings, comparisons and the decision to train again are those of the platform, of a quick
candidate; `--calm` years without a shift count false alarms, `--shifted` years how soon a shift is answered.
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from meshlake.ml_assets.churn import ChurnTraining, train_churn
from meshlake.ml_assets.drift import stability
from meshlake.ml_assets.matured import matured_churn
from meshlake.ml_assets.metrics import probability_metrics
from meshlake.ml_assets.promotion import Champion, decide
from meshlake.ml_assets.retraining import why_retrain
from meshlake.ml_assets.scoring import score_churn
from meshlake.ml_assets.spec import ChurnSpec

MONTHS, SHIFT_MONTH = 12, 8
# What is learned from at the start, and the months that a training reads later: the label of the newest is known.
_BEFORE, _WINDOW = 3, 3
_CUSTOMERS = 1_000
_LABEL, _CUTOFF = "is_churned", "month"
_SPEC = ChurnSpec(("customer_id",), _LABEL, cutoff=_CUTOFF, candidates=("logistic_regression",), minutes=0.2)
_MOST_FALSE_ALARMS = 0.05


@dataclass
class Year:
    """What happened: the months of each, and the words of the first alarm."""

    alarms: list[int] = field(default_factory=list)
    promoted: list[int] = field(default_factory=list)
    why: str = ""
    losses: list[float] = field(default_factory=list)


def month_of(month: int, random: np.random.Generator, *, is_shifted: bool) -> pd.DataFrame:
    """The customers of a month and who of them churns: those with tickets, or, after the shift, those who pay much."""
    tickets, fee = random.poisson(1.5, _CUSTOMERS), random.gamma(4, 12, _CUSTOMERS)
    plan = random.choice(["monthly", "yearly"], _CUSTOMERS)
    moved = -3.2 + 0.05 * fee if is_shifted else -2.2 + 0.7 * tickets
    log_odds = moved + 0.9 * (plan == "monthly") - 0.5
    return pd.DataFrame(
        {
            "customer_id": [f"c{number:05}" for number in range(_CUSTOMERS)],
            _CUTOFF: pd.Timestamp("2026-01-01") + pd.DateOffset(months=month - 1),
            "tickets": tickets,
            "fee": fee,
            "plan": plan,
            _LABEL: random.random(_CUSTOMERS) < 1 / (1 + np.exp(-log_odds)),
        }
    )


def a_year(seed: int, *, is_shifted: bool) -> Year:
    """Live through twelve months, training again whenever `why_retrain` says so."""
    random = np.random.default_rng(seed)
    months = {
        month: month_of(month, random, is_shifted=is_shifted and month >= SHIFT_MONTH)
        for month in range(1 - _BEFORE, MONTHS + 1)
    }
    champion = train_churn(pd.concat([months[m] for m in range(1 - _BEFORE, 1)]), _SPEC)
    record = _record(champion, decide(_SPEC, champion.honest, months[0], None).figures)
    year, since = Year(), 1
    for month in range(1, MONTHS + 1):
        # The labels of the month before are known; the champion of then predicted them.
        period = _period(champion, months[month], months[month - 1] if month > since else None)
        year.losses.append(period.pop("log_loss"))
        if not (why := why_retrain(period, record)):
            continue
        year.alarms.append(month)
        year.why = year.why or "; ".join(why)
        known = pd.concat([months[m] for m in range(month - _WINDOW, month)])
        challenger = train_churn(known, _SPEC)
        rival = Champion("champion", champion.honest, champion.model)
        decision = decide(_SPEC, challenger.honest, known, rival)
        if decision.is_promoted:
            year.promoted.append(month)
            champion, record, since = challenger, _record(challenger, decision.figures), month
    return year


def _record(training: ChurnTraining, figures: Any) -> dict[str, Any]:
    return {"rows": training.row_counts, "decision": {"figures": figures}}


def _period(champion: ChurnTraining, scored: pd.DataFrame, known: pd.DataFrame | None) -> dict[str, Any]:
    """As a row of `mesh.model_performance`: how far features moved, and what came of what was predicted before."""
    shifted = {}
    for name, was in champion.distributions.items():
        index, is_shifted = stability(np.array(was.rows, dtype=np.float64), was.counts(scored[name]))
        if is_shifted and name != _LABEL:
            shifted[name] = index
    said = score_churn(champion.model, scored)["churn_probability"].to_numpy()
    row: dict[str, Any] = {
        "shifted_features": json.dumps(shifted),
        "predicted_rows": len(scored),
        "matured_rows": 0,
        "log_loss": probability_metrics(scored[_LABEL].to_numpy(), said)["log_loss"],
    }
    if known is None:
        return row
    predicted = score_churn(champion.model, known).assign(is_predicted_churn=False)
    matured = matured_churn(known, predicted, _SPEC)
    area = matured.figures["roc_auc"]
    return row | {
        "period": f"{known[_CUTOFF].iloc[0]:%Y-%m-%d}",
        "matured_rows": len(known),
        "levels": json.dumps([level.as_dict() for level in matured.levels]),
        "roc_auc": area.estimate,
        "roc_auc_low": area.low,
        "roc_auc_high": area.high,
    }


def main() -> int:
    """Live through the years and print what happened."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.retraining", description=__doc__)
    parser.add_argument("--calm", type=int, default=100, metavar="YEARS")
    parser.add_argument("--shifted", type=int, default=20, metavar="YEARS")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    shifted = [a_year(seed, is_shifted=True) for seed in range(given.shifted)]
    answered = [year for year in shifted if any(month >= SHIFT_MONTH for month in year.promoted)]
    for name, months in (("seen", [y.alarms for y in shifted]), ("promoted", [y.promoted for y in shifted])):
        last = [max(each) if name == "promoted" else min(each) for each in months if each]
        counted = {month: last.count(month) for month in sorted(set(last))}
        print(
            f"shift in month {SHIFT_MONTH}, {name} in {len(last)} of {len(shifted)} years, by month: {counted}"
        )
    if shifted:
        print(f"  first told: {shifted[0].why}")
        losses = np.mean([year.losses for year in shifted], axis=0)
        print("  log loss by month:", " ".join(f"{loss:.3f}" for loss in losses))
    calm = [a_year(1_000 + seed, is_shifted=False) for seed in range(given.calm)]
    alarmed = [year for year in calm if year.alarms]
    promoted = sum(bool(year.promoted) for year in calm)
    print(
        f"no shift: a false alarm in {len(alarmed)} of {len(calm)} years, another model promoted in {promoted}"
    )
    print(*(f"  month {year.alarms}: {year.why}" for year in alarmed), sep="\n")
    is_calm = len(alarmed) <= _MOST_FALSE_ALARMS * len(calm)
    return 0 if len(answered) == len(shifted) and is_calm else 1


if __name__ == "__main__":
    sys.exit(main())
