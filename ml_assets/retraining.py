"""Whether a model should be trained again now, and why in words: by what its predictions turned out to be.

A training is only a challenger (`promotion` decides), so an alarm costs minutes; missing one costs what a model that is
wrong costs. Bounds are set so that over a year of looks chance alone seldom raises one: `python -m
benchmarks.retraining` measures it. What is measured belongs to the platform.
"""

from __future__ import annotations

import json
from math import hypot, sqrt
from typing import TYPE_CHECKING, Any

from meshlake.ml_assets.evidence import FIGURES, Level, Promise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Labels that come early are mostly those of who left: the rest has to be known, too.
KNOWN_SHARE = 0.9
# Of so many standard errors chance makes one look in a thousand; of less than a tenth of it a share may be off, or of
# what a figure is better than chance.
_SURE_Z, _MATERIAL = 3.3, 0.1
# Of one side as many of a thousand; beside it intervals of both must not touch.
_WORSE_Z = 3.0
_ERRORS_OF_INTERVAL = 2 * 1.96
_MIN_ROWS = 100
_MOST_NAMED = 5


def why_retrain(period: Mapping[str, Any], record: Mapping[str, Any]) -> list[str]:
    """Why a model should be trained again, in words; empty where nothing says so.

    Args:
        period: what is known of its predictions of a period, as a row of `mesh.model_performance`.
        record: of the version that made them: `rows`, and what it `promised`.

    Example:
        >>> level = Level(0.3, 0.2, 0.4, "30.0% churned", "20.0% were")
        >>> known = {"predicted_rows": 500, "matured_rows": 500, "levels": json.dumps([level.as_dict()])}
        >>> why_retrain({"period": "2026-08-01", **known}, {"rows": {"fitted": 2000}})
        ['of 2026-08-01 30.0% churned, where 20.0% were expected']
    """
    why = list(_drifted(period))
    known = period["matured_rows"]
    if known < max(_MIN_ROWS, KNOWN_SHARE * period["predicted_rows"]):
        return why
    # What was learned is known no better than its rows allow.
    rows = 1 / (1 / known + 1 / record["rows"]["fitted"])
    levels = (Level(**each) for each in json.loads(period.get("levels") or "[]"))
    why += [_told(period, level) for level in levels if _is_off(level, rows)]
    return [*why, *_worse(period, promise_of(record))]


def promise_of(record: Mapping[str, Any]) -> Promise | None:
    """What a version promised; one of churn does so by how much better it ordered than a base rate, which is chance."""
    if found := record.get("promised"):
        return Promise(**found)
    area = record.get("decision", {}).get("figures", {}).get("against_base_rate", {}).get("roc_auc")
    if not area:
        return None
    return Promise("roc_auc", *(0.5 + area[name] for name in ("estimate", "low", "high")))


def _drifted(period: Mapping[str, Any]) -> Iterator[str]:
    shifted = json.loads(period.get("shifted_features") or "{}")
    if shifted:
        named = ", ".join(f"{name} ({index:.2f})" for name, index in list(shifted.items())[:_MOST_NAMED])
        more = f" and {len(shifted) - _MOST_NAMED} more" if len(shifted) > _MOST_NAMED else ""
        yield f"the rows scored are unlike those learned from in {named}{more}"


def _is_off(level: Level, rows: float) -> bool:
    error = level.deviation / sqrt(rows)
    return abs(level.came - level.expected) > max(_SURE_Z * error, _MATERIAL * abs(level.expected))


def _told(period: Mapping[str, Any], level: Level) -> str:
    return f"of {period['period']} {level.came_told}, where {level.expected_told} expected"


def _worse(period: Mapping[str, Any], promise: Promise | None) -> Iterator[str]:
    """Whether the figure that was promised is worse, interval from interval and beyond chance."""
    if promise is None or period.get(promise.figure) is None:
        return
    figure = FIGURES[promise.figure]
    came, low, high = (period[f"{promise.figure}{end}"] for end in ("", "_low", "_high"))
    worse = (came - promise.estimate) * (1 if figure.is_loss else -1)
    error = hypot(high - low, promise.high - promise.low) / _ERRORS_OF_INTERVAL
    apart = low > promise.high if figure.is_loss else high < promise.low
    if apart and worse > max(_WORSE_Z * error, _MATERIAL * abs(promise.estimate - figure.chance)):
        found, bound = (low, promise.high) if figure.is_loss else (high, promise.low)
        most, least = ("least", "most") if figure.is_loss else ("most", "least")
        yield (
            f"of {period['period']} the {figure.words} was {found:.4g} at {most}, where {bound:.4g} at {least} was "
            "promised"
        )
