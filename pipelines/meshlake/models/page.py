"""A version of a model as one page to look at: its evaluation, what its training warned of, and the versions before."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from meshlake.html import document, table, text, write_page
from meshlake.models.evaluation import Section, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from meshlake.models.evaluation import Evaluation
    from meshlake.models.versions import VersionState

_TOLD_FIRST = (
    *("roc_auc", "log_loss", "accuracy", "macro_f1"),
    *("mean_absolute_error", "root_mean_squared_error", "r2", "coverage"),
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
        style = (files("meshlake.models") / "page.css").read_text("utf-8")
        return document(f"{self.state.model} {self.state.version}", "".join(self._body()), style)

    def write_page(self, file: str | Path | None = None) -> Path:
        """Write the page to `file`, else to `default_file`; gives where it is.

        Raises:
            UsageError: it cannot be written there.
        """
        if file is None:
            self.default_file.parent.mkdir(parents=True, exist_ok=True)
        return write_page(file or self.default_file, self.page())

    def _body(self) -> Iterator[str]:
        state, record = self.state, self.record
        pinned = f", {state.pinned}" if state.pinned else ""
        yield f"<header><h1>{text(state.model)}</h1><p>Version {text(state.version)}, {text(state.state)}"
        yield f"{text(pinned)}: {text(state.algorithm)}, trained {text(state.trained_at[:16].replace('T', ' '))} UTC."
        yield f'</p></header><main><p class="verdict">{text(self.verdict)}</p>'
        yield f"<p>Decision: {text(state.decision)}.</p>"
        if record["warnings"]:
            warnings = "".join(f"<li>{text(warning)}</li>" for warning in record["warnings"])
            yield f'<ul class="warnings">{warnings}</ul>'
        for section in (*self.evaluation.sections, *self._of_any_model()):
            yield from _section(section)
        yield "</main>"

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
