"""Which rows a model may learn a label from, and how they are split: label, held-out cut-off, cap and folds.

No estimator here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedKFold, train_test_split

from meshlake.ml_assets.comparison import groups_by
from meshlake.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy.typing as npt

    from meshlake.ml_assets.document import LabelledSpec
    from meshlake.ml_assets.spec import ChurnSpec

# Three candidates on five folds of 200,000 rows x 25 columns took under two minutes and 735 MB on two busy
# cores.
MAX_TRAINING_ROWS = 200_000
# Those without a label that are learned from: their graph grows with the rows, and is made for every fold.
MAX_UNLABELLED_ROWS = 4000


def require_columns(features: pd.DataFrame, columns: Iterable[str]) -> None:
    """See that all of `columns` are there.

    Raises:
        ValueError: one is missing, with the nearest there is.
    """
    for column in columns:
        if column not in features.columns:
            near = nearest(column, map(str, features.columns))
            raise ValueError(" ".join(filter(None, [f"the features have no column '{column}'.", near])))


def read_label(values: pd.Series[Any]) -> pd.Series[Any]:
    """A yes/no column as pandas' nullable boolean.

    Raises:
        ValueError: when it holds anything but true, false, 1, 0 and null.
    """
    try:
        return values.astype("boolean")
    except (TypeError, ValueError) as error:
        examples = ", ".join(repr(value) for value in values.dropna().unique()[:3].tolist())
        raise ValueError(
            f"the label '{values.name}' must be true, false or null; it holds {examples}"
        ) from error


def labelled_rows(
    features: pd.DataFrame, spec: LabelledSpec, read: Callable[[pd.Series[Any]], pd.Series[Any]] = read_label
) -> pd.DataFrame:
    """The rows whose label is not null, the label as bool, float64 or what it is, sorted by cut-off and key.

    Sorted, so that the order in which an engine returned the rows changes nothing.

    Args:
        features: one row per key (and cut-off).
        spec: which columns are what.
        read: makes the label a nullable boolean, a float of which NaN is null, or objects.

    Raises:
        ValueError: when a column is missing, `read` refuses the label, or a cut-off is null.
    """
    require_columns(
        features, (*spec.key, *spec.group, spec.label, *filter(None, [spec.cutoff]), *spec.exclude)
    )
    label = read(features[spec.label])
    known = label[label.notna()]
    known = known.astype(known.dtype if known.dtype in (np.float64, object) else bool)
    rows = features.loc[label.notna()].assign(**{spec.label: known})
    if spec.cutoff and rows[spec.cutoff].isna().any():
        raise ValueError(
            f"the cut-off '{spec.cutoff}' is null in {rows[spec.cutoff].isna().sum()} labelled rows"
        )
    order = [*filter(None, [spec.cutoff]), *spec.key]
    return rows.sort_values(order, kind="stable", ignore_index=True)


def unlabelled_rows(features: pd.DataFrame, spec: LabelledSpec, until: Any = None) -> pd.DataFrame:
    """At most `MAX_UNLABELLED_ROWS` of the rows whose label is null, sampled with the seed; the order changes nothing.

    Args:
        features: one row per key (and cut-off).
        spec: which columns are what.
        until: the latest cut-off of them, so that a test in time sees nothing of what came later; `None` for all.
            A row without a cut-off may be of any time, and is left out.
    """
    rows = features.loc[features[spec.label].isna()]
    if spec.cutoff:
        rows = rows[rows[spec.cutoff].notna()]
        rows = rows if until is None else rows[(rows[spec.cutoff] <= until).to_numpy(dtype=bool)]
    rows = rows.sort_values([*filter(None, [spec.cutoff]), *spec.key], kind="stable", ignore_index=True)
    return rows.sample(min(len(rows), MAX_UNLABELLED_ROWS), random_state=spec.seed)


def _require_both_classes(is_churned: npt.NDArray[np.bool_], spec: ChurnSpec) -> None:
    """Refuse a label from which nothing can be learnt.

    Raises:
        ValueError: when there is no labelled row, one class only, or fewer rows of a class than folds.
    """
    churned, stayed = int(is_churned.sum()), int((~is_churned).sum())
    if not churned + stayed:
        raise ValueError(f"the label '{spec.label}' is null in every row: nothing to learn from")
    if not churned or not stayed:
        value = "true" if churned else "false"
        raise ValueError(f"the label '{spec.label}' is {value} in all {churned + stayed} labelled rows")
    if min(churned, stayed) < spec.folds:
        raise ValueError(
            f"the label '{spec.label}' is true in {churned} and false in {stayed} rows; "
            f"each needs at least {spec.folds}, one per fold"
        )


@dataclass(frozen=True)
class Split:
    """Labelled rows by what they are for: `earlier` ones are learned from, those of the latest cut-off are `held_out`.

    What lies `between` is of cut-offs whose outcome was not yet known at the latest: it teaches no model that is tested
    there. Without an earlier cut-off all rows are `earlier`.
    """

    earlier: pd.DataFrame
    between: pd.DataFrame
    held_out: pd.DataFrame


def split_by_cutoff(rows: pd.DataFrame, spec: LabelledSpec) -> Split:
    """Hold out the latest cut-off, with a gap of the label's horizon before it.

    Raises:
        ValueError: there is a horizon, and the cut-offs are no dates.
    """
    if spec.cutoff is None:
        return Split(rows, rows.iloc[:0], rows.iloc[:0])
    is_latest = (rows[spec.cutoff] == rows[spec.cutoff].max()).to_numpy(dtype=bool)
    is_known = ~is_latest
    if spec.horizon_days:
        days = _as_days(rows[spec.cutoff])
        is_known &= (days <= days.max() - pd.Timedelta(days=spec.horizon_days)).to_numpy(dtype=bool)
    if not is_known.any():
        return Split(rows, rows.iloc[:0], rows.iloc[:0])
    parts = (is_known, ~is_known & ~is_latest, is_latest)
    return Split(*(rows[part].reset_index(drop=True) for part in parts))


def gap_warnings(split: Split, spec: LabelledSpec) -> list[str]:
    """What is told of rows that lie between."""
    if split.between.empty:
        return []
    days = ", ".join(str(day).removesuffix(" 00:00:00") for day in split.between[spec.cutoff].unique())
    return [
        f"{len(split.between)} rows of {days} did not teach the model that is tested: their outcome was not known yet "
        f"at its cut-off ({spec.horizon_days} days)"
    ]


def _as_days(cutoffs: pd.Series[Any]) -> pd.Series[Any]:
    if pd.api.types.infer_dtype(cutoffs) not in ("date", "datetime", "datetime64"):
        raise ValueError(f"'horizon_days' is counted from '{cutoffs.name}', which holds no dates")
    return pd.to_datetime(cutoffs, utc=True)


def cap_rows(rows: pd.DataFrame, spec: LabelledSpec) -> pd.DataFrame:
    """At most `MAX_TRAINING_ROWS` of `rows`, sampled with the seed, classes at equal rates, in the same order."""
    if len(rows) <= MAX_TRAINING_ROWS:
        return rows
    label = rows[spec.label]
    kept, _ = train_test_split(
        np.arange(len(rows)),
        train_size=MAX_TRAINING_ROWS,
        stratify=None if label.dtype == np.float64 or label.value_counts().min() < 2 else label,
        random_state=spec.seed,
    )
    return rows.iloc[np.sort(kept)].reset_index(drop=True)


def assign_folds(rows: pd.DataFrame, spec: ChurnSpec) -> npt.NDArray[np.int64]:
    """The fold, 0 to `spec.folds` - 1, in which each row is predicted: shape (n,).

    Stratified, churn rates equal within one row; several rows of one group, or key, stay in one fold, and rates are as
    near as that allows.

    Raises:
        ValueError: when the label has one class, or too few rows of a class for every fold to hold both.
    """
    is_churned = rows[spec.label].to_numpy()
    _require_both_classes(is_churned, spec)
    groups = groups_by(rows, spec)
    if min(len(np.unique(groups[is_churned])), len(np.unique(groups[~is_churned]))) < spec.folds:
        told = "groups" if spec.group else "keys"
        raise ValueError(
            f"too few different {told} of one class for {spec.folds} folds; lower 'policy.folds'"
        )
    if len(np.unique(groups)) < len(groups):
        return _dealt(groups, is_churned, spec)
    folds = np.empty(len(rows), dtype=np.int64)
    splitter = StratifiedKFold(spec.folds, shuffle=True, random_state=spec.seed)
    for number, (_, held_out) in enumerate(splitter.split(groups, is_churned)):
        folds[held_out] = number
    return folds


def _dealt(
    groups: npt.NDArray[np.int64], is_churned: npt.NDArray[np.bool_], spec: ChurnSpec
) -> npt.NDArray[np.int64]:
    """The fold of each row: whole groups dealt like cards, those alike in churned rows and in size after each other.

    Groups with a class lie next to each other, so that every fold is dealt one. `StratifiedGroupKFold`, which weighs
    groups one by one, took 8 of the 37 seconds of a training on 80,000 rows of 23,000 customers.
    """
    sizes = np.bincount(groups)
    churned = np.bincount(groups, weights=is_churned)
    kinds = (churned > 0).astype(int) + (churned == sizes)
    return deal_groups(groups, (sizes, churned, kinds), spec)


def deal_groups(
    groups: npt.NDArray[np.int64], alike: Sequence[npt.NDArray[Any]], spec: LabelledSpec
) -> npt.NDArray[np.int64]:
    """The fold of each row, whole groups dealt like cards: those alike by `alike`, the last of which counts first,
    after each other, and those that are the same in it by chance."""
    count = len(alike[0])
    shuffled = np.random.default_rng(spec.seed).permutation(count)
    order = shuffled[np.lexsort([each[shuffled] for each in alike])]
    fold_of_group = np.empty(count, dtype=np.int64)
    fold_of_group[order] = np.arange(count) % spec.folds
    return fold_of_group[groups]


def folds_hash(folds: npt.NDArray[np.int64]) -> str:
    """SHA-256 of the assignment, by which two trainings can be seen to have used the same folds."""
    return hashlib.sha256(folds.astype("<i8").tobytes()).hexdigest()


def row_counts(
    given: pd.DataFrame,
    labelled: pd.DataFrame,
    cross_validated: pd.DataFrame,
    held_out: pd.DataFrame,
    fitted: pd.DataFrame,
) -> dict[str, int]:
    """How many rows a training was given, and what for it used them."""
    parts = {
        "given": given,
        "labelled": labelled,
        "cross_validated": cross_validated,
        "held_out": held_out,
        "fitted": fitted,
    }
    return {name: len(rows) for name, rows in parts.items()}
