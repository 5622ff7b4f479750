"""What may be chosen of what was made of paths: the columns that no guard leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from meshlake.boosting.labelled import LABEL, PERIOD
from meshlake.boosting.later import Later

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from meshlake.boosting.considered import Considered
    from meshlake.boosting.labelled import Labelled
    from meshlake.ml_assets.blocks.block import Block
    from meshlake.ml_assets.blocks.held_out import HeldOut
    from meshlake.ml_assets.blocks.target import Codes


@dataclass(frozen=True)
class Guarded:
    """The rows that have a label, the `blocks` of which any column is left, and by path what was left out and why.

    `doubts` are columns that are left, and may know the label too well.
    """

    held: HeldOut
    blocks: list[Block]
    left_out: dict[str, dict[str, str]]
    doubts: dict[str, str]


def guarded(
    labelled: Labelled,
    rows: pd.DataFrame,
    made: Mapping[str, pd.DataFrame],
    considered: Mapping[str, Considered],
) -> Guarded:
    """Look for leaks and drift in what was made of each path for `rows`.

    Args:
        labelled: what is to be predicted better.
        rows: its rows that are looked at, to learn from and to score, (n, m).
        made: by path the columns that were made of it, (n, k).
        considered: by path what is known of it.
    """
    import pandas as pd

    from meshlake.ml_assets.blocks.guards import drifting, suspects, vanishing
    from meshlake.ml_assets.comparison import groups_of

    together = pd.concat([rows, *made.values()], axis=1)
    known, to_score = (
        together[each].reset_index(drop=True) for each in (together[LABEL].notna(), together[LABEL].isna())
    )
    columns = [name for each in made.values() for name in each.columns]
    held = held_out(labelled, known, [*labelled.features, *columns])
    entities = {told: groups_of(known, _entity(considered[told], labelled)) for told in made}
    undated = {
        name: entities[told]
        for told, each in made.items()
        if not _is_dated(considered[told])
        for name in each.columns
    }
    reasons, unsure = suspects(held, known, columns, undated)
    doubts = unsure | {name: why for told in made for name, why in _asked(considered[told]).items()}
    reasons |= vanishing(held, known, [name for name in undated if name not in reasons], to_score)
    reasons |= drifting(held, known, [name for name in columns if name not in reasons], to_score)
    kept = {told: tuple(name for name in each.columns if name not in reasons) for told, each in made.items()}
    return Guarded(
        held,
        [_block(considered[told], names, entities[told]) for told, names in kept.items() if names],
        {told: {n: reasons[n] for n in each.columns if n in reasons} for told, each in made.items()},
        {name: why for name, why in doubts.items() if name not in reasons},
    )


def held_out(labelled: Labelled, known: pd.DataFrame, columns: Sequence[str]) -> HeldOut:
    """Rows that have a label, with `columns` to learn from."""
    from meshlake.ml_assets.blocks.encoded import Encoded
    from meshlake.ml_assets.blocks.held_out import HeldOut
    from meshlake.ml_assets.comparison import groups_of

    cutoff = labelled.cutoff
    periods = known[PERIOD].to_numpy(dtype=np.int64) if cutoff else None
    target = labelled.predicted.target(known[LABEL])
    return HeldOut(Encoded.of(known, columns, cutoff), target, groups_of(known, labelled.key), periods)


def _entity(considered: Considered, labelled: Labelled) -> tuple[str, ...]:
    return considered.found.path.entity if considered.found else labelled.key


def _asked(considered: Considered) -> dict[str, str]:
    return considered.found.asked if considered.found else {}


def _block(each: Considered, names: tuple[str, ...], entity: Codes) -> Block:
    from meshlake.ml_assets.blocks.block import Block

    later = each.found.later if each.found else Later()
    is_doubtful = not _is_dated(each) or later.is_on_cutoffs
    return Block(
        each.path, names, entity, is_doubtful, later.is_on_cutoffs and not later.is_there_before_labels
    )


def _is_dated(considered: Considered) -> bool:
    return considered.found is not None and considered.found.is_dated
