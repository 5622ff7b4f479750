"""Columns that are kept, and of which a reviewer is asked by name whether they were known then.

Of tables without dates no date answers that, nor of those whose days are the cut-offs themselves: what stands there may
be what was known then, or what came of it. A column that alone says more of the label than all else together is what
somebody would ask for first, or was written when all was over. Two of these that say the same speak for each other:
each is held against what is known without the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.ml_assets.blocks.block import Block
    from meshlake.ml_assets.blocks.held_out import HeldOut

# Of what a label leaves open a column has to close so much to be asked of: where nothing says much, one says most.
# Of what may be outcomes, which nothing vouches for, less is enough.
_LEAST_SHARE, _LEAST_OF_OUTCOMES = 0.15, 0.05
# What says half as much at a glance, and beside another column less than so much of what it says alone, says the same.
_NEAR, _OF_ITS_OWN, _MOST_NEAR = 0.5, 1 / 3, 5


def carrying(
    held: HeldOut,
    base: Sequence[str],
    columns: Sequence[str],
    blocks: Sequence[Block],
    others: Sequence[Block],
) -> dict[str, str]:
    """The columns that say more of the label alone than the base and the other blocks together, with the evidence.

    Args:
        held: rows with all columns, whose models choose.
        base: the columns that are there anyway.
        columns: those of all blocks that were kept.
        blocks: the blocks that were kept; of those that are doubtful the column that says most at a glance is asked.
        others: blocks that gain alone, kept or not: what a leak says hides what they do.
    """
    found = {}
    for block in blocks:
        own = [name for name in columns if name in block.columns]
        least = _LEAST_OF_OUTCOMES if block.is_like_labels else _LEAST_SHARE
        if not block.is_doubtful or not own:
            continue
        told = held.telling(own)
        name = max(own, key=told.__getitem__)
        nothing, alone = _loss(held, ()), _loss(held, (name,))
        if alone > (1 - least) * nothing:
            continue
        rest = [each for each in others if each.name != block.name]
        doubtful = [column for each in rest if each.is_doubtful for column in each.columns]
        same = _saying_the_same(held, name, doubtful)
        left = (column for each in rest for column in each.columns if column not in same)
        together = min(nothing, _loss(held, (*base, *left)))
        if alone < together:
            found[name] = (
                f"alone it says more than the product's own columns and all other tables together ({held.target.loss} "
                f"{alone:.4f} and {together:.4f}, without any {nothing:.4f})"
            )
    return found


def _saying_the_same(held: HeldOut, name: str, columns: Sequence[str]) -> set[str]:
    """Those of `columns` that say nearly as much as column `name`, and hardly anything beside it."""
    told = held.telling((name, *columns))
    near = sorted(
        (each for each in columns if told[each] >= _NEAR * told[name]), key=lambda each: -told[each]
    )
    nothing, alone = _loss(held, ()), _loss(held, (name,))
    return {
        each
        for each in near[:_MOST_NEAR]
        if alone - _loss(held, (name, each)) < _OF_ITS_OWN * (nothing - _loss(held, (each,)))
    }


def _loss(held: HeldOut, columns: tuple[str, ...]) -> float:
    return float(np.nanmean(held.losses(columns, held.half)))
