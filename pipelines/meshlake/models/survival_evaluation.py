"""What is told of a version of a model of time to an event: first of all on rows whose outcome it never saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meshlake.counting import counted
from meshlake.models.evaluation import Evaluation, Section, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from meshlake.ml_assets.drawing import Draw

_FIGURES = {
    "integrated_brier": (
        "integrated Brier score",
        "how far curves are from what came, squared, over all times; less is better",
    ),
    "concordance": ("concordance", "the share of pairs in the right order of who leaves first; .5 is chance"),
}


def evaluate_survival(record: Mapping[str, Any], honest: pd.DataFrame) -> Evaluation:
    """What `record` and the honest predictions that are stored with it tell."""
    from meshlake.ml_assets.survival.figures import survival_figures

    figures = survival_figures(honest, record)
    sections = [
        _measured(record, len(honest), figures),
        _calibration(record, figures),
        Section(
            "What it depends on",
            "How far the time that a row is there moves when a feature takes its usual value, as in its reasons.",
            drawings=_drawn(figures, "importances"),
        ),
        _candidates(record),
    ]
    return Evaluation(_verdict(record), sections)


def _drawn(drawings: Mapping[str, Draw], *names: str) -> dict[str, bytes]:
    from meshlake.ml_assets.drawing import svg

    return {name.replace("_", " "): svg(drawings[name]) for name in names}


def _verdict(record: Mapping[str, Any]) -> str:
    against = record["decision"].get("figures", {}).get("against_all")
    if not (against and against["integrated_brier"]["low"] > 0):
        return "Not to act on: beyond noise it says no more of when than the curve of all rows (Kaplan-Meier) does."
    order, brier = (record["measured"][name]["estimate"] for name in ("concordance", "integrated_brier"))
    of_all = record["of_all"]["integrated_brier"]
    horizon = record["horizons"][-1]
    groups = record["calibration"][str(horizon)]["groups"]
    return (
        f"Of two rows it says in {order:.1%} which leaves first, and its curves have {1 - brier / of_all:.0%} less "
        f"squared error than one for all. After {horizon} {record['unit']} {groups[0]['there']:.0%} are still there of "
        f"the fifth that it says leaves soonest, and {groups[-1]['there']:.0%} of the fifth that it says stays longest."
    )


def _measured(record: Mapping[str, Any], rows: int, figures: Mapping[str, Draw]) -> Section:
    def cells(name: str, words: tuple[str, str]) -> tuple[str, ...]:
        found = record["measured"][name]
        interval = f"{found['low']:.4f} to {found['high']:.4f}"
        return words[0], f"{found['estimate']:.4f}", interval, f"{record['of_all'][name]:.4f}", words[1]

    return Section(
        "How good it is",
        f"Measured on {counted(rows, 'row')} ({record['measured_on']}), {record['events']:,} of them with the event: "
        "none was learned from by the model that predicted it. The others were only seen not to have it yet, half of "
        f"all rows for {record['followed']:g} {record['unit']} or less: they count as long as they were seen, and for "
        f"nothing after that. Times up to {record['edges'][-1]:g} {record['unit']} are told of.",
        [
            Table(
                ("figure", "model", "95 % interval", "the curve of all", "what it says"),
                [cells(name, words) for name, words in _FIGURES.items()],
            ),
            *_against(record),
        ],
        _drawn(figures, "survival_curves", "brier_score"),
    )


def _against(record: Mapping[str, Any]) -> Iterator[Table]:
    figures = record["decision"].get("figures", {})
    rivals = {"the curve of all": "against_all", f"version {figures.get('champion')}": "against_champion"}
    for title, name in rivals.items():
        if against := figures.get(name):
            rows = [
                (words, f"{found['estimate']:+.4f}", f"{found['low']:+.4f} to {found['high']:+.4f}")
                for figure, (words, _) in _FIGURES.items()
                if (found := against[figure])
            ]
            yield Table((f"against {title}", "better by", "95 % interval"), rows)


def _calibration(record: Mapping[str, Any], figures: Mapping[str, Draw]) -> Section:
    unit, now = record["unit"], record["from_now"]
    heads = ("predicted", "still there", "95 % interval", "rows")
    tables = [Table(("after", *heads), _of_like(record["calibration"], unit))]
    told = f"Off on average: {_off(record['calibration'], unit)}."
    if now["calibration"]:
        tables.append(
            Table(
                (f"there after {now['age']:g} {unit}, and then", *heads), _of_like(now["calibration"], unit)
            )
        )
        told += (
            f" The chance to stay so much longer, of rows that were there after {now['age']:g} {unit}, as long as half "
            f"of all were followed, was off by {_off(now['calibration'], unit)}."
        )
    return Section(
        "Whether its chances hold",
        "Fifths of rows, those said to leave soonest first; how many were still there is the Kaplan-Meier estimate of "
        f"each fifth. {told}",
        tables,
        _drawn(figures, "calibration_at_horizons"),
    )


def _of_like(calibration: Mapping[str, Any], unit: str) -> list[tuple[str, ...]]:
    return [
        (
            f"{horizon} {unit}",
            f"{each['predicted']:.1%}",
            f"{each['there']:.1%}",
            f"{each['low']:.1%} to {each['high']:.1%}",
            f"{each['rows']:,}",
        )
        for horizon, told in calibration.items()
        for each in told["groups"]
    ]


def _off(calibration: Mapping[str, Any], unit: str) -> str:
    return "; ".join(f"{told['error']:.1%} after {horizon} {unit}" for horizon, told in calibration.items())


def _candidates(record: Mapping[str, Any]) -> Section:
    def row(name: str, told: Mapping[str, Any]) -> tuple[str, ...]:
        spread = (f"{told['fold_mean'][each]:.4f} ± {told['fold_sd'][each]:.4f}" for each in _FIGURES)
        return name, f"{told['out_of_fold']['integrated_brier']:.4f}", *spread, f"{told['seconds']:.1f}"

    found = sorted(
        record["candidates"].items(), key=lambda each: float(each[1]["out_of_fold"]["integrated_brier"])
    )
    heads = (
        "candidate",
        "integrated Brier score",
        "of folds",
        "concordance of folds",
        "seconds of one processor",
    )
    return Section(
        "Candidates",
        f"All on the same {record['folds']['count']} folds and {len(record['edges'])} periods; {record['algorithm']} "
        "won, by the integrated Brier score of all rows.",
        [Table(heads, [row(*each) for each in found])],
    )
