"""Which blocks make a model better beyond noise, and which of their columns.

Each block is tried alone beside the columns that are there; the best are added one after the other as long as they gain
over those before, beyond what the best of so many tried gains by chance (Bonferroni). Where a column says something at
a glance and its block gains nothing, the others may drown it: the block is tried once more by plain models, which gain
only what the better of both kinds does not know without it. Of blocks that were kept before plain models know too
little: what gains nothing over these by them is tried by the others, with the columns that say something alone. A block
that gains as much with its rows dealt to other entities says who somebody is, and not what: it is left out. Of what is
kept, columns stay that matter more than any copy of columns whose rows were shuffled (Kursa and Rudnicki, Feature
Selection with the Boruta Package, 2010). The rows `HeldOut.is_kept` choose nothing: base and boosted are measured on
them at the end.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import norm

from meshlake.ml_assets.blocks.doubts import carrying
from meshlake.ml_assets.blocks.held_out import Gain, gain_of
from meshlake.ml_assets.blocks.placebo import dealt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from meshlake.ml_assets.blocks.block import Block
    from meshlake.ml_assets.blocks.held_out import Fold, HeldOut
    from meshlake.ml_assets.blocks.target import Measured

_SEED = 42
# One in twenty searches keeps a block that adds nothing.
_CHANCE = 0.05
# Of that chance a fifth is for blocks that are tried by plain models, of which so many columns at most stay.
_OF_PLAIN, _MOST_OF_PLAIN = 0.2, 4
_PLACEBO_Z = 2.0
# What loses on half of the folds, or gains so much there, is not tried on the others: of 40 blocks the least t on all
# of them, times the square root of two (O'Brien and Fleming, A Multiple Testing Procedure for Clinical Trials, 1979).
_SURELY_T = 4.3
# Nor is its placebo, where brief models tell it so well, or full ones as well as that procedure asks of half.
_SURELY_Z, _HALF_Z = 4.0, 2.8
# What gains less than so many standard errors alone is not tried again beside those that were kept: of blocks that say
# nothing, it is five of six, and each takes as long as all before.
_BESIDE_OTHERS = 1.0
MOST_COLUMNS = 60
_SHADOWS, _FEWEST_COLUMNS = 20, 20
KEPT, ADDS_NOTHING, SAYS_WHO, NOT_REACHED = "kept", "adds nothing", "says who, not what", "not reached"


@dataclass(frozen=True)
class Judged:
    """What was found of a block: its `gain` alone beside the base, and what it gained over those kept before it.

    `placebo` is what it gained with its rows dealt to others; None where that was not asked. Where `is_plain`, all of
    these are gains of plain models.
    """

    name: str
    verdict: str
    gain: Gain
    added: Gain | None = None
    placebo: Gain | None = None
    is_plain: bool = False


@dataclass(frozen=True)
class Selection:
    """What was kept. `threshold` is the least t that was not taken for chance, of so many blocks tried, and
    `plain_threshold` that of plain models.

    `final` compares base and boosted on rows that chose nothing, and `final_gain` is what the loss falls by there; None
    where these rows tell nothing. `folds` are base and boosted on the rows that chose. `doubts` are columns that a
    reviewer is asked of, with the reason.
    """

    judged: tuple[Judged, ...]
    columns: tuple[str, ...]
    threshold: float
    plain_threshold: float
    final: Measured | None = None
    final_gain: Gain | None = None
    folds: tuple[Fold, ...] = ()
    doubts: Mapping[str, str] = field(default_factory=dict)

    @property
    def kept(self) -> tuple[str, ...]:
        """The names of the blocks that were kept, the first first."""
        kept = [each for each in self.judged if each.verdict == KEPT]
        return tuple(each.name for each in kept)


def select_blocks(
    held: HeldOut,
    base: Sequence[str],
    blocks: Sequence[Block],
    tell: Callable[[str], None] = lambda _: None,
    has_time: Callable[[], bool] = lambda: True,
) -> Selection:
    """Choose among `blocks`, beside the columns `base`.

    Args:
        held: rows with all columns, labels and periods.
        base: the columns that are there anyway.
        blocks: what may be added.
        tell: told in words what is being done.
        has_time: whether another model may be fitted; what was not tried is told as not reached.
    """
    full, held, few = held, held.brief, [block.columns for block in blocks]
    chosen = _Chosen(held.of_few(few), held.plain.of_few(few), full.of_few(few), tuple(base))
    alone: dict[str, Gain] = {}
    for number, block in enumerate(blocks, 1):
        if not has_time():
            break
        tell(f"trying {block.name}, {number} of {len(blocks)}")
        alone[block.name] = chosen.gain(block)
    limits = {False: _limit(1 - _OF_PLAIN, len(alone)), True: _limit(_OF_PLAIN, len(alone))}
    tried = [
        (chosen.by_plain(each, gain, limits) if has_time() else None) or (each, gain)
        for each in blocks
        if (gain := alone.get(each.name))
    ]
    judged = [Judged(each.name, NOT_REACHED, Gain(0, 0)) for each in blocks if each.name not in alone]
    for block, gain in sorted(tried, key=lambda each: -each[1].estimate):
        verdict = Judged(block.name, ADDS_NOTHING, gain, is_plain=block.is_plain)
        if gain.t >= (_BESIDE_OTHERS if chosen.blocks else limits[block.is_plain]):
            tell(f"adding {block.name}")
            verdict = chosen.judge(block, verdict, limits[block.is_plain])
        if verdict.verdict == ADDS_NOTHING and block.is_plain and chosen.blocks:
            other = Judged(block.name, ADDS_NOTHING, alone[block.name])
            other = chosen.judge(chosen.without_the_drowning(block), other, limits[False])
            verdict = other if other.verdict == KEPT else verdict
        judged.append(verdict)
    measured = Selection(tuple(judged), (), limits[False], limits[True])
    if not chosen.blocks:
        return measured
    tell("choosing columns")
    columns = _columns_that_matter(held, tuple(base), chosen.blocks)
    tell("measuring on rows that chose nothing")
    gaining = [block for block, gain in tried if gain.t >= _BESIDE_OTHERS]
    doubts = carrying(held, base, columns, chosen.blocks, gaining)
    folds = held.folds((*base, *columns), base)
    measured = replace(measured, columns=columns, folds=folds, doubts=doubts)
    return _measured(full, tuple(base), measured)


def _limit(share: float, count: int) -> float:
    """The least t that the best of `count` blocks has by chance in a `share` of one search of twenty."""
    return float(norm.isf(_CHANCE * share / max(count, 1)))


@dataclass
class _Chosen:
    held: HeldOut
    plain: HeldOut
    full: HeldOut
    columns: tuple[str, ...]
    blocks: list[Block] = field(default_factory=list)

    def gain(self, block: Block) -> Gain:
        """What the block gains: on half of the folds where that says enough, else on all."""
        half = self._gain(block, self.held.half)
        return self._gain(block, None) if 0 <= half.t < _SURELY_T else half

    def by_plain(self, block: Block, gain: Gain, limits: Mapping[bool, float]) -> tuple[Block, Gain] | None:
        """The block with what it gains by plain models; None where it gains enough by others, or not more by these, or
        where none of its columns says enough even at a glance, which flatters."""
        if gain.t >= limits[False] or max(self.held.telling(block.columns).values()) < limits[True]:
            return None
        plain = replace(block, is_plain=True)
        of_plain = self.gain(plain)
        return (plain, of_plain) if of_plain.t > gain.t else None

    def _gain(self, block: Block, places: Sequence[int] | None) -> Gain:
        columns = (*self.columns, *block.columns)
        before = self.held.losses(self.columns, places)
        if not block.is_plain:
            return self.held.gain(self.held.losses(columns, places), before)
        # What deeper trees know of the others is no gain of this one.
        before = min(before, self.plain.losses(self.columns, places), key=np.nanmean)
        return self.held.gain(self.plain.losses(columns, places), before)

    def judge(self, block: Block, verdict: Judged, threshold: float) -> Judged:
        """Keep `block` if it gains over what is kept, and not as much when it is somebody else's."""
        added = self.gain(block) if self.blocks else verdict.gain
        if self.blocks and not block.is_plain and _BESIDE_OTHERS <= added.t < threshold:
            # Brief models tell little of what others say in part.
            with_it = self.full.losses((*self.columns, *block.columns))
            added = self.full.gain(with_it, self.full.losses(self.columns))
        verdict = replace(verdict, added=added)
        if added.t < threshold:
            return verdict
        placebo, less = self._told_from_placebo(block)
        verdict = replace(verdict, placebo=placebo)
        if less.t < _PLACEBO_Z:
            return replace(verdict, verdict=SAYS_WHO)
        if block.is_plain:
            block = self.without_the_drowning(block)
        self.columns = (*self.columns, *block.columns)
        self.blocks.append(block)
        return replace(verdict, verdict=KEPT)

    def without_the_drowning(self, block: Block) -> Block:
        """For other models the block with the few columns that say more at a glance than the best of so many by chance,
        else the best."""
        told = self.held.telling(block.columns)
        best, *others = sorted(told, key=lambda name: -told[name])[:_MOST_OF_PLAIN]
        least = _limit(1.0, len(told))
        columns = (best, *(name for name in others if told[name] >= least))
        return replace(block, columns=columns, is_plain=False)

    def _told_from_placebo(self, block: Block) -> tuple[Gain, Gain]:
        """`_placebo` by as few models as say enough; of numbers by chance brief ones say too little."""
        plain, brief = ((self.plain, _HALF_Z),), ((self.held, _SURELY_Z), (self.full, _HALF_Z))
        for held, enough in plain if block.is_plain else brief:
            other = held.having(dealt(held, block.columns, block.entity))
            found = self._placebo(held, other, block, held.half)
            if found[1].t >= enough:
                return found
        return self._placebo(held, other, block, None)

    def _placebo(
        self, held: HeldOut, other: HeldOut, block: Block, places: Sequence[int] | None
    ) -> tuple[Gain, Gain]:
        """What the block gains when it is somebody else's, as in `other`, and how much more it does when it is not."""
        columns = (*self.columns, *block.columns)
        of_others = other.losses_at_level(columns, places)
        before, with_it = (held.losses_at_level(each, places) for each in (self.columns, columns))
        return held.gain(of_others, before), held.gain(with_it, of_others)


