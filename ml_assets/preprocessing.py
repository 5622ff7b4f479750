"""From a raw feature table to the numbers an estimator takes.

`plan_features` decides once, from the training rows, what each column is; `FeatureFrame` brings any later batch to just
that, whatever types it arrived with. What a model's numbers are made of it belongs in `encoding`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin

from meshlake.ml_assets.calendar_parts import PARTS, as_datetimes, has_part, part_name, part_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy.typing as npt

# One-hot columns and the native categories of histogram gradient boosting (at most 255) both need few values.
MAX_CATEGORIES = 100
MISSING = "(missing)"
_SECONDS_PER_DAY, _WORDS_OF_FREE_TEXT, _COUNTED_TEXTS = 86_400, 4, 1_000
# Text whose values are nearly all different tells rows apart, and of fewer rows nobody can say so. Of fewest values a
# fold may have none, which histogram gradient boosting cannot be fitted on.
_NEARLY_UNIQUE, _FEWEST_UNIQUE, _FEWEST_VALUES = 0.5, 40, 10
# So many values would be there twice if chance had drawn them from as wide a range, were they no numbering of rows.
_EXPECTED_REPEATS, _MOST_CODES, _FEWEST_CODES = 20, 10, 3


class Kind(StrEnum):
    """What a feature column is to a model."""

    NUMBER = "number"
    BOOLEAN = "boolean"
    DATETIME = "datetime"
    TEXT = "text"
    MANY_VALUED = "many-valued text"
    FREE_TEXT = "free text"


TEXTS = (Kind.TEXT, Kind.MANY_VALUED, Kind.FREE_TEXT)

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

    `cutoff` is the column of cut-off dates that datetimes are counted back from; where there is none, `newest` says the
    moment. `parts` are the columns of calendar parts, `joined_on (month)`, by name the column and the part; `codes`
    whole numbers of so few values that each may mean something of its own. `target` is what the label is, as
    scikit-learn's `TargetEncoder` calls it. `unlabelled` are rows that are in no fold, as they come, for what learns
    from such too. `units` are those of columns, each in lower case.
    """

    kinds: Mapping[str, Kind]
    dropped: Mapping[str, str]
    cutoff: str | None = None
    newest: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    target: Literal["binary", "multiclass", "continuous"] = "binary"
    unlabelled: pd.DataFrame | None = field(default=None, compare=False, repr=False)
    units: Mapping[str, str] = field(default_factory=dict)

    @property
    def numeric(self) -> list[str]:
        """Columns that become one number each: numbers, booleans (0, 1) and datetimes (days)."""
        return [name for name, kind in self.kinds.items() if kind not in TEXTS]

    @property
    def categorical(self) -> list[str]:
        """Text columns of few values, parts of a calendar among them."""
        return [*self._of(Kind.TEXT), *self.parts]

    @property
    def many_valued(self) -> list[str]:
        """Text columns whose values are told by how often their rows churned."""
        return self._of(Kind.MANY_VALUED)

    @property
    def free_text(self) -> list[str]:
        """Text columns that are told by their words."""
        return self._of(Kind.FREE_TEXT)

    def frame(self) -> FeatureFrame:
        """The step that brings any batch to this plan."""
        kinds = {name: str(kind) for name, kind in self.kinds.items()}
        parts = {name: list(part) for name, part in self.parts.items()}
        units = {name: unit for name in kinds if (unit := self.units.get(name.lower()))}
        return FeatureFrame(kinds, self.cutoff, dict(self.newest), parts, units or None)

    def _of(self, kind: Kind) -> list[str]:
        return [name for name, each in self.kinds.items() if each is kind]


def plan_features(features: pd.DataFrame, columns: Iterable[str], cutoff: str | None = None) -> FeaturePlan:
    """Decide what each of `columns` of the training rows is; drop, with a reason, what teaches nothing.

    Raises:
        ValueError: when no column is left to learn from.
    """
    kinds: dict[str, Kind] = {}
    dropped: dict[str, str] = {}
    for name in columns:
        kind = kind_of(features[name])
        reason = _reason_to_drop(features[name], kind)
        if reason is not None:
            dropped[name] = reason
        elif kind is not None:
            kinds[name] = _kind_of_text(features[name]) if kind is Kind.TEXT else kind
    if not kinds:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in dropped.items()) or "there are none"
        raise ValueError(f"no feature column is left to learn from ({reasons})")
    moments = {name: as_datetimes(features[name]) for name, kind in kinds.items() if kind is Kind.DATETIME}
    return FeaturePlan(
        kinds,
        dropped,
        cutoff=cutoff if moments else None,
        newest={} if cutoff else {name: values.max().isoformat() for name, values in moments.items()},
        parts={
            part_name(name, part): (name, part)
            for name, values in moments.items()
            for part in PARTS
            if has_part(values, part)
        },
        codes=tuple(name for name, kind in kinds.items() if kind is Kind.NUMBER and _is_code(features[name])),
    )


def kind_of(values: pd.Series[Any]) -> Kind | None:
    """What a column holds by its type, or by its values where the type says nothing; `None` if it is no feature."""
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


