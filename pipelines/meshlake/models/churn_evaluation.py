"""What is told of a version of a churn model: first of all on rows that tested it, whose labels it never saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meshlake.counting import counted
from meshlake.models.curves_page import curve_sections
from meshlake.models.evaluation import Evaluation, Section, Table
from meshlake.models.fairness_page import fairness_section

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pandas as pd

    from meshlake.ml_assets.drawing import Draw
    from meshlake.ml_assets.spec import ChurnSpec

_FIGURES = {
    "roc_auc": ("ROC AUC", "how often one who churns is ranked above one who stays; .5 is chance"),
    "log_loss": ("log loss", "how far probabilities are off, in nats; less is better"),
    "calibration_error": ("calibration error", "by how much a probability is off, on average of ten bins"),
}
_POLICIES = {
    "asked": "as model.yaml asks",
    "expected_profit": "all of whom a profit is expected",
    "share_10_percent": "the most likely tenth",
    "everyone": "everyone",
}
_SLICE_HEADS = (
    *("feature", "part", "rows", "predicted", "churned", "95 % interval", "flagged", "recall", "ROC AUC"),
    "it is",
)
_CURVES = ("roc", "precision_recall", "gain", "lift")
_FLAGS = ("scores", "thresholds", "confusion_matrix", "errors")


def evaluate_churn(spec: ChurnSpec, record: Mapping[str, Any], honest: pd.DataFrame) -> Evaluation:
    """What `record` and the honest predictions that are stored with it tell."""
    from meshlake.ml_assets.churn_figures import churn_figures
    from meshlake.ml_assets.honest import tested_rows

    tested = tested_rows(honest)
    drawings = churn_figures(tested, record["policy"]["threshold"])
    sections = [
        _measured(spec, record, tested),
        *_profit(record),
        Section(
            "Who is flagged",
            "A flag is right where the customer churned, and a miss where one churned unflagged.",
            drawings=_drawn(drawings, _FLAGS),
        ),
        Section(
            "How customers are ordered",
            "The further from the dotted line, which is chance, the better.",
            drawings=_drawn(drawings, _CURVES),
        ),
        _calibration(tested, drawings),
        _importances(record),
        *_slices(record),
        *fairness_section(record),
        *curve_sections(record),
        _candidates(record),
    ]
    return Evaluation(_verdict(record, tested), sections)


def _drawn(drawings: Mapping[str, Draw], names: Iterable[str]) -> dict[str, bytes]:
    from meshlake.ml_assets.drawing import svg

    return {name.replace("_", " "): svg(drawings[name]) for name in names}


def _verdict(record: Mapping[str, Any], tested: pd.DataFrame) -> str:
    from meshlake.ml_assets.metrics import flag_metrics

    is_churned = tested["is_churned"].to_numpy(dtype=bool)
    flags = flag_metrics(is_churned, tested["is_predicted_churn"].to_numpy(dtype=bool))
    base_rate = is_churned.mean()
    against = record["decision"].get("figures", {}).get("against_base_rate")
    is_useful = against and against["log_loss"]["low"] > 0 and against["roc_auc"]["low"] > 0
    if not is_useful:
        return (
            "Not to act on: beyond noise its probabilities and their order say no more than that "
            f"{base_rate:.1%} of all churn."
        )
    return (
        f"Of the {flags['flagged_share']:.1%} that it flags {flags['precision']:.1%} churned, where {base_rate:.1%} "
        f"of all did ({flags['precision'] / base_rate:.1f} times as many), and {flags['recall']:.1%} of those who "
        "churned are among them."
    )


def _measured(spec: ChurnSpec, record: Mapping[str, Any], tested: pd.DataFrame) -> Section:
    import numpy as np

    from meshlake.ml_assets.comparison import groups_by, measure

    is_churned = tested["is_churned"].to_numpy(dtype=bool)
    groups = groups_by(tested, spec)
    found = measure(is_churned, tested["churn_probability"].to_numpy(), groups, spec.seed)
    constant = measure(is_churned, np.full(len(tested), is_churned.mean()), groups, spec.seed)
    rows = [
        (
            name,
            f"{found[figure].estimate:.4f}",
            _interval(found[figure].low, found[figure].high),
            f"{constant[figure].estimate:.4f}",
            meaning,
        )
        for figure, (name, meaning) in _FIGURES.items()
    ]
    churned = int(is_churned.sum())
    return Section(
        "How good it is",
        f"Measured on {counted(len(tested), 'row')} ({record['measured_on']}), of which {churned:,} churned: "
        f"none was learned from by the model that predicted it.{_rule_of_thumb(record)}",
        [
            Table(("figure", "model", "95 % interval", "base rate alone", "what it says"), rows),
            *_against_champion(record),
        ],
    )


def _rule_of_thumb(record: Mapping[str, Any]) -> str:
    if not (rule := record.get("rule_of_thumb")):
        return ""
    return (
        f" A rule of thumb, by {rule['feature']} alone, has a ROC AUC of {rule['roc_auc']:.4f} on the folds."
    )


def _against_champion(record: Mapping[str, Any]) -> Iterator[Table]:
    figures = record["decision"].get("figures", {})
    if against := figures.get("against_champion"):
        heads = (f"against version {figures['champion']}", "better by", "95 % interval")
        differences = [(name, against[figure]) for figure, (name, _) in _FIGURES.items()]
        yield Table(
            heads,
            [(name, f"{d['estimate']:+.4f}", _interval(d["low"], d["high"], "+")) for name, d in differences],
        )


def _interval(low: float, high: float, sign: str = "") -> str:
    return f"{low:{sign}.4f} to {high:{sign}.4f}"


def _calibration(tested: pd.DataFrame, drawings: Mapping[str, Draw]) -> Section:
    from meshlake.ml_assets.metrics import calibration_bins

    bins = calibration_bins(tested["is_churned"].to_numpy(dtype=bool), tested["churn_probability"].to_numpy())
    rows = [
        (
            f"{each.predicted:.1%}",
            f"{each.observed:.1%}",
            f"{each.low:.1%} to {each.high:.1%}",
            f"{each.rows:,}",
        )
        for each in bins.itertuples()
    ]
    return Section(
        "Whether probabilities mean what they say",
        "Customers of like probability together: a point on the dotted line is a probability that came true.",
        [Table(("predicted", "churned", "95 % interval", "rows"), rows)],
        _drawn(drawings, ("calibration",)),
    )


def _importances(record: Mapping[str, Any]) -> Section:
    from meshlake.ml_assets.churn_figures import importances_figure
    from meshlake.ml_assets.drawing import svg

    moves = importances_figure(
        record["importances"], "What moves a prediction", "change of probability, on average"
    )
    drawings = {"importances": svg(moves)}
    if permuted := record.get("permutation_importances"):
        adds = importances_figure(permuted, "What it knows by a feature", "fall of ROC AUC without it")
        drawings = {"permutation importances": svg(adds), **drawings}
    return Section(
        "What it depends on",
        "How much worse rows it did not see are ordered when a feature's values are dealt out among them; and how far "
        "a prediction moves when a feature takes its usual value, what reasons are told by.",
        drawings=drawings,
    )


def _slices(record: Mapping[str, Any]) -> Iterator[Section]:
    if not (slices := record.get("slices")):
        return
    rows = [
        (
            each["feature"],
            each["value"],
            f"{each['rows']:,}",
            f"{each['predicted_share']:.1%}",
            f"{each['churned_share']:.1%}",
            f"{each['low']:.1%} to {each['high']:.1%}",
            f"{each['flagged_share']:.1%}",
            "" if each["recall"] is None else f"{each['recall']:.1%}",
            "" if each["roc_auc"] is None else f"{each['roc_auc']:.3f}",
            _off(each),
        )
        for each in slices
    ]
    yield Section(
        "Parts of the customers",
        "What is right on average may be wrong of some: a prediction outside the interval of what came is off. Of so "
        "many parts one in twenty is so by chance.",
        [Table(_SLICE_HEADS, rows)],
    )


def _off(part: Mapping[str, float]) -> str:
    if part["predicted_share"] < part["low"]:
        return "predicted too low"
    return "predicted too high" if part["predicted_share"] > part["high"] else ""


def _profit(record: Mapping[str, Any]) -> Iterator[Section]:
    profits = record.get("profit_by_policy") or {}
    if found := profits.get("test") or profits.get("out_of_fold"):
        rows = [
            (
                _POLICIES.get(name, name),
                f"{told['flagged']:,}",
                f"{told['realised']:,.0f}",
                f"{told['expected']:,.0f}",
            )
            for name, told in found.items()
        ]
        rows.append(("nobody", "0", "0", "0"))
        yield Section(
            "What it brings",
            "The profit of contacting those that a policy flags, on the same rows: what came, and what was expected.",
            [Table(("who is contacted", "customers", "profit", "expected"), rows)],
        )


def _candidates(record: Mapping[str, Any]) -> Section:
    def row(name: str, told: Mapping[str, Any]) -> tuple[str, ...]:
        loss, area = (
            f"{told['fold_mean'][f]:.4f} ± {told['fold_sd'][f]:.4f}" for f in ("log_loss", "roc_auc")
        )
        seconds = f"{told['seconds']:.1f}" if "seconds" in told else ""
        made_of = {name: f"{weight:.2f}" for name, weight in told.get("weights", {}).items()}
        made_of |= {
            name: f"{value:g}" for name, value in told.get("search", {}).get("parameters", {}).items()
        }
        return name, loss, area, seconds, ", ".join(f"{each} {value}" for each, value in made_of.items())

    found = sorted(record["candidates"].items(), key=lambda each: float(each[1]["out_of_fold"]["log_loss"]))
    heads = ("candidate", "log loss", "ROC AUC", "seconds of one processor", "made of")
    return Section(
        "Candidates",
        f"All on the same {record['folds']['count']} folds, mean and standard deviation; {record['algorithm']} won. "
        "An ensemble does so only beyond noise; its seconds are beside those of its members."
        f"{_searched(record)}{_nested(record)}",
        [Table(heads, [row(*each) for each in found])],
    )


def _searched(record: Mapping[str, Any]) -> str:
    found = [told["search"] for told in record["candidates"].values() if "search" in told]
    if not found:
        return ""
    return (
        f" Parameters were searched for, {len(found[0]['trials']) - 1} sets beside those it has: a fold is predicted "
        "with what the other folds found, and told is what all of them did, nothing where no other was better."
    )


def _nested(record: Mapping[str, Any]) -> str:
    """What is judged on rows it was chosen on, and what is not."""
    if (gain := record.get("gain_by_choosing")) is None:
        return ""
    return (
        f" Chosen for each fold on the others, the log loss of the winner would be {gain:.4f} more: so much the choice "
        "makes figures of the folds look better. Weights of ensembles and calibration are learned on other folds; the "
        "threshold is of the same ones; a promise of recall or precision is told of folds that did not "
        "choose it; a later cut-off saw none of it."
    )
