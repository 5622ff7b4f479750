"""What became of others that share something: earlier trials of the same sponsor, members of the same household, orders
of the same product.

A path goes out to what is shared, by a table that has somebody's id beside it or by the labelled product's own column,
and back to the rows of others: those of that table, their labels, and events of theirs. Of these one's own are left out
and all that was known only after the cut-off. A label is known once it is over: so many days after its cut-off as the
owner says, else from the next cut-off on, or as many later as have no label yet. Where cut-offs are days of events
nothing says how far a label looks ahead, and labels of others are left out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from meshlake.boosting.aggregates import MOST_OF_A_TABLE, shorts
from meshlake.boosting.cells import of_several_rows
from meshlake.boosting.dated import Rows, rows_of
from meshlake.boosting.feature import Feature, Over
from meshlake.boosting.growing import growing
from meshlake.boosting.hops import LABELLED_ROWS, Hop, Shared, Source
from meshlake.boosting.known_at import Known, outcomes_of, straddling
from meshlake.boosting.later import Later
from meshlake.boosting.others_sql import asked_sql, is_of_others, of_all
from meshlake.boosting.over_days import pairs_sql
from meshlake.boosting.sources import Found, countable, free_name, joined_by_withheld, rows_joined, same_ids
from meshlake.boosting.task import Task
from meshlake.counting import counted
from meshlake.names import quote_identifier, quote_literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from meshlake.boosting.cells import Says
    from meshlake.boosting.labelled import Labelled
    from meshlake.boosting.paths import Path
    from meshlake.boosting.tables import Table, Tables

# Pairs of a labelled row and what it shares, and of what is shared at a cut-off and a row.
MOST_PAIRS_OF_OTHERS = 20_000_000
_WEEK = 7
# So many share a thing on the mean at least; and so many things each shares at most.
_FEWEST_SHARING, _MOST_OF_EACH = 1.1, 20
_LATELY, _AS_MANY = (28, 364), 5
KNOWN_ON = "known_on"
_TOO_EARLY = (
    "of others is taken as known from the next cut-off on: too early where it looks further (--horizon DAYS)"
)


def source_of_others(tables: Tables, path: Path, taken: set[str], says: Says) -> Found:
    """The features of a path to rows of others, under names that are not `taken` yet; of many columns see `source_of`.

    Raises:
        MeshError: a table on the way cannot be read.
    """
    labelled, own = tables.labelled, tables.rows_of_labelled
    out, *_ = ways = path.steps[:2]
    on_the_way = tuple(tables.open(step.dataset) for step in path.steps)
    rows = [
        Rows(LABELLED_ROWS, Known())
        if step.dataset == own
        else rows_of(tables, table, out.is_unique and step in ways)
        for step, table in zip(path.steps, on_the_way, strict=True)
    ]
    if refused := joined_by_withheld(path, on_the_way, rows):
        return Found(path, on_the_way, None, refused=refused)
    is_of_labels = path.dataset == own
    known_on, is_guessed = _known_on(labelled) if is_of_labels else ("", False)
    if is_of_labels and not known_on:
        why = "cut-offs are days of events, and nothing says after how many days a label is known: --horizon does"
        return Found(path, on_the_way, None, refused=why)
    source = _source(tables, path, on_the_way, rows, known_on, taken)
    if source is None:
        return Found(path, on_the_way, None, refused="a contract leaves out the column that it is joined by")
    if refused := _shares_too_little(labelled, source) or _too_many(labelled, source):
        return Found(path, on_the_way, None, refused=refused)
    if is_of_labels:
        filled, known, withheld = _of_labels(labelled, source), Known(moment=KNOWN_ON), dict[str, str]()
    else:
        filled, known, withheld = _of_rows(tables, path, on_the_way[-1], rows[-1], source, says)
    later = (
        Later(asked={labelled.label: _TOO_EARLY} if is_guessed else {}) if is_of_labels else rows[-1].later
    )
    named = tuple(replace(each, name=free_name(each.name, taken)) for each in filled.features)
    calendars = tuple(each.calendar for each in rows if each.calendar)
    return Found(
        path, on_the_way, replace(filled, features=named), known, withheld, calendars=calendars, later=later
    )


def _source(
    tables: Tables,
    path: Path,
    on_the_way: Sequence[Table],
    rows: Sequence[Rows],
    known_on: str,
    taken: set[str],
) -> Source | None:
    """The hops of a path, without features yet; None where a contract leaves out a column that it is joined by."""
    labelled, own = tables.labelled, tables.rows_of_labelled
    out, back, *onwards = path.steps
    table, last = on_the_way[0], on_the_way[-1]
    by, *ids = (table.column(each) or "" for each in (*back.far, *out.far))
    far = [last.column(each) or "" for each in path.steps[-1].far]
    if not all((by, *ids, *far)):
        return None
    shared = Shared(by, ids[0])
    # Of a name like the label's a model takes a column for one that is known only after it, but for a past one.
    is_past = "past_" if path.dataset == own else ""
    named = f"{table.name.product}_shared", f"{is_past}{last.name.product}_of_others"
    first, name = (free_name(each, taken) for each in named)
    one, other = map(quote_identifier, (first, name))
    known, is_own = rows[0].known, out.dataset == own
    since = labelled.cutoff if is_own else known.moment
    pairs = _pairs_sql(rows[0].sql, shared, since)
    on = same_ids("{asked}", out.near, labelled.table.columns, one, ids, table.columns, out.written)
    # What a labelled row itself says at its cut-off is known then.
    hops = [Hop(pairs, one, on, None if is_own else since, known.period, out.near)]
    if onwards:
        whose = quote_identifier(free_name(f"{table.name.product}_between", taken))
        hops.append(Hop(pairs, whose, _not_own(shared, one, whose), since, known.period, (by,)))
        near = [table.column(each) or "" for each in onwards[0].near]
        on = same_ids(whose, near, table.columns, other, far, last.columns, onwards[0].written)
    else:
        near, on = [by], _not_own(shared, one, other)
    if path.dataset == own:
        columns = far if onwards else [shared.whose, by]
        hops.append(Hop(_labels_sql(labelled, columns, known_on), other, on, KNOWN_ON, near=tuple(near)))
    else:
        known = rows[-1].known
        hops.append(Hop(rows[-1].sql, other, on, known.moment, known.period, tuple(near)))
    return Source(name, path.told, path.entity, tuple(hops), (), (), is_lookup=False, others=shared)


def _pairs_sql(rows: str, shared: Shared, moment: str | None) -> str:
    """Who shares what, each pair once, and since when."""
    cells = ", ".join(quote_identifier(each) for each in (shared.whose, shared.by))
    since = f", MIN({quote_identifier(moment)}) AS {quote_identifier(moment)}" if moment else ""
    is_any = f"{quote_identifier(shared.by)} IS NOT NULL"
    return f"(SELECT {cells}{since} FROM {rows} AS each_row WHERE {is_any} GROUP BY {cells})"


def _not_own(shared: Shared, one: str, other: str) -> str:
    """SQL for whether rows of `other` are somebody else's who shares something with those of `one`."""
    by, whose = quote_identifier(shared.by), quote_identifier(shared.whose)
    return f"{one}.{by} = {other}.{by} AND {one}.{whose} <> {other}.{whose}"