def _columns_that_matter(held: HeldOut, base: tuple[str, ...], blocks: Sequence[Block]) -> tuple[str, ...]:
    """Of each block the columns whose shuffling costs more than that of any copy shuffled before; at least twenty."""
    candidates = [name for block in blocks for name in block.columns]
    random = np.random.default_rng(_SEED)
    shadows = {f"_shadow {name}": name for name in random.permutation(candidates)[:_SHADOWS].tolist()}
    encoded = held.encoded.copied(shadows, random.permutation(len(held.target)))
    costs = _costs(held.having(encoded), (*base, *candidates, *shadows), (*candidates, *shadows))
    least = max((costs[name] for name in shadows), default=0.0)
    kept: list[str] = []
    for block in blocks:
        ranked = sorted(block.columns, key=lambda name: -costs[name])
        mattering = [name for name in ranked if costs[name] > max(least, 0.0)]
        kept += (mattering if len(mattering) >= _FEWEST_COLUMNS else ranked[:_FEWEST_COLUMNS])[:MOST_COLUMNS]
    return tuple(name for name in candidates if name in kept)


def _costs(held: HeldOut, columns: Sequence[str], asked: Sequence[str]) -> dict[str, float]:
    """What the loss rises by when one of `asked` is shuffled among the rows predicted, mean over half of the splits."""
    costs, places = dict.fromkeys(asked, 0.0), held.encoded.places(asked).tolist()
    random = np.random.default_rng(_SEED)
    for place in held.half:
        learned, tested = held.splits[place]
        found = held.model(columns, learned).costs(held.encoded.values[tested], tested, random)
        for name, at in zip(asked, places, strict=True):
            costs[name] += found.get(at, 0.0) / len(held.half)
    return costs


def _measured(held: HeldOut, base: tuple[str, ...], selection: Selection) -> Selection:
    kept, learned = held.is_kept, ~held.is_kept
    target, groups = held.target, held.groups[kept]
    if not target.can_measure(kept):
        return selection
    before, after = (
        held.predicted(columns, learned, kept) for columns in (base, (*base, *selection.columns))
    )
    gain = gain_of(target.losses(kept, before) - target.losses(kept, after), groups)
    return replace(selection, final=target.measured(kept, before, after, groups), final_gain=gain)
