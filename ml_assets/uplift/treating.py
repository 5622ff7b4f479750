"""Who is to be treated by a policy, and what that brings: of rows with an uplift, when a model is trained.

Publishing decides the same in SQL, over all rows at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.comparison import resamples, with_intervals
from meshlake.ml_assets.decisions import amounts_of, rank_of

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from meshlake.ml_assets.uplift.spec import UpliftSpec

    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]

_TENTH = 0.1


def value_of(spec: UpliftSpec, rows: pd.DataFrame, gain: Floats) -> Floats:
    """What treating each of `rows` brings, given by how many outcomes that are aimed at: a profit, where there are
    amounts; shape (n,).

    Raises:
        ValueError: a column of amounts is missing, or holds none.
    """
    if spec.profit is None:
        return gain
    benefit, cost = (amounts_of(amount, rows) for amount in (spec.profit.benefit, spec.profit.cost))
    return np.asarray(gain * benefit - cost, dtype=np.float64)


def to_be_treated(spec: UpliftSpec, rows: pd.DataFrame, gain: Floats) -> Flags:
    """Which of `rows` the policy treats, at each cut-off by itself: none whom it is expected to harm; shape (n,)."""
    value = value_of(spec, rows, gain)
    is_wanted: Flags = value > 0
    if spec.capacity is None and spec.treat_share is None:
        return is_wanted
    of_all = rows.groupby(spec.cutoff)[spec.label].transform("size") if spec.cutoff else len(rows)
    most = spec.capacity if spec.capacity is not None else np.asarray(of_all) * (spec.treat_share or 0)
    found: Flags = is_wanted & (rank_of(spec, rows, value) + 1 <= most)
    return found


def policies(
    spec: UpliftSpec, rows: pd.DataFrame, gain: Floats, effect: Floats, groups: npt.NDArray[np.int64]
) -> dict[str, dict[str, Any]]:
    """What policies would have brought on `rows`, whose outcomes no model of theirs saw, by name.

    Of each how many it treats, what was `expected` of these and what was `gained` by it, from `low` to `high`: a sum of
    profits where there are amounts, else of outcomes. `asked` is the policy of `spec`; beside it `all_who_gain`,
    `best_tenth`, and `everyone`; to treat nobody brings nothing.
    """
    value = value_of(spec, rows, gain)
    tenth = rank_of(spec, rows, value) < len(rows) * _TENTH
    chosen = {
        "asked": to_be_treated(spec, rows, gain),
        "all_who_gain": value > 0,
        "best_tenth": tenth,
        "everyone": np.ones(len(rows), dtype=bool),
    }
    came = value_of(spec, rows, effect)
    return {name: _brought(each, value, came, groups, spec.seed) for name, each in chosen.items()}


def _brought(
    is_treated: Flags, value: Floats, came: Floats, groups: npt.NDArray[np.int64], seed: int
) -> dict[str, Any]:
    brought = np.where(is_treated, came, 0.0)
    drawn, weights = resamples(groups, seed)
    # Of a sample of the rows, as if it were all of them.
    scale = len(came) / len(drawn)
    ((_, low, high),) = with_intervals([np.array([scale * (each @ brought[drawn])]) for each in weights])
    expected = float(value[is_treated].sum())
    return {
        "treated": int(is_treated.sum()),
        "expected": expected,
        "gained": float(brought.sum()),
        "low": low,
        "high": high,
    }