def _labels_sql(labelled: Labelled, columns: Sequence[str], known_on: str) -> str:
    """The labels of all rows, as numbers or classes, with `columns` and when each is known."""
    cells, label = ", ".join(map(quote_identifier, columns)), quote_identifier(labelled.label)
    day = quote_identifier(labelled.cutoff or "")
    return (
        f"(SELECT {cells}, {_said_sql(labelled)}, {quote_identifier(KNOWN_ON)} FROM {LABELLED_ROWS} AS each_row "
        f"INNER JOIN ({known_on}) AS days ON each_row.{day} = days._at WHERE {label} IS NOT NULL)"
    )


def _said_sql(labelled: Labelled) -> str:
    """The label as a number or a class, as a cell of a SELECT under its own name."""
    said = labelled.predicted.sql
    if labelled.predicted.task == Task.CHURN:
        said = f"CASE WHEN {said} THEN 1.0 WHEN NOT {said} THEN 0.0 END"
    return f"{said} AS {quote_identifier(labelled.label)}"


def _known_on(labelled: Labelled) -> tuple[str, bool]:
    """A SELECT of the cut-offs, `_at`, and when the labels of each are known; empty where nothing says it. And whether
    that is guessed, since nobody says it and all cut-offs have labels.

    Those of the last second before a cut-off are known at it, as all rows are that came before it.
    """
    day, known_on = quote_identifier(labelled.cutoff or ""), quote_identifier(KNOWN_ON)
    days = f"SELECT DISTINCT {day} AS _at FROM {LABELLED_ROWS} AS each_row WHERE {day} IS NOT NULL"
    is_guessed = False
    if labelled.horizon_days:
        later = f"CAST(_at AS TIMESTAMP) + INTERVAL '{labelled.horizon_days}' DAY"
    else:
        ((gap, unknown),) = labelled.table.session.rows(
            f"WITH each_day AS (SELECT {day} AS _at, bool_or(({labelled.predicted.sql}) IS NOT NULL) AS is_known "
            f"FROM {labelled.table.name.sql} WHERE {day} IS NOT NULL GROUP BY 1), gaps AS (SELECT *, "
            f"date_diff('day', lag(_at) OVER (ORDER BY _at), _at) AS gap FROM each_day) SELECT median(gap), "
            f"count(*) FILTER (_at > (SELECT max(_at) FROM each_day WHERE is_known)) FROM gaps"
        )
        if gap is None or float(str(gap)) < _WEEK:
            return "", False
        is_guessed = not int(str(unknown))
        later = f"CAST(LEAD(_at, {max(1, int(str(unknown)))}) OVER (ORDER BY _at) AS TIMESTAMP)"
    return f"SELECT _at, {later} - INTERVAL '1' SECOND AS {known_on} FROM ({days}) AS cutoffs", is_guessed


