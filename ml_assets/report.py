"""What a training tells people: facts that fit into JSON. Drawings are in `churn_figures` and `segmentation.figures`.

Metrics are computed in `metrics` and by the trainings, not here.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from meshlake.ml_assets.metrics import flag_metrics, probability_metrics
from meshlake.ml_assets.policy import WAYS

if TYPE_CHECKING:
    import numpy.typing as npt

    from meshlake.ml_assets.anomaly_detection.training import AnomalyTraining
    from meshlake.ml_assets.churn import ChurnTraining
    from meshlake.ml_assets.cross_validation import CandidateResult
    from meshlake.ml_assets.segmentation.choice import SegmentCount
    from meshlake.ml_assets.segmentation.training import SegmentTraining
    from meshlake.ml_assets.spec import ChurnSpec

ONE_SEGMENT = "one segment"


def churn_report(training: ChurnTraining) -> dict[str, Any]:
    """The facts of a churn training: algorithm, rows, candidates, policy, out-of-fold and test metrics.

    `out_of_fold` is measured on the cross-validated rows, `test` on the latest labelled cut-off or null.
    """
    spec, test = training.spec, training.test
    is_churned, probability, is_flagged = out_of_fold(training)
    return {
        "task": "churn",
        "algorithm": training.algorithm,
        "rows": dict(training.row_counts),
        "features": dict(training.features),
        "dropped": dict(training.dropped),
        "folds": {"count": spec.folds, "seed": spec.seed, "sha256": training.folds_sha256},
        "candidates": {c.algorithm: _candidate_report(c) for c in training.candidates},
        "importances": dict(training.importances),
        "policy": _policy(spec, training.model.threshold),
        **training.judged,
        **asdict(training.diagnosis),
        "calibration": dict(training.calibration),
        "out_of_fold": {
            **probability_metrics(is_churned, probability),
            **flag_metrics(is_churned, is_flagged),
        },
        "test": None if test is None else {"cutoff": test.cutoff, **test.metrics},
        "distributions": {name: asdict(each) for name, each in training.distributions.items()},
        "warnings": list(training.warnings),
    }


def _policy(spec: ChurnSpec, threshold: float) -> dict[str, Any]:
    """Who is flagged: what was asked, and the least probability."""
    profit = {"profit": spec.profit.model_dump()} if spec.profit else {}
    asked = {name: value for name in WAYS if (value := getattr(spec, name)) is not None}
    return {**asked, **profit, "threshold": threshold}


def _candidate_report(candidate: CandidateResult) -> dict[str, Any]:
    names = [name for name in candidate.folds[0] if name != "n"]
    values = {name: [fold[name] for fold in candidate.folds] for name in names}
    return {
        "out_of_fold": dict(candidate.out_of_fold),
        "folds": [dict(fold) for fold in candidate.folds],
        "fold_mean": {name: float(np.mean(values[name])) for name in names},
        "weights": dict(candidate.blend.weights) if candidate.blend else {},
        **({"search": asdict(candidate.searched)} if candidate.searched else {}),
        "seconds": candidate.seconds,
        "fold_sd": {name: float(np.std(values[name], ddof=1)) for name in names},
    }


def out_of_fold(
    training: ChurnTraining,
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Labels, probabilities and flags of the cross-validated rows: arrays of one length."""
    rows = training.honest[training.honest["fold"].notna()]
    return (
        rows["is_churned"].to_numpy(),
        rows["churn_probability"].to_numpy(),
        rows["is_predicted_churn"].to_numpy(),
    )


def segment_report(training: SegmentTraining) -> dict[str, Any]:
    """The facts of a segmentation: what was chosen, the curve it was chosen from, and each segment's profile.

    `centres` are in standard deviations, a row for each of `segments`, a column for each that was not dropped.
    """
    spec, chosen, model = training.spec, training.chosen, training.model
    middles = dict(zip(model.numbers, model.centres.tolist(), strict=True))
    segments = training.profile.astype(object).where(training.profile.notna(), None)
    return {
        "task": "segments",
        "algorithm": chosen.algorithm if chosen else ONE_SEGMENT,
        "k": len(model.numbers),
        "next_number": training.next_number,
        "seed": spec.seed,
        "columns": {name: str(scale) for name, scale in spec.columns.items()},
        "useful_for": spec.useful_for,
        "leaves_out_all": training.leaves_out_all,
        "dropped": dict(training.dropped),
        "curve": [_of_count(count, is_chosen=count is chosen) for count in training.curve],
        "segments": segments.to_dict(orient="records"),
        "centres": [middles.get(number) for number in training.profile["segment"]],
        "explained_variance": list(training.explained_variance),
        "warnings": list(training.warnings),
    }


def _of_count(count: SegmentCount, *, is_chosen: bool) -> dict[str, Any]:
    return {**vars(count), "is_stable": count.is_stable, "is_chosen": is_chosen}


def anomaly_report(training: AnomalyTraining, shown: int) -> dict[str, Any]:
    """The facts of a search for unusual rows: how many there are, and the `shown` rarest."""
    spec, scores = training.spec, training.scores
    rarest = scores[scores["is_anomaly"]].sort_values("log_density", kind="stable").head(shown)
    return {
        "task": "anomalies",
        "rows": len(scores),
        "unusual": int(scores["is_anomaly"].sum()),
        "rare": int(scores["is_rare"].sum()),
        "far": int(scores["is_far"].sum()),
        "seed": spec.seed,
        "columns": {name: str(scale) for name, scale in spec.columns.items()},
        "least_density": training.model.least_density,
        "most_distance": training.model.most_distance,
        "bic": {str(parts): value for parts, value in training.bic.items()},
        "most_unusual": rarest.astype(object).where(rarest.notna(), None).to_dict(orient="records"),
        "dropped": dict(training.dropped),
        "warnings": list(training.warnings),
    }
