"""Labelled rows made into features once, for all that is fitted on them or measured by them."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np

from meshlake.ml_assets.comparison import groups_by
from meshlake.ml_assets.preprocessing import Kind
from meshlake.ml_assets.scoring import churn_probability

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd
    from sklearn.base import TransformerMixin
    from sklearn.pipeline import Pipeline

    from meshlake.ml_assets.preprocessing import FeaturePlan
    from meshlake.ml_assets.spec import ChurnSpec

    Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Features:
    """Labelled rows as a `FeatureFrame` gives them: `frame` is (n, features), `is_churned` (n,).

    `groups`, (n,), says whom each is about, as numbers from 0 on.
    """

    frame: pd.DataFrame
    is_churned: npt.NDArray[np.bool_]
    groups: npt.NDArray[np.int64]
    _columns: dict[bytes, tuple[TransformerMixin, Numbers]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _numbers: list[tuple[TransformerMixin, Numbers]] = field(
        default_factory=list, init=False, repr=False, compare=False
    )

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

    def columns(self, unfitted: TransformerMixin) -> tuple[TransformerMixin, Numbers]:
        """What `unfitted` becomes when it is fitted on these rows, and the numbers it makes of them, (n, columns).

        Parameters that take the same columns share them: those last asked for are kept, and not to be changed.
        """
        which = pickle.dumps(unfitted)
        if which not in self._columns:
            self._columns.clear()
            self._columns[which] = (unfitted, unfitted.fit_transform(self.frame, self.is_churned))
        return self._columns[which]

    def probability(self, pipeline: Pipeline) -> npt.NDArray[np.float64]:
        """What a fitted pipeline, whose first step makes features of rows, says of each: shape (n,).

        The numbers that its columns make of these rows are kept for others of the same columns.
        """
        columns = pipeline.named_steps["columns"]
        if columns == "passthrough":
            return churn_probability(pipeline[1:], self.frame)
        if not self._numbers or self._numbers[-1][0] is not columns:
            self._numbers[:] = [(columns, columns.transform(self.frame))]
        return churn_probability(pipeline[2:], self._numbers[-1][1])


def infinite_counts(rows: pd.DataFrame, plan: FeaturePlan) -> dict[str, int]:
    """How many values of each feature are infinite, which a `FeatureFrame` makes null; features without any are out."""
    numbers = {
        name: rows[name].to_numpy(dtype=np.float64, na_value=np.nan)
        for name, kind in plan.kinds.items()
        if kind is Kind.NUMBER
    }
    return {name: count for name, values in numbers.items() if (count := int(np.isinf(values).sum()))}
