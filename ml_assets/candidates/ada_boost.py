"""Small trees, each heeding the rows that those before it got wrong, calibrated: by themselves they say too little."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, PositiveFloat, PositiveInt

from meshlake.ml_assets.candidates.calibration import CALIBRATION_TYPES, calibrated
from meshlake.ml_assets.candidates.candidate import Candidate
from meshlake.ml_assets.candidates.space import Between

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sklearn.calibration import CalibratedClassifierCV

    from meshlake.ml_assets.preprocessing import FeaturePlan


class AdaBoostCandidate(Candidate):
    """`ada_boost`."""

    trusted_types: ClassVar[tuple[str, ...]] = (*CALIBRATION_TYPES, "sklearn.tree._tree.Tree")

    search_space: ClassVar[Mapping[str, Between]] = {
        "learning_rate": Between(0.02, 2.0, is_log=True),
        "max_depth": Between(1, 4),
    }

    n_estimators: PositiveInt = Field(default=100, description="How many trees.")
    learning_rate: PositiveFloat = Field(default=0.5, description="How much of each tree is taken.")
    max_depth: PositiveInt = Field(default=1, description="The most questions a tree asks of a row.")

    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> CalibratedClassifierCV:  # noqa: ARG002
        """See `Candidate.estimator`."""
        from sklearn.ensemble import AdaBoostClassifier
        from sklearn.tree import DecisionTreeClassifier

        tree = DecisionTreeClassifier(max_depth=self.max_depth)
        settings = self.model_dump(exclude={"max_depth"})
        return calibrated(AdaBoostClassifier(tree, **settings, random_state=seed))