def _shares_too_little(labelled: Labelled, source: Source) -> str:
    """Why what is shared says nothing in particular, if so: hardly two share it, or each shares much with everybody."""
    if source.others is None:
        return ""
    cells = ", ".join(
        f"count(DISTINCT {quote_identifier(each)})" for each in (source.others.by, source.others.whose)
    )
    ids = source.reading(labelled.table.name.sql).hops[0].sql
    ((pairs, things, sharing),) = labelled.table.session.rows(f"SELECT count(*), {cells} FROM {ids} AS ids")
    of_each = int(str(pairs)) / max(1, int(str(sharing)))
    if int(str(pairs)) < _FEWEST_SHARING * int(str(things)):
        return f"hardly two have the same {source.others.by}"
    return (
        f"each has {of_each:.0f} {source.others.by} on the mean: so much says nothing"
        if of_each > _MOST_OF_EACH
        else ""
    )


def _too_many(labelled: Labelled, source: Source) -> str:
    """Why more rows would have to be joined than may be, if so: of all labelled rows, which a build has to count."""
    cutoff, session = labelled.cutoff or "", labelled.table.session
    every = labelled.table.name.sql
    read = source.reading(every)
    shared = read.others
    if shared is None:
        return ""
    ids, rows = replace(read, hops=read.hops[:1]), of_all(read, shared)
    asked = f"({asked_sql(read, shared, every, cutoff)})"
    for counted_sql in (pairs_sql(ids, every, cutoff), pairs_sql(rows, asked, cutoff)):
        ((pairs,),) = session.rows(counted_sql)
        if int(str(pairs)) > MOST_PAIRS_OF_OTHERS:
            return f"{counted(int(str(pairs)), 'pair')} with a cut-off, too many"
    return ""