def _reason_to_drop(values: pd.Series[Any], kind: Kind | None) -> str | None:
    if values.isna().all():
        return "has no value in any row"
    if kind is None:
        return "is neither number, text, yes/no nor date"
    is_known = np.isfinite(_floats(values)) if kind is Kind.NUMBER else values.notna()
    distinct, present = values.nunique(), int(is_known.sum())
    if kind is not Kind.TEXT and present < min(_FEWEST_VALUES, len(values) / _FEWEST_VALUES):
        return f"is known in only {present} of {len(values):,} rows"
    if distinct == 1 and present == len(values):
        return "has the same value in every row"
    if kind is Kind.NUMBER and _is_row_number(values):
        return f"numbers the rows: {present:,} whole numbers in a row, none twice"
    is_unique = present >= _FEWEST_UNIQUE and distinct > _NEARLY_UNIQUE * present
    if kind is Kind.TEXT and is_unique and _kind_of_text(values) is not Kind.FREE_TEXT:
        return f"tells rows apart: {distinct:,} different values in {present:,} rows"
    return None


def _kind_of_text(values: pd.Series[Any]) -> Kind:
    different = values.drop_duplicates().dropna()
    if len(different) <= MAX_CATEGORIES:
        return Kind.TEXT
    words = different.iloc[:_COUNTED_TEXTS].astype(str).str.count(r"\S+").mean()
    return Kind.FREE_TEXT if words >= _WORDS_OF_FREE_TEXT else Kind.MANY_VALUED


def _whole_numbers(values: pd.Series[Any]) -> npt.NDArray[np.float64]:
    """The numbers that are known, if all are whole; else none."""
    numbers = _floats(values.dropna())
    is_whole = np.isfinite(numbers).all() and (numbers == np.floor(numbers)).all()
    return numbers if is_whole else numbers[:0]


def _is_row_number(values: pd.Series[Any]) -> bool:
    numbers = _whole_numbers(values)
    if len(numbers) < _FEWEST_UNIQUE or len(np.unique(numbers)) < len(numbers):
        return False
    return bool(len(numbers) ** 2 / (2 * (np.ptp(numbers) + 1)) >= _EXPECTED_REPEATS)


def _is_code(values: pd.Series[Any]) -> bool:
    return _FEWEST_CODES <= len(np.unique(_whole_numbers(values))) <= _MOST_CODES


class FeatureFrame(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Brings a batch to the planned columns: numbers as float64 (null as NaN), text as str (null as `(missing)`).

    Booleans become 0 and 1, datetimes days before the row's cut-off date, or before the `newest` of the training rows;
    `parts` of the calendar are text. Nothing is learnt from a batch: one row at a time gives the same as all at once.
    """

    # Of models that were stored before there were any.
    newest: Mapping[str, str] | None = None
    parts: Mapping[str, Sequence[str]] | None = None
    units: Mapping[str, str] | None = None

    def __init__(
        self,
        kinds: Mapping[str, str],
        cutoff: str | None = None,
        newest: Mapping[str, str] | None = None,
        parts: Mapping[str, Sequence[str]] | None = None,
        units: Mapping[str, str] | None = None,
    ) -> None:
        self.kinds = kinds
        self.cutoff = cutoff
        self.newest = newest
        self.parts = parts
        self.units = units

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
        cutoff = as_datetimes(X[self.cutoff]) if self.cutoff else None
        columns = {}
        for name, kind in self.kinds.items():
            since = pd.Timestamp(self.newest[name]) if self.newest and name in self.newest else cutoff
            columns[name] = _convert(X[name], kind, since)
        for name, (column, part) in (self.parts or {}).items():
            told = part_of(as_datetimes(X[column]), part)
            columns[name] = told.astype(object).where(told.notna(), MISSING)
        return pd.DataFrame(columns, index=X.index)

    def with_part(self, column: str, part: str) -> FeatureFrame:
        """The same, and a part of the calendar that `column` lies in."""
        parts = {**(self.parts or {}), part_name(column, part): [column, part]}
        return FeatureFrame(self.kinds, self.cutoff, self.newest, parts, self.units)

    def counted_from(self, name: str) -> str:
        """What the days of a datetime are counted back from, in words."""
        return (self.newest or {}).get(name, "the cut-off").removesuffix("T00:00:00")

    def unit_of(self, name: str) -> str:
        """What the numbers of a column are in, empty where nothing says it."""
        is_age = self.kinds.get(name) == Kind.DATETIME
        return f"days before {self.counted_from(name)}" if is_age else (self.units or {}).get(name, "")


def _floats(values: pd.Series[Any]) -> npt.NDArray[np.float64]:
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def _convert(
    values: pd.Series[Any], kind: str, since: pd.Series[Any] | pd.Timestamp | None
) -> pd.Series[Any]:
    # Either would be read as the other: a date as nanoseconds, a number as some moment of 1970.
    found, wrong = kind_of(values), Kind.NUMBER if kind == Kind.DATETIME else Kind.DATETIME
    if found is wrong and values.notna().any():
        raise ValueError(f"column '{values.name}' should hold {kind} values, and holds {found} values")
    try:
        if kind in TEXTS:
            # A quarter of the time that bringing them to text takes, which changes none.
            is_text = values.dtype == object and pd.api.types.infer_dtype(values, skipna=True) == "string"
            words = values if is_text else values.astype("string").astype(object)
            return words.where(values.notna(), MISSING)
        if kind == Kind.BOOLEAN:
            numbers = values.astype("boolean").astype("Float64")
        elif kind == Kind.DATETIME and since is not None:
            numbers = (since - as_datetimes(values)).dt.total_seconds() / _SECONDS_PER_DAY
        else:
            numbers = values if pd.api.types.is_numeric_dtype(values.dtype) else pd.to_numeric(values)
    except (TypeError, ValueError) as error:
        raise ValueError(f"column '{values.name}' should hold {kind} values: {error}") from error
    floats = _floats(numbers)
    return pd.Series(np.where(np.isfinite(floats), floats, np.nan), index=values.index)
