"""What a search found as one page to look at, for whoever is to say whether its joins are real."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from meshlake.boosting.predicted import target_of
from meshlake.boosting.told import (
    FIGURE_HEADS,
    QUESTIONS,
    apart_told,
    asked,
    considered_rows,
    feature_rows,
    figure_rows,
    fold_names,
    heads,
    in_figures,
    threshold_told,
    verdict,
    withheld_rows,
)
from meshlake.counting import counted
from meshlake.html import write_page
from meshlake.models.evaluation import Section, Table
from meshlake.models.page import page_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from meshlake.boosting.considered import Boosted, Considered
    from meshlake.ml_assets.blocks.target import Target


def boost_page(found: Boosted) -> str:
    """It all as one HTML page that needs no network and no script."""
    days = f", features before {found.cutoff}" if found.cutoff else ", without a cut-off"
    told = (
        f"What makes {found.label} better known{days} ({found.predicted.told}): {found.row_count:,} rows with a label, "
        f"{counted(len(found.considered), 'table')} looked at in {found.seconds:.0f} s."
    )
    return page_of(str(found.product), told, verdict(found), _sections(found))


def write_boost_page(found: Boosted, file: str | Path) -> Path:
    """Write the page to `file`.

    Raises:
        UsageError: it cannot be written there.
    """
    return write_page(file, boost_page(found))


def _sections(found: Boosted) -> Iterator[Section]:
    target = target_of(found.predicted)
    if found.selection and found.selection.columns:
        yield from _gain(found, target)
    yield Section(
        "Tables that were looked at",
        f"Less {target.loss} is what the columns of a table gain alone, in {target.unit}, and then beside those of the "
        "tables that were kept before it, on half of the folds where these say enough. "
        + " ".join(filter(None, (threshold_told(found), apart_told(found)))),
        [Table(heads(found), considered_rows(found))] if found.considered else [],
    )
    for each in found.kept:
        yield _kept(each, found)
    if found.start:
        lines = [(line,) for line in found.change.splitlines() if line[:1] in "+-"]
        told = "`mesh boost --accept` changes its file so; it learns anew with the next build."
        yield Section(f"What changes in {found.start.name}", told, [Table(("model.yaml",), lines)])
    if rows := withheld_rows(found):
        yield Section("Columns that were left out", "", [Table(("table", "column", "why"), rows)])


def _gain(found: Boosted, target: type[Target]) -> Iterator[Section]:
    from meshlake.ml_assets.blocks.figures import selection_figures

    chosen = found.selection
    if chosen is None:
        return
    names = fold_names(found)
    tried = [each for each in found.considered if each.judged]
    names_of = Counter(each.called for each in tried)
    tables = {
        each.path if names_of[each.called] > 1 else each.called: each.judged.gain
        for each in tried
        if each.judged
    }
    drawn = selection_figures(chosen, names, found.last, tables, target)
    shown = [*target.figures][:2]
    words = [told for figure in shown for told in (f"{target.figures[figure]} without", "with it")]
    fold_heads = ("", "rows", *words, f"less {target.loss} (t)")
    folds = [
        (
            name,
            f"{each.rows:,}",
            *(in_figures(side[figure]) for figure in shown for side in (each.before, each.after)),
            f"{each.gain.estimate:.4f} ({each.gain.t:.1f})",
        )
        for name, each in zip(names, chosen.folds, strict=True)
    ]
    final = (
        f" {found.last[0].upper()}{found.last[1:]} chose nothing: {chosen.final.rows:,} rows."
        if chosen.final
        else ""
    )
    yield Section(
        "Without and with it",
        f"Quick models of the product's own columns, without and with what is kept, on the same rows, which they did "
        f"not learn from.{final}",
        [*([Table(FIGURE_HEADS, rows)] if (rows := figure_rows(found)) else []), Table(fold_heads, folds)],
        drawn,
    )


def _kept(each: Considered, found: Boosted) -> Section:
    """What is asked of a reviewer about one table, and its features in words."""
    seen = found.evidence[each.path]
    known = (
        f"Its rows are known in advance, as its contract says: {each.known_at}."
        if each.known_at
        else "No date says since when its rows are known."
    )
    tables = [Table(seen.heads, seen.ids)]
    told = [(name, asked(why)) for name, why in each.doubts.items()]
    doubts = [Table(("in doubt", "what is asked of it"), told)] if told else []
    if seen.known:
        known = f"Its rows, of {seen.first} to {seen.last}, are known from {each.known_at} on."
        whose = seen.heads[::2][: len(seen.known[0]) - 4]
        heads = (
            *whose,
            found.cutoff or "",
            "rows known before",
            "the newest of them",
            "the first that is left out",
        )
        tables.append(Table(heads, seen.known))
    return Section(
        f"{each.table}: {QUESTIONS[0].lower()}{QUESTIONS[1:]}",
        f"Joined by {each.path}: {each.containment:.0%} of the ids that refer are found. {known}",
        [*tables, *doubts, Table(("feature", "what it is"), list(feature_rows(each)))],
    )
