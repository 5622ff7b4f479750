"""What a model's main parameter does: log loss on rows it did not see, and on those it learned from, over its values.

Where the upper line is least is a good value; where the lines part, it learns by heart. Only the winner has one, of an
ensemble its best member, on one fold and, where it would take more than a twentieth of the comparison, on fewer rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meshlake.ml_assets.candidates.candidate import CANDIDATES
from meshlake.ml_assets.comparison import can_compare
from meshlake.ml_assets.cross_validation import fit_features
from meshlake.ml_assets.learning_curve import measured_of, point, some_of
from meshlake.ml_assets.search import with_parameters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.ml_assets.cross_validation import CandidateResult
    from meshlake.ml_assets.features import Features
    from meshlake.ml_assets.preprocessing import FeaturePlan
    from meshlake.ml_assets.spec import ChurnSpec

SHARES = (0.0, 0.5, 1.0)
TIME_SHARE = 0.05
# Of fewer it would tell of another model than the one that is kept.
FEWEST_ROWS = 1_000


def validation_curve(
    winner: CandidateResult,
    candidates: Sequence[CandidateResult],
    plan: FeaturePlan,
    inside: Features,
    outside: Features,
    spec: ChurnSpec,
) -> dict[str, Any]:
    """The `algorithm`, its `parameter`, the value `used`, and `points` by `value`; empty where there is none to tell.

    Each point has `rows` (learned from), `learned_log_loss`, and `log_loss` from `low` to `high` (95 %).

    Args:
        winner: what was taken.
        candidates: all that were compared.
        plan: what the features are.
        inside: labelled rows, all that are not in the first fold, to learn from.
        outside: those of the first fold, to measure on.
        spec: how models are fitted.
    """
    of = {winner.algorithm} if winner.blend is None else set(winner.blend.weights)
    best = min((c for c in candidates if c.algorithm in of), key=lambda each: each.out_of_fold["log_loss"])
    algorithm = CANDIDATES.get(best.algorithm)
    parameter = next(iter(algorithm.search_space), None)
    if parameter is None:
        return {}
    used = getattr(algorithm(**spec.parameters.get(best.algorithm, {})), parameter)
    space = algorithm.search_space[parameter]
    values = sorted({*(space.at(share) for share in SHARES), *([used] if used is not None else [])})
    share = min(
        1.0, TIME_SHARE * sum(c.seconds for c in candidates) / (len(values) * max(best.fit_seconds, 1e-9))
    )
    if (share < 1 and share * len(inside) < FEWEST_ROWS) or not can_compare(outside.is_churned):
        return {}
    learned = some_of(inside, share, spec.seed)
    measured = measured_of(learned, spec.seed)
    # Fitted already, unless on more rows or, each fold by itself, with parameters that were searched for.
    is_fitted = learned is inside and best.searched is None
    points = []
    for value in values:
        try:
            tried = with_parameters(spec, {best.algorithm: {parameter: value}})
            is_known = is_fitted and value == used
            model = best.models[0] if is_known else fit_features(best.algorithm, plan, learned, tried)
        except ValueError:
            continue
        points.append({"value": value, **point(model, measured, outside, len(learned))})
    return {"algorithm": best.algorithm, "parameter": parameter, "used": used, "points": points}
