"""LightGBM's classifier as a step of a pipeline; needs LightGBM, so that only fitting and loading import it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from lightgbm import LGBMClassifier

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


class CategoricalLightGbm(LGBMClassifier):  # type: ignore[misc]
    """The `categories` columns from `first` on are codes of text, which LightGBM is told at fitting and pipelines are
    not."""

    def __init__(self, first: int = 0, categories: int = 0, **parameters: object) -> None:
        super().__init__(**parameters)
        self.first = first
        self.categories = categories

    def fit(self, X: npt.NDArray[np.float64], y: npt.NDArray[np.bool_]) -> Self:
        """See `LGBMClassifier.fit`."""
        categories = list(range(self.first, self.first + self.categories))
        # skops would read a class `False` as true.
        super().fit(X, y.astype(int), categorical_feature=categories)
        return self
