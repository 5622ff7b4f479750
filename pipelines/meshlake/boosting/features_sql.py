"""Features of paths as SQL that a reviewer can read: two CTEs for each table, what was known and what is counted of it.

Aggregated for each id and cut-off, then joined to the labelled rows: these never multiply.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.boosting.feature import AGE, NEWEST
from meshlake.boosting.others_sql import SHARED, asked_sql, less_own_sql, of_all, of_all_sql, of_each_sql
from meshlake.boosting.over_days import day_ctes
from meshlake.discovery.join_written import WRITINGS
from meshlake.names import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.boosting.feature import Feature
    from meshlake.boosting.hops import Shared, Source


def features_sql(
    labelled: str, cutoff: str | None, kept: Sequence[str], sources: Sequence[Source], rows: str = ""
) -> str:
    """A SELECT of the columns `kept` of the relation `labelled`, one row for each of its, and all features.

    Args:
        labelled: the relation of the labelled rows, as SQL.
        cutoff: the column of cut-offs, if there is one.
        kept: which of its columns are given on.
        sources: where features come from.
        rows: what `labelled` is, as SQL to select from, where it is no table.
    """
    cells = [f"labelled.{quote_identifier(name)}" for name in kept]
    joins = []
    for source in sources:
        cells += [_cell(source.name, feature, cutoff) for feature in source.features]
        same = (
            f"labelled.{quote_identifier(name)} = {quote_identifier(source.name)}.{quote_identifier(name)}"
            for name in _grain(source, cutoff)
        )
        joins.append(
            f"LEFT JOIN {quote_identifier(source.name)}\n    ON\n        " + "\n        AND ".join(same)
        )
    first = [f"{labelled} AS {rows}"] if rows else []
    parts = ",\n\n".join([*first, *(part for source in sources for part in _ctes(source, labelled, cutoff))])
    ctes = f"WITH {parts}\n\n" if parts else ""
    listed = ",\n    ".join(cells)
    return "\n".join([f"{ctes}SELECT\n    {listed}\nFROM {labelled} AS labelled", *joins]) + "\n"


def _cell(source: str, feature: Feature, cutoff: str | None) -> str:
    """A feature of a labelled row, as SQL."""
    name = quote_identifier(feature.name)
    own = f"{quote_identifier(source)}.{name}"
    cell = f"COALESCE({own}, 0)" if feature.is_count else own
    if feature.is_to_peers and cutoff:
        peers = f"OVER (PARTITION BY labelled.{quote_identifier(cutoff)})"
        # Of amounts that cancel each other the mean is 0 but for the order that they were added up in.
        has_mean = f"ABS(AVG({cell}) {peers}) > 1e-9 * AVG(ABS({cell})) {peers}"
        cell = f"CAST({cell} AS DOUBLE) / CASE WHEN {has_mean} THEN AVG({cell}) {peers} END"
    return own if cell == own else f"{cell} AS {name}"


def _grain(source: Source, cutoff: str | None) -> tuple[str, ...]:
    return (*source.entity, *([cutoff] if cutoff else []))


def _ctes(source: Source, labelled: str, cutoff: str | None) -> list[str]:
    if source.others and cutoff:
        return _ctes_of_others(source, source.others, labelled, cutoff)
    if source.is_by_day and cutoff:
        return day_ctes(source, labelled, cutoff)
    asked, known = (quote_identifier(f"{source.name}_{what}") for what in ("asked", "known"))
    grain = [quote_identifier(name) for name in _grain(source, cutoff)]
    listed = ",\n        ".join(grain)
    cells = [*grain, *(f"{feature.sql} AS {quote_identifier(feature.name)}" for feature in source.features)]
    counted = ",\n        ".join(cells)
    grouped = "" if source.is_lookup else f"\n    GROUP BY\n        {listed}"
    return [
        f"-- {source.told}\n{asked} AS (\n    SELECT DISTINCT\n        {listed}\n    FROM {labelled}\n)",
        f"{known} AS (\n{_indented(_known_sql(source, asked, cutoff))}\n)",
        f"{quote_identifier(source.name)} AS (\n    SELECT\n        {counted}\n    FROM {known}{grouped}\n)",
    ]


def _ctes_of_others(source: Source, shared: Shared, labelled: str, cutoff: str) -> list[str]:
    """What is shared, the rows of all who share it, what each of these has, all together, and all less one's own."""
    name = source.name
    parts = (f"{name}_{what}" for what in ("shared", "asked", "known", "of_each", "of_all"))
    ids, asked, known, each, every = map(quote_identifier, parts)
    selects = {
        ids: asked_sql(source, shared, labelled, cutoff),
        asked: f"SELECT DISTINCT\n    {SHARED},\n    {quote_identifier(cutoff)}\nFROM {ids}",
        known: _known_sql(of_all(source, shared), asked, cutoff),
        each: of_each_sql(source, known, cutoff),
        every: of_all_sql(source, each, cutoff),
        quote_identifier(name): less_own_sql(source, ids, every, each, cutoff),
    }
    first, *others = (f"{cte} AS (\n{_indented(select)}\n)" for cte, select in selects.items())
    return [f"-- {source.told}\n{first}", *others]


def _known_sql(source: Source, asked: str, cutoff: str | None) -> str:
    """The rows of a path that were known before each cut-off, with their age."""
    grain = [f"{asked}.{quote_identifier(name)}" for name in _grain(source, cutoff)]
    day = f"{asked}.{quote_identifier(cutoff)}" if cutoff else ""
    cells, conditions = [*grain], []
    if source.moments and day:
        age = f"DATE_DIFF('day', CAST({source.moments[-1].moment_sql} AS DATE), CAST({day} AS DATE))"
        conditions = [f"{hop.moment_sql} < {day}" for hop in source.moments]
        if not source.is_lookup:
            cells.append(f"{age} AS {AGE}")
            if any(over.is_newest for each in source.features for over in each.over):  # a fifth of the time
                cells.append(f"MIN({age}) OVER (PARTITION BY {', '.join(grain)}) AS {NEWEST}")
    cells += [f"{sql.replace('{cutoff}', day)} AS {quote_identifier(name)}" for name, sql in source.cells]
    where = ["WHERE\n    " + "\n    AND ".join(conditions)] if conditions else []
    listed = ",\n    ".join(cells)
    return "\n".join([f"SELECT\n    {listed}\nFROM {asked}", *source.joins(asked), *where])


def _indented(sql: str) -> str:
    return "\n".join(f"    {line}" for line in sql.split("\n"))


def same_sql(one: str, other: str, written: str, *, are_alike: bool) -> str:
    """SQL for whether two ids are the same: as they are, as text where their types differ, or in the form `written`."""
    if written:
        form = WRITINGS[written]
        return f"{form.of(f'CAST({one} AS VARCHAR)')} = {form.of(f'CAST({other} AS VARCHAR)')}"
    return f"{one} = {other}" if are_alike else f"CAST({one} AS VARCHAR) = CAST({other} AS VARCHAR)"
