"""Classes as what is learned: which of some values a row has, such as why a customer leaves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from scipy.special import softmax

from meshlake.ml_assets.blocks.target import Measured, Target
from meshlake.ml_assets.classification.measures import class_metrics, compare_classes, measure_classes

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from meshlake.ml_assets.blocks.target import Codes, Mask, Numbers, Rows

_SEED = 42
_LEAST, _STEPS = 1e-6, 20


@dataclass(frozen=True)
class Classes(Target):
    """Which of the classes `names` a row is of: `values` are codes of these, and what is said is (n, classes)."""

    names: tuple[str, ...] = ()

    task = "classification"
    loss, unit = "log loss", "nats a row"
    figures: ClassVar[Mapping[str, str]] = {
        "log_loss": "log loss",
        "accuracy": "accuracy",
        "macro_f1": "macro F1",
        "calibration_error": "calibration error",
    }
    drawn = "accuracy"

    @cached_property
    def codes(self) -> Codes:
        """The classes themselves."""
        return self.values.astype(np.int64)

    @cached_property
    def asked(self) -> Mapping[str, Mask]:
        """Each class against all others."""
        return {f"of {name!r}, ": self.codes == code for code, name in enumerate(self.names)}

    def can_learn(self, rows: Rows) -> bool:
        """Whether there are two classes."""
        return len(np.unique(self.codes[rows])) > 1

    def fit(self, matrix: npt.NDArray[np.float32], rows: Rows, kind: Mapping[str, Any]) -> Any:
        """By log loss, a tree a class in each round."""
        from sklearn.ensemble import HistGradientBoostingClassifier

        return HistGradientBoostingClassifier(**kind).fit(matrix, self.codes[rows])

    def level(self, rows: Rows) -> Numbers:
        """The log of the shares."""
        return np.log(np.maximum(self._shares(rows), _LEAST))

    def raw(self, fitted: Any, matrix: npt.NDArray[np.float32]) -> Numbers:
        """Log odds; a class that was not there to be learned is least likely of all."""
        found = np.asarray(fitted.decision_function(matrix), dtype=np.float64)
        if found.ndim == 1:
            found = np.stack([np.zeros(len(found)), found], axis=1)
        raw = np.full((len(matrix), len(self.names)), np.log(_LEAST) + found.min(initial=0.0))
        raw[:, fitted.classes_] = found
        return raw

    def outputs(self, fitted: Any) -> Codes:
        """A tree of each class that was there; of two one for the second."""
        classes = np.asarray(fitted.classes_, dtype=np.int64)
        return classes[1:] if fitted.n_trees_per_iteration_ == 1 else classes

    def said(self, raw: Numbers) -> Numbers:
        """Probabilities."""
        return np.asarray(softmax(raw, axis=1), dtype=np.float64)

    def losses(self, rows: Rows, said: Numbers) -> Numbers:
        """Log loss in nats."""
        codes = self.codes[rows]
        return np.asarray(-np.log(np.maximum(said[np.arange(len(codes)), codes], _LEAST)), dtype=np.float64)

    def at_level(self, rows: Rows, said: Numbers) -> Numbers:
        """Each class times a factor, until their means are the shares (Saerens and others, 2002, with known shares)."""
        shares, moved = self._shares(rows), np.maximum(said, _LEAST)
        for _ in range(_STEPS):
            moved = moved * (shares / np.maximum(moved.mean(axis=0), _LEAST))
            moved /= moved.sum(axis=1, keepdims=True)
        return np.asarray(moved, dtype=np.float64)

    def scores(self, rows: Rows, said: Numbers) -> dict[str, float]:
        """Log loss, accuracy, macro F1 and calibration error."""
        return class_metrics(self.codes[rows], said)

    def measured(self, rows: Rows, before: Numbers, after: Numbers, groups: Codes) -> Measured:
        """As one model of classes is held against another."""
        codes = self.codes[rows]
        found = compare_classes(codes, after, before, groups, _SEED)
        figures = (measure_classes(codes, each, groups, _SEED) for each in (before, after))
        return Measured(found.rows, {name: getattr(found, name) for name in self.figures}, *figures)

    def _shares(self, rows: Rows) -> Numbers:
        counts = np.bincount(self.codes[rows], minlength=len(self.names))
        return np.asarray(counts / counts.sum(), dtype=np.float64)
