"""CatBoost's classifier without the time of its fitting; needs CatBoost, so that only fitting and loading import it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from catboost import CatBoostClassifier

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_OF_ONE_FITTING = ("model_guid", "train_finish_time")


class RepeatableCatBoost(CatBoostClassifier):  # type: ignore[misc]
    """The same rows and seed give the same bytes, whose hash tells a version: a new name and the time are left out."""

    def fit(self, X: npt.NDArray[Any], y: npt.NDArray[np.bool_]) -> Self:
        """See `CatBoostClassifier.fit`."""
        super().fit(X, y)
        metadata = self.get_metadata()
        for name in _OF_ONE_FITTING:
            metadata[name] = ""
        # Once read again, what it is stored as stays in the same order.
        self.__setstate__(self.__getstate__())
        return self
