"""What predicted classes turned out to be, of what is published: the two likeliest, and what is left for all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.classification.labels import Classes, read_classes
from meshlake.ml_assets.classification.measures import measure_said
from meshlake.ml_assets.classification.scoring import probability_columns, two_likeliest
from meshlake.ml_assets.classification.training import rows_that_tested
from meshlake.ml_assets.comparison import groups_by
from meshlake.ml_assets.evidence import Level, Promise, share_level
from meshlake.ml_assets.matured import FEWEST_MATURED, Matured, promised

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    import pandas as pd

    from meshlake.ml_assets.classification.spec import ClassificationSpec
    from meshlake.ml_assets.comparison import Interval

_DECIDES = "log_loss"


def matured_classes(
    came: pd.DataFrame, said: pd.DataFrame, spec: ClassificationSpec, record: Mapping[str, Any]
) -> Matured:
    """What predicted classes turned out to be.

    Rows of classes that the version does not know are said wrong, and how many they are is told by itself: no
    probability is theirs, and no other figure is of them.

    Args:
        came: a row of each prediction: the keys, and the label as it is known now.
        said: of the same rows the columns of `scoring.two_likeliest`.
        spec: what was asked for.
        record: of the version that predicted: its `classes`.

    Raises:
        ValueError: the label holds anything but texts or whole numbers.
    """
    label, classes = read_classes(came[spec.label]), record["classes"]
    is_known = label.isin(classes).to_numpy(dtype=bool)
    new = _level_of_unknown(is_known, record)
    if is_known.sum() < FEWEST_MATURED:
        return Matured(label, levels=(new,))
    of_these = said[is_known]
    figures = _figures(label[is_known], of_these, classes, groups_by(came[is_known], spec), spec.seed)
    sure, right = float(of_these["predicted_probability"].mean()), figures["accuracy"].estimate
    told = f"{right:.1%} were of the class that was said", f"{sure:.1%} were"
    return Matured(label, figures, (share_level(right, sure, len(of_these), *told), new))


def _level_of_unknown(is_known: npt.NDArray[np.bool_], record: Mapping[str, Any]) -> Level:
    """Of rows of other classes, beside those that a training put aside for they have few rows."""
    aside = sum(rows for _, rows in record["set_aside"])
    came, expected = float((~is_known).mean()), aside / record["rows"]["labelled"]
    told = f"{came:.1%} were of classes that the version does not know", f"{expected:.1%} were"
    return share_level(came, expected, len(is_known), *told)


def promised_classes(honest: pd.DataFrame, spec: ClassificationSpec, classes: Sequence[str | int]) -> Promise:
    """What the rows that tested a model promise, of what is published of them."""
    tested = rows_that_tested(honest)
    said = two_likeliest(tested[probability_columns(len(classes))].to_numpy(), classes, tested.index)
    found = _figures(tested["label"], said, classes, groups_by(tested, spec), spec.seed)
    return promised(_DECIDES, found)


def _figures(
    label: pd.Series[Any],
    said: pd.DataFrame,
    classes: Sequence[str | int],
    groups: npt.NDArray[np.int64],
    seed: int,
) -> dict[str, Interval]:
    """Of rows of `classes`; those that are neither of both have what is left for all others."""
    known = Classes(tuple(classes), (), {})
    codes, first, second = map(known.codes_of, (label, said["predicted_class"], said["second_class"]))
    sure, next_sure, other = (
        said[f"{which}_probability"].to_numpy(dtype=np.float64) for which in ("predicted", "second", "other")
    )
    own = np.where(codes == first, sure, np.where(codes == second, next_sure, other))
    return measure_said(codes, first, sure, own, len(classes), groups, seed)
