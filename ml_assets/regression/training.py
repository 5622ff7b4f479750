"""Training a model of amounts: candidates compared on the same folds, the winner tested on a later cut-off and
refitted, and how far off it may be learned from what it said of rows that it did not see.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from meshlake.ml_assets import training_rows
from meshlake.ml_assets.features import infinite_counts
from meshlake.ml_assets.honest import FINGERPRINT, row_fingerprints
from meshlake.ml_assets.reasons import reason_names
from meshlake.ml_assets.regression.conformal import Margins, best_margins, margins
from meshlake.ml_assets.regression.folds import best_amounts, compete_amounts, fit_amounts
from meshlake.ml_assets.regression.metrics import interval_metrics, point_metrics
from meshlake.ml_assets.regression.model import amount_importances, explain_amounts, with_interval
from meshlake.ml_assets.regression.rows import (
    FEWEST_ROWS,
    amount_folds,
    plan_of,
    read_amounts,
    require_amounts,
    suspected,
)
from meshlake.ml_assets.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    from meshlake.ml_assets.preprocessing import FeaturePlan
    from meshlake.ml_assets.regression.folds import AmountCandidate
    from meshlake.ml_assets.regression.model import RegressionModel
    from meshlake.ml_assets.regression.spec import RegressionSpec


@dataclass(frozen=True)
class RegressionTraining:
    """A fitted model and all that is known about how it came about.

    `honest` holds one row per labelled row used: the key, the cut-off if any, `label`, `fold` (null for held-out rows),
    `predicted`, `lower` and `upper`, each by a model, and by margins, that never saw that row's label; the reasons of
    those that can be published; `last_period`, what the rule of thumb says, if there is one.
    `test` is measured on the latest labelled cut-off, `None` where none tests it; `features` are the columns of the
    refitted model, `dropped` the columns left out, with the reason; `importances` how far each feature moves it.
    """

    spec: RegressionSpec
    model: RegressionModel
    candidates: tuple[AmountCandidate, ...]
    folds_sha256: str
    honest: pd.DataFrame
    out_of_fold: Mapping[str, float]
    test: Mapping[str, Any] | None
    row_counts: Mapping[str, int]
    features: Mapping[str, str]
    dropped: Mapping[str, str]
    importances: Mapping[str, float]
    warnings: tuple[str, ...]


def train_regression(
    features: pd.DataFrame, spec: RegressionSpec, on_progress: Callable[[str], None] | None = None
) -> RegressionTraining:
    """Choose, test and fit a model of amounts on the labelled rows of `features`.

    With `spec.cutoff`, candidates compete on the rows of all but the latest labelled cut-off, which then tests the
    winner and its intervals. Same rows, in any order, and same seed give the same model.

    Args:
        features: one row per key (and cut-off), columns of any type.
        spec: what to train.
        on_progress: called with one line before each longer step.

    Raises:
        ValueError: in one plain sentence, when the rows or the specification allow no training.
    """
    tell = on_progress or (lambda _: None)
    labelled = training_rows.labelled_rows(features, spec, read_amounts)
    require_amounts(labelled, spec)
    split = training_rows.split_by_cutoff(labelled, spec)
    development, held_out = training_rows.cap_rows(split.earlier, spec), split.held_out
    require_amounts(development, spec)
    final = training_rows.cap_rows(pd.concat([development, split.between, held_out], ignore_index=True), spec)
    least = 0.0 if labelled[spec.label].min() >= 0 else None
    folds = amount_folds(development, spec)
    is_published = _is_published(features, spec)
    with one_thread():
        suspects = suspected(development, spec)
        plan, final_plan = (plan_of(suspects, rows, spec) for rows in (development, final))
        candidates, left_out = compete_amounts(plan, development, folds, spec, least, tell)
        winner = best_amounts(candidates, development, spec)
        tell("learning how far off predictions are")
        actual = development[spec.label].to_numpy()
        found, lower, upper = best_margins(actual, winner.predicted, folds, spec.coverage, least)
        ends = {"predicted": winner.predicted, "lower": lower, "upper": upper}
        honest = _honest(development, ends, spec, folds)
        parts = [
            (model, development[is_out])
            for model, is_out in zip(winner.models, (folds == n for n in range(spec.folds)), strict=True)
        ]
        if len(held_out):
            tell(f"testing {winner.algorithm} on {len(held_out)} rows of the latest cut-off")
            tested = fit_amounts(winner.algorithm, plan, development, spec, least)
            predicted = tested.predict(tested.pipeline[:1].transform(held_out))
            later = _honest(held_out, with_interval(predicted, found, least), spec, None)
            honest = pd.concat([honest, later], ignore_index=True)
            parts.append((tested, held_out.set_axis(range(len(development), len(honest)))))
        tell(f"fitting {winner.algorithm} on {len(final)} rows")
        fitted = fit_amounts(winner.algorithm, final_plan, final, spec, least)
        honest = honest.join(_reasons(parts, is_published))
    honest[FINGERPRINT] = row_fingerprints(
        fitted, pd.concat([development, held_out], ignore_index=True), spec.row_keys
    )
    model = replace(fitted, margins=_of_all(honest, spec, found))
    test, test_warnings = _test(honest, spec)
    return RegressionTraining(
        spec=spec,
        model=model,
        candidates=tuple(candidates),
        folds_sha256=training_rows.folds_hash(folds),
        honest=honest,
        out_of_fold=_measured(honest[honest["fold"].notna()], spec),
        test=test,
        row_counts=training_rows.row_counts(features, labelled, development, held_out, final),
        features={name: str(kind) for name, kind in final_plan.kinds.items()},
        dropped={**spec.exclude, **final_plan.dropped},
        importances=amount_importances(model, final, spec.seed),
        warnings=(
            *suspects.warnings(spec),
            *_warnings(left_out, final, final_plan),
            *training_rows.gap_warnings(split, spec),
            *test_warnings,
        ),
    )


def tested_amounts(honest: pd.DataFrame) -> pd.DataFrame:
    """The rows that tested a model: those of the latest cut-off where there are enough, else all out of fold."""
    later = honest[honest["fold"].isna()]
    return later if len(later) >= FEWEST_ROWS else honest[honest["fold"].notna()]


def _is_published(features: pd.DataFrame, spec: RegressionSpec) -> Callable[[pd.DataFrame], Any]:
    """Which rows are of the cut-off that is published: all, where there is none."""
    if spec.cutoff is None:
        return lambda rows: np.ones(len(rows), dtype=bool)
    latest = features[spec.cutoff].max()
    return lambda rows: (rows[spec.cutoff] == latest).to_numpy(dtype=bool)


def _honest(
    rows: pd.DataFrame, said: Mapping[str, Any], spec: RegressionSpec, folds: npt.NDArray[np.int64] | None
) -> pd.DataFrame:
    columns = list(dict.fromkeys((*spec.row_keys, *spec.group)))
    fold = pd.Series(pd.NA if folds is None else folds, index=rows.index, dtype="Int64")
    rule = {"last_period": rows[spec.last_period].astype(np.float64)} if spec.last_period else {}
    return rows[columns].assign(label=rows[spec.label], fold=fold, **said, **rule)


def _reasons(
    parts: list[tuple[RegressionModel, pd.DataFrame]], is_published: Callable[[pd.DataFrame], Any]
) -> pd.DataFrame:
    """Reasons of the rows that can be published, by the model that did not see them; null of others."""
    told = [explain_amounts(model, rows[is_published(rows)]) for model, rows in parts]
    index = np.sort(np.concatenate([rows.index for _, rows in parts]))
    return pd.concat(told).reindex(index)[list(reason_names())].astype("string")


def _of_all(honest: pd.DataFrame, spec: RegressionSpec, found: Margins) -> Margins:
    """The margins of the refitted model: all honest predictions, the newest among them, say how far off it may be."""
    return margins(honest["label"].to_numpy(), honest["predicted"].to_numpy(), spec.coverage, found.unit)


def _measured(rows: pd.DataFrame, spec: RegressionSpec) -> dict[str, float]:
    points = point_metrics(rows["label"].to_numpy(), rows["predicted"].to_numpy())
    return {**points, **interval_metrics(rows, spec.coverage)}


def _test(honest: pd.DataFrame, spec: RegressionSpec) -> tuple[dict[str, Any] | None, list[str]]:
    later = honest[honest["fold"].isna()]
    if spec.cutoff is None:
        return None, []
    if len(later) < FEWEST_ROWS:
        return None, [f"{len(later)} labelled rows of a later cut-off are too few to test the model"]
    measured, day = _measured(later, spec), str(later[spec.cutoff].iloc[0]).removesuffix(" 00:00:00")
    told = []
    if measured["coverage_high"] < spec.coverage:
        told.append(
            f"intervals hold {measured['coverage']:.1%} of the rows of {day}, where {spec.coverage:.0%} was asked for: "
            "they are unlike the earlier ones"
        )
    return {"cutoff": day, **measured}, told


def _warnings(left_out: Mapping[str, str], rows: pd.DataFrame, plan: FeaturePlan) -> list[str]:
    return [
        *(f"{name} was left out: {why}" for name, why in left_out.items()),
        *(
            f"'{name}' is infinite in {count} of {len(rows)} rows; read as unknown"
            for name, count in infinite_counts(rows, plan).items()
        ),
    ]
