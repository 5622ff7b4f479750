"""Distributions as one SVG of small multiples: a few hundred bytes a column, and nothing to import for it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from meshlake.building.distributions import Distribution, Distributions

_COLUMNS = 4
_WIDTH, _HEIGHT, _BARS_HEIGHT = 190, 96, 44
_MOST_CHARACTERS = 26


def distribution_chart(found: Distributions, title: str) -> str:
    """The picture, `title` above it."""
    rows = -(-len(found.columns) // _COLUMNS)
    width, height = _COLUMNS * _WIDTH, rows * _HEIGHT + 34
    places = [(i % _COLUMNS * _WIDTH + 8, i // _COLUMNS * _HEIGHT + 34) for i in range(len(found.columns))]
    cells = "".join(
        f"<g transform='translate({x} {y})'>{_cell(each, found.row_count)}</g>"
        for (x, y), each in zip(places, found.columns, strict=True)
    )
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' viewBox='0 0 {width} {height}' "
        "font-family='sans-serif' font-size='10' fill='#444'><rect width='100%' height='100%' fill='#fff'/>"
        f"<text x='8' y='18' font-size='12'>{escape(title)}</text>{cells}</svg>\n"
    )


def _cell(drawn: Distribution, row_count: int) -> str:
    """Name, bars, and below them the ends of the range, or what is met most and how often."""
    most = max(drawn.counts, default=0) or 1
    step = (_WIDTH - 20) / max(len(drawn.counts), 1)
    heights = [_BARS_HEIGHT * count / most for count in drawn.counts]
    bars = "".join(
        f"M{i * step:.0f} {12 + _BARS_HEIGHT}v-{max(h, 0.5):.1f}h{step - 1:.0f}v{max(h, 0.5):.1f}z"
        for i, h in enumerate(heights)
        if drawn.counts[i]
    )
    missing = f", {_percent(drawn.missing, row_count)} empty" if drawn.missing else ""
    return (
        f"<text y='6' font-weight='bold'>{_text(drawn.column)}<tspan font-weight='normal'>{missing}</tspan></text>"
        f"<path fill='#4a7fb5' d='{bars}'/><text y='{_BARS_HEIGHT + 24}'>{_text(_below(drawn, row_count))}</text>"
    )


def _below(drawn: Distribution, row_count: int) -> str:
    if drawn.categories:
        return f"{_percent(drawn.counts[0], row_count)} {drawn.categories[0]}"
    return drawn.low if drawn.low == drawn.high else f"{drawn.low} to {drawn.high}"


def _percent(count: int, row_count: int) -> str:
    return f"{100 * count / row_count:.3g} %"


def _text(text: str) -> str:
    """Control characters are none of XML's."""
    shown = "".join(c if c.isprintable() else "\ufffd" for c in text.encode("utf-8", "replace").decode())
    return escape(shown if len(shown) <= _MOST_CHARACTERS else f"{shown[: _MOST_CHARACTERS - 3]}...")
