"""What predictions of several labels turned out to be, of what is published: each label, and the wanted outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.candidates.joint import bits_of
from meshlake.ml_assets.classification.labels import Classes
from meshlake.ml_assets.classification.scoring import probability_columns
from meshlake.ml_assets.classification.training import rows_that_tested
from meshlake.ml_assets.comparison import can_compare, groups_by, measure_together
from meshlake.ml_assets.evidence import Level, Promise, share_level
from meshlake.ml_assets.matured import Matured, means_of, promised
from meshlake.ml_assets.multilabel.outcomes import by_label, with_outcomes
from meshlake.ml_assets.multilabel.spec import WANTED, label_column

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from meshlake.ml_assets.comparison import Interval
    from meshlake.ml_assets.multilabel.spec import MultilabelSpec

    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]

_DECIDES = "log_loss"
_LIKELY = 0.5


def matured_labels(came: pd.DataFrame, said: pd.DataFrame, spec: MultilabelSpec) -> Matured:
    """What predictions of several labels turned out to be.

    Figures are the mean of those of each label: what was said of joint outcomes is not published but for the wanted
    one.

    Args:
        came: a row of each prediction: the keys, and all labels as they are known now.
        said: of the same rows the probability of each label, and of the wanted outcome, as they are published.
        spec: what was asked for.

    Raises:
        ValueError: a label holds anything but true, false, 1 and 0.
    """
    outcomes, _ = with_outcomes(came, spec)
    bits = _bits(outcomes[spec.label], spec)
    probability = said[[label_column(name) for name in spec.labels]].to_numpy(dtype=np.float64)
    levels = [_level(f"'{name}'", bits[:, n], probability[:, n]) for n, name in enumerate(spec.labels)]
    is_wanted = (bits == np.array(spec.wanted)).all(axis=1)
    levels.append(_level("what is wanted", is_wanted, said[WANTED].to_numpy(dtype=np.float64)))
    figures = _figures(bits, probability, groups_by(came, spec), spec.seed)
    return Matured(outcomes[spec.label], figures, tuple(levels))


def promised_labels(honest: pd.DataFrame, spec: MultilabelSpec) -> Promise | None:
    """What the rows that tested a model promise, of what is published of them; `None` where they tell nothing."""
    tested = rows_that_tested(honest)
    joint = tested[probability_columns(len(spec.outcomes))].to_numpy()
    said = by_label(joint, len(spec.labels)).clip(0, 1)
    found = _figures(_bits(tested["label"], spec), said, groups_by(tested, spec), spec.seed)
    return promised(_DECIDES, found) if found else None


def _bits(outcome: pd.Series[Any], spec: MultilabelSpec) -> Flags:
    codes = Classes(spec.outcomes, (), {}).codes_of(outcome)
    return np.asarray(bits_of(codes, len(spec.labels)) == 1)


def _level(name: str, is_so: Flags, probability: Floats) -> Level:
    came, expected = float(is_so.mean()), float(probability.mean())
    return share_level(came, expected, len(is_so), f"{name} came of {came:.1%}", f"{expected:.1%} were")


def _figures(
    bits: Flags, probability: Floats, groups: npt.NDArray[np.int64], seed: int
) -> dict[str, Interval]:
    """None where a label has too few rows of a kind."""
    if not all(can_compare(each) for each in bits.T):
        return {}
    is_right = ((probability >= _LIKELY) == bits).mean(axis=1)
    return measure_together(bits, probability, groups, seed) | means_of({"accuracy": is_right}, groups, seed)
