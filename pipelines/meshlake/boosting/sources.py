"""From a path to its features: which columns of the table at its end may be counted, and how they read there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from meshlake.boosting.aggregates import MOST_OF_A_TABLE, Columns, aggregated, looked_up
from meshlake.boosting.dated import date_of, rows_of
from meshlake.boosting.features_sql import same_sql
from meshlake.boosting.hops import Hop, Source
from meshlake.boosting.known_at import Known, is_of_birth, outcomes_of, straddling
from meshlake.boosting.labelled import ROWS
from meshlake.boosting.only_names import is_told_apart_by, only_names
from meshlake.boosting.over_days import counted_by_day, has_days, pairs_sql
from meshlake.counting import counted
from meshlake.names import name_words, quote_identifier
from meshlake.types.tree import Scalar, is_moment, is_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from meshlake.boosting.dated import Rows
    from meshlake.boosting.labelled import Labelled
    from meshlake.boosting.paths import Path
    from meshlake.boosting.tables import Table, Tables
    from meshlake.types.tree import Type

_MOST_NUMBERS, _MOST_CATEGORIES, _MOST_KINDS, _MOST_NAMES = 12, 6, 50, 4
_QUANTITIES = frozenset(["quantity", "qty", "units", "menge", "anzahl", "cantidad", "quantite"])
_PRICES = frozenset(["price", "preis", "precio", "prix", "rate"])
# Of one row each thing has, words of so many kinds are names.
_MOST_LOOKED_UP_KINDS = 200
# Pairs of a row and a cut-off that it is known at: more are not counted, and told.
MOST_PAIRS = 200_000_000


@dataclass(frozen=True)
class Found:
    """What a path gives: its `source`, or none and why (`refused`). `withheld` are columns of it, with the reason;
    `tables` those on the way, `calendars` those that say when rows of theirs are of. `uncut` dates rows of which no
    cut-off says whether they came before the label."""

    path: Path
    tables: tuple[Table, ...]
    source: Source | None
    known: Known = field(default_factory=Known)
    withheld: dict[str, str] = field(default_factory=dict)
    refused: str = ""
    calendars: tuple[Table, ...] = ()
    uncut: str = ""

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


def source_of(tables: Tables, path: Path, taken: set[str]) -> Found:
    """The features of a path, under names that are not `taken` yet.

    Raises:
        MeshError: a table on the way cannot be read.
    """
    labelled = tables.labelled
    on_the_way = [tables.open(step.dataset) for step in path.steps]
    table = on_the_way[-1]
    session = labelled.table.session
    rows = [rows_of(tables, each, step.is_unique) for each, step in zip(on_the_way, path.steps, strict=True)]
    calendars = tuple(each.calendar for each in rows if each.calendar)
    if refused := _joined_by_withheld(path, on_the_way, rows) if labelled.cutoff else "":
        return Found(path, tuple(on_the_way), None, refused=refused)
    hops = _hops(labelled, path, on_the_way, rows, taken)
    if hops is None:
        return Found(
            path, tuple(on_the_way), None, refused="a contract leaves out the column that it is joined by"
        )
    name = hops[-1].alias.strip('"')
    source = Source(name, path.told, path.entity, hops, (), (), path.is_lookup)
    cutoff = labelled.cutoff
    pairs = 0
    if cutoff and not path.is_lookup:  # of all labelled rows, which a build has to count
        pairs = int(str(session.rows(pairs_sql(source, labelled.table.name.sql, cutoff))[0][0]))
    if pairs > MOST_PAIRS and not has_days(source):
        refused = f"{counted(pairs, 'pair')} with a cut-off, too many, and no date to count them by"
        return Found(path, tuple(on_the_way), None, refused=refused)
    source = replace(source, is_by_day=pairs > MOST_PAIRS)
    known = rows[-1].known
    withheld = {**known.withheld, **outcomes_of(table, labelled.label)}
    if cutoff and path.is_lookup:
        joined = _joined(source, cutoff)
        withheld |= straddling(session, table, known, joined, f"found.{quote_identifier('_cutoff')}")
    joined_by = {table.column(name) or name for step in path.steps for name in (*step.far, *step.near)}
    joined_by.add(rows[-1].dated_by)
    left = [name for name in table.columns if name not in joined_by and name not in withheld]
    ids = tables.refers(table)
    usable = [name for name in left if name not in ids and not only_names(table, name)]
    if path.is_lookup:
        filled = _looked_up(table, source, known, usable, has_cutoff=bool(cutoff))
    else:
        named = [*_between(path, table)]
        named += [name for name in left if name not in usable and is_told_apart_by(table, name, ids)]
        filled = _counted(labelled, table, source, known, usable, named)
    if source.is_by_day:
        filled, left_out = counted_by_day(filled, known, pairs)
        withheld |= left_out
    features = tuple(replace(each, name=_free(each.name, taken)) for each in filled.features)
    filled = replace(filled, features=features)
    uncut = "" if cutoff else date_of(tables, path, on_the_way, rows)
    return Found(path, tuple(on_the_way), filled, known, withheld, calendars=calendars, uncut=uncut)


def _joined_by_withheld(path: Path, tables: Sequence[Table], rows: Sequence[Rows]) -> str:
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
        alias = quote_identifier(_free(table.name.product, taken))
        near = step.near if before is None else tuple(before.column(name) or "" for name in step.near)
        far = tuple(table.column(name) or "" for name in step.far)
        if not all((*near, *far)):
            return None
        owner = "{asked}" if before is None else hops[-1].alias
        same = [
            same_sql(
                f"{owner}.{quote_identifier(mine)}",
                f"{alias}.{quote_identifier(other)}",
                step.written,
                are_alike=types[mine] == table.columns[other],
            )
            for mine, other in zip(near, far, strict=True)
        ]
        moment = read.known.moment if labelled.cutoff else None
        on = " AND ".join(same)
        hops.append(Hop(read.sql, alias, on, moment, read.known.period, near, step.is_unique))
        types, before = dict(table.columns), table
    return tuple(hops)


def _free(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    taken.add(free)
    return free


def _joined(source: Source, cutoff: str) -> str:
    """The rows looked at with those of the table at the path's end, `found`, and their cut-off."""
    tables = " ".join([ROWS, *source.joins(ROWS)])
    cells = f"{source.hops[-1].alias}.*, {ROWS}.{quote_identifier(cutoff)} AS {quote_identifier('_cutoff')}"
    known = " AND ".join(f"{hop.moment_sql} < {ROWS}.{quote_identifier(cutoff)}" for hop in source.moments)
    return f"(SELECT {cells} FROM {tables}{f' WHERE {known}' if known else ''}) AS found"


