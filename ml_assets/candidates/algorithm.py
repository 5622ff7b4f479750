"""What any algorithm that learns a label says of itself, and how a pipeline is made of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from importlib.util import find_spec
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from meshlake.extras import missing_extra
from meshlake.validation import Document

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt
    import pandas as pd
    from sklearn.base import BaseEstimator, TransformerMixin
    from sklearn.pipeline import Pipeline

    from meshlake.ml_assets.candidates.space import Between
    from meshlake.ml_assets.preprocessing import FeaturePlan
    from meshlake.plugins import Doorway

# Each tree of a forest draws at most this many rows: on 20,000 rows x 25 columns log loss was the same (.361
# against .362) for less time, and on 200,000 rows drawing all took over five times as long as drawing 20,000.
MAX_ROWS_PER_TREE = 10_000


class Algorithm(Document, ABC):
    """One algorithm. Its fields are the parameters that a `model.yaml` may set, with the defaults of those it does not.

    `has_native_nulls` says that it takes nulls, and categories as codes, as they are. `trusted_types` are the types of
    a fitted pipeline, beyond those skops trusts by itself, that may be loaded again: look at each, that it does no more
    on loading than to take the attributes it is given. `extra` is the extra of ours that brings `packages`, without
    which the candidate can be named and neither fitted nor loaded. `search_space` are the few parameters that a search
    may set and from where to where, the one that matters most first.
    """

    extra: ClassVar[str] = ""
    packages: ClassVar[tuple[str, ...]] = ()
    has_native_nulls: ClassVar[bool] = False
    trusted_types: ClassVar[tuple[str, ...]] = ()
    search_space: ClassVar[Mapping[str, Between]] = {}

    @classmethod
    def check_installed(cls, name: str) -> None:
        """Whether its packages are there; `name` is what it is called.

        Raises:
            MissingPackageError: one is not; the hint says what to install.
        """
        for package in cls.packages:
            if find_spec(package) is None:
                raise missing_extra(cls.extra, f"the candidate {name}", package)

    @abstractmethod
    def preprocessing(self, plan: FeaturePlan) -> TransformerMixin:
        """From a `FeatureFrame`'s output to the numbers the estimator takes.

        Raises:
            ValueError: in one plain sentence, when it cannot be made of these features.
        """

    @abstractmethod
    def estimator(self, plan: FeaturePlan, seed: int, rows: int) -> BaseEstimator:
        """The unfitted estimator, the same for the same `seed`; `rows` is how many rows it will be fitted on."""


def build_pipeline(
    doorway: Doorway[type[Any]],
    name: str,
    plan: FeaturePlan,
    seed: int,
    rows: int,
    parameters: Mapping[str, Any] = MappingProxyType({}),
    make: Callable[[Any, int], BaseEstimator] | None = None,
) -> Pipeline:
    """An unfitted pipeline from raw feature rows to predictions: steps `frame`, `columns`, `model`.

    `doorway` is where the algorithm called `name` is found, `rows` how many rows it will be fitted on; of `parameters`
    that are not given it has defaults. `make` makes the estimator of the algorithm and that number, if it is not just
    `Algorithm.estimator`.

    Raises:
        UsageError: none has that name, or what it needs is not installed.
        ValueError: it has no such parameter, or not of this value, or cannot take these features.
    """
    from sklearn.pipeline import Pipeline

    doorway.get(name).check_installed(name)
    algorithm: Algorithm = doorway.get(name)(**parameters)
    model = make(algorithm, rows) if make else algorithm.estimator(plan, seed, rows)
    return Pipeline([("frame", plan.frame()), ("columns", algorithm.preprocessing(plan)), ("model", model)])


def fit_columns(
    pipeline: Pipeline,
    frame: pd.DataFrame,
    label: npt.NDArray[Any],
    groups: npt.NDArray[np.int64] | None,
    columns_by: npt.NDArray[Any] | None = None,
) -> None:
    """Fit a pipeline, in place, on what its first step, which learns nothing, has made of rows.

    Args:
        pipeline: see `build_pipeline`.
        frame: (n, features).
        label: (n,).
        groups: whom each row is about, (n,); told to an estimator that keeps rows aside, if some are about the same.
        columns_by: what columns are made by, (n,), where that is not the label.

    Raises:
        ValueError: it cannot learn of these rows.
    """
    columns, model = pipeline.named_steps["columns"], pipeline.named_steps["model"]
    numbers = columns.fit_transform(frame, label if columns_by is None else columns_by)
    model.fit(numbers, label, **groups_told(model, groups))


def groups_told(estimator: Any, groups: npt.NDArray[np.int64] | None) -> dict[str, npt.NDArray[np.int64]]:
    """What to give to the `fit` of an estimator so that it knows the `groups` of its rows, if it asks for them."""
    from sklearn.utils.validation import has_fit_parameter

    if groups is None or len(np.unique(groups)) == len(groups) or not has_fit_parameter(estimator, "groups"):
        return {}
    return {"groups": groups}


def make_scoring_exact(pipeline: Pipeline) -> Pipeline:
    """Let a fitted pipeline score on one thread, in place.

    A forest adds up its trees in the order its threads end, which changes the last digits from run to run.
    """
    on_one_thread(pipeline.named_steps["model"])
    return pipeline


def on_one_thread(model: Any) -> Any:
    """Let a fitted estimator score on one thread, in place."""
    if "n_jobs" in model.get_params(deep=False):
        model.set_params(n_jobs=1)
    return model
