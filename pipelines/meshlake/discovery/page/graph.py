"""The joins as a picture: who refers stands left of what is referred to, domains by colour, orphans on the line."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING

from meshlake.counting import counted
from meshlake.discovery.page.datasets import orphans_text, share_text
from meshlake.discovery.page.landed_names import domain_of, short
from meshlake.html import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from meshlake.discovery.dataset_profile import DatasetProfile
    from meshlake.discovery.joins import Join

_BOX_WIDTH, _BOX_HEIGHT = 210, 40
_ACROSS, _DOWN, _EDGE = 130, 14, 24
_TALLEST = 16  # boxes on top of each other; more of one level stand side by side
_SWEEPS = 6
_LABEL_ACROSS, _LABEL_DOWN = 40, 13
_SHOWN_CHARACTERS = 27
_COLOURS = 8
_Place = tuple[float, float]


def graph_svg(profiles: Sequence[DatasetProfile], joins: Sequence[Join]) -> str:
    """The picture of the datasets that are joined, with buttons to zoom."""
    edges: dict[tuple[str, str], list[Join]] = defaultdict(list)
    for join in joins:
        edges[join.dataset, join.other_dataset].append(join)
    places = _places(edges)
    rows = {profile.name: profile.row_count for profile in profiles}
    domains = {name: i for i, name in enumerate(sorted({domain_of(name) for name in places}))}
    width = max(x for x, _ in places.values()) + _BOX_WIDTH + _EDGE + 40
    height = max(y for _, y in places.values()) + _BOX_HEIGHT + _EDGE
    lines, leading = "", defaultdict[str, int](int)
    for (one, other), between in edges.items():
        lines += _line(places, one, other, between, leading[one])
        leading[one] += 1
    boxes = "".join(_box(name, place, rows.get(name), domains) for name, place in places.items())
    legend = "".join(f'<span class="d{i % _COLOURS}">{text(name)}</span>' for name, i in domains.items())
    return (
        f'<div class="graph"><p class="legend">{legend}</p><div class="zoom" hidden>'
        '<button data-zoom="0.8" aria-label="closer">+</button><button data-zoom="1.25" aria-label="farther">−'
        '</button><button data-zoom="0">all</button></div>'
        f'<svg id="graph" role="img" aria-label="Joins between datasets" viewBox="0 0 {width:.0f} {height:.0f}">'
        f'{lines}{boxes}</svg><p class="help">n:1 many rows refer to one; in red how many rows find no partner. '
        "Drag to move, scroll with Ctrl or use the buttons to zoom; "
        "point at a dataset to see its joins alone.</p></div>"
    )


def _levels(edges: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The datasets by how many references lead on from them at most; those that refer to nothing are the last."""
    targets: dict[str, set[str]] = defaultdict(set)
    for one, other in edges:
        targets[one] |= {other} - {one}
        targets[other] |= set()
    levels = dict.fromkeys(targets, 0)
    for _ in range(min(len(targets), 12)):  # a ring would never end
        for name, others in targets.items():
            levels[name] = min(max([levels[name], *(levels[other] + 1 for other in others)]), 11)
    found = sorted(set(levels.values()), reverse=True)
    return [sorted(name for name, level in levels.items() if level == each) for each in found]


def _places(edges: Mapping[tuple[str, str], object]) -> dict[str, _Place]:
    """Where each box stands: near the middle of those that it is joined with, none on another."""
    levels = _levels(edges)
    near: dict[str, list[str]] = defaultdict(list)
    for one, other in edges:
        near[one].append(other)
        near[other].append(one)
    order = {name: i / len(level) for level in levels for i, name in enumerate(level)}
    for sweep in range(_SWEEPS):
        for level in levels if sweep % 2 else levels[::-1]:
            middle = {n: sum(order[o] for o in near[n]) / len(near[n]) for n in level}
            level.sort(key=lambda name: (middle[name], name))
            order |= {name: (i + 0.5) / len(level) for i, name in enumerate(level)}
    columns = list(chain.from_iterable(_stacks(level) for level in levels))
    tallest = max(len(column) for column in columns)
    step = _BOX_HEIGHT + _DOWN
    return {
        name: (_EDGE + i * (_BOX_WIDTH + _ACROSS), _EDGE + (tallest - len(column)) * step / 2 + j * step)
        for i, column in enumerate(columns)
        for j, name in enumerate(column)
    }


def _stacks(level: list[str]) -> list[list[str]]:
    count = -(-len(level) // _TALLEST)
    return [level[i::count] for i in range(count)]


def _line(places: Mapping[str, _Place], one: str, other: str, joins: Sequence[Join], place: int) -> str:
    (x, y), (other_x, other_y) = places[one], places[other]
    y, other_y = y + _BOX_HEIGHT / 2, other_y + _BOX_HEIGHT / 2
    if one == other:
        x += _BOX_WIDTH
        path, middle = f"M{x} {y - 10} C{x + 50} {y - 24} {x + 50} {y + 24} {x} {y + 10}", (x + 40, y)
    else:
        is_right = other_x > x
        start, end = (x + _BOX_WIDTH, other_x) if is_right else (x, other_x + _BOX_WIDTH)
        bend = max(abs(end - start) / 2, 50) * (1 if is_right else -1)
        path = f"M{start} {y} C{start + bend} {y} {end - bend} {other_y} {end} {other_y}"
        # Beside the box that it leads from, where no other box can hide it.
        side = 1 if is_right else -1
        middle = (start + side * _LABEL_ACROSS, y - 9 + place * _LABEL_DOWN)
    orphans = sum(join.orphan_count or 0 for join in joins)
    kind = "1:1" if all(join.is_one_to_one for join in joins) else "n:1"
    told = "\n".join(
        f"{short(j.dataset)}.{j.column} → {short(j.other_dataset)}.{j.other_column}: "
        f"{'one to one' if j.is_one_to_one else 'many to one'}, {share_text(j)}, orphans: {orphans_text(j)}"
        for j in joins
    )
    label = f"{kind}{f'<tspan> −{orphans:,}</tspan>' if orphans else ''}"
    title = "\n".join(map(text, told.split("\n")))
    return (
        f'<g class="join" data-one="{text(one)}" data-other="{text(other)}"><title>{title}</title>'
        f'<path d="{path}"/><text x="{middle[0]:.0f}" y="{middle[1] + 4:.0f}">{label}</text></g>'
    )


def _box(name: str, place: _Place, row_count: int | None, domains: Mapping[str, int]) -> str:
    shown = short(name).partition(".")[2] or short(name)
    cut = shown if len(shown) <= _SHOWN_CHARACTERS else f"{shown[: _SHOWN_CHARACTERS - 1]}…"
    rows = "" if row_count is None else counted(row_count, "row")
    x, y = place
    return (
        f'<a href="#{text(name)}" class="box d{domains[domain_of(name)] % _COLOURS}" data-name="{text(name)}">'
        f"<title>{text(short(name))}</title>"
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{_BOX_WIDTH}" height="{_BOX_HEIGHT}" rx="6"/>'
        f'<text x="{x + 10:.0f}" y="{y + 17:.0f}">{text(cut)}</text>'
        f'<text class="rows" x="{x + 10:.0f}" y="{y + 33:.0f}">{rows}</text></a>'
    )