def _counted(
    labelled: Labelled,
    table: Table,
    source: Source,
    known: Known,
    usable: Sequence[str],
    named: Sequence[str],
) -> Source:
    alias = source.hops[-1].alias
    later = [name for name in known.later if name in usable] if source.moments else []
    ahead = [name for name in known.ahead if name in usable] if labelled.cutoff else []
    is_dated = bool(source.moments) or (known.is_planned and bool(labelled.cutoff))
    cells = {
        name: _masked(alias, name, known, is_dated)
        for name in (*usable, *named[:_MOST_NAMES])
        if name not in known.later
    }
    values = [name for name in cells if name not in named and not is_moment(table.columns[name])]
    numbers = [name for name in values if is_number(table.columns[name])][:_MOST_NUMBERS]
    if amount := _amount(numbers):
        cells["amount"] = " * ".join(f"CAST({cells[name]} AS DOUBLE)" for name in amount)
        numbers.insert(0, "amount")
    births = [name for name in usable if is_moment(table.columns[name]) and is_of_birth(table, name)]
    for name in births if labelled.cutoff else ():
        age = f"days_since_{name}"
        cells[age] = f"DATE_DIFF('day', CAST({cells.pop(name)} AS DATE), CAST({{cutoff}} AS DATE))"
        numbers.append(age)
    booleans = [name for name in values if table.columns[name] is Scalar.BOOLEAN]
    texts = [name for name in values if table.columns[name] is Scalar.VARCHAR]
    few = [name for name in texts if _kinds(table, name) <= _MOST_KINDS][:_MOST_CATEGORIES]
    top = {name: _top_values(labelled, source, name, known) for name in few}
    kinds = [name for name in (*named, *texts) if name in cells and name not in few][:_MOST_NAMES]
    columns = Columns(
        tuple(numbers),
        tuple(booleans),
        tuple((name, each) for name, each in top.items() if each),
        tuple(later),
        tuple(kinds),
        tuple(ahead),
    )
    features = aggregated(source.name, columns, is_dated=bool(source.moments), about=str(table.name))
    moment = f"CAST({source.moments[-1].moment_sql} AS DATE)" if source.moments else ""
    days = {
        name: f"CASE WHEN {alias}.{quote_identifier(name)} < {{cutoff}} THEN DATE_DIFF('day', {moment}, "
        f"CAST({alias}.{quote_identifier(name)} AS DATE)) END"
        for name in later
    }
    days |= {name: _days_until(alias, name) for name in ahead}
    used = (*numbers, *booleans, *top, *kinds)
    rows = tuple((name, sql) for name, sql in {**{name: cells[name] for name in used}, **days}.items())
    return replace(source, cells=rows, features=tuple(features))


