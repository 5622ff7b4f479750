"""Since when rows are known that have no date of their own: at the end of the year that they name, or on the day of the
calendar that they refer to.

A season's figures are known when it is over; a star schema's sale refers to the row of its day. Other references say
nothing of the kind: a line is not known since its article is sold, nor a complaint since its customer joined. Of
several days the last counts, as it does of a row's own dates.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from meshlake.boosting.growing import counting_on
from meshlake.boosting.known_at import Known, known_of, known_since
from meshlake.boosting.later import Later, later_of
from meshlake.names import name_words, quote_identifier
from meshlake.types.tree import INTEGERS, is_moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from meshlake.boosting.paths import Path
    from meshlake.boosting.tables import Table, Tables

# Rows that refer to no day are never counted; where they are more, the column is none that says when.
_FILLED = 0.9
_FIRST_YEAR, _LAST_YEAR = 1800, 2200
_YEAR_WORDS = frozenset(["year", "yearid", "season", "jahr", "saison", "annee", "anno"])
# Years of these say what a thing is, or when it began or ends, and not when a row was written.
_OTHER_YEARS = frozenset(
    [
        "birth",
        "born",
        "built",
        "founded",
        "model",
        "vehicle",
        "start",
        "end",
        "expiry",
        "debut",
        "first",
        "last",
    ]
)


@dataclass(frozen=True)
class Dated:
    """Rows with a moment that they did not have: `sql` is the relation, `moment` its column.

    `column` is the one of the table that says so, `calendar` the table that was joined for it.
    """

    sql: str
    moment: str
    column: str
    calendar: Table | None = None


@dataclass(frozen=True)
class Rows:
    """What is read of a table, as SQL, and what of it is known when, some of it `later` than its row; where no date of
    its own says so, by which column and calendar."""

    sql: str
    known: Known
    dated_by: str = ""
    calendar: Table | None = None
    later: Later = field(default_factory=Later)


def rows_of(tables: Tables, table: Table, is_one_row: bool) -> Rows:
    """The rows of a table on the way of a path; `is_one_row` says that it has one for each thing that it is about.

    Raises:
        MeshError: a table that it refers to cannot be read.
    """
    key = table.profile.name, is_one_row
    if key not in tables.told:
        read = _rows_of(tables, table, is_one_row)
        later = later_of(tables.labelled, table, read.sql, read.known.moment, tables.outcomes.of(table.name))
        withheld = {**read.known.withheld, **later.withheld}
        known = replace(read.known, withheld=withheld, after=later.after)
        later = replace(later, asked={**later.asked, **_going_on(tables, table, read, later)})
        tables.told[key] = replace(read, known=known, later=later)
    rows: Rows = tables.told[key]
    return rows


def _going_on(tables: Tables, table: Table, read: Rows, later: Later) -> dict[str, str]:
    """What goes on counting in rows that have a date of their own, and are no snapshots of others' rows."""
    moment, session = read.known.moment, tables.labelled.table.session
    if moment is None or read.dated_by or table.grain is not None or later.is_on_cutoffs:
        return {}
    return counting_on(session, table, read.sql, moment) if tables.labelled.cutoff else {}


def _rows_of(tables: Tables, table: Table, is_one_row: bool) -> Rows:
    known = known_of(tables.labelled.table.session, table, is_one_row)
    if known.moment or known.ahead or is_one_row or not tables.labelled.cutoff:
        return Rows(table.name.sql, known)
    found = dated(tables, table)
    if found is None:
        return Rows(table.name.sql, known)
    return Rows(found.sql, replace(known, moment=found.moment), found.column, found.calendar)


