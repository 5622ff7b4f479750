"""What was discovered as one page to look at, that needs no network, and no script but to zoom and to search."""

from __future__ import annotations

from importlib.resources import files
from itertools import groupby, starmap
from typing import TYPE_CHECKING

from meshlake.counting import counted
from meshlake.discovery.masking import masked
from meshlake.discovery.page.datasets import dataset_html, join_rows
from meshlake.discovery.page.graph import graph_svg
from meshlake.discovery.page.landed_names import domain_of, short
from meshlake.discovery.questions import asked_of_all
from meshlake.html import document, table, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from meshlake.discovery.dataset_profile import DatasetProfile
    from meshlake.discovery.joins import Join
    from meshlake.errors import MeshError


def discovery_page(
    profiles: Iterable[DatasetProfile], joins: Sequence[Join], failures: Mapping[str, MeshError]
) -> str:
    """The page's HTML, personal values by their shape alone; `failures` are of what cannot be read."""
    shown = sorted(map(masked, profiles), key=lambda p: p.name)
    parts = files(__package__)
    style, script = ((parts / name).read_text("utf-8") for name in ("page.css", "page.js"))
    return document("What has landed", "".join(_body(shown, joins, failures)), style, script)


def _body(
    profiles: Sequence[DatasetProfile], joins: Sequence[Join], failures: Mapping[str, MeshError]
) -> Iterator[str]:
    rows = sum(profile.row_count for profile in profiles)
    yield (
        f"<header><h1>What has landed</h1><p>{counted(len(profiles), 'dataset')}, {counted(rows, 'row')}, "
        f"{counted(len(joins), 'join')}. Personal values are shown by their shape alone.</p></header><main>"
    )
    yield from _failures(failures)
    yield from _questions(profiles)
    if joins:
        yield '<section id="joins"><h2>How it hangs together</h2>'
        yield graph_svg(profiles, joins)
        heads = ("values of", "are found in the key", "how many", "orphans", "share", "sure", "since")
        yield f"<details><summary>{counted(len(joins), 'join')}</summary>"
        yield table(heads, join_rows(joins)) + "</details></section>"
    yield '<section id="datasets"><h2>Datasets</h2><label class="search">Find <input type="search" id="find" '
    yield 'placeholder="a dataset, column or mark"></label>'
    for domain, of_domain in groupby(profiles, lambda p: domain_of(p.name)):
        yield f'<section class="domain"><h3>{text(domain)}</h3>'
        yield from map(dataset_html, of_domain)
        yield "</section>"
    yield "</section></main>"


def _failures(failures: Mapping[str, MeshError]) -> Iterator[str]:
    if failures:
        rows = [(text(name), text(error.message), text(error.hint or "")) for name, error in failures.items()]
        yield '<section id="failed"><h2>What cannot be read</h2>'
        yield table(("dataset", "why", "what to do"), rows) + "</section>"


def _questions(profiles: Sequence[DatasetProfile]) -> Iterator[str]:
    if asked := asked_of_all(profiles):
        yield '<section id="questions"><h2>What a person has to decide</h2><ul>'
        for question, places in asked.items():
            yield f"<li>{'; '.join(starmap(_place, places.items()))}: {text(question)}</li>"
        yield "</ul></section>"


def _place(name: str, columns: Sequence[str]) -> str:
    return f'<a href="#{text(name)}">{text(short(name))}</a> {text(", ".join(columns))}'.rstrip()
