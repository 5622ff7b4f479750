"""What predicted times turned out to be: of those who were there, who stayed as likely as was said.

A prediction of someone who is there is the chance to stay so much longer from that day on. What comes of it is more
time, and of most no event: a row that was there when it was last seen is neither gone nor staying, and counts as long
as it was seen, as in `measures`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from meshlake.ml_assets.comparison import groups_by
from meshlake.ml_assets.evidence import share_level
from meshlake.ml_assets.matured import FEWEST_MATURED, Matured
from meshlake.ml_assets.survival.censored import Followed, kaplan_meier
from meshlake.ml_assets.survival.measures import measure_curves
from meshlake.ml_assets.survival.model import curves_in
from meshlake.ml_assets.survival.rows import durations_of, reach_of
from meshlake.ml_assets.training_rows import read_label

if TYPE_CHECKING:
    import pandas as pd

    from meshlake.ml_assets.survival.censored import Flags, Floats
    from meshlake.ml_assets.survival.spec import SurvivalSpec


def matured_survival(came: pd.DataFrame, said: pd.DataFrame, spec: SurvivalSpec) -> Matured:
    """What the chances to stay turned out to be.

    Args:
        came: a row of each prediction: the keys, the label, and what tells how long it was followed, as known now.
        said: of the same rows `followed`, how long each had been there when it was said, in `spec.unit`, and the chance
            to stay for each horizon from then on, in the columns of `model.curve_columns`; null where none was said.
        spec: what was asked for.

    Raises:
        ValueError: the label or a time holds what it may not.
    """
    edges, curves = curves_in(said)
    since = durations_of(came, spec).to_numpy() - said["followed"].to_numpy(dtype=np.float64)
    is_told, is_event = ~np.isnan(curves), read_label(came[spec.label]).to_numpy(dtype=bool)
    # Who is followed for less than before is told of anew, and not of later.
    is_measured = since >= 0
    followed = Followed(np.where(is_measured, since, 0.0), is_event)
    known = int((is_measured & _is_over(followed, is_told, edges)).sum())
    of_rows, count = _measurable(followed, is_measured, is_told, edges)
    if not count:
        longest = f"{followed.duration[is_measured].max():g}" if is_measured.any() else "0"
        remark = f"too few were followed for {edges[0]:g} {spec.unit} since then (the longest {longest})"
        return Matured(None, remark=remark if len(edges) else None, known_rows=known)
    seen, said_so, until = followed.where(of_rows), curves[of_rows, :count], edges[:count]
    found = measure_curves(seen, said_so, until, groups_by(came[of_rows], spec), spec.seed)
    (there,) = kaplan_meier(seen, until[-1:])
    told = f"within {until[-1]:g} {spec.unit}"
    gone, expected = 1 - float(there), 1 - float(said_so[:, -1].mean())
    level = share_level(gone, expected, len(said_so), f"{gone:.1%} were gone {told}", f"{expected:.1%} were")
    figures = {name: each for name, each in found.items() if np.isfinite(each.estimate)}
    return Matured(None, figures, (level,), known_rows=known)


def _is_over(followed: Followed, is_told: Flags, edges: Floats) -> Flags:
    """Of which rows all is known that was said of them: shape (n,)."""
    last = np.where(is_told, edges, 0.0).max(axis=1, initial=0.0)
    return np.asarray(followed.is_event | (followed.duration >= last))


def _measurable(followed: Followed, is_measured: Flags, is_told: Flags, edges: Floats) -> tuple[Flags, int]:
    """The rows, (n,), and of how many of `edges`: the most that enough of them were followed for."""
    for count in range(len(edges), 0, -1):
        of_rows = is_measured & is_told[:, :count].all(axis=1)
        if of_rows.sum() >= FEWEST_MATURED and reach_of(followed.where(of_rows)) >= edges[count - 1]:
            return of_rows, count
    return is_measured, 0
