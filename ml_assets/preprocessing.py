"""From a raw feature table to the numbers an estimator takes.

`plan_features` decides once, from the training rows, what each column is; `FeatureFrame` brings any later
batch to just that, whatever types the batch arrived with; two `ColumnTransformer`s follow, one for linear
models and one for trees. Which estimator is trained and how it is measured does not belong here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, PolynomialFeatures, StandardScaler

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# One-hot columns and the native categories of histogram gradient boosting (at most 255) both need few values;
# text with more is an identifier, a name or free text, from which these models learn noise.
MAX_CATEGORIES = 100
MISSING = "(missing)"
# Products of more would take more memory than the rows do.
MAX_PRODUCTS = 2_000
_SECONDS_PER_DAY = 86_400


class Kind(StrEnum):
    """What a feature column is to a model."""

    NUMBER = "number"
    BOOLEAN = "boolean"
    DATETIME = "datetime"
    TEXT = "text"


_KIND_OF_OBJECTS = {
    "boolean": Kind.BOOLEAN,
    "decimal": Kind.NUMBER,
    "integer": Kind.NUMBER,
    "floating": Kind.NUMBER,
    "mixed-integer-float": Kind.NUMBER,
    "date": Kind.DATETIME,
    "datetime": Kind.DATETIME,
    "datetime64": Kind.DATETIME,
    "string": Kind.TEXT,
    "mixed-integer": Kind.TEXT,
}


@dataclass(frozen=True)
class FeaturePlan:
    """The feature columns in use with what each is, and those dropped with the reason.

    `cutoff` is the column of cut-off dates that datetimes are counted back from, if there is one.
    """

    kinds: Mapping[str, Kind]
    dropped: Mapping[str, str]
    cutoff: str | None = None

    @property
    def numeric(self) -> list[str]:
        """Columns that become one number each: numbers, booleans (0, 1) and datetimes (days)."""
        return [name for name, kind in self.kinds.items() if kind is not Kind.TEXT]

    @property
    def categorical(self) -> list[str]:
        """Text columns."""
        return [name for name, kind in self.kinds.items() if kind is Kind.TEXT]


def plan_features(features: pd.DataFrame, columns: Iterable[str], cutoff: str | None = None) -> FeaturePlan:
    """Decide what each of `columns` of the training rows is; drop, with a reason, what teaches nothing.

    Raises:
        ValueError: when no column is left to learn from.
    """
    kinds: dict[str, Kind] = {}
    dropped: dict[str, str] = {}
    for name in columns:
        kind = _kind_of(features[name])
        reason = _reason_to_drop(features[name], kind, has_cutoff=cutoff is not None)
        if reason is not None:
            dropped[name] = reason
        elif kind is not None:
            kinds[name] = kind
    if not kinds:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in dropped.items()) or "there are none"
        raise ValueError(f"no feature column is left to learn from ({reasons})")
    return FeaturePlan(kinds, dropped, cutoff if Kind.DATETIME in kinds.values() else None)


def _kind_of(values: pd.Series[Any]) -> Kind | None:
    types = pd.api.types
    if isinstance(values.dtype, pd.CategoricalDtype):
        return Kind.TEXT
    if types.is_bool_dtype(values.dtype):
        return Kind.BOOLEAN
    if types.is_numeric_dtype(values.dtype):
        return Kind.NUMBER
    if types.is_datetime64_any_dtype(values.dtype):
        return Kind.DATETIME
    return _KIND_OF_OBJECTS.get(types.infer_dtype(values, skipna=True))


def _reason_to_drop(values: pd.Series[Any], kind: Kind | None, *, has_cutoff: bool) -> str | None:
    if values.isna().all():
        return "has no value in any row"
    if kind is None:
        return "is neither number, text, yes/no nor date"
    if values.nunique(dropna=False) == 1:
        return "has the same value in every row"
    if kind is Kind.TEXT and (distinct := values.nunique()) > MAX_CATEGORIES:
        return f"is text with {distinct} different values (at most {MAX_CATEGORIES} are used)"
    if kind is Kind.DATETIME and not has_cutoff:
        return "is a date, and there is no cut-off date to count days from"
    return None


class FeatureFrame(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Brings a batch to the planned columns: numbers as float64 (null as NaN), text as str (null as
    `(missing)`).

    Booleans become 0 and 1, datetimes days before the row's cut-off date. Nothing is learnt from a batch, so
    one row at a time gives the same as all at once. Extra columns are ignored.
    """

    def __init__(self, kinds: Mapping[str, str], cutoff: str | None = None) -> None:
        self.kinds = kinds
        self.cutoff = cutoff

    def fit(self, X: pd.DataFrame, y: object = None) -> FeatureFrame:  # noqa: ARG002
        """Nothing to learn; here because scikit-learn asks for it."""
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """The planned columns of `X`, in planned order.

        Raises:
            ValueError: naming the columns missing from `X`, or a column and a value that does not fit.
        """
        needed = [*self.kinds, *([self.cutoff] if self.cutoff else [])]
        if absent := [name for name in needed if name not in X.columns]:
            raise ValueError(f"the rows to score lack the feature columns: {', '.join(absent)}")
        cutoff = _as_datetimes(X[self.cutoff]) if self.cutoff else None
        columns = {name: _convert(X[name], kind, cutoff) for name, kind in self.kinds.items()}
        return pd.DataFrame(columns, index=X.index)


