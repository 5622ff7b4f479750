"""Whether a challenger takes the champion's place: nothing that is worse, or says no more than the base rate, does.

Both are held against each other on rows whose labels neither saw: those that tested the challenger (its folds, or the
latest cut-off), of which the champion's honest predictions were kept, and which it scores where it never saw them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import numpy as np
import pandas as pd

from meshlake.ml_assets.comparison import can_compare, compare, groups_by
from meshlake.ml_assets.honest import tested_rows
from meshlake.ml_assets.scoring import score_churn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt

    from meshlake.ml_assets.comparison import Comparison, Difference
    from meshlake.ml_assets.scoring import ChurnModel
    from meshlake.ml_assets.spec import ChurnSpec

Model = TypeVar("Model")


@dataclass(frozen=True)
class Decision:
    """Whether a challenger is promoted, why in words, and the figures that say so."""

    is_promoted: bool
    reason: str
    figures: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """As JSON-able facts."""
        return asdict(self)


class Judged(Protocol):
    """A model held against another."""

    @property
    def is_better(self) -> bool:
        """Whether it is better beyond noise."""

    @property
    def is_worse(self) -> bool:
        """Whether it is worse beyond noise."""


@dataclass(frozen=True)
class Champion(Generic[Model]):
    """The version that scores now: its honest predictions, and the model where it can score these features.

    `is_replaced` says that the owner asks for another model than this, so that it stays for no figure.
    """

    version: str
    honest: pd.DataFrame
    model: Model | None
    is_replaced: bool = False


def decide(
    spec: ChurnSpec, honest: pd.DataFrame, features: pd.DataFrame, champion: Champion[ChurnModel] | None
) -> Decision:
    """Hold a challenger against the base rate, and against the champion if there is one.

    Args:
        spec: what was asked for.
        honest: the challenger's honest predictions, as `ChurnTraining.honest` has them.
        features: the rows it was trained on, labelled or not.
        champion: the version that scores now.
    """
    tested = tested_rows(honest)
    base_rate = float(honest.loc[honest["fold"].notna(), "is_churned"].mean())
    is_churned = tested["is_churned"].to_numpy(dtype=bool)
    if not can_compare(is_churned):
        return Decision(False, f"too few rows tell how good it is: {_counts(is_churned)}")
    probability = tested["churn_probability"].to_numpy()
    groups = groups_by(tested, spec)
    base = compare(is_churned, probability, np.full(len(tested), base_rate), groups, spec.seed)
    figures: dict[str, Any] = {"base_rate": base_rate, "against_base_rate": base.as_dict()}
    # With nothing to lose, few customers may show an order alone; with a champion to lose, both have to be sure.
    if not (base.has_better_order if champion is None else base.is_better_than_chance):
        return Decision(
            False, f"no better than the base rate of {base_rate:.1%}: {_told_alone(base)}", figures
        )
    if champion is None:
        return Decision(True, f"the first version; {_told_alone(base)}", figures)
    other = champion_predictions(champion, tested, features, spec.row_keys)
    is_known = np.isfinite(other)
    if not can_compare(is_churned[is_known]):
        return incomparable(champion, figures)
    against = compare(
        is_churned[is_known], probability[is_known], other[is_known], groups[is_known], spec.seed
    )
    figures |= {"champion": champion.version, "against_champion": against.as_dict()}
    return judged(champion, against, _told(against), figures)


def champion_predictions(
    champion: Champion[ChurnModel], rows: pd.DataFrame, features: pd.DataFrame, keys: Sequence[str]
) -> npt.NDArray[np.float64]:
    """As `predictions_of`, of churn models."""
    return predictions_of(champion, rows, features, keys, "churn_probability", score_churn)


def predictions_of(
    champion: Champion[Model],
    rows: pd.DataFrame,
    features: pd.DataFrame,
    keys: Sequence[str],
    column: str,
    score: Callable[[Model, pd.DataFrame], pd.DataFrame],
) -> npt.NDArray[np.float64]:
    """What the champion says of each of `rows` without having seen its label: shape (n,), NaN where it cannot.

    Rows that it learned from have the honest prediction of then, though their features may have changed. `column` is
    that of its honest predictions, and of what `score` gives.
    """
    return all_predictions_of(champion, rows, features, keys, [column], score)[:, 0]


def all_predictions_of(
    champion: Champion[Model],
    rows: pd.DataFrame,
    features: pd.DataFrame,
    keys: Sequence[str],
    columns: Sequence[str],
    score: Callable[[Model, pd.DataFrame], pd.DataFrame],
) -> npt.NDArray[np.float64]:
    """As `predictions_of`, of several columns: shape (n, columns)."""
    found = np.full((len(rows), len(columns)), np.nan)
    position = _positions(champion.honest, rows, keys)
    is_honest = position >= 0
    found[is_honest] = champion.honest[list(columns)].to_numpy()[position[is_honest]]
    if champion.model is not None and not is_honest.all():
        given = features.drop_duplicates(list(keys))
        unseen = given.iloc[_positions(given, rows[~is_honest], keys)]
        found[~is_honest] = score(champion.model, unseen)[list(columns)]
    return found


def _positions(table: pd.DataFrame, rows: pd.DataFrame, keys: Sequence[str]) -> npt.NDArray[np.int64]:
    """Where in `table` the key of each of `rows` first stands, -1 where it does not."""
    index = pd.MultiIndex.from_frame(table[list(keys)])
    is_first = ~index.duplicated()
    position = index[is_first].get_indexer(pd.MultiIndex.from_frame(rows[list(keys)]))
    found = np.flatnonzero(is_first)
    return np.where(position >= 0, found[position], -1) if len(found) else position


def incomparable(champion: Champion[Any], figures: Mapping[str, Any]) -> Decision:
    """The decision where no row tells of a challenger and the champion."""
    told = f"version {champion.version} has no predictions of these rows to be compared with"
    return Decision(champion.is_replaced or champion.model is None, told, figures)


def judged(champion: Champion[Any], against: Judged, told: str, figures: Mapping[str, Any]) -> Decision:
    """The decision on a challenger held `against` the champion; `told` is by how much it is better."""
    figures_told = f"{told} than version {champion.version}"
    if champion.is_replaced:
        return Decision(True, f"model.yaml asks for another model; {figures_told}", figures)
    if champion.model is None:
        is_promoted = not against.is_worse
        return Decision(is_promoted, f"{'not ' if is_promoted else ''}worse: {figures_told}", figures)
    return Decision(
        against.is_better,
        f"{'' if against.is_better else 'not '}better beyond noise: {figures_told}",
        figures,
    )


def _told_alone(base: Comparison) -> str:
    area = base.roc_auc
    of_area = f"ROC AUC {0.5 + area.estimate:.3f} ({0.5 + area.low:.3f} to {0.5 + area.high:.3f})"
    return f"{of_area}, log loss better by {_interval(base.log_loss)} on {base.rows:,} rows"


def _told(against: Comparison) -> str:
    of_loss, of_area = _interval(against.log_loss), _interval(against.roc_auc)
    return f"log loss better by {of_loss}, ROC AUC by {of_area} on {against.rows:,} rows"


def _interval(found: Difference) -> str:
    return f"{found.estimate:+z.4f} ({found.low:+z.4f} to {found.high:+z.4f})"


def _counts(is_churned: npt.NDArray[np.bool_]) -> str:
    churned = int(is_churned.sum())
    return f"{churned} churned and {len(is_churned) - churned} stayed"
