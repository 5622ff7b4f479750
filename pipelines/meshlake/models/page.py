"""A version of a model as one page to look at: its evaluation, what its training warned of, and the versions before."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from meshlake.html import document, table, text, write_page
from meshlake.models.evaluation import Section, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from meshlake.models.evaluation import Evaluation
    from meshlake.models.versions import VersionState

_TOLD_FIRST = (
    *("roc_auc", "log_loss", "accuracy", "macro_f1"),
    *("mean_absolute_error", "root_mean_squared_error", "r2", "coverage"),
    *("concordance", "integrated_brier"),
    *("qini", "auuc", "average_effect"),
    *("silhouette", "stability"),
)


@dataclass(frozen=True)
class ModelReport:
    """What is told of the version `state`, and of `history`, the versions of the model, newest first.

    `default_file` is where its page is written that goes nowhere else, over that of any version before.
    """

    state: VersionState
    record: Mapping[str, Any]
    evaluation: Evaluation
    history: Sequence[VersionState]
    default_file: Path

    @property
    def verdict(self) -> str:
        """What comes of it, in one sentence."""
        return self.evaluation.verdict

    def page(self) -> str:
        """It all as one HTML page that needs no network and no script."""
        state, record = self.state, self.record
        pinned = f", {state.pinned}" if state.pinned else ""
        told = (
            f"Version {state.version}, {state.state}{pinned}: {state.algorithm}, trained "
            f"{state.trained_at[:16].replace('T', ' ')} UTC."
        )
        sections = (*self.evaluation.sections, *self._of_any_model())
        more = (f"Decision: {state.decision}.",)
        title = f"{state.model} {state.version}"
        return page_of(state.model, told, self.verdict, sections, more, record["warnings"], title)

    def write_page(self, file: str | Path | None = None) -> Path:
        """Write the page to `file`, else to `default_file`; gives where it is.

        Raises:
            UsageError: it cannot be written there.
        """
        if file is None:
            self.default_file.parent.mkdir(parents=True, exist_ok=True)
        return write_page(file or self.default_file, self.page())

    def _of_any_model(self) -> Iterator[Section]:
        if dropped := self.record["dropped"]:
            yield Section("What it did not learn from", tables=[Table(("column", "why"), [*dropped.items()])])
        shown = [name for name in _TOLD_FIRST if name in self.state.metrics]
        heads = (
            "version",
            "state",
            "algorithm",
            "measured on",
            *(name.replace("_", " ") for name in shown),
            "decision",
        )
        rows = [
            (
                each.version,
                f"{each.state} {each.pinned}".strip(),
                each.algorithm,
                each.measured_on,
                *(f"{each.metrics[name]:.4f}" if name in each.metrics else "" for name in shown),
                each.decision,
            )
            for each in self.history
        ]
        yield Section("Versions", "The newest first.", [Table(heads, rows)])


def page_of(
    name: str,
    told: str,
    verdict: str,
    sections: Iterable[Section],
    more: Iterable[str] = (),
    warnings: Iterable[str] = (),
    title: str = "",
) -> str:
    """A page about `name` that needs no network and no script.

    Args:
        name: its heading.
        told: what is looked at, below the heading.
        verdict: what comes of it, in one sentence; `more` of it, and `warnings`, follow.
        sections: what it is told by.
        title: that of the window, else `name`.
    """
    style = (files("meshlake.models") / "page.css").read_text("utf-8")
    listed = "".join(f"<li>{text(warning)}</li>" for warning in warnings)
    body = [
        f"<header><h1>{text(name)}</h1><p>{text(told)}</p></header>",
        f'<main><p class="verdict">{text(verdict)}</p>',
        *(f"<p>{text(each)}</p>" for each in more),
        f'<ul class="warnings">{listed}</ul>' if listed else "",
        *(part for section in sections for part in _section(section)),
        "</main>",
    ]
    return document(title or name, "".join(body), style)


def _section(section: Section) -> Iterator[str]:
    yield f"<section><h2>{text(section.title)}</h2>"
    if section.told:
        yield f'<p class="help">{text(section.told)}</p>'
    if section.drawings:
        yield f'<div class="drawings">{"".join(_image(*each) for each in section.drawings.items())}</div>'
    for each in section.tables:
        yield table(each.heads, [[text(cell) for cell in row] for row in each.rows])
    yield "</section>"


def _image(name: str, content: bytes) -> str:
    address = f"data:image/svg+xml;base64,{base64.b64encode(content).decode()}"
    return f'<img alt="{text(name)}" src="{address}">'
