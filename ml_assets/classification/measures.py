"""How good probabilities of several classes are, and whether a model's are better than another's beyond noise.

Method: see `comparison`, whose bootstrap this is. The calibration error is that of the likeliest class: by how much its
probability is off, on average of ten bins (Guo and others, On calibration of modern neural networks, 2017).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from meshlake.ml_assets.comparison import Difference, Interval, resamples, with_intervals

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

FIGURES = ("log_loss", "accuracy", "macro_f1", "calibration_error")
# Of these less is better.
_IS_LOSS = np.array([True, False, False, True])
_SMALLEST = 5e-7
_BINS, _FEW = 10, 3


@dataclass(frozen=True)
class ClassComparison:
    """A model held against another on `rows`."""

    rows: int
    log_loss: Difference
    accuracy: Difference
    macro_f1: Difference
    calibration_error: Difference

    @property
    def is_better(self) -> bool:
        """Whether its probabilities are better beyond noise, and it is right no less often, and no worse calibrated."""
        return self.log_loss.is_better and not self.accuracy.is_worse and not self.calibration_error.is_worse

    @property
    def is_worse(self) -> bool:
        """Whether its probabilities are worse beyond noise, or it is right less often."""
        return self.log_loss.is_worse or self.accuracy.is_worse

    def as_dict(self) -> dict[str, Any]:
        """As JSON-able facts."""
        return asdict(self)


def compare_classes(codes: Codes, model: Floats, other: Floats, groups: Codes, seed: int) -> ClassComparison:
    """Hold `model` against `other`.

    Args:
        codes: the class of each row, from 0 on: shape (n,).
        model: the probability one gives each class of each row, not having seen its label: shape (n, classes).
        other: those of the other.
        groups: whom each row is about, from 0 on: rows of one customer are drawn together.
        seed: the same gives the same intervals.
    """
    drawn, weights = resamples(groups, seed)
    first, second = (_Figures.of_all(codes[drawn], each[drawn]) for each in (model, other))
    gained = np.where(_IS_LOSS, -1.0, 1.0)
    found = with_intervals([gained * (first.of(each) - second.of(each)) for each in weights])
    return ClassComparison(len(drawn), *(Difference(*each) for each in found))


def measure_classes(codes: Codes, probability: Floats, groups: Codes, seed: int) -> dict[str, Interval]:
    """Each of `FIGURES`, with its interval; the arguments are those of `compare_classes`."""
    return measure_said(codes, *_said_of(codes, probability), groups, seed)


def measure_said(
    codes: Codes, said: Codes, sure: Floats, own: Floats, count: int, groups: Codes, seed: int
) -> dict[str, Interval]:
    """Each of `FIGURES`, with its interval, of what is published of `count` classes.

    Args:
        codes: the class of each row, from 0 on; this and all that follow are (n,).
        said: the class that is said.
        sure: its probability.
        own: the probability of the class that the row has.
        count: how many classes there are.
        groups: whom each row is about, from 0 on.
        seed: the same gives the same intervals.
    """
    drawn, weights = resamples(groups, seed)
    figures = _Figures(codes[drawn], said[drawn], sure[drawn], own[drawn], count)
    found = with_intervals([figures.of(each) for each in weights])
    return dict(zip(FIGURES, (Interval(*each) for each in found), strict=True))


def class_metrics(codes: Codes, probability: Floats) -> dict[str, float]:
    """Each of `FIGURES` of all rows; of more than three classes `top_3_accuracy`, how often one of the three likeliest
    is right; `n` rows.

    Example:
        >>> import numpy as np
        >>> found = class_metrics(np.array([0, 1]), np.array([[0.75, 0.25], [0.5, 0.5]]))
        >>> found["accuracy"], round(found["log_loss"], 3)
        (0.5, 0.49)
    """
    figures = _Figures.of_all(codes, probability).of(np.ones(len(codes)))
    found: dict[str, float] = dict(zip(FIGURES, map(float, figures), strict=True))
    if probability.shape[1] > _FEW:
        likeliest = np.argsort(-probability, axis=1, kind="stable")[:, :_FEW]
        found["top_3_accuracy"] = float((likeliest == codes[:, np.newaxis]).any(axis=1).mean())
    return {**found, "n": len(codes)}


def confusion(codes: Codes, probability: Floats) -> Codes:
    """How many rows of each class (first axis) are given each class: shape (classes, classes)."""
    count = probability.shape[1]
    cells = np.bincount(codes * count + probability.argmax(axis=1), minlength=count**2)
    return np.asarray(cells.reshape(count, count), dtype=np.int64)


def per_class(codes: Codes, probability: Floats, names: Sequence[str | int]) -> list[dict[str, Any]]:
    """Of each class how many `rows` are of it and `said` to be; precision and recall, `None` where there are no rows
    to tell; F1; the `expected` share, which is the mean of its probability, and the `observed` one."""
    cells = confusion(codes, probability)
    found = []
    for code, name in enumerate(names):
        right, rows, said = (
            int(each) for each in (cells[code, code], cells[code].sum(), cells[:, code].sum())
        )
        found.append(
            {
                "class": name,
                "rows": rows,
                "said": said,
                "precision": right / said if said else None,
                "recall": right / rows if rows else None,
                "f1": 2 * right / (rows + said) if rows + said else None,
                "expected": float(probability[:, code].mean()),
                "observed": rows / len(codes),
            }
        )
    return found


def _said_of(codes: Codes, probability: Floats) -> tuple[Codes, Floats, Floats, int]:
    """What `measure_said` takes after `codes`, of the probability of each class, shape (n, classes)."""
    own = probability[np.arange(len(codes)), codes]
    return probability.argmax(axis=1), probability.max(axis=1), own, probability.shape[1]


class _Figures:
    """`FIGURES` of fixed predictions, for any weights of their rows."""

    def __init__(self, codes: Codes, said: Codes, sure: Floats, own: Floats, count: int) -> None:
        self._count = count
        self._cell = codes * self._count + said
        self._over = (said == codes) - sure
        self._bin = np.empty(len(codes), dtype=np.int64)
        self._bin[np.argsort(sure, kind="stable")] = np.arange(len(codes)) * _BINS // len(codes)
        self._loss = -np.log(np.clip(own, _SMALLEST, 1))

    @classmethod
    def of_all(cls, codes: Codes, probability: Floats) -> Self:
        """Of the probability of each class, shape (n, classes)."""
        return cls(codes, *_said_of(codes, probability))

    def of(self, weights: Floats) -> Floats:
        """The four figures, shape (4,); classes that neither are nor are said count for no F1."""
        total = weights.sum()
        cells = np.bincount(self._cell, weights, minlength=self._count**2).reshape(self._count, self._count)
        right, sizes = np.diag(cells), cells.sum(axis=0) + cells.sum(axis=1)
        is_there = sizes > 0
        error = np.abs(np.bincount(self._bin, weights * self._over)).sum() / total
        return np.array(
            [
                weights @ self._loss / total,
                right.sum() / total,
                (2 * right[is_there] / sizes[is_there]).mean(),
                error,
            ]
        )