def _of_labels(labelled: Labelled, source: Source) -> Source:
    """`source` with what is counted of the labels of others: of all, and of those that came to be known lately."""
    predicted, cell = labelled.predicted, quote_identifier(labelled.label)
    said = {labelled.label: f"CAST({cell} AS DOUBLE)"}
    if predicted.task == Task.CLASSIFICATION:
        said = {
            f"{labelled.label}_is_{short}": f"CASE WHEN {cell} = {quote_literal(value)} THEN 1.0 ELSE 0.0 END"
            for value, short in shorts(predicted.classes)
        }
    features: list[Feature] = []
    for days in (None, *_LATELY):
        end, since = (f"_{days}d", f" that came to be known in the last {days} days") if days else ("", "")
        told = f"known {labelled.label} of others{since}"
        count, words = (Over("COUNT", days=days),), f"Number of {told}."
        features.append(Feature(f"{source.name}_count{end}", "{0}", words, count, is_count=True))
        for name, sql in said.items():
            mean, words = (Over("AVG", sql, days),), f"Mean of {told}: {name}."
            features.append(Feature(f"{source.name}_{name}_mean{end}", "{0}", words, mean))
    features += [_towards_all(labelled, source, name, sql) for name, sql in said.items()]
    cells = ((labelled.label, f"{source.hops[-1].alias}.{cell}"),)
    return replace(source, cells=cells, features=tuple(features))


def _towards_all(labelled: Labelled, source: Source, name: str, sql: str) -> Feature:
    """The mean of the labels of others, of few of them nearer to that of all at the first cut-off, a constant."""
    day = quote_identifier(labelled.cutoff or "")
    every = labelled.table.name.sql
    is_first = f"{day} = (SELECT min({day}) FROM {every} WHERE ({labelled.predicted.sql}) IS NOT NULL)"
    rows = f"(SELECT {_said_sql(labelled)} FROM {every} AS each_row WHERE {is_first}) AS first_rows"
    ((mean,),) = labelled.table.session.rows(f"SELECT avg({sql}) FROM {rows}")
    told = f"Mean known {labelled.label} of others and of {_AS_MANY} that are as all at the first cut-off: {name}."
    formula = f"({{0}} + {_AS_MANY * float(str(mean or 0)):.9g}) / ({{1}} + {_AS_MANY})"
    return Feature(
        f"{source.name}_{name}_mean_towards_all",
        formula,
        told,
        (Over("SUM", sql), Over("COUNT", sql)),
    )


def _of_rows(
    tables: Tables, path: Path, table: Table, rows: Rows, source: Source, says: Says
) -> tuple[Source, Known, dict[str, str]]:
    """`source` with what is counted of the rows of others, what of these is known when, and columns left out."""
    labelled, known = tables.labelled, rows.known
    outcomes = outcomes_of(table, labelled.label) if labelled.predicted.is_outcome else {}
    withheld = {**known.withheld, **outcomes, **growing(tables, table)}
    if path.steps[0].is_unique and len(source.hops) == 2:
        of_own = replace(source, hops=(replace(source.hops[0], sql=rows.sql),))
        cutoff = labelled.cutoff or ""
        shared = rows_joined(of_own, cutoff), f"found.{quote_identifier('_cutoff')}"
        withheld |= straddling(labelled.table.session, table, known, *shared)
    usable, codes, _ = countable(tables, path, table, {*withheld, rows.dated_by})
    about = f"{table.name} of others with the same {path.steps[1].near[0]}"
    filled = of_several_rows(labelled, table, source, known, usable, (), codes, says, about)
    features = list(filter(is_of_others, filled.features))
    features = [*features, *_recent(features)][:MOST_OF_A_TABLE]
    return replace(filled, features=tuple(features)), known, withheld


def _recent(features: Sequence[Feature]) -> Iterator[Feature]:
    """The means among `features`, of the last 364 days."""
    for each in features:
        (over,) = each.over
        if over.function == "AVG" and over.days is None:
            told = f"{each.told.removesuffix('.')} in the last 364 days."
            yield replace(each, name=f"{each.name}_364d", told=told, over=(replace(over, days=364),))
