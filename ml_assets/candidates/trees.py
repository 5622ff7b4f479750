"""Candidates of trees, which can tell what each feature alone does without scoring rows once for each."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from meshlake.ml_assets.candidates.candidate import Candidate

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    from sklearn.pipeline import Pipeline

    from meshlake.ml_assets.candidates.candidate import Explained


class TreeCandidate(Candidate):
    """What they share: `tree_preprocessing`, by which each column is made of one feature."""

    has_native_nulls: ClassVar[bool] = True

    @abstractmethod
    def column_effects(
        self,
        model: Any,
        numbers: npt.NDArray[np.float64],
        usual: npt.NDArray[np.float64],
        features: npt.NDArray[np.intp],
    ) -> Explained | None:
        """What the fitted `model` gives rows, and what that falls by, see `Candidate.explained`.

        `numbers` are its columns, shape (rows, columns), `usual` those of a usual row; `features` says of which feature
        each column was made.
        """

    def explained(self, pipeline: Pipeline, frame: pd.DataFrame, usual: pd.DataFrame) -> Explained | None:
        """See `Candidate.explained`."""
        import numpy as np

        from meshlake.ml_assets.encoding import features_of_columns

        columns = pipeline.named_steps["columns"]
        features = features_of_columns(columns, list(frame.columns))
        numbers, usual_numbers = columns.transform(frame), columns.transform(usual)[0]
        found = self.column_effects(pipeline.named_steps["model"], numbers, usual_numbers, features)
        if found is None:
            return None
        said, effects = found
        # No column is made of the part that tells a season.
        return said, np.pad(effects, ((0, 0), (0, frame.shape[1] - effects.shape[1])))


class ForestCandidate(TreeCandidate):
    """Forests of scikit-learn's."""

    trusted_types: ClassVar[tuple[str, ...]] = ("sklearn.tree._tree.Tree",)

    def column_effects(
        self,
        model: Any,
        numbers: npt.NDArray[np.float64],
        usual: npt.NDArray[np.float64],
        features: npt.NDArray[np.intp],
    ) -> Explained:
        """See `TreeCandidate.column_effects`."""
        from meshlake.ml_assets.explaining.forest_effects import forest_effects

        return forest_effects(model, numbers, usual, features)
