"""From a `FeatureFrame`'s columns to the numbers an estimator takes: one `ColumnTransformer` for linear models, one for
trees. All that is learnt is learnt where they are fitted, so inside the folds.

Text of many values is told by the share of its rows that churned, or of each class, or by their mean amount, drawn to
that of all where it has few, and a row by the rows of other folds alone (Micci-Barreca, A preprocessing scheme for
high-cardinality categorical attributes, 2001; scikit-learn's `TargetEncoder`). Free text is told by the main directions
of its words (latent semantic analysis, Deerwester et al., 1990). Which column is what belongs in `preprocessing`.
"""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    StandardScaler,
    TargetEncoder,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from meshlake.ml_assets.preprocessing import FeaturePlan

# Products of more would take more memory than the rows do.
MAX_PRODUCTS = 2_000
_SEED = 42
_WORDS, _DIRECTIONS = 1_024, 8


def linear_preprocessing(
    plan: FeaturePlan,
    degree: int = 1,
    *,
    of_numbers: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]] | None = None,
) -> ColumnTransformer:
    """For linear models: medians for nulls and a column that says so, unit variance, one-hot text.

    Categories never seen in training, and those rarer than one row in 200, share one column. Codes are amounts and
    categories both, of which the model learns what they are. From a `degree` of 2 on, products of up to so many numbers
    are columns, too, scaled again. `of_numbers` is what is made of numbers before they
    are scaled.

    Raises:
        ValueError: when products would make more than `MAX_PRODUCTS` columns.
    """
    if degree > 1 and (count := comb(len(plan.numeric) + degree, degree)) > MAX_PRODUCTS:
        raise ValueError(
            f"products of {degree} of {len(plan.numeric)} numbers are {count} columns, more than {MAX_PRODUCTS}: "
            "set 'degree' lower, or leave columns out under 'exclude'"
        )
    steps = [
        ("impute", SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)),
        *([("of_numbers", FunctionTransformer(of_numbers))] if of_numbers else []),
        ("scale", StandardScaler()),
    ]
    if degree > 1:
        steps += [
            ("products", PolynomialFeatures(degree, include_bias=False)),
            ("scale_again", StandardScaler()),
        ]
    one_hot = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=0.005, sparse_output=False)
    return ColumnTransformer(
        [
            ("numeric", Pipeline(steps), plan.numeric),
            ("categorical", one_hot, plan.categorical),
            ("codes", one_hot, list(plan.codes)),
            *_of_many_valued(plan),
            *of_words(plan),
        ]
    )


def tree_preprocessing(plan: FeaturePlan) -> ColumnTransformer:
    """For trees, which take nulls as they are: numbers untouched, then text as ordinals (unseen as null)."""
    ordinal = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)
    return ColumnTransformer(
        [
            ("numeric", "passthrough", plan.numeric),
            ("categorical", ordinal, plan.categorical),
            *_of_many_valued(plan),
            *of_words(plan),
        ]
    )


def features_of_columns(columns: ColumnTransformer, features: list[str]) -> npt.NDArray[np.intp]:
    """For each column that a fitted `tree_preprocessing` gives, the position of the feature it was made of."""
    made_of: list[str] = []
    for name, _, inputs in columns.transformers_:
        if isinstance(inputs, str):  # free text, as many numbers
            made_of += [inputs] * (columns.output_indices_[name].stop - columns.output_indices_[name].start)
        elif name != "remainder":
            made_of += inputs
    return np.array([features.index(name) for name in made_of])


def of_words(plan: FeaturePlan) -> list[tuple[str, Pipeline, str]]:
    """The transformer of each column of free text, which gives as many numbers."""
    words = [
        # Hashed, so that rows of few words have no fewer columns than directions.
        ("count", HashingVectorizer(n_features=_WORDS, alternate_sign=False, norm=None)),
        ("weigh", TfidfTransformer(sublinear_tf=True)),
        ("reduce", TruncatedSVD(_DIRECTIONS, random_state=_SEED)),
    ]
    return [(f"words of {name}", Pipeline(words), name) for name in plan.free_text]


def _of_many_valued(plan: FeaturePlan) -> list[tuple[str, Pipeline, list[str]]]:
    splitter = KFold if plan.target == "continuous" else StratifiedKFold
    folds = splitter(5, shuffle=True, random_state=_SEED)
    steps = [("encode", TargetEncoder(target_type=plan.target, cv=folds)), ("scale", StandardScaler())]
    return [("many_valued", Pipeline(steps), plan.many_valued)]
