"""What is told of a version of a model of uplift: first of all on rows that tested it, whose outcomes it never saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meshlake.counting import counted
from meshlake.models.evaluation import Evaluation, Section, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from meshlake.ml_assets.drawing import Draw
    from meshlake.ml_assets.uplift.spec import UpliftSpec

_FIGURES = {
    "qini": (
        "Qini coefficient",
        "what treating those of most uplift first gains over treating at random, for each row, over all shares",
    ),
    "auuc": ("area under the uplift curve", "the same over treating nobody"),
    "average_effect": ("average effect", "what treating everybody gains, for each row"),
}
_POLICIES = {
    "asked": "the policy",
    "all_who_gain": "all of whom a gain is expected",
    "best_tenth": "the best tenth",
    "everyone": "everybody",
}


def evaluate_uplift(spec: UpliftSpec, record: Mapping[str, Any], honest: pd.DataFrame) -> Evaluation:
    """What `record` and the honest predictions that are stored with it tell."""
    from meshlake.ml_assets.churn_figures import importances_figure
    from meshlake.ml_assets.uplift.figures import figures_of
    from meshlake.ml_assets.uplift.training import tested_uplift

    figures = figures_of(honest, spec, record["by_size"])
    moves = importances_figure(record["importances"], "What moves an uplift", "change of the uplift")
    sections = [
        _measured(spec, record, len(tested_uplift(honest))),
        _by_size(record, figures),
        _policies(spec, record),
        _randomised(spec, record),
        Section(
            "What it depends on",
            "How far an uplift moves when a feature takes its usual value, what reasons are told by.",
            drawings=_drawn({"importances": moves}, "importances"),
        ),
        _candidates(record),
    ]
    return Evaluation(_verdict(spec, record), sections)


def _drawn(drawings: Mapping[str, Draw], *names: str) -> dict[str, bytes]:
    from meshlake.ml_assets.drawing import svg

    return {name.replace("_", " "): svg(drawings[name]) for name in names}


def _points(value: float) -> str:
    return f"{100 * value:z.1f}"


def _verdict(spec: UpliftSpec, record: Mapping[str, Any]) -> str:
    if record["against_random"]["low"] <= 0:
        return (
            "Not to act on: beyond noise it says no better than chance whom "
            f"{spec.treatment} changes; the average effect is all there is to go by."
        )
    best, everyone = record["by_size"][0], record["measured"]["average_effect"]
    treated = record["policies"]["asked"]["treated"]
    rows = sum(each["rows"] for each in record["by_size"])
    gained, of_best = (_points(each) for each in (everyone["estimate"], best["gained"]))
    return (
        f"Of 100 rows treated ({spec.treatment}) {gained} {'more' if spec.is_wanted else 'fewer'} have {spec.label} "
        f"than of 100 others ({_points(everyone['low'])} to {_points(everyone['high'])}); of the tenth that it is said "
        f"to change most {of_best} ({_points(best['low'])} to {_points(best['high'])}). The policy treats "
        f"{treated:,} of {rows:,}."
    )


def _measured(spec: UpliftSpec, record: Mapping[str, Any], rows: int) -> Section:
    from meshlake.ml_assets.uplift.promotion import in_words

    found = {**record["measured"], "qini": record["against_random"]}
    cells = [(name, in_words(found[figure]), meaning) for figure, (name, meaning) in _FIGURES.items()]
    rates, aim = record["rates"], "more" if spec.is_wanted else "less"
    return Section(
        "How good it is",
        f"Measured on {counted(rows, 'row')} ({record['measured_on']}): none was learned from by the model that "
        f"predicted it. Of the treated {rates['treated']:.1%} have {spec.label}, of the others "
        f"{rates['untreated']:.1%}; {aim} is aimed at. Where rows chose the model, the interval allows for the choice. "
        f"Predictions keep {record['drawn']['share']:.0%} of what they differ from the average effect.",
        [Table(("figure", "95 % interval", "what it says"), cells), *_against_champion(record)],
    )


def _against_champion(record: Mapping[str, Any]) -> Iterator[Table]:
    from meshlake.ml_assets.uplift.promotion import in_words

    figures = record["decision"].get("figures", {})
    if against := figures.get("against_champion"):
        heads = (f"against version {figures['champion']}", "better by (95 % interval)")
        yield Table(heads, [("Qini coefficient", in_words(against["qini"], "+"))])


def _by_size(record: Mapping[str, Any], figures: Mapping[str, Draw]) -> Section:
    rows = [
        (
            str(number),
            _points(each["expected"]),
            _points(each["gained"]),
            f"{_points(each['low'])} to {_points(each['high'])}",
            f"{each['rows']:,}",
        )
        for number, each in enumerate(record["by_size"], start=1)
    ]
    return Section(
        "Whom it changes",
        "Tenths of rows, those of most uplift first; gains are outcomes of 100 rows treated.",
        [Table(("tenth", "expected", "gained", "95 % interval", "rows"), rows)],
        _drawn(figures, "qini", "uplift_by_size", "uplifts"),
    )


def _policies(spec: UpliftSpec, record: Mapping[str, Any]) -> Section:
    unit = "profit" if spec.profit else "outcomes"
    rows = [
        (
            _POLICIES[name],
            f"{each['treated']:,}",
            f"{each['expected']:,.0f}",
            f"{each['gained']:,.0f}",
            f"{each['low']:,.0f} to {each['high']:,.0f}",
        )
        for name, each in record["policies"].items()
    ]
    return Section(
        "Who is to be treated",
        f"What treating by a policy would have brought on the rows that tested the model, in {unit}; to treat nobody "
        "brings 0.",
        [Table(("treated are", "rows", f"{unit} expected", "gained", "95 % interval"), rows)],
    )


def _randomised(spec: UpliftSpec, record: Mapping[str, Any]) -> Section:
    found = record["randomised"]
    area, against = found["roc_auc"], found["against"]
    told = (
        f"a model of all features tells who was treated with ROC AUC {area['estimate']:.3f} ({area['low']:.3f} to "
        f"{area['high']:.3f}) on {found['rows']:,} rows, {found['treated']:.1%} of them treated"
    )
    held = f", no better than {spec.propensity} does" if spec.propensity else ", no better than chance"
    gain = against["roc_auc"]["estimate"]
    alone = ", ".join(f"{name} {value:.3f}" for name, value in found["columns"].items())
    watched = f" By themselves these tell it a little: {alone}." if alone else ""
    return Section(
        "Whether the treatment was drawn",
        f"Out of fold {told}{held} (better by {gain:+.3f}, {against['roc_auc']['low']:+.3f} to "
        f"{against['roc_auc']['high']:+.3f}).{watched} What no feature says, such as who asked for it, cannot be "
        "tested: see that nobody chose.",
    )


def _candidates(record: Mapping[str, Any]) -> Section:
    def row(name: str, told: Mapping[str, Any]) -> tuple[str, ...]:
        figures = [told["out_of_fold"][figure] for figure in ("qini", "auuc", "slope")]
        spread = f"{told['fold_mean']['qini']:.4f} ± {told['fold_sd']['qini']:.4f}"
        return name, *(f"{each:.4f}" for each in figures), spread, f"{told['seconds']:.1f}"

    found = sorted(record["candidates"].items(), key=lambda each: -float(each[1]["out_of_fold"]["qini"]))
    heads = ("candidate", "Qini", "AUUC", "slope", "Qini of folds", "seconds of one processor")
    return Section(
        "Candidates",
        f"All on the same {record['folds']['count']} folds; {record['algorithm']} won, by the Qini coefficient. The "
        "slope is by how much more is gained where one more is expected: 1 of a model that is right.",
        [Table(heads, [row(*each) for each in found])],
    )