def _amount(numbers: Sequence[str]) -> tuple[str, str] | None:
    """How many of something, and the price of one: what they come to together, which no column says."""
    if "amount" in numbers:
        return None
    many = [name for name in numbers if _QUANTITIES & set(name_words(name))]
    prices = [name for name in numbers if _PRICES & set(name_words(name))]
    return (many[0], prices[0]) if len(many) == len(prices) == 1 else None


def _masked(alias: str, name: str, known: Known, is_dated: bool) -> str:
    """The cell of a column, null before the date came that it is filled in with."""
    cell = f"{alias}.{quote_identifier(name)}"
    date = known.with_date.get(name)
    if date is None or not is_dated:
        return cell
    return f"CASE WHEN {alias}.{quote_identifier(date)} < {{cutoff}} THEN {cell} END"


def _days_until(alias: str, name: str) -> str:
    return f"DATE_DIFF('day', CAST({{cutoff}} AS DATE), CAST({alias}.{quote_identifier(name)} AS DATE))"


def _kinds(table: Table, name: str) -> int:
    described = table.described(name)
    return described.distinct_count if described else MOST_OF_A_TABLE


def _top_values(labelled: Labelled, source: Source, name: str, known: Known) -> tuple[str, ...]:
    """The most frequent values among rows known before the first cut-off that a model learns from, or among all where
    nothing says when; written as constants, so that later rows change nothing."""
    cell = quote_identifier(name)
    where = f"{cell} IS NOT NULL"
    hop = source.hops[-1]
    moment = hop.known_sql() if hop.moment else quote_identifier(known.with_date.get(name, ""))
    if (hop.moment or name in known.with_date) and labelled.cutoff:
        first = f"(SELECT min({quote_identifier(labelled.cutoff)}) FROM {labelled.table.name.sql})"
        where += f" AND {moment} < {first}"
    rows = labelled.table.session.rows(
        f"SELECT {cell} FROM {hop.sql} AS top WHERE {where} GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 5"
    )
    return tuple(str(value) for (value,) in rows)


def _looked_up(
    table: Table, source: Source, known: Known, usable: Sequence[str], *, has_cutoff: bool
) -> Source:
    alias = source.hops[-1].alias
    cells: dict[str, str] = {}
    planned = [name for name in known.ahead if name in usable and has_cutoff]
    for name in usable:
        cell, kind = _masked(alias, name, known, known.is_planned and has_cutoff), table.columns[name]
        if name in planned:
            cells[name] = _days_until(alias, name)
        elif is_moment(kind):
            if has_cutoff and (source.moments or is_of_birth(table, name)):
                cells[name] = f"DATE_DIFF('day', CAST({cell} AS DATE), CAST({{cutoff}} AS DATE))"
        elif kind is not Scalar.VARCHAR or _kinds(table, name) <= _MOST_LOOKED_UP_KINDS:
            cells[name] = f"CAST({cell} AS DOUBLE)" if is_number(kind) else cell
    if source.moments and known.moment:
        cell = f"{alias}.{quote_identifier(known.moment)}"
        cells[known.moment] = f"DATE_DIFF('day', CAST({cell} AS DATE), CAST({{cutoff}} AS DATE))"
    days = {
        name: f"days_{'until' if name in planned else 'since'}_{name}"
        for name in cells
        if is_moment(table.columns[name])
    }
    named = {days.get(name, name): sql for name, sql in cells.items()}
    numbers = {*days.values()} | {n for n in cells if is_number(table.columns[n])}
    features = looked_up(source.name, [(name, name in numbers) for name in named], str(table.name))
    return replace(source, cells=tuple(named.items()), features=tuple(features))
