"""What blocks add, as drawings: by fold, by block, and on rows that chose nothing, each with a 95 % interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.ml_assets.drawing import GUIDE, make_room, short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from meshlake.ml_assets.blocks.held_out import Gain
    from meshlake.ml_assets.blocks.selection import Selection
    from meshlake.ml_assets.drawing import Draw

_Z95 = 1.96
_LESS = "fall of log loss, nats a row; right of the line is better"
MOST_BLOCKS = 20


def selection_figures(
    selection: Selection, folds: Sequence[str], last: str, tables: Mapping[str, Gain]
) -> dict[str, Draw]:
    """Drawings by what they show.

    Args:
        selection: what was kept.
        folds: what each of its folds is called.
        last: what the rows that chose nothing are called.
        tables: what each block that was tried gains alone, by what it is called.
    """

    def by_fold(axes: Axes) -> None:
        gains = [each.gain for each in selection.folds]
        spans = [(each.estimate, _Z95 * each.error, _Z95 * each.error) for each in gains]
        names = [*folds]
        if selection.final:
            loss = selection.final.log_loss
            spans.append((loss.estimate, loss.estimate - loss.low, loss.high - loss.estimate))
            names.append(last)
        _spans(axes, names, spans)
        axes.axvline(0, **GUIDE)
        axes.set(title="Without and with it, on the same rows", xlabel=_LESS)

    def by_table(axes: Axes) -> None:
        ranked = sorted(tables.items(), key=lambda each: -each[1].estimate)[:MOST_BLOCKS]
        spans = [(gain.estimate, _Z95 * gain.error, _Z95 * gain.error) for _, gain in ranked]
        _spans(axes, [name for name, _ in ranked], spans)
        axes.axvline(0, **GUIDE)
        axes.set(title="Each table alone", xlabel=_LESS)

    def order(axes: Axes) -> None:
        sides = {"without": selection.base["roc_auc"], "with it": selection.boosted["roc_auc"]}
        spans = [
            (each.estimate, each.estimate - each.low, each.high - each.estimate) for each in sides.values()
        ]
        _spans(axes, list(sides), spans)
        axes.set(title=f"ROC AUC, {last}", xlabel="ROC AUC; .5 is chance")

    figures: dict[str, Draw] = {"by fold": by_fold, "by table": by_table}
    return figures | ({"ROC AUC": order} if selection.final else {})


def _spans(axes: Axes, names: Sequence[str], spans: Sequence[tuple[float, float, float]]) -> None:
    """Estimates, one below the other, with how far their intervals reach to both sides."""
    places = range(len(names))
    middles, below, above = zip(*spans, strict=True)
    axes.errorbar(middles, places, xerr=(below, above), fmt="o", capsize=4)
    axes.set_yticks(places, [short(name) for name in names])
    axes.set_ylim(len(names) - 0.5, -0.5)
    make_room(axes)
