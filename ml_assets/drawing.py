"""Drawings as pictures: PNG for an event of Dagster, SVG for a page. Matplotlib's canvases are known here alone."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, TypeAlias

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    Draw: TypeAlias = Callable[[Axes], None]

GUIDE: dict[str, Any] = {"linestyle": ":", "color": "grey"}
_DOTS_PER_INCH = 80
_SVG_DOTS_PER_INCH = 160  # of what is too much to be drawn as lines
_COLOURS = 32
# As shares of the whole: numbers and a label fit without drawing everything twice to find out.
_PLACE = {"left": 0.12, "right": 0.97, "bottom": 0.12, "top": 0.92}
# Names of columns are data: a dollar is one. The same drawing is the same text each time, and its words stay words.
_STYLE: dict[Any, Any] = {"text.parse_math": False, "svg.hashsalt": "meshlake", "svg.fonttype": "none"}


def make_room(axes: Axes) -> None:
    """For what is written beside `axes`: names are longer than numbers. It takes as long as to draw them once more."""
    figure: Any = axes.figure
    figure.set_layout_engine("constrained")


def png(draw: Draw) -> bytes:
    """Few colours make it a quarter as large, and Dagster keeps it once for every build."""
    figure = _figure(draw)
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    buffer = io.BytesIO()
    pixels = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    pixels.quantize(_COLOURS).save(buffer, "png", optimize=True)
    return buffer.getvalue()


def svg(draw: Draw) -> bytes:
    """Sharp at any size, on a phone and in print."""
    buffer = io.BytesIO()
    with mpl.rc_context(_STYLE):
        _figure(draw).savefig(
            buffer, format="svg", dpi=_SVG_DOTS_PER_INCH, metadata={"Date": None, "Creator": None}
        )
    return buffer.getvalue()


def _figure(draw: Draw) -> Figure:
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(6, 4.5), dpi=_DOTS_PER_INCH)
        figure.subplots_adjust(**_PLACE)
        draw(figure.add_subplot())
    return figure
