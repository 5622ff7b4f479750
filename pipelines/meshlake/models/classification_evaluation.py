"""What is told of a version of a model of classes: first of all on rows that tested it, whose labels it never saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meshlake.counting import counted
from meshlake.models.evaluation import Evaluation, Section, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from meshlake.ml_assets.document import LabelledSpec
    from meshlake.ml_assets.drawing import Draw

_FIGURES = {
    "log_loss": ("log loss", "how far probabilities are off, in nats; less is better"),
    "accuracy": ("accuracy", "how often the likeliest class is right"),
    "macro_f1": ("macro F1", "how well classes are found, each counting the same; 1 is best"),
    "calibration_error": (
        "calibration error",
        "by how much the probability of the likeliest class is off, on average of ten bins",
    ),
}
_MOST_SHOWN = 20


def evaluate_classes(spec: LabelledSpec, record: Mapping[str, Any], honest: pd.DataFrame) -> Evaluation:
    """What `record` and the honest predictions that are stored with it tell."""
    _, codes, said = tested_classes(record, honest)
    return Evaluation(verdict(record, codes, said), class_sections(spec, record, honest))


def tested_classes(record: Mapping[str, Any], honest: pd.DataFrame) -> tuple[pd.DataFrame, Any, Any]:
    """The rows that tested a version, the class of each, shape (n,), and the probability of all: (n, classes)."""
    import numpy as np

    from meshlake.ml_assets.classification.scoring import probability_columns
    from meshlake.ml_assets.classification.training import rows_that_tested

    tested, names = rows_that_tested(honest), record["classes"]
    codes = np.array([names.index(name) for name in tested["label"]], dtype=np.int64)
    return tested, codes, tested[probability_columns(len(names))].to_numpy()


def class_sections(spec: LabelledSpec, record: Mapping[str, Any], honest: pd.DataFrame) -> list[Section]:
    """All that is told of a version but its verdict."""
    from meshlake.ml_assets.churn_figures import importances_figure
    from meshlake.ml_assets.classification.figures import class_figures

    tested, codes, said = tested_classes(record, honest)
    names = record["classes"]
    figures = class_figures(codes, said, names)
    moves = importances_figure(record["importances"], "What moves a prediction", "change of probability")
    return [
        _measured(spec, record, tested, codes, said),
        _confusion(codes, said, names, figures),
        Section(
            "Classes",
            "Precision: of those said to be of it, how many were. Recall: of those that were, how many are said to be. "
            "Expected: the mean of its probability, which should be the share that was of it.",
            [_by_class(record["by_class"])],
            _drawn(figures, "by_class"),
        ),
        _calibration(codes, said, figures),
        Section(
            "What it depends on",
            f"How far the probability of {record.get('wanted', 'the likeliest class of a row')} moves when a feature "
            "takes its usual value, what reasons are told by.",
            drawings=_drawn({"importances": moves}, "importances"),
        ),
        _candidates(record),
    ]


def _drawn(drawings: Mapping[str, Draw], name: str) -> dict[str, bytes]:
    from meshlake.ml_assets.drawing import svg

    return {name.replace("_", " "): svg(drawings[name])}


def verdict(record: Mapping[str, Any], codes: Any, said: Any) -> str:
    """What a version is worth, in a sentence."""
    against = record["decision"].get("figures", {}).get("against_shares")
    commonest = record["commonest"]["class"]
    if not against or against["log_loss"]["low"] <= 0:
        return (
            "Not to act on: beyond noise its probabilities say no more than the shares of the classes, of which "
            f"{commonest!r} is the commonest."
        )
    accuracy = (said.argmax(axis=1) == codes).mean()
    always = (codes == record["classes"].index(commonest)).mean()
    told = (
        f"The likeliest class is right in {accuracy:.1%} of rows, always saying {commonest!r} in {always:.1%}"
    )
    if against["accuracy"]["low"] <= 0:
        return (
            f"{told}: no more often beyond noise. Act on its probabilities, which are better than the shares."
        )
    return f"{told}; the two likeliest hold it in {_top(codes, said, 2):.1%}."


def _top(codes: Any, said: Any, count: int) -> float:
    likeliest = said.argsort(axis=1, kind="stable")[:, -count:]
    return float((likeliest == codes[:, None]).any(axis=1).mean())


def _measured(
    spec: LabelledSpec, record: Mapping[str, Any], tested: pd.DataFrame, codes: Any, said: Any
) -> Section:
    import numpy as np

    from meshlake.ml_assets.classification.measures import measure_classes
    from meshlake.ml_assets.comparison import groups_by

    groups = groups_by(tested, spec)
    found = measure_classes(codes, said, groups, spec.seed)
    shares = np.tile(record["shares"], (len(tested), 1))
    constant = measure_classes(codes, shares, groups, spec.seed)
    rows = [
        (
            name,
            f"{found[figure].estimate:.4f}",
            f"{found[figure].low:.4f} to {found[figure].high:.4f}",
            f"{constant[figure].estimate:.4f}",
            meaning,
        )
        for figure, (name, meaning) in _FIGURES.items()
    ]
    if len(record["classes"]) > 3:
        three = (f"{_top(codes, each, 3):.4f}" for each in (said, shares))
        rows.append(
            ("top-3 accuracy", next(three), "", next(three), "how often one of the three likeliest is right")
        )
    aside = "".join(f"; {name!r} {count}" for name, count in record["set_aside"][:_MOST_SHOWN])
    told = f" Put aside, with so many rows each, and in no figure: {aside[2:]}." if aside else ""
    return Section(
        "How good it is",
        f"Measured on {counted(len(tested), 'row')} ({record['measured_on']}): none was learned from by the model that "
        f"predicted it.{told}",
        [
            Table(("figure", "model", "95 % interval", "shares of the classes alone", "what it says"), rows),
            *_against_champion(record),
        ],
    )


def _against_champion(record: Mapping[str, Any]) -> Iterator[Table]:
    figures = record["decision"].get("figures", {})
    if against := figures.get("against_champion"):
        heads = (f"against version {figures['champion']}", "better by", "95 % interval")
        rows = [
            (name, f"{d['estimate']:+.4f}", f"{d['low']:+.4f} to {d['high']:+.4f}")
            for figure, (name, _) in _FIGURES.items()
            if (d := against[figure])
        ]
        yield Table(heads, rows)


def _confusion(codes: Any, said: Any, names: Sequence[Any], figures: Mapping[str, Draw]) -> Section:
    from meshlake.ml_assets.classification.measures import confusion

    cells = confusion(codes, said)
    told, tables = f"Of more than {_MOST_SHOWN} classes the drawing alone is shown.", []
    if len(names) <= _MOST_SHOWN:
        told = "Rows by the class they were of, columns by the one they are said to be of."
        rows = [
            (str(name), *(f"{n:,}" for n in row)) for name, row in zip(names, cells.tolist(), strict=True)
        ]
        tables = [Table(("was", *map(str, names)), rows)]
    return Section("What is taken for what", told, tables, _drawn(figures, "confusion_matrix"))


def _by_class(found: Sequence[Mapping[str, Any]]) -> Table:
    def share(value: float | None) -> str:
        return "" if value is None else f"{value:.1%}"

    rows = [
        (
            str(each["class"]),
            f"{each['rows']:,}",
            f"{each['said']:,}",
            *(share(each[name]) for name in ("precision", "recall", "f1", "expected", "observed")),
        )
        for each in found
    ]
    return Table(("class", "rows", "said", "precision", "recall", "F1", "expected", "was"), rows)


def _calibration(codes: Any, said: Any, figures: Mapping[str, Draw]) -> Section:
    from meshlake.ml_assets.metrics import calibration_bins

    bins = calibration_bins(said.argmax(axis=1) == codes, said.max(axis=1))
    rows = [
        (f"{b.predicted:.1%}", f"{b.observed:.1%}", f"{b.low:.1%} to {b.high:.1%}", f"{b.rows:,}")
        for b in bins.itertuples()
    ]
    return Section(
        "Whether probabilities mean what they say",
        "Rows whose likeliest class is about as likely: a point on the dotted line is a probability that came true.",
        [Table(("predicted", "was right", "95 % interval", "rows"), rows)],
        _drawn(figures, "calibration"),
    )


def _candidates(record: Mapping[str, Any]) -> Section:
    def row(name: str, told: Mapping[str, Any]) -> tuple[str, ...]:
        figures = (f"{told['fold_mean'][f]:.4f} ± {told['fold_sd'][f]:.4f}" for f in _FIGURES)
        return name, *figures, f"{told['seconds']:.1f}"

    found = sorted(record["candidates"].items(), key=lambda each: float(each[1]["out_of_fold"]["log_loss"]))
    heads = ("candidate", *(name for name, _ in _FIGURES.values()), "seconds of one processor")
    return Section(
        "Candidates",
        f"All on the same {record['folds']['count']} folds, mean and standard deviation; {record['algorithm']} has the "
        "least log loss.",
        [Table(heads, [row(*each) for each in found])],
    )
