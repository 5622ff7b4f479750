"""What a training of uplift tells people: facts that fit into JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from meshlake.ml_assets.comparison import groups_by
from meshlake.ml_assets.uplift.qini import by_size, measure_uplift
from meshlake.ml_assets.uplift.training import tested_uplift

if TYPE_CHECKING:
    from meshlake.ml_assets.uplift.training import UpliftTraining


def uplift_report(training: UpliftTraining) -> dict[str, Any]:
    """The facts of a training of uplift: what any training tells, and beside it.

    `randomised` says how well the features tell who was treated; `against_random` is the Qini coefficient on the rows
    that tested the model, `measured` all figures on them with intervals; `by_size` what was expected and what was
    gained of rows of like uplift; `policies` what treating by a policy would have brought; `drawn` how far predictions
    were drawn to the mean effect. Gains are outcomes that are aimed at, for each row.
    """
    spec, tested = training.spec, tested_uplift(training.honest)
    gain, effect = (spec.sign * tested[name].to_numpy() for name in ("predicted", "effect"))
    groups = groups_by(tested, spec)
    measured = measure_uplift(gain, effect, groups, spec.seed)
    rates = tested.groupby("is_treated")["label"].mean()
    return {
        **training.facts("uplift", spec),
        "treatment": spec.treatment,
        "rates": {"treated": float(rates[True]), "untreated": float(rates[False])},
        "randomised": training.randomised.as_dict(),
        "against_random": asdict(training.against_random),
        "measured": {name: asdict(each) for name, each in measured.items()},
        "by_size": by_size(gain, effect, groups, spec.seed).to_dict(orient="records"),
        "policies": {name: dict(each) for name, each in training.policies.items()},
        "drawn": dict(training.drawn),
    }
