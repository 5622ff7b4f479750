"""A block whose rows are dealt to others: what it still gains then, it gains by telling entities or periods apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.ml_assets.blocks.encoded import Encoded
    from meshlake.ml_assets.blocks.held_out import HeldOut
    from meshlake.ml_assets.blocks.target import Codes

_SEED = 42


def dealt(held: HeldOut, columns: Sequence[str], entity: Codes) -> Encoded:
    """The rows with what another entity has in `columns`, the same one at each period.

    Where that one has no row of the period, what an entity keeps for ever is that of any of its rows, and what changes
    that of whoever has one: else who somebody is, or which period it is, would be told worse than by its own values.

    Args:
        held: the rows, (n,).
        columns: those of the block.
        entity: whom each row is about, from 0 on, (n,).
    """
    periods = held.periods if held.periods is not None else np.zeros(len(held.target), dtype=np.int64)
    _, period = np.unique(periods, return_inverse=True)
    first = np.full((int(entity.max()) + 1, int(period.max()) + 1), -1)
    first[entity[::-1], period[::-1]] = np.arange(len(period))[::-1]
    begins = (first >= 0).argmax(axis=1)
    other = _others(begins)[entity]
    any_of, then = first[other, begins[other]], first[other, period]
    for each in np.unique(period):
        (rows,) = np.nonzero(period == each)
        then[rows] = np.where(then[rows] < 0, np.random.default_rng(_SEED).permutation(rows), then[rows])
    own = held.encoded.values[:, held.encoded.places(columns)]
    before = own[first[np.arange(len(first)), begins][entity]]
    is_kept = ((own == before) | (np.isnan(own) & np.isnan(before))).all(axis=0)
    lasting = [name for name, is_same in zip(columns, is_kept, strict=True) if is_same]
    changing = [name for name in columns if name not in lasting]
    return held.encoded.of_rows(lasting, any_of).of_rows(changing, then)


def _others(begins: Codes) -> Codes:
    """For each entity another that begins at the same period, (entities,): what the calendar says of both is the same.

    When they end is not asked: where those who left have no more rows, it is the label.
    """
    random, other = np.random.default_rng(_SEED), np.empty(len(begins), dtype=np.int64)
    for each in np.unique(begins):
        (alike,) = np.nonzero(begins == each)
        other[alike] = random.permutation(alike)
    return other
