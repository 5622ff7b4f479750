"""Whether a model should be trained again now, and why in words: by what its predictions turned out to be.

A training is only a challenger (`promotion` decides), so an alarm costs minutes; missing one costs what a model that is
wrong costs. Bounds are set so that over a year of looks chance alone seldom raises one: `python -m
benchmarks.retraining` measures it. What is measured belongs to the platform.
"""

from __future__ import annotations

import json
from math import sqrt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Labels that come early are mostly those of who left: the rest has to be known, too.
KNOWN_SHARE = 0.9
# Of so many standard errors chance makes one look in a thousand; of less than a tenth of it a share may be off.
_SURE_Z, _MATERIAL = 3.3, 0.1
_MIN_ROWS = 100
_MOST_NAMED = 5


def why_retrain(period: Mapping[str, Any], record: Mapping[str, Any]) -> list[str]:
    """Why a model should be trained again, in words; empty where nothing says so.

    Args:
        period: what is known of its predictions of a period, as a row of `mesh.model_performance`.
        record: of the version that made them: `row_counts`, and the figures of its `decision`.

    Example:
        >>> known = {"predicted_rows": 500, "matured_rows": 500, "churned_share": 0.3, "predicted_share": 0.2}
        >>> why_retrain({"period": "2026-08-01", **known}, {"row_counts": {"fitted": 2000}})
        ['of 2026-08-01 30.0% churned, where 20.0% were expected']
    """
    return [*_drifted(period), *_off(period, record)]


def _drifted(period: Mapping[str, Any]) -> Iterator[str]:
    shifted = json.loads(period.get("shifted_features") or "{}")
    if shifted:
        named = ", ".join(f"{name} ({index:.2f})" for name, index in list(shifted.items())[:_MOST_NAMED])
        more = f" and {len(shifted) - _MOST_NAMED} more" if len(shifted) > _MOST_NAMED else ""
        yield f"the rows scored are unlike those learned from in {named}{more}"


def _off(period: Mapping[str, Any], record: Mapping[str, Any]) -> Iterator[str]:
    known = period["matured_rows"]
    if known < max(_MIN_ROWS, KNOWN_SHARE * period["predicted_rows"]):
        return
    came, expected = period["churned_share"], period["predicted_share"]
    # What was learned is known no better than its rows allow.
    rows = 1 / (1 / known + 1 / record["row_counts"]["fitted"])
    error = sqrt(max(expected * (1 - expected), 1 / rows) / rows)
    if abs(came - expected) > max(_SURE_Z * error, _MATERIAL * expected):
        yield f"of {period['period']} {came:.1%} churned, where {expected:.1%} were expected"
    promised = record.get("decision", {}).get("figures", {}).get("against_base_rate", {}).get("roc_auc")
    highest = period.get("roc_auc_high")
    # The order that a training promises is told by how much it is better than chance, which is .5.
    if promised and highest is not None and highest < 0.5 + promised["low"]:
        yield (
            f"of {period['period']} the order had a ROC AUC of {highest:.3f} at most, where at least "
            f"{0.5 + promised['low']:.3f} was promised"
        )