def infinite_counts(rows: pd.DataFrame, plan: FeaturePlan) -> dict[str, int]:
    """How many values of each feature are infinite, which a `FeatureFrame` makes null; features without any are out."""
    floats = [name for name in plan.numeric if pd.api.types.is_float_dtype(rows[name].dtype)]
    counts = {name: int(np.isinf(rows[name].to_numpy(np.float64, na_value=np.nan)).sum()) for name in floats}
    return {name: count for name, count in counts.items() if count}


def _convert(values: pd.Series[Any], kind: str, cutoff: pd.Series[Any] | None) -> pd.Series[Any]:
    # Either would be read as the other: a date as nanoseconds, a number as some moment of 1970.
    is_moment, is_number = (_kind_of(values) is each for each in (Kind.DATETIME, Kind.NUMBER))
    if values.notna().any() and (is_moment if kind != Kind.DATETIME else is_number):
        raise ValueError(
            f"column '{values.name}' should hold {kind} values, and holds {_kind_of(values)} values"
        )
    try:
        if kind == Kind.TEXT:
            return values.astype("string").astype(object).where(values.notna(), MISSING)
        if kind == Kind.BOOLEAN:
            numbers = values.astype("boolean").astype("Float64")
        elif kind == Kind.DATETIME and cutoff is not None:
            numbers = (cutoff - _as_datetimes(values)).dt.total_seconds() / _SECONDS_PER_DAY
        else:
            numbers = values if pd.api.types.is_numeric_dtype(values.dtype) else pd.to_numeric(values)
    except (TypeError, ValueError) as error:
        raise ValueError(f"column '{values.name}' should hold {kind} values: {error}") from error
    floats = numbers.to_numpy(dtype=np.float64, na_value=np.nan)
    return pd.Series(np.where(np.isfinite(floats), floats, np.nan), index=values.index)


def _as_datetimes(values: pd.Series[Any]) -> pd.Series[Any]:
    return pd.to_datetime(values, utc=True).dt.tz_localize(None)


def linear_preprocessing(plan: FeaturePlan, degree: int = 1) -> ColumnTransformer:
    """For linear models: medians for nulls and a column that says so, unit variance, one-hot text.

    Categories never seen in training, and those rarer than one row in 200, share one column. From a `degree` of 2 on,
    products of up to so many numbers are columns, too, scaled again.

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
        ("scale", StandardScaler()),
    ]
    if degree > 1:
        steps += [
            ("products", PolynomialFeatures(degree, include_bias=False)),
            ("scale_again", StandardScaler()),
        ]
    one_hot = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=0.005, sparse_output=False)
    return ColumnTransformer(
        [("numeric", Pipeline(steps), plan.numeric), ("categorical", one_hot, plan.categorical)]
    )


def tree_preprocessing(plan: FeaturePlan) -> ColumnTransformer:
    """For trees, which take nulls as they are: numbers untouched, then text as ordinals (unseen as null)."""
    ordinal = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)
    return ColumnTransformer(
        [("numeric", "passthrough", plan.numeric), ("categorical", ordinal, plan.categorical)]
    )
