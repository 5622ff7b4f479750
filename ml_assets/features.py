"""Labelled rows made into features once, for all that is fitted on them or measured by them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import joblib
import numpy as np

from meshlake.ml_assets.comparison import groups_by
from meshlake.ml_assets.preprocessing import Kind
from meshlake.ml_assets.scoring import churn_probability, usual_values

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd
    from sklearn.base import TransformerMixin
    from sklearn.pipeline import Pipeline

    from meshlake.ml_assets.preprocessing import FeaturePlan
    from meshlake.ml_assets.spec import ChurnSpec

    Numbers = npt.NDArray[np.float64]
    Made = tuple[TransformerMixin, Numbers]


# What is kept for all who ask for the same, of tables whose copies are small: at most 4 MB of a frame and 16 MB of the
# numbers made of it, of each fold.
_MOST_SHARED, _MOST_SHARED_NUMBERS, _MOST_KINDS = 500_000, 2_000_000, 2


@dataclass(frozen=True)
class _Known:
    """What was worked out of rows and stays so, by what was asked."""

    parts: dict[bytes, tuple[Any, Any]] = field(default_factory=dict)
    columns: dict[str, Made] = field(default_factory=dict)
    numbers: dict[int, Made] = field(default_factory=dict)
    usual: dict[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True)
class Features:
    """Labelled rows as a `FeatureFrame` gives them: `frame` is (n, features), `is_churned` (n,).

    `groups`, (n,), says whom each is about, as numbers from 0 on.
    """

    frame: pd.DataFrame
    is_churned: npt.NDArray[np.bool_]
    groups: npt.NDArray[np.int64]
    _known: _Known = field(default_factory=_Known, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, rows: pd.DataFrame, plan: FeaturePlan, spec: ChurnSpec) -> Self:
        """Of labelled `rows`.

        Raises:
            ValueError: when a feature column is missing, or a value does not fit its column.
        """
        is_churned = rows[spec.label].to_numpy(dtype=bool)
        return cls(plan.frame().transform(rows), is_churned, groups_by(rows, spec))

    def __len__(self) -> int:
        return len(self.is_churned)

    def where(self, is_in: npt.NDArray[np.bool_]) -> Self:
        """Some of them, by a mask of shape (n,)."""
        return type(self)(self.frame[is_in], self.is_churned[is_in], self.groups[is_in])

    def parted(self, is_out: npt.NDArray[np.bool_]) -> tuple[Self, Self]:
        """The rows that are not in a fold and those that are, by a mask of shape (n,): the same to all who ask."""
        which = is_out.tobytes()
        if which in self._known.parts:
            return self._known.parts[which]
        parts = self.where(~is_out), self.where(is_out)
        if self.frame.size <= _MOST_SHARED:
            self._known.parts[which] = parts
        return parts

    def usual_values(self, plan: FeaturePlan) -> dict[str, float | str]:
        """See `scoring.usual_values`; `plan` is what they were made by."""
        if not self._known.usual:
            self._known.usual.update(usual_values(self.frame, plan))
        return dict(self._known.usual)

    def columns(self, unfitted: TransformerMixin) -> Made:
        """What `unfitted` becomes when it is fitted on these rows, and the numbers it makes of them, (n, columns).

        Candidates and parameters that take the same columns share them, so they are not to be changed.
        """
        which = joblib.hash(unfitted)
        if which in self._known.columns:
            return self._known.columns[which]
        found = unfitted, unfitted.fit_transform(self.frame, self.is_churned)
        _keep(self._known.columns, which, found)
        return found

    def probability(self, pipeline: Pipeline) -> npt.NDArray[np.float64]:
        """What a fitted pipeline, whose first step makes features of rows, says of each: shape (n,).

        Pipelines of the same columns share the numbers that these make of the rows.
        """
        columns = pipeline.named_steps["columns"]
        if columns == "passthrough":
            return churn_probability(pipeline[1:], self.frame)
        # Who made them is kept beside them, so that nobody else has the same id.
        made_by, numbers = self._known.numbers.get(id(columns)) or (columns, columns.transform(self.frame))
        _keep(self._known.numbers, id(columns), (made_by, numbers))
        return churn_probability(pipeline[2:], numbers)


def _keep(kept: dict[Any, Made], which: Any, made: Made) -> None:
    """Linear models and trees take columns of two kinds: of a third those are let go."""
    if made[1].size > _MOST_SHARED_NUMBERS:
        return
    if which not in kept and len(kept) >= _MOST_KINDS:
        kept.clear()
    kept[which] = made


def infinite_counts(rows: pd.DataFrame, plan: FeaturePlan) -> dict[str, int]:
    """How many values of each feature are infinite, which a `FeatureFrame` makes null; features without any are out."""
    numbers = {
        name: rows[name].to_numpy(dtype=np.float64, na_value=np.nan)
        for name, kind in plan.kinds.items()
        if kind is Kind.NUMBER
    }
    return {name: count for name, values in numbers.items() if (count := int(np.isinf(values).sum()))}
