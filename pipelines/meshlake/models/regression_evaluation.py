"""What is told of a version of a model of amounts: first of all on rows that tested it, whose amounts it never saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meshlake.counting import counted
from meshlake.models.evaluation import Evaluation, Section, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from meshlake.ml_assets.drawing import Draw
    from meshlake.ml_assets.regression.spec import RegressionSpec

_FIGURES = {
    "mean_absolute_error": ("mean absolute error", "how far off a prediction is, on average"),
    "root_mean_squared_error": ("root mean squared error", "the same, where large errors count more"),
    "r2": ("R²", "the share of the differences between rows that it explains; 0 says no more than the mean"),
}


def evaluate_regression(spec: RegressionSpec, record: Mapping[str, Any], honest: pd.DataFrame) -> Evaluation:
    """What `record` and the honest predictions that are stored with it tell."""
    from meshlake.ml_assets.regression.figures import amount_figures
    from meshlake.ml_assets.regression.training import tested_amounts

    tested = tested_amounts(honest)
    drawings = amount_figures(tested, spec.coverage)
    sections = [
        _measured(spec, record, tested),
        Section(
            "How far off it is",
            "On the dotted line a prediction came true.",
            drawings=_drawn(drawings, "predicted_and_actual", "residuals"),
        ),
        _intervals(spec, record, tested, drawings),
        _importances(record),
        _candidates(spec, record),
    ]
    return Evaluation(_verdict(spec, record, tested), sections)


def _drawn(drawings: Mapping[str, Draw], *names: str) -> dict[str, bytes]:
    from meshlake.ml_assets.drawing import svg

    return {name.replace("_", " "): svg(drawings[name]) for name in names}


def _verdict(spec: RegressionSpec, record: Mapping[str, Any], tested: pd.DataFrame) -> str:
    from meshlake.ml_assets.regression.metrics import in_figures, interval_metrics, point_metrics

    against = record["decision"].get("figures", {}).get("against_constant")
    if not (against and against[spec.loss]["low"] > 0):
        return f"Not to act on: beyond noise it says no more than the {spec.predict} of all rows."
    points = point_metrics(tested["label"].to_numpy(), tested["predicted"].to_numpy())
    kept = interval_metrics(tested, spec.coverage)
    rules = record["held_against"]
    off = "; ".join(
        f"{name} is off by {in_figures(rule['mean_absolute_error'])}" for name, rule in rules.items()
    )
    return (
        f"It is off by {in_figures(points['mean_absolute_error'])} on average and explains {points['r2']:.0%} of the "
        f"differences between rows ({off}); {kept['coverage']:.1%} of them lie within its interval, "
        f"{spec.coverage:.0%} were asked for."
    )


def _measured(spec: RegressionSpec, record: Mapping[str, Any], tested: pd.DataFrame) -> Section:
    from meshlake.ml_assets.comparison import groups_by
    from meshlake.ml_assets.regression.metrics import in_figures, measure_amounts

    groups = groups_by(tested, spec)
    found = measure_amounts(tested["label"].to_numpy(), tested["predicted"].to_numpy(), groups, spec.seed)
    rules = record["held_against"]
    rows = [
        (
            name,
            in_figures(found[figure].estimate),
            f"{in_figures(found[figure].low)} to {in_figures(found[figure].high)}",
            *(in_figures(rule[figure]) for rule in rules.values()),
            meaning,
        )
        for figure, (name, meaning) in _FIGURES.items()
    ]
    bias = float((tested["predicted"] - tested["label"]).mean())
    least = "" if record["least"] is None else " No prediction is below 0, since no label was."
    return Section(
        "How good it is",
        f"Measured on {counted(len(tested), 'row')} ({record['measured_on']}): none was learned from by the model that "
        f"predicted it. It predicts the {spec.predict}; predictions are {in_figures(abs(bias))} too "
        f"{'high' if bias > 0 else 'low'} on average.{least}",
        [
            Table(("figure", "model", "95 % interval", *rules, "what it says"), rows),
            *(_better(f"against {name}", rule["better_by"]) for name, rule in rules.items()),
            *_against_champion(record),
        ],
    )


def _against_champion(record: Mapping[str, Any]) -> list[Table]:
    figures = record["decision"].get("figures", {})
    if not (against := figures.get("against_champion")):
        return []
    return [_better(f"against version {figures['champion']}", against)]


def _better(title: str, against: Mapping[str, Any]) -> Table:
    from meshlake.ml_assets.regression.metrics import in_figures

    told = {f: [in_figures(against[f][end], "+") for end in ("estimate", "low", "high")] for f in _FIGURES}
    rows = [(name, told[f][0], f"{told[f][1]} to {told[f][2]}") for f, (name, _) in _FIGURES.items()]
    return Table((title, "better by", "95 % interval"), rows)


def _intervals(
    spec: RegressionSpec, record: Mapping[str, Any], tested: pd.DataFrame, drawings: Mapping[str, Draw]
) -> Section:
    from meshlake.ml_assets.regression.figures import coverage_by_size
    from meshlake.ml_assets.regression.metrics import in_figures

    rows = [
        (
            in_figures(each["predicted"]),
            in_figures(each["actual"]),
            f"{each['share']:.1%}",
            f"{each['low']:.1%} to {each['high']:.1%}",
            f"{each['rows']:,}",
        )
        for each in coverage_by_size(tested).to_dict(orient="records")
    ]
    grows = " and grow with the prediction" if record["intervals"]["are_relative"] else ""
    return Section(
        "Whether its intervals hold",
        f"Of these rows {spec.coverage:.0%} should lie between lower and upper. Intervals are told from the errors of "
        f"predictions of rows that were not learned from, {record['intervals']['groups']} groups of like predictions "
        f"each by itself{grows}: they hold as long as rows stay like those.",
        [Table(("predicted, on average", "what came, on average", "within", "95 % interval", "rows"), rows)],
        _drawn(drawings, "intervals", "widths"),
    )


def _importances(record: Mapping[str, Any]) -> Section:
    from meshlake.ml_assets.churn_figures import importances_figure
    from meshlake.ml_assets.drawing import svg

    moves = importances_figure(
        record["importances"], "What moves a prediction", "change of the prediction, on average"
    )
    return Section(
        "What it depends on",
        "How far a prediction moves when a feature takes its usual value, what reasons are told by.",
        drawings={"importances": svg(moves)},
    )


def _candidates(spec: RegressionSpec, record: Mapping[str, Any]) -> Section:
    from meshlake.ml_assets.regression.metrics import in_figures

    def row(name: str, told: Mapping[str, Any]) -> tuple[str, ...]:
        figures = (f"{in_figures(told['fold_mean'][f])} ± {in_figures(told['fold_sd'][f])}" for f in _FIGURES)
        return name, *figures, f"{told['seconds']:.1f}"

    found = sorted(record["candidates"].items(), key=lambda each: float(each[1]["out_of_fold"][spec.loss]))
    heads = ("candidate", *(name for name, _ in _FIGURES.values()), "seconds of one processor")
    return Section(
        "Candidates",
        f"All on the same {record['folds']['count']} folds, mean and standard deviation; {record['algorithm']} won, by "
        f"{_FIGURES[spec.loss][0]} of all rows. Where there is the rule of thumb last_period, an algorithm is taken "
        "only if it is better beyond noise.",
        [Table(heads, [row(*each) for each in found])],
    )
