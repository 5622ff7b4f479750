"""The joint outcomes of several yes/no labels: which rows have one, and which labels can be learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from meshlake.counting import counted
from meshlake.ml_assets.candidates.joint import bits_of
from meshlake.ml_assets.classification.labels import Classes
from meshlake.ml_assets.comparison import groups_by
from meshlake.ml_assets.training_rows import read_label, require_columns

if TYPE_CHECKING:
    import numpy.typing as npt

    from meshlake.ml_assets.multilabel.spec import MultilabelSpec

    Floats = npt.NDArray[np.float64]

# Of how many different keys each value of a label has to be.
FEWEST_OF_VALUE = 10


def with_outcomes(features: pd.DataFrame, spec: MultilabelSpec) -> tuple[pd.DataFrame, list[str]]:
    """The features with one column of outcomes, `spec.label`, in place of the labels; and what is told of them.

    An outcome is one of `spec.outcomes`, or `None` where a label is not known.

    Raises:
        ValueError: a label is not there, or holds anything but true, false, 1, 0 and null; or a column is called as
            the outcome is.
    """
    require_columns(features, spec.labels)
    if spec.label in features.columns:
        raise ValueError(f"a column is called '{spec.label}', as the joint outcome is; call it otherwise")
    read = pd.DataFrame({name: read_label(features[name]) for name in spec.labels}, index=features.index)
    is_known = read.notna().all(axis=1).to_numpy()
    codes = read.fillna(False).to_numpy(dtype=np.int64) @ (1 << np.arange(len(spec.labels)))
    names = np.array([*spec.outcomes, None], dtype=object)
    positions = np.where(is_known, codes, len(spec.outcomes))
    outcome = pd.Series(names[positions], index=features.index, dtype=object)
    told = []
    if partly := int((read.notna().any(axis=1) & ~is_known).sum()):
        told.append(
            f"some labels are known and others are not in {counted(partly, 'row')}, which neither teach nor test"
        )
    return features.drop(columns=list(spec.labels)).assign(**{spec.label: outcome}), told


def require_both_values(rows: pd.DataFrame, spec: MultilabelSpec) -> None:
    """Refuse labels from which nothing can be learned, of labelled `rows`.

    Raises:
        ValueError: there is none, or one of them is true or false in too few.
    """
    if rows.empty:
        told = ", ".join(f"'{name}'" for name in spec.labels)
        raise ValueError(f"the labels {told} are known together in no row: nothing to learn from")
    groups = groups_by(rows, spec)
    bits = bits_of(_codes(rows, spec), len(spec.labels))
    needed, of_whom = max(FEWEST_OF_VALUE, spec.folds), "groups" if spec.group else "keys"
    for name, is_so in zip(spec.labels, bits.T == 1, strict=True):
        if is_so.all() or not is_so.any():
            value = "true" if is_so.all() else "false"
            raise ValueError(f"the label '{name}' is {value} in all {len(rows)} labelled rows")
        true, false = (len(np.unique(groups[which])) for which in (is_so, ~is_so))
        if min(true, false) < needed:
            raise ValueError(
                f"the label '{name}' is true of {true} and false of {false} different {of_whom}; each needs at least "
                f"{needed}"
            )


def outcome_classes(rows: pd.DataFrame, spec: MultilabelSpec) -> Classes:
    """All outcomes there may be as classes, none put aside, with of how many different keys each is in `rows`."""
    codes, groups = _codes(rows, spec), groups_by(rows, spec)
    keys = (len(np.unique(groups[codes == code])) for code in range(len(spec.outcomes)))
    return Classes(spec.outcomes, tuple(keys), {})


def by_label(said: Floats, count: int) -> Floats:
    """The probability that each of `count` labels is yes, of those of outcomes, (n, outcomes): shape (n, labels).

    Example:
        >>> import numpy as np
        >>> by_label(np.array([[0.1, 0.2, 0.3, 0.4]]), 2).round(6).tolist()
        [[0.6, 0.7]]
    """
    found: Floats = said @ bits_of(np.arange(said.shape[1]), count)
    return found


def _codes(rows: pd.DataFrame, spec: MultilabelSpec) -> npt.NDArray[np.int64]:
    return Classes(spec.outcomes, (), {}).codes_of(rows[spec.label])
