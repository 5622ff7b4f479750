"""Paths out to what is shared and back to others: earlier trials of the same sponsor, members of the same household,
orders of the same product.

A path goes out by a table that has somebody's id beside what is shared, or by the labelled product's own column, and
back to the labels of others, to their rows of that table, and to events of theirs.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from meshlake.boosting.paths import Path, Step
from meshlake.discovery.join_written import WRITINGS
from meshlake.discovery.names import is_identifier
from meshlake.names import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from meshlake.boosting.tables import Tables

# So many of these paths are tried: each that is raises what all tables have to gain.
MOST_PATHS_TO_OTHERS = 8
_FAR, _FEWEST_THAT_SHARE = 3, 1.5


def paths_to_others(tables: Tables, paths: Sequence[Path], most_steps: int) -> list[Path]:
    """The paths to rows of others, beside `paths`: their labels first, then their rows of the table that says what is
    shared, and then their events, over three joins where each of the labelled rows has several of its rows."""
    labelled = tables.labelled
    if labelled.cutoff is None:
        return []
    direct = [
        path.steps[0]
        for path in paths
        if len(path.steps) == 1 and len(path.entity) == 1 and not {*path.entity} & {*labelled.references}
    ]
    ways = [*_by_own_columns(tables), *chain.from_iterable(_by_table(tables, step) for step in direct)]
    own = tables.rows_of_labelled
    labels = [
        way
        if way[0].dataset == own
        else (*way, replace(way[0], near=way[0].far, dataset=own, far=way[0].near))
        for way in ways
    ]
    rows = [way for way in ways if way[0].dataset != own]
    events = [
        (*way, _of_same(way[0], step))
        for way in ways
        if way[0].is_unique or most_steps >= _FAR
        for step in direct
        if not step.is_unique and step.dataset != way[0].dataset and step.near[0] in way[0].near
    ]
    return [Path(steps, is_to_others=True) for steps in (*labels, *rows, *events)]


def _by_own_columns(tables: Tables) -> Iterator[tuple[Step, Step]]:
    """Out and back by ids that stand in the labelled product itself beside its key."""
    labelled, dataset = tables.labelled, tables.rows_of_labelled
    if len(labelled.key) != 1:
        return
    (key,) = labelled.key
    for name in (each for each in labelled.entities if each != key):
        cells = f"count(DISTINCT {quote_identifier(name)}), count(DISTINCT {quote_identifier(key)})"
        ((kinds, keys),) = labelled.table.session.rows(f"SELECT {cells} FROM {labelled.table.name.sql}")
        if 1 < int(str(kinds)) <= int(str(keys)) / _FEWEST_THAT_SHARE:
            both = (key, name)
            yield Step(both, dataset, both, "", True, 1.0), Step((name,), dataset, (name,), "", False, 1.0)


def _by_table(tables: Tables, step: Step) -> Iterator[tuple[Step, Step]]:
    """Out and back by a table that has the id of the labelled product beside what is shared."""
    profile = tables.profiles[step.dataset]
    joins = tables.found.joins
    ids = {
        each
        for join in joins
        for each in ((join.dataset, join.column), (join.other_dataset, join.other_column))
    }
    for column in profile.columns:
        node = (step.dataset, column.name)
        if (
            (node in ids or is_identifier(column.name))
            and node not in tables.of_labelled
            and (column.name,) not in profile.keys
            and not column.personal
            and 1 < column.distinct_count <= profile.row_count / _FEWEST_THAT_SHARE
        ):
            shared = (column.name,)
            yield step, Step(shared, step.dataset, shared, "", False, 1.0, column.distinct_count)


def _of_same(out: Step, step: Step) -> Step:
    """The step from a row of the table that `out` leads to, to what `step` leads to from the labelled product."""
    (near,) = (far for near, far in zip(out.near, out.far, strict=True) if near == step.near[0])
    written = max(out.written, step.written, key=["", *WRITINGS].index)
    return replace(step, near=(near,), written=written)
