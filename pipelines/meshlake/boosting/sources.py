"""From a path to its features: which columns of the table at its end may be counted, and how they read there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from meshlake.boosting.cells import of_one_row, of_several_rows
from meshlake.boosting.dated import date_of, rows_of
from meshlake.boosting.features_sql import same_sql
from meshlake.boosting.growing import growing
from meshlake.boosting.hops import Hop, Source
from meshlake.boosting.known_at import Known, outcomes_of, straddling
from meshlake.boosting.labelled import ROWS
from meshlake.boosting.later import Later
from meshlake.boosting.only_names import is_code, is_told_apart_by, only_names
from meshlake.boosting.over_days import counted_by_day, has_days, pairs_sql
from meshlake.counting import counted
from meshlake.names import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from meshlake.boosting.cells import Says
    from meshlake.boosting.dated import Rows
    from meshlake.boosting.labelled import Labelled
    from meshlake.boosting.paths import Path
    from meshlake.boosting.tables import Table, Tables
    from meshlake.types.tree import Type

# Pairs of a row and a cut-off that it is known at: so many are joined, and more counted by day; of rows that no date
# says the day of more are not counted, and told.
MOST_PAIRS, MOST_PAIRS_WITHOUT_DAYS = 50_000_000, 200_000_000
# Of the rows of a path such a share is joined without the table before them: it leads to no others.
_SAME_ROWS = 0.9


@dataclass(frozen=True)
class Found:
    """What a path gives: its `source`, or none and why (`refused`). `withheld` are columns of it, with the reason;
    `tables` those on the way, `calendars` those that say when rows of theirs are of. `uncut` dates rows of which no
    cut-off says whether they came before the label. What came `later` than the rows is told, or asked of."""

    path: Path
    tables: tuple[Table, ...]
    source: Source | None
    known: Known = field(default_factory=Known)
    withheld: dict[str, str] = field(default_factory=dict)
    refused: str = ""
    calendars: tuple[Table, ...] = ()
    uncut: str = ""
    later: Later = field(default_factory=Later)

    @property
    def asked(self) -> dict[str, str]:
        """The features of which a reviewer is asked, whatever they say, with the reason."""
        features = self.source.features if self.source else ()
        return {
            each.name: f"{column} {why}"
            for column, why in self.later.asked.items()
            for each in features
            if quote_identifier(column) in each.sql
        }

    @property
    def is_dated(self) -> bool:
        """Whether a date says when each of its rows was known: its own, or that of what it is a part of."""
        if self.source is None or not self.source.moments:
            return self.source is not None and self.known.is_planned
        return self.source.hops[-1].moment is not None or not self.path.steps[-1].is_unique

    def why_off(self, cutoff: str | None) -> str:
        """Why it is tried only where undated tables are asked for; empty where it is anyway.

        Without a cut-off what has no date at all is taken as it stands today, as the labelled rows are.
        """
        if self.uncut:
            return f"{self.uncut} says when, but no --cutoff what came before the label: --undated takes all of it"
        if cutoff and not self.is_dated:
            return "no date says what was known when: --undated takes it"
        return ""


def source_of(tables: Tables, path: Path, taken: set[str], says: Says) -> Found:
    """The features of a path, under names that are not `taken` yet; of many columns those are counted that `says` most.

    Raises:
        MeshError: a table on the way cannot be read.
    """
    labelled = tables.labelled
    on_the_way = [tables.open(step.dataset) for step in path.steps]
    table = on_the_way[-1]
    session = labelled.table.session
    rows = [rows_of(tables, each, step.is_unique) for each, step in zip(on_the_way, path.steps, strict=True)]
    calendars = tuple(each.calendar for each in rows if each.calendar)
    if refused := joined_by_withheld(path, on_the_way, rows) if labelled.cutoff else "":
        return Found(path, tuple(on_the_way), None, refused=refused)
    hops = _hops(labelled, path, on_the_way, rows, taken)
    if hops is None:
        return Found(
            path, tuple(on_the_way), None, refused="a contract leaves out the column that it is joined by"
        )
    if refused := _joined_directly(tables, path, on_the_way, hops):
        return Found(path, tuple(on_the_way), None, refused=refused)
    name = hops[-1].alias.strip('"')
    source = Source(name, path.told, path.entity, hops, (), (), path.is_lookup)
    cutoff = labelled.cutoff
    pairs = 0
    if cutoff and not path.is_lookup:  # of all labelled rows, which a build has to count
        pairs = int(str(session.rows(pairs_sql(source, labelled.table.name.sql, cutoff))[0][0]))
    is_by_day = pairs > MOST_PAIRS and has_days(source)
    if pairs > MOST_PAIRS_WITHOUT_DAYS and not is_by_day:
        refused = f"{counted(pairs, 'pair')} with a cut-off, too many, and no date to count them by"
        return Found(path, tuple(on_the_way), None, refused=refused)
    source = replace(source, is_by_day=is_by_day)
    known = rows[-1].known
    outcomes = outcomes_of(table, labelled.label) if labelled.predicted.is_outcome else {}
    withheld = {**known.withheld, **outcomes, **(growing(tables, table) if cutoff else {})}
    if cutoff and path.is_lookup:
        joined = rows_joined(source, cutoff)
        withheld |= straddling(session, table, known, joined, f"found.{quote_identifier('_cutoff')}")
    usable, codes, others = countable(tables, path, table, {*withheld, rows[-1].dated_by})
    if path.is_lookup:
        filled = of_one_row(table, source, known, usable, codes, says, has_cutoff=bool(cutoff))
    else:
        ids = tables.refers(table)
        named = [*_between(path, table), *(name for name in others if is_told_apart_by(table, name, ids))]
        filled = of_several_rows(labelled, table, source, known, usable, named, codes, says)
    if source.is_by_day:
        filled, left_out = counted_by_day(filled, known, pairs)
        withheld |= left_out
    features = tuple(replace(each, name=free_name(each.name, taken)) for each in filled.features)
    filled = replace(filled, features=features)
    uncut = "" if cutoff else date_of(tables, path, on_the_way, rows)
    later = rows[-1].later
    return Found(path, tuple(on_the_way), filled, known, withheld, "", calendars, uncut, later)


def countable(
    tables: Tables, path: Path, table: Table, left_out: Collection[str]
) -> tuple[list[str], list[str], list[str]]:
    """Of the columns of the table at a path's end, but those that are `left_out` or joined by, which may be features,
    which are ids that say of which kind a row is, and which are other ids or names, codes among them."""
    joined_by = {table.column(name) or name for step in path.steps for name in (*step.far, *step.near)}
    left = [name for name in table.columns if name not in joined_by and name not in left_out]
    ids = tables.refers(table)
    usable = [name for name in left if name not in ids and not only_names(table, name)]
    others = [name for name in left if name not in usable]
    return usable, [name for name in others if is_code(table, name)], others


def joined_by_withheld(path: Path, tables: Sequence[Table], rows: Sequence[Rows]) -> str:
    """Which column on the way was not known when its row was: who edited a post last is not known since it was
    written."""
    near = (*(step.near for step in path.steps[1:]), ())
    for step, onwards, table, read in zip(path.steps, near, tables, rows, strict=True):
        known = read.known
        later = {} if known.is_planned else {n: f"is known only with {d}" for n, d in known.with_date.items()}
        for name in filter(None, map(table.column, (*step.far, *onwards))):
            if why := {**later, **known.withheld}.get(name):
                return f"it is joined by {name} of {table.name}, which {why}"
    return ""


def _joined_directly(tables: Tables, path: Path, on_the_way: Sequence[Table], hops: Sequence[Hop]) -> str:
    """Which column joins the rows of a path without the table before them: lines of an order are told by whose it is,
    votes on a post by who votes."""
    if any(step.is_unique for step in path.steps) or len(path.steps) == 1:
        return ""
    (before, last), (near, far) = on_the_way[-2:], hops[-2:]
    ids = filter(None, map(before.column, path.steps[-2].far))
    whose = f"{near.alias}.{quote_identifier(next(ids, ''))}"
    own = (last.column(column) for dataset, column in sorted(tables.of_labelled) if dataset == path.dataset)
    for name in filter(None, own):
        cell = f"{far.alias}.{quote_identifier(name)}"
        ((share,),) = tables.labelled.table.session.rows(
            f"SELECT avg(CASE WHEN CAST({cell} AS VARCHAR) = CAST({whose} AS VARCHAR) THEN 1.0 ELSE 0.0 END) "
            f"FROM {near.sql} AS {near.alias} INNER JOIN {far.sql} AS {far.alias} ON {far.on} WHERE {cell} IS NOT NULL"
        )
        if share is not None and float(str(share)) >= _SAME_ROWS:
            return f"its rows are those that are joined by {name} directly"
    return ""


def _between(path: Path, table: Table) -> Iterator[str]:
    """The columns of the table at a path's end that say which of an id's things a row is of: of an organisation's use,
    each user."""
    last = path.steps[-1]
    if len(path.steps) > 1 and not last.is_unique:
        yield from filter(None, map(table.column, last.far))


def _hops(
    labelled: Labelled, path: Path, tables: Sequence[Table], rows: Sequence[Rows], taken: set[str]
) -> tuple[Hop, ...] | None:
    hops: list[Hop] = []
    types: dict[str, Type] = dict(labelled.table.columns)
    before: Table | None = None
    for step, table, read in zip(path.steps, tables, rows, strict=True):
        alias = quote_identifier(free_name(table.name.product, taken))
        near = step.near if before is None else tuple(before.column(name) or "" for name in step.near)
        far = tuple(table.column(name) or "" for name in step.far)
        if not all((*near, *far)):
            return None
        owner = "{asked}" if before is None else hops[-1].alias
        on = same_ids(owner, near, types, alias, far, table.columns, step.written)
        moment = read.known.moment if labelled.cutoff else None
        hops.append(Hop(read.sql, alias, on, moment, read.known.period, near, step.is_unique))
        types, before = dict(table.columns), table
    return tuple(hops)


def same_ids(
    owner: str,
    near: Sequence[str],
    types: Mapping[str, Type],
    alias: str,
    far: Sequence[str],
    columns: Mapping[str, Type],
    written: str,
) -> str:
    """SQL for whether the ids `near` of what is called `owner`, of `types`, are those `far` of `alias`."""
    return " AND ".join(
        same_sql(
            f"{owner}.{quote_identifier(mine)}",
            f"{alias}.{quote_identifier(other)}",
            written,
            are_alike=types[mine] == columns[other],
        )
        for mine, other in zip(near, far, strict=True)
    )


def free_name(name: str, taken: set[str]) -> str:
    """`name`, or what comes of it by a number, that is not `taken` yet; it is from now on."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    taken.add(free)
    return free


def rows_joined(source: Source, cutoff: str) -> str:
    """The rows looked at with those of the table at the path's end, `found`, and their cut-off."""
    tables = " ".join([ROWS, *source.joins(ROWS)])
    cells = f"{source.hops[-1].alias}.*, {ROWS}.{quote_identifier(cutoff)} AS {quote_identifier('_cutoff')}"
    known = " AND ".join(f"{hop.moment_sql} < {ROWS}.{quote_identifier(cutoff)}" for hop in source.moments)
    return f"(SELECT {cells} FROM {tables}{f' WHERE {known}' if known else ''}) AS found"
