"""What is learned of labelled rows, and how far off is what is said of them: yes or no, an amount, one of some classes.

A quick model says of each row numbers without bounds (`raw`: log odds, or an amount), which become what is `said`. The
loss that models are chosen by is that of `losses`; rows that choose nothing are measured by `figures`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from meshlake.ml_assets.comparison import can_compare, compare, measure
from meshlake.ml_assets.metrics import log_losses, probability_metrics

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.ml_assets.comparison import Difference, Interval

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.bool_] | npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

_SEED = 42
_LEAST, _STEPS, _FEWEST = 1e-6, 20, 10


@dataclass(frozen=True)
class Measured:
    """What two sets of columns come to on `rows` that chose nothing, and how much better the second is, by figure."""

    rows: int
    gains: Mapping[str, Difference]
    before: Mapping[str, Interval]
    after: Mapping[str, Interval]

    def as_dict(self) -> dict[str, Any]:
        """The gains as JSON-able facts."""
        return {"rows": self.rows, **{name: vars(each) for name, each in self.gains.items()}}


@dataclass(frozen=True)
class Target(ABC):
    """The labels `values` of rows, (n,), none of which is null.

    `task` is that of a `model.yaml` that learns them; `loss` what models are chosen by, in words, and its `unit`;
    `figures` what is told of rows that chose nothing, the one that decides first, which is better if it is `better`,
    and of which `drawn` is the one that is drawn, more of which is better. What one
    column may reach alone, as ROC AUC, is `undated_limit` of tables without dates, and `dated_limit` of what was known
    before the cut-off by its date; `has_pure_leaks` says that a value which nearly all that are so have is evidence.
    """

    values: npt.NDArray[Any]

    task: ClassVar[str]
    loss: ClassVar[str]
    unit: ClassVar[str]
    figures: ClassVar[Mapping[str, str]]
    drawn: ClassVar[str]
    better: ClassVar[str] = "less"
    undated_limit: ClassVar[float] = 0.9
    dated_limit: ClassVar[float] = 0.97
    has_pure_leaks: ClassVar[bool] = True

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    @abstractmethod
    def codes(self) -> Codes:
        """Which of a few parts each label is in, from 0 on, (n,): what a column's bins are held against at a glance."""

    @cached_property
    @abstractmethod
    def asked(self) -> Mapping[str, Mask]:
        """Whether each row is so, (n,), for each yes or no that no column should tell too well, by words for it."""

    @abstractmethod
    def can_learn(self, rows: Rows) -> bool:
        """Whether the labels of `rows` differ."""

    def can_measure(self, rows: Rows) -> bool:
        """Whether `rows` tell anything of two models: their labels differ, and there are enough."""
        return self.can_learn(rows) and len(self.values[rows]) >= _FEWEST

    @abstractmethod
    def fit(self, matrix: npt.NDArray[np.float32], rows: Rows, kind: Mapping[str, Any]) -> Any:
        """Histogram gradient boosting of these `kind` of parameters, of `matrix` (k, m), learned of `rows` (k)."""

    @abstractmethod
    def level(self, rows: Rows) -> Numbers:
        """What is said raw where nothing is known but the labels of `rows`: (outputs,)."""

    @abstractmethod
    def raw(self, fitted: Any, matrix: npt.NDArray[np.float32]) -> Numbers:
        """What is said raw of `matrix` (k, m): (k, outputs)."""

    def outputs(self, fitted: Any) -> Codes:
        """Which output each tree of a round of `fitted` is added to."""
        del fitted
        return np.zeros(1, dtype=np.int64)

    @abstractmethod
    def said(self, raw: Numbers) -> Numbers:
        """What is said of each row, (k,) or (k, classes)."""

    @abstractmethod
    def losses(self, rows: Rows, said: Numbers) -> Numbers:
        """The loss of what is said of `rows`, (k,)."""

    @abstractmethod
    def at_level(self, rows: Rows, said: Numbers) -> Numbers:
        """What is said, moved alike for all until it is right of `rows` as a whole."""

    @abstractmethod
    def scores(self, rows: Rows, said: Numbers) -> dict[str, float]:
        """Of what is said of `rows` the first two of `figures`, and others."""

    @abstractmethod
    def measured(self, rows: Rows, before: Numbers, after: Numbers, groups: Codes) -> Measured:
        """`figures` of what is said of `rows` before and after; `groups` are drawn together, (k,)."""


class YesNo(Target):
    """Whether a row is so: `values` are BOOLEAN, and what is said is a probability."""

    task = "churn"
    loss, unit = "log loss", "nats a row"
    figures: ClassVar[Mapping[str, str]] = {
        "log_loss": "log loss",
        "roc_auc": "ROC AUC",
        "calibration_error": "calibration error",
    }
    drawn = "roc_auc"

    @cached_property
    def codes(self) -> Codes:
        """1 where it is so."""
        return self.values.astype(np.int64)

    @cached_property
    def asked(self) -> Mapping[str, Mask]:
        """The label itself."""
        return {"": self.values}

    def can_learn(self, rows: Rows) -> bool:
        """Whether some are so and some are not."""
        values = self.values[rows]
        return bool(values.any() and not values.all())

    def can_measure(self, rows: Rows) -> bool:
        """Whether there are enough of both."""
        return can_compare(self.values[rows])

    def fit(self, matrix: npt.NDArray[np.float32], rows: Rows, kind: Mapping[str, Any]) -> Any:
        """By log loss."""
        from sklearn.ensemble import HistGradientBoostingClassifier

        return HistGradientBoostingClassifier(**kind).fit(matrix, self.values[rows])

    def level(self, rows: Rows) -> Numbers:
        """The log odds of the share that is so."""
        share = np.clip(self.values[rows].mean(), _LEAST, 1 - _LEAST)
        return np.array([np.log(share / (1 - share))])

    def raw(self, fitted: Any, matrix: npt.NDArray[np.float32]) -> Numbers:
        """Log odds."""
        return np.asarray(fitted.decision_function(matrix), dtype=np.float64)[:, np.newaxis]

    def said(self, raw: Numbers) -> Numbers:
        """Probabilities."""
        return np.asarray(expit(raw[:, 0]), dtype=np.float64)

    def losses(self, rows: Rows, said: Numbers) -> Numbers:
        """Log loss in nats."""
        return log_losses(self.values[rows], said)

    def at_level(self, rows: Rows, said: Numbers) -> Numbers:
        """Logits are moved until their mean probability is the share that is so, by Newton's method."""
        share, clipped = float(self.values[rows].mean()), np.clip(said, _LEAST, 1 - _LEAST)
        logits = np.log(clipped / (1 - clipped))
        for _ in range(_STEPS):
            moved = expit(logits)
            logits = logits + np.clip(
                (share - moved.mean()) / max((moved * (1 - moved)).mean(), _LEAST), -1, 1
            )
        return np.asarray(expit(logits), dtype=np.float64)

    def scores(self, rows: Rows, said: Numbers) -> dict[str, float]:
        """Log loss, ROC AUC and others."""
        return probability_metrics(self.values[rows], said)

    def measured(self, rows: Rows, before: Numbers, after: Numbers, groups: Codes) -> Measured:
        """As a challenger is held against a champion."""
        is_so = self.values[rows]
        found = compare(is_so, after, before, groups, _SEED)
        figures = (measure(is_so, each, groups, _SEED) for each in (before, after))
        return Measured(found.rows, {name: getattr(found, name) for name in self.figures}, *figures)
