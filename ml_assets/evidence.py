"""What is known of predictions once their labels came, as numbers with words: figures, averages, and what was promised.

How it is measured belongs to `matured`, what is done about it to `retraining`. Nothing heavy is imported here: commands
read it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Figure:
    """What a figure is called and what it says; `chance` is what it is of predictions that say nothing, where that does
    not depend on the rows."""

    words: str
    told: str
    is_loss: bool = True
    chance: float = 0.0


FIGURES: Mapping[str, Figure] = {
    "roc_auc": Figure("ROC AUC", "How well it ordered them, .5 is chance", is_loss=False, chance=0.5),
    "log_loss": Figure("log loss", "How far its probabilities were off, less is better"),
    "calibration_error": Figure(
        "calibration error", "By how much they differ from what came, on average over ten bins"
    ),
    "accuracy": Figure("accuracy", "Share of them that it said right", is_loss=False),
    "macro_f1": Figure("macro F1", "The mean of its classes' F1", is_loss=False),
    "mean_absolute_error": Figure("mean absolute error", "How far its amounts were off on average"),
    "root_mean_squared_error": Figure(
        "root mean squared error", "The same, where large errors count for more"
    ),
    "bias": Figure("bias", "By how much its amounts were too high on average"),
    "coverage": Figure("coverage", "Share of the amounts within their intervals", is_loss=False),
    "qini": Figure("Qini", "What treating those of most uplift first gained over chance", is_loss=False),
    "integrated_brier": Figure(
        "integrated Brier score", "How far its chances to stay were off, over all times measured"
    ),
    "concordance": Figure("concordance", "Share of pairs that it ordered right", is_loss=False, chance=0.5),
    "average_effect": Figure("average effect", "What the treatment changed, for each row", is_loss=False),
}


@dataclass(frozen=True)
class Level:
    """What `came` on average where so much was `expected`, rows lying around that by a standard `deviation`.

    `came_told` and `expected_told` say so in words, as `30.0% churned` and `20.0% were`.
    """

    came: float
    expected: float
    deviation: float
    came_told: str
    expected_told: str

    def as_dict(self) -> dict[str, Any]:
        """As JSON-able facts."""
        return asdict(self)


@dataclass(frozen=True)
class Promise:
    """What a training promised of `figure`, one of `FIGURES`, by which predictions are judged when labels come."""

    figure: str
    estimate: float
    low: float
    high: float

    def as_dict(self) -> dict[str, Any]:
        """As JSON-able facts."""
        return asdict(self)


def share_level(came: float, expected: float, rows: int, came_told: str, expected_told: str) -> Level:
    """That of shares of so many `rows`.

    Example:
        >>> share_level(0.5, 0.2, 100, "50.0% came", "20.0% were").deviation
        0.4
    """
    deviation = sqrt(max(expected * (1 - expected), 1 / rows))
    return Level(came, expected, deviation, came_told, expected_told)
