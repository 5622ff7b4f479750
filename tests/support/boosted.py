"""A search as it ends, written down: a table that helps, and one of each kind that does not."""

from __future__ import annotations

from dataclasses import replace

from meshlake.boosting.considered import Boosted, Considered
from meshlake.boosting.evidence import Evidence
from meshlake.boosting.feature import Feature
from meshlake.boosting.hops import Hop, Source
from meshlake.boosting.paths import Path, Step
from meshlake.boosting.predicted import Predicted
from meshlake.boosting.sources import Found
from meshlake.boosting.task import Task
from meshlake.ml_assets.blocks.held_out import Fold, Gain
from meshlake.ml_assets.blocks.selection import Judged, Selection
from meshlake.ml_assets.blocks.target import Measured
from meshlake.ml_assets.comparison import Difference, Interval
from meshlake.names import ProductName

TOLD = "customer_id = shop.orders.customer_id"
_PLACEBO = "gains as much with its rows dealt to others"


def a_search() -> Boosted:
    """One table of six is kept, on five cut-offs."""
    gain = Gain(0.0614, 0.0071)
    folds = tuple(
        Fold(
            period,
            900,
            {"log_loss": 0.61 - period / 100, "roc_auc": 0.62},
            {"log_loss": 0.55 - period / 100, "roc_auc": 0.74},
            gain,
        )
        for period in (1, 2, 3)
    )
    gains = {
        "log_loss": Difference(0.05, 0.03, 0.07),
        "roc_auc": Difference(0.11, 0.08, 0.14),
        "calibration_error": Difference(0, -0.01, 0.01),
    }
    figures = {
        name: Interval(middle, middle - 0.02, middle + 0.02)
        for name, middle in (("roc_auc", 0.62), ("log_loss", 0.58), ("calibration_error", 0.03))
    }
    final = Measured(880, gains, figures, figures)
    columns = ("orders_count", "orders_amount_sum_28d")
    selection = Selection((), columns, 2.1, 2.7, final, Gain(0.05, 0.01), folds)
    others = [
        ("adds nothing", "crm.persons", ""),
        ("says who, not what", "crm.lots", _PLACEBO),
        ("undated", "crm.accounts", "no date says what was known when: --undated takes it"),
        ("not reached", "geo.areas", ""),
    ]
    return Boosted(
        ProductName("crm", "labels"),
        Predicted(Task.CHURN, "is_churned", so="true"),
        "cutoff_date",
        ("customer_id",),
        ("region",),
        (
            _kept(gain),
            *(Considered(f"customer_id = {t}.id", t, v, why, 0.9) for v, t, why in others),
            _said_before(gain),
        ),
        selection,
        3_600,
        11.4,
        {number: f"2024-0{number + 3}-01" for number in range(5)},
        {TOLD: _evidence()},
    )


def without_gain() -> Boosted:
    """The same mesh where nothing helps."""
    found = a_search()
    kept = replace(found.considered[0], verdict="adds nothing", features=())
    return replace(found, considered=(kept, *found.considered[1:]), selection=None, evidence={})


def _kept(gain: Gain) -> Considered:
    features = (
        Feature("orders_count", "COUNT(*)", "Rows of shop.orders."),
        Feature(
            "orders_amount_sum_28d", "SUM(amount)", "Sum of <amount> of shop.orders in the last 28 days."
        ),
        Feature("orders_amount_sd", "STDDEV_SAMP(amount)", "Standard deviation of amount of shop.orders."),
    )
    hop = Hop('"shop"."orders"', '"orders"', "{asked}.customer_id = orders.customer_id", "ordered_on")
    source = Source("orders", TOLD, ("customer_id",), (hop,), (), features, is_lookup=False)
    step = Step(
        ("customer_id",), "landing.shop.orders", ("customer_id",), "", is_unique=False, containment=0.97
    )
    return Considered(
        TOLD,
        "shop.orders",
        "kept",
        containment=0.97,
        judged=Judged(TOLD, "kept", gain),
        found=Found(Path((step,)), (), source),
        columns=tuple(each.name for each in features),
        features=("orders_count", "orders_amount_sum_28d"),
        withheld={"updated_at": "is written over, as its name says"},
        doubts={"orders_count": "alone it says more than all other tables"},
        seconds=0.4,
    )


def _said_before(gain: Gain) -> Considered:
    """A table that gains alone, and nothing beside the one that is kept."""
    path = "customer_id = shop.lines.customer_id"
    judged = Judged(path, "adds nothing", gain, Gain(0.0003, 0.0006))
    return Considered(path, "shop.lines", "adds nothing", judged=judged, columns=("lines_count",))


def _evidence() -> Evidence:
    return Evidence(
        ("crm.labels.customer_id", "shop.orders.customer_id"),
        (("1001", "1001"), ("1002", "1002")),
        (("1001", "2024-03-01", "12", "2024-02-27", "2024-03-03"),),
        "2023-12-02",
        "2024-10-28",
    )
