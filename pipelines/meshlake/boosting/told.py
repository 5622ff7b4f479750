"""What a search found, in words that the terminal and the page share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meshlake.boosting.predicted import target_of
from meshlake.counting import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meshlake.boosting.considered import Boosted, Considered
    from meshlake.ml_assets.blocks.held_out import Gain
    from meshlake.ml_assets.comparison import Interval

_FOUR_DIGITS = 1_000
_MOST_NAMED = 12
FIGURE_HEADS = ("", "without", "with it (95 %)")
QUESTIONS = "Is this join real, and was this known then?"


def heads(found: Boosted) -> tuple[str, ...]:
    """What the columns of `considered_rows` are."""
    less = f"less {target_of(found.predicted).loss} alone"
    begin = ("verdict", "table", "joined by", "held", "known from")
    return (*begin, less, "beside those kept", "features", "took", "why")


def verdict(found: Boosted) -> str:
    """What comes of it, in one sentence."""
    chosen, tried = found.selection, found.tried
    tables = counted(tried, "table")
    if chosen is None or not chosen.columns:
        return f"Nothing makes {found.label} of {found.product} better known: {tables} tried."
    names = ", ".join(dict.fromkeys(each.called for each in found.kept))
    makes = f"{names}, of {tables} tried," if tried > 1 else names
    begin = f"{makes} make{'s' if len(found.kept) == 1 else ''} {found.label} of {found.product} better known"
    if chosen.final is None:
        return f"{begin}; too few rows of one kind were left to measure it on rows that chose nothing."
    target = target_of(found.predicted)
    figure, name = next(iter(target.figures.items()))
    final, gain = chosen.final, chosen.final.gains[figure]
    without, with_it = _figure(final.before[figure]), _figure(final.after[figure])
    told = f"{name} {without} without, {with_it} with, {target.better} by {_spanned(gain, '95 %: ')}"
    noise = "" if gain.is_better else ": no more than noise"
    return f"{begin}: on {found.last}, which chose nothing, {told}{noise}."


def considered_rows(found: Boosted) -> list[tuple[str, ...]]:
    """A row for each table that was looked at, under `heads`."""
    return [
        (
            each.verdict,
            each.table,
            each.path,
            f"{each.containment:.0%}" if each.path else "",
            each.known_at or "",
            _gain(each.judged.gain if each.judged else None),
            _gain(beside(each)),
            f"{len(each.features)} of {len(each.columns)}" if each.columns else "",
            f"{each.seconds:.1f} CPU s",
            why(each),
        )
        for each in found.considered
    ]


def beside(each: Considered) -> Gain | None:
    """What a table gains beside those that were kept before it; None where it was the first, or not tried beside."""
    judged = each.judged
    return judged.added if judged and judged.added != judged.gain else None


def why(each: Considered) -> str:
    """Why its verdict is what it is; of what gains alone, and not beside others, that it is these that it adds nothing
    to. Beside it, what of its rows was guessed to be known only later."""
    return "; ".join(filter(None, (_why(each), each.found.later.told if each.found else "")))


def _why(each: Considered) -> str:
    judged = each.judged
    if each.why or judged is None:
        return each.why
    if each.features and judged.is_plain:
        return "a few weak columns, which models of one column at a time find among the others"
    if judged.placebo is not None or beside(each) is None:
        return ""
    return "adds nothing beside what was kept before it"


def withheld_rows(found: Boosted) -> list[tuple[str, str, str]]:
    """Table, columns and reason of what was left out; columns for the same reason are told together."""
    together: dict[tuple[str, str, str], list[str]] = {}
    for column, why in found.excluded.items():
        together.setdefault(("", str(found.product), why), []).append(column)
    for each in found.considered:
        for column, why in each.withheld.items():
            together.setdefault((each.path, each.table, why), []).append(column)
    return [(table, ", ".join(columns), why) for (_, table, why), columns in together.items()]


def doubt_rows(found: Boosted) -> list[tuple[str, str, str]]:
    """Table, column and reason of what a reviewer is asked of by name, though it is kept."""
    return [(each.table, column, asked(why)) for each in found.kept for column, why in each.doubts.items()]


def asked(doubt: str) -> str:
    """The question to a reviewer of a column, and the reason that it is asked."""
    return f"was this known then? {doubt[0].upper()}{doubt[1:]}"


def threshold_told(found: Boosted) -> str:
    """How much a table has to gain, and why so much."""
    chosen = found.selection
    if chosen is None:
        return ""
    return (
        f"{counted(len(chosen.columns), 'column')} kept of {counted(found.tried, 'table')} tried: a table has to gain "
        f"{chosen.threshold:.1f} standard errors, by models of one column at a time {chosen.plain_threshold:.1f}: "
        "the best of so many does by chance in one search of twenty."
    )


def apart_told(found: Boosted) -> str:
    """Which tables no join leads to, lest they are taken for tables that say nothing; empty where there are none."""
    if not found.apart:
        return ""
    others = len(found.apart) - _MOST_NAMED
    more = f" and {counted(others, 'other')}" if others > 0 else ""
    named = ", ".join(found.apart[:_MOST_NAMED])
    return (
        f"No join leads to {named}{more}: no ids in common with what is reached, or further away than --hops."
    )


def figure_rows(found: Boosted) -> list[tuple[str, ...]]:
    """Base and boosted on rows that chose nothing, under `FIGURE_HEADS`."""
    chosen = found.selection
    if chosen is None or chosen.final is None:
        return []
    return [
        (name, _figure(chosen.final.before[figure]), _spanned(chosen.final.after[figure]))
        for figure, name in target_of(found.predicted).figures.items()
    ]


def fold_names(found: Boosted) -> list[str]:
    """What the rows of each fold are called: their cut-offs, else numbers."""
    folds = found.selection.folds if found.selection else ()
    return [
        f"fold {number}" if each.period is None else found.periods[each.period]
        for number, each in enumerate(folds, 1)
    ]


def feature_rows(each: Considered) -> Iterator[tuple[str, str]]:
    """The features of a table that stay, each in words."""
    for feature in each.source.features:
        if feature.name in each.features:
            yield feature.name, feature.told


def boost_facts(found: Boosted) -> dict[str, Any]:
    """It all for programs."""
    chosen = found.selection
    return {
        "product": str(found.product),
        "label": found.label,
        "task": found.predicted.task,
        "predicted": found.predicted.told,
        "cutoff": found.cutoff,
        "verdict": verdict(found),
        "rows": found.row_count,
        "seconds": round(found.seconds, 1),
        "tables": [_facts(each) for each in found.considered],
        "apart": list(found.apart),
        "columns": list(chosen.columns) if chosen else [],
        "excluded": dict(found.excluded),
        "held_out": chosen.final.as_dict() if chosen and chosen.final else None,
        "model": str(found.start.name) if found.start else None,
        "change": found.change,
        "drafted": [each.as_dict() for each in found.drafted],
    }


def _facts(each: Considered) -> dict[str, Any]:
    judged, added = each.judged, beside(each)
    return {
        "table": each.table,
        "path": each.path,
        "containment": each.containment,
        "known_at": each.known_at,
        "verdict": each.verdict,
        "why": why(each),
        "gain": judged.gain.estimate if judged else None,
        "t": judged.gain.t if judged else None,
        "added": added.estimate if added else None,
        "added_t": added.t if added else None,
        "seconds": round(each.seconds, 2),
        "features": list(each.features),
        "withheld": each.withheld,
        "doubts": each.doubts,
    }


def _gain(gain: Gain | None) -> str:
    return f"{gain.estimate:.4f} (t {gain.t:.1f})" if gain else ""


def _figure(figure: Interval) -> str:
    return in_figures(figure.estimate)


def _spanned(figure: Interval, sure: str = "") -> str:
    return f"{_figure(figure)} ({sure}{in_figures(figure.low)} to {in_figures(figure.high)})"


def in_figures(value: float) -> str:
    """A figure with four decimals, or, where it is an amount, four digits.

    Example:
        >>> in_figures(0.25), in_figures(-12.345678), in_figures(123456.7)
        ('0.2500', '-12.35', '123,457')
    """
    if abs(value) < 1:
        return f"{value:.4f}"
    return f"{value:,.0f}" if abs(value) >= _FOUR_DIGITS else f"{value:#.4g}"
