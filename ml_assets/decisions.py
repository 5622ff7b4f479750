"""Who is flagged by a policy, and what that brings: of rows with a probability, when a model is trained.

Publishing decides the same in SQL, over all rows at once. Thresholds come from `guarantees` and `metrics`.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from meshlake.ml_assets import metrics
from meshlake.ml_assets.guarantees import NOBODY, kept_share, threshold_for_precision, threshold_for_recall

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from meshlake.ml_assets.document import LabelledSpec
    from meshlake.ml_assets.policy import Amount, Profit
    from meshlake.ml_assets.spec import ChurnSpec

    Labels = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float64]

_COMMON_SHARE = 0.1


def threshold_of(spec: ChurnSpec, is_churned: Labels, probability: Floats) -> float:
    """The probability from which on rows are flagged, by rows that no model of it saw; 0 where none is needed."""
    if spec.flag_share is not None:
        return metrics.threshold_for_share(probability, spec.flag_share)
    if spec.min_recall is not None:
        return threshold_for_recall(is_churned, probability, spec.min_recall)
    if spec.min_precision is not None:
        return threshold_for_precision(is_churned, probability, spec.min_precision)
    return spec.threshold or 0.0


def flags(spec: ChurnSpec, threshold: float, rows: pd.DataFrame, probability: Floats) -> Labels:
    """Which of `rows` the policy flags, at each cut-off by itself: shape (n,).

    Args:
        spec: the policy; of equals at the border of its capacity those of the lesser key are flagged.
        threshold: what `threshold_of` gave.
        rows: the key, the cut-off if any, and the amounts of the policy.
        probability: of each of them, as it is published.
    """
    value, is_wanted = value_and_wanted(spec, threshold, rows, probability)
    if spec.capacity is None:
        return is_wanted
    flagged: Labels = is_wanted & (rank_of(spec, rows, value) < spec.capacity)
    return flagged


def rank_of(spec: LabelledSpec, rows: pd.DataFrame, value: Floats) -> npt.NDArray[np.int64]:
    """How many rows of the same cut-off have more `value`, or the same and a lesser key: shape (n,)."""
    ordered = rows[list(spec.row_keys)].assign(value=-value).reset_index(drop=True)
    ordered = ordered.sort_values(["value", *spec.row_keys], kind="stable")
    period = ordered[spec.cutoff] if spec.cutoff else np.zeros(len(ordered))
    return np.asarray(ordered.groupby(period).cumcount().sort_index(), dtype=np.int64)


def value_and_wanted(
    spec: ChurnSpec, threshold: float, rows: pd.DataFrame, probability: Floats
) -> tuple[Floats, Labels]:
    """What the best rows have most of, and which would be flagged without regard to a capacity: shapes (n,)."""
    if spec.profit is None or not spec.is_by_profit:
        return probability, probability >= threshold
    value = expected_profit(spec.profit, rows, probability)
    return value, value > 0


def expected_profit(profit: Profit, rows: pd.DataFrame, chance: Floats | Labels) -> Floats:
    """What contacting each of `rows` brings, given the chance that they leave, or whether they do: shape (n,).

    Raises:
        ValueError: a column of amounts is missing, or holds none.

    Example:
        >>> from meshlake.ml_assets.policy import Profit
        >>> profit = Profit(benefit="revenue", cost=20.0, success_rate=0.5)
        >>> expected_profit(profit, pd.DataFrame({"revenue": [100, 900]}), np.array([0.2, 0.2])).tolist()
        [-10.0, 70.0]
    """
    benefit, cost = (amounts_of(amount, rows) for amount in (profit.benefit, profit.cost))
    return np.asarray(chance * profit.success_rate * benefit - cost, dtype=np.float64)


def judge(
    spec: ChurnSpec,
    threshold: float,
    rows: pd.DataFrame,
    honest: pd.DataFrame,
    later: pd.DataFrame | None,
    later_honest: pd.DataFrame,
) -> dict[str, Any]:
    """How a policy did on rows whose labels no model of theirs saw: JSON-able facts.

    `promise`, null where neither recall nor precision is asked for: the `figure`, what it has to be `at_least`, whether
    a threshold that `is_sure` was found, and what it was on the folds (`out_of_fold`, each flagged by the threshold
    that the others say: rows that choose one flatter it) and at the later cut-off (`test`, or null), with intervals.
    `profit_by_policy`, null where no amounts are given: see `profits`, by the same two names.

    Args:
        spec: the policy.
        threshold: what `threshold_of` gave.
        rows: those that the threshold was chosen by.
        honest: what was predicted of them and who is flagged, their labels, and the fold of each.
        later: the rows of the cut-off that tests the model, `None` where none does.
        later_honest: what was predicted of these.
    """
    parts = {"out_of_fold": (rows, honest), "test": (later, later_honest)}
    known = {name: (given, said) for name, (given, said) in parts.items() if given is not None}
    found: dict[str, Any] = {"promise": None, "profit_by_policy": None}
    if promised := next((name for name in ("recall", "precision") if getattr(spec, f"min_{name}")), None):
        by_others = {**known, "out_of_fold": (rows, _flagged_by_other_folds(spec, honest))}
        kept = {name: _kept(promised, said) for name, (_, said) in by_others.items()}
        least = getattr(spec, f"min_{promised}")
        is_sure = 0 < threshold < NOBODY
        found["promise"] = {"figure": promised, "at_least": least, "is_sure": is_sure, "test": None, **kept}
    if spec.profit is not None:
        found["profit_by_policy"] = {"test": None} | {
            name: profits(spec, *each) for name, each in known.items()
        }
    return found


def broken_promises(judged: Mapping[str, Any]) -> list[str]:
    """What of a promise does not hold, in words."""
    if (promise := judged["promise"]) is None:
        return []
    figure, least, test = promise["figure"], promise["at_least"], promise["test"]
    told = []
    if not promise["is_sure"]:
        flagged = "everyone" if figure == "recall" else "nobody"
        told.append(f"no threshold has a {figure} of at least {least:.1%}, 95 % sure; {flagged} is flagged")
    if test is not None and test["high"] < least:
        interval = f"{test['estimate']:.1%} ({test['low']:.1%} to {test['high']:.1%})"
        told.append(
            f"a {figure} of at least {least:.1%} was asked for; at the latest cut-off it is {interval}"
        )
    return told


def profits(spec: ChurnSpec, rows: pd.DataFrame, honest: pd.DataFrame) -> dict[str, Any]:
    """What policies would have brought on rows whose labels no model of theirs saw, by name.

    Of each how many it flags, what was `expected` of these and what was `realised`: each of them that churned brings
    the benefit times the success rate. `asked` is the policy of `spec`; beside it `expected_profit` flags all of whom a
    profit is expected, `share_10_percent` the most likely tenth, and `everyone` all; to flag nobody brings nothing.
    """
    if spec.profit is None:
        return {}
    probability = honest["churn_probability"].to_numpy()
    expected = expected_profit(spec.profit, rows, probability)
    realised = expected_profit(spec.profit, rows, honest["is_churned"].to_numpy(dtype=bool))
    tenth = metrics.threshold_for_share(probability, _COMMON_SHARE)
    policies = {
        "asked": honest["is_predicted_churn"].to_numpy(dtype=bool),
        "expected_profit": expected > 0,
        "share_10_percent": probability >= tenth,
        "everyone": np.ones(len(rows), dtype=bool),
    }
    return {
        name: {
            "flagged": int(each.sum()),
            "expected": float(expected[each].sum()),
            "realised": float(realised[each].sum()),
        }
        for name, each in policies.items()
    }


def _flagged_by_other_folds(spec: ChurnSpec, honest: pd.DataFrame) -> pd.DataFrame:
    folds = honest["fold"].to_numpy(dtype=np.int64)
    is_churned = honest["is_churned"].to_numpy(dtype=bool)
    probability = honest["churn_probability"].to_numpy()
    is_flagged = np.zeros(len(honest), dtype=bool)
    for fold in np.unique(folds):
        is_out = folds == fold
        is_flagged[is_out] = probability[is_out] >= threshold_of(
            spec, is_churned[~is_out], probability[~is_out]
        )
    return honest.assign(is_predicted_churn=is_flagged)


def _kept(figure: str, honest: pd.DataFrame) -> dict[str, float] | None:
    """Recall or precision of what is flagged, with its interval; `None` where it is of no row."""
    of, counted = (
        ("is_churned", "is_predicted_churn") if figure == "recall" else ("is_predicted_churn", "is_churned")
    )
    kept = kept_share(honest.loc[honest[of].astype(bool), counted].to_numpy(dtype=bool))
    return asdict(kept) if kept else None


def amounts_of(amount: Amount, rows: pd.DataFrame) -> Floats | float:
    """The amount of each of `rows`, or the one that all have.

    Raises:
        ValueError: its column is missing, or holds none in some row.
    """
    if not isinstance(amount, str):
        return amount
    if amount not in rows.columns:
        raise ValueError(f"the rows have no column '{amount}', which policy.profit names")
    if not pd.api.types.is_numeric_dtype(rows[amount].dtype):
        raise ValueError(f"'{amount}' holds no numbers, and policy.profit takes amounts from it")
    values = rows[amount].to_numpy(dtype=np.float64, na_value=np.nan)
    if wrong := int((~((values >= 0) & np.isfinite(values))).sum()):
        raise ValueError(
            f"'{amount}' is unknown or below 0 in {wrong:,} of {len(rows):,} rows, and policy.profit takes amounts "
            "from it"
        )
    return values
