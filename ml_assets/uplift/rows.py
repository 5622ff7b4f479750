"""Which rows a model of uplift may learn from: those of the experiment, and their folds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from meshlake.ml_assets.comparison import groups_by
from meshlake.ml_assets.training_rows import deal_groups, labelled_rows, read_label, require_columns
from meshlake.ml_assets.uplifters.estimators import cells

if TYPE_CHECKING:
    import numpy.typing as npt

    from meshlake.ml_assets.uplift.spec import UpliftSpec

    Floats = npt.NDArray[np.float64]

# Of each group, outcome by treatment, so many in each fold.
_FEWEST_OF_FOLD = 2
_NAMES = ("untreated without", "untreated with", "treated without", "treated with")


def experiment_rows(features: pd.DataFrame, spec: UpliftSpec) -> pd.DataFrame:
    """The rows whose label and treatment are known, both as bool, sorted by cut-off and key.

    Raises:
        ValueError: when a column is missing, or holds what it may not, or too few rows are left.
    """
    require_columns(features, [spec.treatment, *filter(None, [spec.propensity])])
    treated = read_treatment(features[spec.treatment])
    is_known = treated.notna().to_numpy(dtype=bool)
    given = features[is_known].assign(**{spec.treatment: treated[is_known].astype(bool)})
    rows = labelled_rows(given, spec)
    if spec.propensity:
        rows = rows.assign(**{spec.propensity: read_propensities(rows[spec.propensity])})
    _require_all_groups(rows, spec)
    return rows


def read_treatment(values: pd.Series[bool]) -> pd.Series[bool]:
    """Who was treated, as pandas' nullable boolean.

    Raises:
        ValueError: when it holds anything but true, false, 1, 0 and null.
    """
    try:
        return read_label(values)
    except ValueError as error:
        raise ValueError(str(error).replace("the label", "the treatment", 1)) from error


def experiment_of(rows: pd.DataFrame, spec: UpliftSpec) -> Floats:
    """Outcome, treatment and how likely that was of each row, see `uplifters.estimators`: shape (n, 3).

    Without a column of it, it is the share of these rows that was treated.
    """
    treated = rows[spec.treatment].to_numpy(dtype=np.float64)
    chance = rows[spec.propensity].to_numpy() if spec.propensity else np.full(len(rows), treated.mean())
    return np.column_stack([rows[spec.label].to_numpy(dtype=np.float64), treated, chance])


def experiment_folds(rows: pd.DataFrame, spec: UpliftSpec) -> npt.NDArray[np.int64]:
    """The fold, 0 to `spec.folds` - 1, in which each row is predicted: shape (n,).

    Rows of one group, or key, stay in one fold; each fold is dealt treated and others, with and without the outcome.

    Raises:
        ValueError: when there are too few groups of a kind.
    """
    groups, kinds = groups_by(rows, spec), cells(experiment_of(rows, spec))
    counts = [np.bincount(groups, weights=kinds == kind) for kind in range(len(_NAMES))]
    for name, count in zip(_NAMES, counts, strict=True):
        if (found := int((count > 0).sum())) < spec.folds:
            told = "groups" if spec.group else "keys"
            raise ValueError(
                f"{found} different {told} are {name} '{spec.label}', too few for {spec.folds} folds; lower "
                "'policy.folds'"
            )
    return deal_groups(groups, [np.bincount(groups), *counts], spec)


def unknown_treatment_warnings(features: pd.DataFrame, spec: UpliftSpec) -> list[str]:
    """What is told of rows with an outcome of which nobody says whether they were treated."""
    is_left_out = features[spec.label].notna() & features[spec.treatment].isna()
    count = int(is_left_out.sum())
    return [f"{count:,} rows have a label and no '{spec.treatment}'; they teach nothing"] if count else []


def read_propensities(values: pd.Series[float]) -> pd.Series[float]:
    """How likely each row was to be treated, as float64.

    Raises:
        ValueError: when it holds anything but numbers above 0 and below 1.
    """
    numbers = pd.to_numeric(values, errors="coerce").astype("Float64")
    found = pd.Series(numbers.to_numpy(np.float64, na_value=np.nan), index=values.index)
    if wrong := int((~((found > 0) & (found < 1))).sum()):
        raise ValueError(
            f"'{values.name}' is no number above 0 and below 1 in {wrong:,} of {len(values):,} rows of the experiment; "
            "a propensity is how likely a row was to be treated"
        )
    return found


def _require_all_groups(rows: pd.DataFrame, spec: UpliftSpec) -> None:
    if not len(rows):
        raise ValueError(
            f"no row has both a label '{spec.label}' and a treatment '{spec.treatment}': nothing to learn from"
        )
    counts = np.bincount(cells(experiment_of(rows, spec)), minlength=len(_NAMES))
    needed = _FEWEST_OF_FOLD * spec.folds
    if counts.min() < needed:
        told = ", ".join(f"{count:,} {name}" for name, count in zip(_NAMES, counts, strict=True))
        raise ValueError(
            f"of each at least {needed} rows are needed to learn what '{spec.treatment}' changes; there are {told} "
            f"'{spec.label}'"
        )
