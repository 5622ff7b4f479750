"""Whether a model treats groups of customers alike, by columns that are protected, on rows whose labels it did not see.

Nothing is corrected: which of these should be equal is for people to say, and where base rates differ not all can be
(Kleinberg, Mullainathan and Raghavan, Inherent trade-offs in the fair determination of risk scores, 2017).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.stats import binomtest, norm

from meshlake.ml_assets.comparison import Interval
from meshlake.ml_assets.slices import MIN_ROWS, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

    Rows = npt.NDArray[np.bool_]

SURE = 0.95
# What is told of a group that differs; that more of it churn is no doing of the model.
TOLD = {
    "flagged_share": "flagged",
    "recall": "recall",
    "precision": "precision",
    "false_positive_rate": "flagged of those who stay",
    "calibration": "predicted less what came",
}
_MOST_TOLD = 4


def by_group(tested: pd.DataFrame, protected: pd.DataFrame) -> list[dict[str, Any]]:
    """Facts of each group of at least `MIN_ROWS` rows that the columns `protected` make, JSON-able.

    Each has `feature`, `value`, `rows` and, by name, `measures` and `differences` from all other rows, each with
    `estimate`, `low` and `high`. Measures are shares, with 95 % intervals: `base_rate` (who churned), `flagged_share`,
    `recall`, `precision`, `false_positive_rate`, and `calibration`: the mean prediction less the share that churned. Of
    differences all intervals together are 95 % sure (Bonferroni), so one without zero is beyond noise. What no row can
    tell is not there. Rows count as independent, also those of one household.

    Method: Newcombe, Interval estimation for the difference between independent proportions (1998), method 10;
    of means, whose intervals are symmetric, it is the usual one.

    Args:
        tested: rows as `ChurnTraining.honest` has them.
        protected: the columns, raw, under the index of `tested`.
    """
    groups = [
        (str(name), value, tested.index.isin(where))
        for name in protected
        for value, where in parts_of(_comparable(protected[name]))
        if MIN_ROWS <= len(where) < len(tested)
    ]
    sure = 1 - (1 - SURE) / max(1, len(groups) * (len(TOLD) + 1))
    return [
        {
            "feature": name,
            "value": value,
            "rows": int(is_in.sum()),
            "measures": {m: asdict(each.interval(SURE)) for m, each in _measured(tested[is_in]).items()},
            "differences": _differences(_measured(tested[is_in]), _measured(tested[~is_in]), sure),
        }
        for name, value, is_in in groups
    ]


def is_beyond_noise(difference: Mapping[str, float]) -> bool:
    """Whether a group differs from all others."""
    return difference["low"] > 0 or difference["high"] < 0


def fairness_warnings(groups: Sequence[Mapping[str, Any]]) -> list[str]:
    """Of each column in words which groups the model treats unlike others, beyond noise."""
    told: dict[str, list[str]] = {}
    for group in _told_once(groups):
        found = group["differences"]
        for name, words in TOLD.items():
            if name in found and is_beyond_noise(found[name]):
                mine, difference = group["measures"][name]["estimate"], found[name]["estimate"]
                told.setdefault(group["feature"], []).append(
                    f"{words} {mine:.1%} for {group['value']}, {mine - difference:.1%} for others"
                )
    return [
        f"by the protected '{feature}' customers are treated unlike, beyond noise: {'; '.join(each[:_MOST_TOLD])}"
        + (f"; and {len(each) - _MOST_TOLD} more" if len(each) > _MOST_TOLD else "")
        for feature, each in told.items()
    ]


def _told_once(groups: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Of two groups the first: what differs of it is what differs of the other."""
    for _, each in groupby(groups, key=lambda group: group["feature"]):
        of_one = list(each)
        yield from of_one[:1] if len(of_one) == 2 else of_one


def _comparable(values: pd.Series[Any]) -> pd.Series[Any]:
    """Numbers as they are, of dates the year, and all else as text; null where it is unknown."""
    if pd.api.types.is_datetime64_any_dtype(values):
        years: pd.Series[Any] = values.dt.year.astype("float64")
        return years
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return values.astype("float64")
    text: pd.Series[Any] = values.map(str, na_action="ignore").astype(object)
    return text


@dataclass(frozen=True)
class _Share:
    """How many of how many."""

    hits: int
    count: int

    def interval(self, sure: float) -> Interval:
        found = binomtest(self.hits, self.count).proportion_ci(sure, method="wilson")
        return Interval(self.hits / self.count, float(found.low), float(found.high))


@dataclass(frozen=True)
class _Mean:
    """A mean, and the variance of it."""

    mean: float
    variance: float

    def interval(self, sure: float) -> Interval:
        around = float(norm.ppf((1 + sure) / 2)) * self.variance**0.5
        return Interval(self.mean, self.mean - around, self.mean + around)


def _measured(rows: pd.DataFrame) -> dict[str, _Share | _Mean]:
    is_churned = rows["is_churned"].to_numpy(dtype=bool)
    is_flagged = rows["is_predicted_churn"].to_numpy(dtype=bool)
    is_there = np.ones(len(rows), dtype=bool)
    shares = {
        "base_rate": _of(is_churned, is_there),
        "flagged_share": _of(is_flagged, is_there),
        "recall": _of(is_flagged, is_churned),
        "precision": _of(is_churned, is_flagged),
        "false_positive_rate": _of(is_flagged, ~is_churned),
    }
    found: dict[str, _Share | _Mean] = {name: each for name, each in shares.items() if each}
    if len(rows) > 1:
        off = rows["churn_probability"].to_numpy(dtype="float64") - is_churned
        found["calibration"] = _Mean(float(off.mean()), float(off.var(ddof=1)) / len(off))
    return found


def _of(is_hit: Rows, is_asked: Rows) -> _Share | None:
    count = int(is_asked.sum())
    return _Share(int((is_hit & is_asked).sum()), count) if count else None


def _differences(
    mine: Mapping[str, _Share | _Mean], others: Mapping[str, _Share | _Mean], sure: float
) -> dict[str, dict[str, float]]:
    return {
        name: asdict(_less(each.interval(sure), others[name].interval(sure)))
        for name, each in mine.items()
        if name in others
    }


def _less(mine: Interval, its: Interval) -> Interval:
    difference = mine.estimate - its.estimate
    below = np.hypot(mine.estimate - mine.low, its.high - its.estimate)
    above = np.hypot(mine.high - mine.estimate, its.estimate - its.low)
    return Interval(difference, float(difference - below), float(difference + above))
