"""What becomes of a column among the rows to be scored: what was written after the event is not yet there.

There such a column looks like that of the rows without the event, while other columns look as before. That a share of
rows of two kinds tells how they are mixed is the adjusted count of quantification (Forman, Quantifying counts and costs
via classification, 2008). See docs/adr/0102.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from meshlake.ml_assets.leaks.one_feature import MAX_ROWS, assigned_folds, drawn_rows
from meshlake.ml_assets.leaks.values import FEWEST, Values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Labels = npt.NDArray[np.bool_]

# Values that make the event so much likelier are what a column says of it.
_LIKELIER = 1.5
_FEWEST_SCORED = 50
_SURE_Z = 2.33
# Of the share of labelled rows that are so: what a column may suggest of rows to be scored, and the others do suggest.
_VANISHED, _STILL_THERE = 1 / 3, 0.5
_TELLS = 0.1


def vanishing_leaks(
    rows: pd.DataFrame, scored: pd.DataFrame, columns: Iterable[str], is_so: Labels
) -> dict[str, str]:
    """The columns that suggest the event of hardly any row to be scored, though the others do; with the evidence.

    Args:
        rows: labelled rows; of these and of the others at most 50,000 are looked at, drawn by chance.
        scored: rows whose label is not known; of fewer than 50 nothing is told.
        columns: which columns to ask.
        is_so: the label of each of `rows`, shape (n,).
    """
    learnt, seen = drawn_rows(len(rows), MAX_ROWS), drawn_rows(len(scored), MAX_ROWS)
    is_so = is_so[learnt]
    if len(seen) < _FEWEST_SCORED or min(is_so.sum(), (~is_so).sum()) < FEWEST:
        return {}
    folds = assigned_folds(is_so)
    found = {}
    for name in columns:
        values = pd.concat([rows[name].iloc[learnt], scored[name].iloc[seen]], ignore_index=True)
        has = Values.of(values)
        is_single = len(has.at) == len(values)
        codes = has.codes if is_single else values.notna().to_numpy().astype(np.int64)
        said = suggested(codes[: len(learnt)], codes[len(learnt) :], is_so, folds)
        if said is not None:
            found[name] = said
    return vanished(found, float(is_so.mean()))


@dataclass(frozen=True)
class Suggested:
    """What share of the rows to be scored a column suggests to be so, and the most it may, 99 % sure."""

    estimate: float
    most: float
    is_like_the_others: bool


def suggested(learnt: Codes, scored: Codes, is_so: Labels, folds: Codes) -> Suggested | None:
    """What the values of a column suggest of rows to be scored; `None` where they tell little.

    Args:
        learnt: the value of each labelled row as a code, shape (n,).
        scored: that of each row to be scored, shape (m,).
        is_so: the labels, shape (n,).
        folds: the fold of each labelled row: whether a value makes it likelier is learnt on the others.
    """
    size = int(max(learnt.max(initial=0), scored.max(initial=0))) + 1
    is_in = np.zeros(len(learnt), dtype=bool)
    for fold in np.unique(folds):
        is_out = folds == fold
        is_in[is_out] = _likelier(learnt[~is_out], is_so[~is_out], size)[learnt[is_out]]
    with_event, without = is_in[is_so], is_in[~is_so]
    apart = with_event.mean() - without.mean()
    if apart < _TELLS:
        return None
    is_scored_in = _likelier(learnt, is_so, size)[scored]
    parts = (_shrunk(is_scored_in), _shrunk(without), _shrunk(with_event))
    (share, of_share), (others, of_others), (_, of_event) = parts
    mixed = float(np.clip((share - others) / apart, 0, 1))
    error = np.sqrt(of_share + (1 - mixed) ** 2 * of_others + mixed**2 * of_event)
    # Values that have gone out of use are seldomer than among rows without the event.
    is_like_the_others = share + _SURE_Z * error >= others
    return Suggested(mixed, float(min(1.0, mixed + _SURE_Z * error / apart)), is_like_the_others)


def vanished(found: Mapping[str, Suggested], base: float) -> dict[str, str]:
    """The columns that suggest the event of hardly any row to be scored, though the others do, in words.

    Args:
        found: what each column suggests.
        base: the share of labelled rows that are so.
    """
    told = {}
    for name, each in found.items():
        others = [other.estimate for column, other in found.items() if column != name]
        by_others = float(np.median(others)) if others else 0.0
        is_gone = each.most <= _VANISHED * base and each.is_like_the_others
        if is_gone and by_others >= _STILL_THERE * base:
            told[name] = (
                f"its values say that at most {each.most:.1%} of the rows to be scored are so, the other columns that "
                f"{by_others:.1%} are: it is not yet there where the outcome is to come"
            )
    return told


def _likelier(codes: Codes, is_so: Labels, size: int) -> Labels:
    """Of each code whether the event is likelier with it, what few rows have drawn to all: shape (size,)."""
    counts = np.bincount(codes, minlength=size)
    base = float(is_so.mean())
    rates = (np.bincount(codes, weights=is_so, minlength=size) + 5 * base) / (counts + 5)
    likelier: Labels = rates >= min(_LIKELIER * base, (1 + base) / 2)
    return likelier


def _shrunk(is_in: Labels) -> tuple[float, float]:
    """A share and its variance, of one more row each way, so that none and all are not sure."""
    share = (float(is_in.sum()) + 1) / (len(is_in) + 2)
    return share, share * (1 - share) / len(is_in)
