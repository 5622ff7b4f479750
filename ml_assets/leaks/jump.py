"""Columns with which a model suddenly knows the label, though none of them tells it by itself.

A quick model of all features is asked first. Only where it is better than honest models mostly are, columns are added
to it, the weakest by themselves first, and the one with which it becomes so is found by halving; the same is asked
without that one again, so two columns that say the same do not hide each other. See docs/adr/0096.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from meshlake.ml_assets.candidates.algorithm import fit_columns
from meshlake.ml_assets.candidates.candidate import build_candidate
from meshlake.ml_assets.comparison import groups_by
from meshlake.ml_assets.leaks.one_feature import LeakSuspect, drawn_rows, single_roc_aucs
from meshlake.ml_assets.leaks.values import FEWEST
from meshlake.ml_assets.ordering import Ordered
from meshlake.ml_assets.preprocessing import plan_features
from meshlake.ml_assets.scoring import churn_probability
from meshlake.ml_assets.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt
    import pandas as pd

    from meshlake.ml_assets.spec import ChurnSpec

# Quick models of eight honest tables (those of `make bench-models`) reach .72 to .93, and one honest column there takes
# away more than half of the pairs in wrong order, from .854 to .935: honest ones jump, too, but not that far.
JUMP_TO = 0.95
JUMP_OF_WRONG_PAIRS = 0.5
# One column may hold a third of what is reached beyond chance though others tell something, too. Of honest ones it is
# at most .22 (mlc_churn, from .839 to .932).
_MAIN_REACHES, _OTHERS_REACH, _MAIN_SHARE, _MAIN_DROP = 0.85, 0.65, 1 / 3, 0.1
# What a policy's minutes may be spent on this.
TIME_SHARE = 0.1
_MAX_ROWS, _FOLDS, _MOST_SUSPECTS = 10_000, 2, 5
_QUICK = {"max_iter": 60, "seeds": 1}
_SECONDS_PER_MINUTE = 60


@dataclass(frozen=True)
class Jumps:
    """The suspects by name, and whether there was time to look for all of them."""

    suspects: Mapping[str, LeakSuspect]
    is_complete: bool = True


def find_jumps(
    rows: pd.DataFrame,
    columns: Sequence[str],
    folds: npt.NDArray[np.int64],
    spec: ChurnSpec,
    clock: Callable[[], float] = time.process_time,
) -> Jumps:
    """The columns among `columns` at which a quick model jumps to what honest models seldom reach.

    Args:
        rows: labelled rows; at most 10,000 of them are looked at, drawn by chance.
        columns: what may be learned from; those the owner vouches for (`known_before`) are never suspected.
        folds: the fold of each row, shape (n,): two of them are predicted by models of the others.
        spec: what was asked for; of its `minutes` a tenth may be spent.
        clock: the seconds spent until now.
    """
    drawn = drawn_rows(len(rows), _MAX_ROWS)
    rows, folds = rows.iloc[drawn], folds[drawn]
    is_so = rows[spec.label].to_numpy(dtype=bool)
    if min(is_so.sum(), (~is_so).sum()) < FEWEST * spec.folds:
        return Jumps({})
    end = clock() + spec.minutes * _SECONDS_PER_MINUTE * TIME_SHARE
    looked = _Looked(rows, folds, groups_by(rows, spec), spec, end, clock)
    with one_thread():
        reached, drop_of = looked.asked(columns)
        if reached < JUMP_TO:
            return Jumps(looked.main_column(columns, reached, drop_of))
        alone = single_roc_aucs(rows, columns, is_so, looked.groups)
        # What is vouched for is there before anything else is asked.
        vouched = [name for name in columns if name in spec.known_before]
        others = sorted((name for name in columns if name not in spec.known_before), key=alone.__getitem__)
        return looked.jumps(vouched, others, alone)


@dataclass(frozen=True)
class _Looked:
    rows: pd.DataFrame
    folds: npt.NDArray[np.int64]
    groups: npt.NDArray[np.int64]
    spec: ChurnSpec
    end: float
    clock: Callable[[], float]

    def jumps(self, vouched: Sequence[str], others: list[str], alone: Mapping[str, float]) -> Jumps:
        """Each column at which the model comes to know the label, with those before it; then without it again."""
        found: dict[str, LeakSuspect] = {}
        while others and len(found) < _MOST_SUSPECTS:
            reached = {0: self.reached(vouched), len(others): self.reached([*vouched, *others])}
            low, high = 0, len(others)
            if reached[high] < JUMP_TO or reached[low] >= JUMP_TO:
                break
            while high - low > 1:
                if self.clock() > self.end:
                    return Jumps(found, is_complete=False)
                middle = (low + high) // 2
                reached[middle] = self.reached([*vouched, *others[:middle]])
                low, high = (low, middle) if reached[middle] >= JUMP_TO else (middle, high)
            if (1 - reached[high]) > (1 - JUMP_OF_WRONG_PAIRS) * (1 - reached[low]):
                break
            name = others.pop(high - 1)
            from_to = f"from ROC AUC {reached[low]:.3f} to {reached[high]:.3f}"
            told = f"with it a quick model of the others goes {from_to}"
            found[name] = LeakSuspect((told,), alone[name])
        return Jumps(found)

    def main_column(
        self, columns: Sequence[str], reached: float, drop_of: Callable[[str], float]
    ) -> dict[str, LeakSuspect]:
        """The column that holds much of what the model knows beyond all the others, if one does; it is not sure.

        That is the strongest by itself. Few models depend on one so much that it pays to fit another without it.
        """
        is_so = self.rows[self.spec.label].to_numpy(dtype=bool)
        if reached < _MAIN_REACHES or self.clock() > self.end:
            return {}
        alone = single_roc_aucs(self.rows, columns, is_so, self.groups)
        name = max(alone, key=alone.__getitem__)
        if name in self.spec.known_before or drop_of(name) < _MAIN_DROP:
            return {}
        without = self.reached([each for each in columns if each != name])
        is_main = reached - without >= _MAIN_SHARE * (reached - 0.5)
        if without < _OTHERS_REACH or not is_main:
            return {}
        told = f"without it a quick model of the others reaches ROC AUC {without:.3f}, with it {reached:.3f}"
        return {name: LeakSuspect((told,), alone[name], is_sure=False)}

    def reached(self, columns: Sequence[str]) -> float:
        """The ROC AUC of a quick model of `columns` on rows it did not see; .5 of none, or of none that teach."""
        return self.asked(columns)[0]

    def asked(self, columns: Sequence[str]) -> tuple[float, Callable[[str], float]]:
        """That, and a function of a column: by how much less it is when the column's values are exchanged by chance."""
        probability = np.full(len(self.rows), np.nan)
        try:
            plan = plan_features(self.rows, columns, self.spec.cutoff)
        except ValueError:
            return 0.5, lambda _: 0.0
        models = []
        frame, is_so = plan.frame().transform(self.rows), self.rows[self.spec.label].to_numpy(dtype=bool)
        for fold in range(_FOLDS):
            is_out = self.folds == fold
            model = build_candidate(
                "histogram_gradient_boosting", plan, self.spec.seed, int((~is_out).sum()), _QUICK
            )
            fit_columns(model, frame[~is_out], is_so[~is_out], self.groups[~is_out])
            probability[is_out] = churn_probability(model[1:], frame[is_out])
            models.append(model)
        reached = self._area(probability)

        def drop_of(name: str) -> float:
            mixed = self.rows.assign(**{name: self.rows[name].sample(frac=1, random_state=42).to_numpy()})
            said = np.full(len(mixed), np.nan)
            for fold, model in enumerate(models):
                said[self.folds == fold] = churn_probability(model, mixed[self.folds == fold])
            return reached - self._area(said)

        return reached, drop_of

    def _area(self, probability: npt.NDArray[np.float64]) -> float:
        is_known = ~np.isnan(probability)
        is_so = self.rows[self.spec.label].to_numpy(dtype=bool)
        return Ordered.of(is_so[is_known], probability[is_known]).roc_auc
