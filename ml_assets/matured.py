"""What predictions turned out to be, once their labels are known: figures with intervals, and what came on average.

What a task measures is its own, in the file `matured` beside it; what is done about it belongs to `retraining`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.comparison import Interval, can_compare, groups_of, measure, resamples, with_intervals
from meshlake.ml_assets.evidence import Promise, share_level

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    import pandas as pd

    from meshlake.ml_assets.evidence import Level
    from meshlake.ml_assets.spec import ChurnSpec

    Floats = npt.NDArray[np.float64]
    Groups = npt.NDArray[np.int64]

# Of fewer rows no figure is told.
FEWEST_MATURED = 10


@dataclass(frozen=True)
class Matured:
    """What predictions turned out to be.

    `figures` are of `evidence.FIGURES`, and there are none of too few rows; `label` is what came, by row, as what was
    learned, and none where that is no label that may drift; `facts` are told beside, and `remark` says why something
    cannot be. `known_rows` are those of which all is known that was said of them, where more comes with time; else all.
    """

    label: pd.Series[Any] | None
    figures: Mapping[str, Interval] = field(default_factory=dict)
    levels: tuple[Level, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    remark: str | None = None
    known_rows: int | None = None


def means_of(values: Mapping[str, Floats], groups: Groups, seed: int) -> dict[str, Interval]:
    """The mean of each of `values`, arrays of shape (n,), with its interval; rows of one group are drawn together."""
    drawn, weights = resamples(groups, seed)
    table = np.column_stack([each[drawn].astype(np.float64) for each in values.values()])
    found = with_intervals([each @ table / each.sum() for each in weights])
    return dict(zip(values, (Interval(*each) for each in found), strict=True))


def promised(figure: str, found: Mapping[str, Interval]) -> Promise:
    """What a training promises by `figure`, one of those `found` on the rows that tested it."""
    told = found[figure]
    return Promise(figure, told.estimate, told.low, told.high)


def matured_churn(came: pd.DataFrame, said: pd.DataFrame, spec: ChurnSpec) -> Matured:
    """What churn predictions turned out to be.

    Args:
        came: a row of each customer: the key, the label as it is known now, and the amounts that profits are made of.
        said: of the same rows `churn_probability` and `is_predicted_churn`.
        spec: what was asked for.
    """
    from meshlake.ml_assets.metrics import flag_metrics

    label = came[spec.label].astype("boolean").astype(bool)
    is_churned = label.to_numpy(dtype=bool)
    probability = said["churn_probability"].to_numpy(dtype=np.float64)
    is_flagged = said["is_predicted_churn"].to_numpy(dtype=bool)
    share, expected = float(is_churned.mean()), float(probability.mean())
    flags = flag_metrics(is_churned, is_flagged)
    facts = {
        "churned_share": share,
        "predicted_share": expected,
        "flagged_rows": int(flags["true_positive"] + flags["false_positive"]),
        "precision": flags["precision"],
        "recall": flags["recall"],
        **_profit(spec, came, probability, is_flagged, is_churned),
    }
    figures = {}
    if can_compare(is_churned):
        figures = measure(is_churned, probability, groups_of(came, spec.key), spec.seed)
    level = share_level(share, expected, len(came), f"{share:.1%} churned", f"{expected:.1%} were")
    return Matured(label, figures, (level,), facts)


def _profit(
    spec: ChurnSpec,
    rows: pd.DataFrame,
    probability: Floats,
    is_flagged: npt.NDArray[np.bool_],
    is_churned: npt.NDArray[np.bool_],
) -> dict[str, float]:
    """What contacting the flagged brings; nothing where their amounts are not known any more."""
    from meshlake.ml_assets.decisions import expected_profit

    if spec.profit is None:
        return {}
    try:
        expected = expected_profit(spec.profit, rows[is_flagged], probability[is_flagged])
        realised = expected_profit(spec.profit, rows[is_flagged], is_churned[is_flagged])
    except ValueError:
        return {}
    return {"expected_profit": float(expected.sum()), "realised_profit": float(realised.sum())}
