"""Columns that are how long a row was followed, in disguise: what was counted up until then, such as the sum of bills.

At the start, from which time is told, such a column is not known. What is honest tells long from short as far as the
event comes sooner with it, and tells nothing of when rows without the event were looked at last; a disguise tells both.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from meshlake.ml_assets.comparison import can_compare
from meshlake.ml_assets.leaks.one_feature import MAX_ROWS, drawn_rows, single_roc_aucs
from meshlake.ml_assets.leaks.values import column_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from meshlake.ml_assets.survival.censored import Floats, Followed

# Of the telco customers the sum of all bills tells .93 of those who stay and .99 of those who left, of R's patients the
# time until a tumour came back .92 and .89. Honest columns: the monthly charge .68 and .73, the contract .79 and .60,
# the year that a patient was first seen in .89 and .58.
SUSPECT_ROC_AUC = 0.85
# The same sum, divided by the monthly charge, has .998; any other two columns together have less than .9.
_SAME = 0.98
_FEWEST_ROWS, _ROWS_OF_PAIRS, _MOST_NUMBERS = 40, 2_000, 60


def disguised_durations(rows: pd.DataFrame, columns: Sequence[str], followed: Followed) -> dict[str, str]:
    """Those of `columns` that tell how long `rows` were followed, each with the evidence in words.

    Asked are rows with the event and rows without it by themselves, where there are 40 of a kind.
    """
    kinds = [
        np.flatnonzero(kind) for kind in (followed.is_event, ~followed.is_event) if kind.sum() >= _FEWEST_ROWS
    ]
    parts = [(rows.iloc[kind], followed.duration[kind]) for kind in kinds]
    parts = [(part, duration) for part, duration in parts if can_compare(_is_long(duration))]
    if not parts:
        return {}
    found = _alone(parts, columns)
    left = [name for name in columns if name not in found]
    return found | _in_pairs(parts, left)


def _is_long(duration: Floats) -> Any:
    return duration > np.median(duration)


def _alone(parts: list[tuple[pd.DataFrame, Floats]], columns: Sequence[str]) -> dict[str, str]:
    areas = []
    for part, duration in parts:
        some = drawn_rows(len(part), MAX_ROWS)
        areas.append(single_roc_aucs(part.iloc[some], columns, _is_long(duration[some])))
    return {
        name: "it tells alone which rows were followed longer, with the event and without (ROC AUC "
        f"{' and '.join(f'{area[name]:.3f}' for area in areas)}): it was counted up until then"
        for name in columns
        if min(area[name] for area in areas) >= SUSPECT_ROC_AUC
    }


def _in_pairs(parts: list[tuple[pd.DataFrame, Floats]], columns: Sequence[str]) -> dict[str, str]:
    """Of two numbers whose product or quotient is how long a row was followed, the one that is nearer to it alone."""
    drawn = [drawn_rows(len(part), _ROWS_OF_PAIRS) for part, _ in parts]
    asked = [
        (_numbers(part.iloc[some], columns), _ranks(duration[some]))
        for (part, duration), some in zip(parts, drawn, strict=True)
    ]
    names = [name for name in columns if all(name in numbers for numbers, _ in asked)][:_MOST_NUMBERS]
    found: dict[str, str] = {}
    for first, second in combinations(names, 2):
        if first in found or second in found:
            continue
        for sign, power in (("x", 1), ("/", -1)):
            least = _least_alike(asked, {first: 1, second: power})
            if least >= _SAME:
                nearer = max((first, second), key=lambda name: _least_alike(asked, {name: 1}))
                found[nearer] = (
                    f"{first} {sign} {second} orders rows as how long they were followed does (rank correlation "
                    f"{least:.3f}, with the event and without): it was counted up until then"
                )
                break
    return found


def _least_alike(asked: list[tuple[dict[str, Floats], Floats]], powers: Mapping[str, int]) -> float:
    """The least rank correlation, of all parts, of a product of numbers with how long rows were followed."""
    least = 1.0
    for numbers, ranks in asked:
        product = np.prod([numbers[name] ** float(power) for name, power in powers.items()], axis=0)
        least = min(least, abs(_correlation(_ranks(product), ranks)))
        if least < _SAME / 2:
            break
    return least


def _numbers(rows: pd.DataFrame, columns: Sequence[str]) -> dict[str, Floats]:
    """Those of `columns` that are numbers above 0 in most rows, others in them unknown."""

    def known() -> Iterator[tuple[str, Floats]]:
        for name in columns:
            numbers = column_numbers(rows[name])
            if numbers is not None and (numbers > 0).mean() > 0.5 and len(np.unique(numbers)) > 2:
                yield name, np.where(numbers > 0, numbers, np.nan)

    return dict(known())


def _ranks(values: Floats) -> Floats:
    return np.asarray(pd.Series(values).rank(), dtype=np.float64)


def _correlation(first: Floats, second: Floats) -> float:
    is_known = ~(np.isnan(first) | np.isnan(second))
    if is_known.sum() < _FEWEST_ROWS or np.ptp(first[is_known]) == 0 or np.ptp(second[is_known]) == 0:
        return 0.0
    return float(np.corrcoef(first[is_known], second[is_known])[0, 1])