def date_of(tables: Tables, path: Path, on_the_way: Sequence[Table], rows: Sequence[Rows]) -> str:
    """The column that says when rows came of which a thing has several, at the end of a path; empty where none does.

    A date of what has one row for each thing is of that alone: lines came later than their customer.

    Raises:
        MeshError: a table that is referred to cannot be read.
    """
    first = next((n for n, step in enumerate(path.steps) if not step.is_unique), len(path.steps))
    for table, each in zip(on_the_way[first:], rows[first:], strict=True):
        found = None if each.known.moment or each.known.ahead else dated(tables, table)
        column = each.known.moment or next(iter(each.known.ahead), "") or (found.column if found else "")
        if column:
            return f"{table.name}.{column}"
    return ""


def dated(tables: Tables, table: Table) -> Dated | None:
    """The rows of a table without a date, with the moment since when each is known; None where nothing says so.

    Raises:
        MeshError: a table that it refers to cannot be read.
    """
    session = tables.labelled.table.session
    found: dict[str, tuple[float, Dated]] = {}
    for each in (*_by_calendar(tables, table), *_by_year(table)):
        cell = quote_identifier(each.moment)
        ((rows, filled, mean),) = session.rows(
            f"SELECT count(*), count({cell}), avg(epoch(CAST({cell} AS TIMESTAMP))) FROM {each.sql} AS dated"
        )
        if mean is None or float(str(filled)) < _FILLED * float(str(rows)):
            continue
        found[each.column] = float(str(mean)), each
    since = known_since({column: mean for column, (mean, _) in found.items()})
    return found[since][1] if since else None


def _by_calendar(tables: Tables, table: Table) -> Iterator[Dated]:
    for join in tables.found.joins:
        column = table.column(join.column) if join.dataset == table.profile.name else None
        if (
            column is None
            or not _may_say(table, column)
            or join.written
            or join.other_dataset not in tables.profiles
            or (join.other_dataset, join.other_column) in tables.of_labelled
        ):
            continue
        calendar = tables.open(join.other_dataset)
        key, day = calendar.column(join.other_column), _day_of(tables, calendar)
        if key is None or day is None or calendar.columns[key] != table.columns[column]:
            continue
        moment = _free(table)
        yield Dated(
            f"(SELECT rows_of.*, calendar.{quote_identifier(day)} AS {quote_identifier(moment)} "
            f"FROM {table.name.sql} AS rows_of LEFT JOIN {calendar.name.sql} AS calendar "
            f"ON rows_of.{quote_identifier(column)} = calendar.{quote_identifier(key)})",
            moment,
            column,
            calendar,
        )


def _day_of(tables: Tables, calendar: Table) -> str | None:
    """The column of days of a table that has one row for each day; times of day are each another by chance."""
    days = [name for name, kind in calendar.columns.items() if is_moment(kind)]
    for name in days:
        cell = quote_identifier(name)
        ((rows, kinds),) = tables.labelled.table.session.rows(
            f"SELECT count(*), count(DISTINCT CAST({cell} AS DATE)) FROM {calendar.name.sql}"
        )
        if rows == kinds:
            return name
    return None


def _by_year(table: Table) -> Iterator[Dated]:
    for name, kind in table.columns.items():
        words = set(name_words(name))
        is_year = kind in INTEGERS and words & _YEAR_WORDS and not words & _OTHER_YEARS
        if not is_year or not _may_say(table, name):
            continue
        cell, moment = quote_identifier(name), _free(table)
        last_day = f"CAST(CAST({cell} AS VARCHAR) || '-12-31' AS DATE)"
        yield Dated(
            f"(SELECT *, CASE WHEN {cell} BETWEEN {_FIRST_YEAR} AND {_LAST_YEAR} THEN {last_day} END "
            f"AS {quote_identifier(moment)} FROM {table.name.sql})",
            moment,
            name,
        )


def _may_say(table: Table, column: str) -> bool:
    """Of rows that are made of others' rows only the key says when they are of."""
    return table.grain is None or column in table.grain


def _free(table: Table) -> str:
    name = "known_on"
    while name in table.columns:
        name += "_"
    return name
