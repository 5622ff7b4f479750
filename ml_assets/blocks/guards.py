"""Columns that must not count as a gain: those that know the label too well, and those that will not be the same.

What a column says alone is learnt on other rows (see `leaks`). A column of a table without dates was looked up as it
is today: what it knows of earlier cut-offs is what happened since, and of later ones more of what is about to happen,
so its score grows by cut-off, where that of who somebody is stays. What became of somebody is the same at all of their
cut-offs, so it need not grow: it tells who was never so from who was once, which who somebody is tells no better than
one row from another. A column that is otherwise in the rows to be scored
says there what it never said in the rows that were learned from, nor in the last of these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from meshlake.ml_assets.blocks.encoded import Encoded
from meshlake.ml_assets.blocks.screening import apparent_roc_aucs
from meshlake.ml_assets.leaks.one_feature import roc_auc_error, single_roc_aucs, suspected_leaks
from meshlake.ml_assets.leaks.scored import vanishing_leaks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from meshlake.ml_assets.blocks.held_out import HeldOut
    from meshlake.ml_assets.blocks.target import Mask, Target

    Entity = npt.NDArray[np.int64]

# So far a column's rows may be told from those to be scored.
DRIFT_ROC_AUC = 0.8
_TREND_Z, _TREND_RISE, _FEWEST_PERIODS, _FEWEST_OF_CLASS = 3.0, 0.05, 3, 25
_MOST_ROWS = 20_000
# A column is looked at closely where it seems to come so near a limit at a glance, which flatters it.
_NEAR = 0.05


def suspects(
    held: HeldOut, given: pd.DataFrame, columns: Sequence[str], undated: Mapping[str, Entity]
) -> tuple[dict[str, str], dict[str, str]]:
    """Those of `columns` that know the label too well, with the evidence; and those of which that is not sure.

    Args:
        held: which rows choose something, their labels and periods.
        given: the same rows, (n, m).
        columns: those asked about.
        undated: which of these are of tables without dates, and whom each row is about there, from 0 on, (n,).
    """
    found: dict[str, str] = {}
    doubts: dict[str, str] = {}
    for words, is_so in held.target.asked.items():
        left = [name for name in columns if name not in found]
        told, unsure = _suspects(held, given, left, undated, is_so)
        found |= {name: words + why for name, why in told.items()}
        doubts |= {name: words + why for name, why in unsure.items()}
    return found, {name: why for name, why in doubts.items() if name not in found}


def _suspects(
    held: HeldOut, given: pd.DataFrame, columns: Sequence[str], undated: Mapping[str, Entity], is_so: Mask
) -> tuple[dict[str, str], dict[str, str]]:
    """Those that know too well whether each row `is_so`, (n,), and those of which that is not sure."""
    target, chosen = held.target, _drawn(~held.is_kept)
    limits = {name: target.undated_limit if name in undated else target.dated_limit for name in columns}
    seen = apparent_roc_aucs(held.encoded, is_so, columns, chosen)
    near = [name for name in columns if seen[name] >= limits[name] - _NEAR]
    alone = single_roc_aucs(given[near].iloc[chosen], near, is_so[chosen])
    found = {
        name: f"reaches ROC AUC {area:.3f} alone" for name, area in alone.items() if area >= limits[name]
    }
    asked = [name for name in columns if name in undated]
    unsure: dict[str, str] = {}
    if target.has_pure_leaks:
        leaks = suspected_leaks(given[asked].iloc[chosen], asked, is_so[chosen], has_unsure=True)
        found |= {name: leak.told for name, leak in leaks.items() if leak.is_sure}
        unsure = {name: leak.told for name, leak in leaks.items() if not leak.is_sure}
    found |= _outcomes(target, given, {name: undated[name] for name in asked if name not in found}, is_so)
    found |= _rising(held, given, [name for name in asked if name not in found], is_so)
    return found, unsure


def _outcomes(
    target: Target, given: pd.DataFrame, entities: Mapping[str, Entity], is_so: Mask
) -> dict[str, str]:
    """Those that tell entities that were never so from those that were once, or always from always but once."""
    told: dict[str, str] = {}
    for entity in {id(each): each for each in entities.values()}.values():
        names = [name for name, each in entities.items() if each is entity]
        # The rows that choose nothing are counted too: what became of somebody may have become of them there.
        rows, so = np.bincount(entity), np.bincount(entity, weights=is_so)
        _, first = np.unique(entity, return_index=True)
        for without, is_other, said in (
            (so == 0, so == 1, "who was never so from who was once"),
            (so == rows, so == rows - 1, "who was always so from who was not once"),
        ):
            which = (without | is_other) & (rows > 1)
            is_one = is_other[which]
            if min(is_one.sum(), (~is_one).sum()) < _FEWEST_OF_CLASS:
                continue
            areas = single_roc_aucs(given.iloc[first[which]], names, is_one)
            told |= {
                name: f"tells {said} with ROC AUC {area:.3f}, as what became of them does"
                for name, area in areas.items()
                if area >= target.undated_limit
            }
    return told


def _rising(held: HeldOut, given: pd.DataFrame, columns: Sequence[str], is_so: Mask) -> dict[str, str]:
    """Those whose score grows by cut-off beyond noise."""
    if held.periods is None or not columns:
        return {}
    scores: dict[str, list[tuple[float, float]]] = {name: [] for name in columns}
    for period in np.unique(held.periods[~held.is_kept]):
        chosen = _drawn(held.periods == period)
        so = is_so[chosen]
        if min(so.sum(), (~so).sum()) < _FEWEST_OF_CLASS:
            continue
        for name, area in single_roc_aucs(given.iloc[chosen], columns, so).items():
            scores[name].append((area, roc_auc_error(area, so)))
    told = {name: _rise(each) for name, each in scores.items() if len(each) >= _FEWEST_PERIODS}
    return {name: text for name, text in told.items() if text}


def _rise(scores: Sequence[tuple[float, float]]) -> str:
    """In words, that a score grows from the first period to the last, by a line of least squares, weighed."""
    areas, errors = np.array(scores).T
    weights, steps = 1 / np.maximum(errors, 1e-6) ** 2, np.arange(len(areas))
    centred = steps - np.average(steps, weights=weights)
    spread = float((weights * centred**2).sum())
    slope = float((weights * centred * areas).sum()) / spread
    rise = slope * (len(areas) - 1)
    if slope * np.sqrt(spread) < _TREND_Z or rise < _TREND_RISE:
        return ""
    from_to = f"ROC AUC {areas[0]:.3f} to {areas[-1]:.3f}"
    return f"knows more of each later cut-off ({from_to}), as what was looked up after it does"


def vanishing(
    held: HeldOut, given: pd.DataFrame, columns: Sequence[str], to_score: pd.DataFrame
) -> dict[str, str]:
    """Those of `columns`, which have no date, that are not yet there in the rows `to_score`, see `leaks.scored`."""
    if to_score.empty or not columns or not held.target.has_pure_leaks:
        return {}
    chosen, found = _drawn(~held.is_kept), dict[str, str]()
    for words, is_so in held.target.asked.items():
        told = vanishing_leaks(given[list(columns)].iloc[chosen], to_score, columns, is_so[chosen])
        found |= {name: words + why for name, why in told.items()}
    return found


def drifting(
    held: HeldOut, given: pd.DataFrame, columns: Sequence[str], to_score: pd.DataFrame
) -> dict[str, str]:
    """Those of `columns` by which the rows `to_score`, of the same columns, are told from those `given` and learned
    from, and from the last period of these, too: what changes over many years need not be new."""
    if to_score.empty:
        return {}
    samples = [_drawn(~held.is_kept)]
    if held.periods is not None and held.periods.max() > 0:
        samples.append(_drawn(held.periods == held.periods.max() - 1))
    areas = dict.fromkeys(columns, 1.0)
    for rows in samples:
        asked = [name for name in columns if areas[name] >= DRIFT_ROC_AUC]
        areas |= {
            name: min(areas[name], _told_apart(given[name].iloc[rows], to_score[name])) for name in asked
        }
    return {
        name: f"is otherwise in the rows to be scored (they are told apart with ROC AUC {area:.3f})"
        for name, area in areas.items()
        if area >= DRIFT_ROC_AUC
    }


def _told_apart(known: pd.Series[Any], to_score: pd.Series[Any]) -> float:
    """The ROC AUC with which a column tells rows `to_score` from `known` ones; 0 where it is far from the limit."""
    # One column after the other: of thousands a copy is as large as all that was made.
    both = pd.concat([known, to_score], ignore_index=True).to_frame()
    is_new = np.arange(len(both)) >= len(known)
    if _seems(Encoded.of(both, both.columns), is_new) < DRIFT_ROC_AUC - _NEAR:
        return 0.0
    return single_roc_aucs(both, list(both.columns), is_new)[str(known.name)]


def _seems(encoded: Encoded, is_so: Mask) -> float:
    return next(iter(apparent_roc_aucs(encoded, is_so, encoded.names, np.arange(len(is_so))).values()))


def _drawn(which: Mask) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The places of at most 20,000 rows, drawn by chance, in order."""
    places = np.flatnonzero(which)
    if len(places) > _MOST_ROWS:
        places = np.sort(np.random.default_rng(42).choice(places, _MOST_ROWS, replace=False))
    return places
