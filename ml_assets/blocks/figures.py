"""What blocks add, as drawings: by fold, by block, and on rows that chose nothing, each with a 95 % interval.

They are dots and lines alone, and written as SVG: to import Matplotlib takes as long as half a search of small tables.
"""

from __future__ import annotations

from html import escape
from math import ceil, floor, log10
from typing import TYPE_CHECKING

from meshlake.ml_assets.drawn_names import short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from meshlake.ml_assets.blocks.held_out import Gain
    from meshlake.ml_assets.blocks.selection import Selection
    from meshlake.ml_assets.blocks.target import Target

    Span = tuple[float, float, float]

_Z95 = 1.96
MOST_BLOCKS = 20
# In pixels: the whole, what is left, right, above and below of the drawing, and how far an end of an interval reaches.
_WIDTH, _LEFT, _RIGHT, _TOP, _BELOW, _END = 400, 180, 20, 36, 52, 4  # as wide as a phone: text is not shrunk
_ROW, _LEAST_ROWS, _TICKS, _MARGIN = 24, 6, 5, 0.03


def selection_figures(
    selection: Selection, folds: Sequence[str], last: str, tables: Mapping[str, Gain], target: type[Target]
) -> dict[str, bytes]:
    """Drawings by what they show, as SVG.

    Args:
        selection: what was kept.
        folds: what each of its folds is called.
        last: what the rows that chose nothing are called.
        tables: what each block that was tried gains alone, by what it is called.
        target: what is learned.
    """
    less = f"less {target.loss}; right of the line is better"
    by_fold = {name: _span_of(each.gain) for name, each in zip(folds, selection.folds, strict=True)}
    if selection.final_gain:
        by_fold[last] = _span_of(selection.final_gain)
    ranked = sorted(tables.items(), key=lambda each: -each[1].estimate)[:MOST_BLOCKS]
    drawn = {
        "by fold": _drawn("Without and with it, on the same rows", less, by_fold, guide=0.0),
        "by table": _drawn("Each table alone", less, {n: _span_of(each) for n, each in ranked}, guide=0.0),
    }
    if final := selection.final:
        sides = {"without": final.before, "with it": final.after}
        figure, name = target.drawn, target.figures[target.drawn]
        spans = {
            side: (each[figure].low, each[figure].estimate, each[figure].high) for side, each in sides.items()
        }
        drawn[name] = _drawn(f"{name}, {last}", f"{name}; right is better", spans)
    return drawn


def _span_of(gain: Gain) -> Span:
    reach = _Z95 * gain.error
    return gain.estimate - reach, gain.estimate, gain.estimate + reach


def _drawn(title: str, unit: str, spans: Mapping[str, Span], guide: float | None = None) -> bytes:
    """Estimates between the ends of their intervals, one below the other, with a dotted line at `guide`."""
    ends = [*(end for span in spans.values() for end in span), *([] if guide is None else [guide])]
    ticks, digits = _ticks(min(ends), max(ends))
    reach, width = _MARGIN * (max(ends) - min(ends)), _WIDTH - _LEFT - _RIGHT
    first, last = min(*ends, ticks[0]) - reach, max(*ends, ticks[-1]) + reach
    row = max(_ROW, _ROW * _LEAST_ROWS // len(spans))
    bottom = _TOP + row * len(spans)

    def place(value: float) -> str:
        return f"{_LEFT + width * (value - first) / ((last - first) or 1):.1f}"

    parts = [
        _text(_WIDTH / 2, 20, title, "middle", 14),
        _text(_WIDTH / 2, bottom + 40, unit, "middle"),
    ]
    parts.append(f'<rect x="{_LEFT}" y="{_TOP}" width="{width}" height="{bottom - _TOP}" class="frame"/>')
    for tick in ticks:
        parts.append(f'<path d="M{place(tick)} {bottom}v5"/>')
        parts.append(_text(float(place(tick)), bottom + 18, f"{tick:.{digits}f}", "middle"))
    if guide is not None:
        parts.append(f'<path d="M{place(guide)} {_TOP}V{bottom}" class="guide"/>')
    for number, (name, (low, middle, high)) in enumerate(spans.items()):
        y = _TOP + row * number + row / 2
        parts.append(_text(_LEFT - 8, y + 4, short(name), "end"))
        whiskers = "".join(f"M{place(end)} {y - _END}v{2 * _END}" for end in (low, high))
        parts.append(f'<path d="M{place(low)} {y}H{place(high)}{whiskers}" class="span"/>')
        parts.append(f'<circle cx="{place(middle)}" cy="{y}" r="4"/>')
    style = (
        "text{font-family:sans-serif}path,.frame{stroke:#333;fill:none}circle{fill:#1f77b4}"
        ".span{stroke:#1f77b4;stroke-width:2}.guide{stroke:grey;stroke-dasharray:2 3}"
    )
    size = f'width="{_WIDTH}" height="{bottom + _BELOW}" viewBox="0 0 {_WIDTH} {bottom + _BELOW}"'
    content = f'<svg xmlns="http://www.w3.org/2000/svg" {size}><style>{style}</style>{"".join(parts)}</svg>'
    return content.encode()


def _text(x: float, y: float, text: str, anchor: str, size: int = 11) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{escape(text)}</text>'


def _ticks(low: float, high: float) -> tuple[list[float], int]:
    """Round numbers from `low` to `high`, at most six of them, and how many decimals tell them apart."""
    reach = (high - low) or 1.0
    size = 10.0 ** floor(log10(reach / _TICKS))
    step = next(size * each for each in (1, 2, 5, 10) if size * each * _TICKS >= reach)
    found = [step * number for number in range(ceil(low / step), floor(high / step) + 1)]
    return found or [low], max(0, -floor(log10(step)))
