"""What of a table's rows was known at a cut-off: which column says so, and what of a row came only later.

A row is known once all is past that every row has a date of: a claim when it was reported, and not when it happened; a
line of an order when it was ordered, and not since its customer joined. Dates that names say are planned (`due_on`,
`valid_to`) do not count for it. A date that not all rows have (`closed_at`) is known once it has come, and with it what
is filled in together with it (`satisfaction_score`). What only says whether it has come (`status`) is withheld, since
it is read as it is today. What has one row for each thing is known since its first date: others are no events but what
stands there today, and may be written over, so where they reach beyond cut-offs they are withheld, with all that is
filled in together with them. So is what names say is written over, such as `updated_at`.
What a contract says is known in advance (`knownInAdvance`: next races, the end of a campaign) is known whatever its
date; where a table has no other date, what is not said so of its rows (who won) is known once the last of these came.

Rows that are made of others' rows (aggregates) are dated by a date of their key alone: one of the values may be the
first of many days that were counted. A date that names a week or a month is known once that is over.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from meshlake.discovery.labels import is_cutoff
from meshlake.names import name_words, quote_identifier
from meshlake.outcome_names import is_named_like
from meshlake.types.tree import Scalar, is_moment, is_nested

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from meshlake.boosting.tables import Table
    from meshlake.engines.session import LocalSession

_NEARLY_ALL = 0.98
_STRADDLING_SHARE = 0.001
_MOST_VALUES, _FEWEST_ROWS = 20, 20
_OVER_WORDS = "updated update modified changed refreshed synced last latest final current"
_WRITTEN_OVER = frozenset(_OVER_WORDS.split(" "))
# What is to come as a rule, and is written down before.
_TO_COME_WORDS = (
    "due planned plan scheduled expected estimated eta target deadline maturity expiry expires expiration expire "
    "renewal required promised promise forecast next future until till to thru through warranty "
    "faellig faelligkeit fallig falligkeit geplant bis frist ablauf gultig vencimiento vence previsto prevista hasta "
    "echeance prevue prevu jusqu scadenza fino"
)
_TO_COME = frozenset(_TO_COME_WORDS.split(" "))
# The last days that a calendar has, which stand for an end that nobody knows.
_LAST_YEAR = 2200
# Who was born then was no customer yet.
_BIRTH_WORDS = "birth born dob birthday birthdate geburtsdatum geburtstag geboren nacimiento naissance"
_OF_PERSONS = frozenset(_BIRTH_WORDS.split(" "))


@dataclass(frozen=True)
class Known:
    """What was known when, of a table's columns.

    `moment` is the column that says from when on a row is known, None where none does. `later` are dates each of which
    is known once it has come; `with_date` says of other columns with which of these they are. `withheld` gives reasons,
    `ahead` are dates that are known in advance. `period` is how long after its moment a row is known: `'1' MONTH`;
    `after` of columns that came after the row how many days later still, see `later`.
    """

    moment: str | None = None
    later: tuple[str, ...] = ()
    with_date: Mapping[str, str] = field(default_factory=dict)
    withheld: Mapping[str, str] = field(default_factory=dict)
    ahead: tuple[str, ...] = ()
    period: str = ""
    after: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_planned(self) -> bool:
        """Whether plans alone say what of its rows was known when."""
        return self.moment is None and bool(self.ahead)


def known_of(session: LocalSession, table: Table, is_one_row: bool) -> Known:
    """What of `table` is known when; `is_one_row` says that it has one row for each thing that it is about."""
    dates = [name for name, kind in table.columns.items() if is_moment(kind) and not is_of_birth(table, name)]
    if table.grain is not None:
        return _of_aggregate(session, table, [name for name in table.grain if name in dates])
    ahead = tuple(name for name in dates if name in table.in_advance)
    others = [name for name in dates if name not in ahead]
    withheld = {
        name: "is written over, as its name says" for name in others if _WRITTEN_OVER & set(name_words(name))
    }
    left = [name for name in others if name not in withheld]
    withheld |= _tied(session, table, others, withheld)
    moment = _known_since(session, table, left, is_one_row=is_one_row) if left else None
    if moment is None:
        return Known(with_date=_of_plans(session, table, ahead), withheld=withheld, ahead=ahead)
    later = tuple(name for name in left if name != moment)
    if is_one_row:
        return Known(moment, later, withheld=withheld, ahead=ahead)
    with_date, says_so = _together(session, table, later)
    return Known(moment, later, with_date, says_so | withheld, ahead)


def _of_plans(session: LocalSession, table: Table, ahead: Sequence[str]) -> dict[str, str]:
    """Of a table without another date, what is known only once the latest of its planned ones came."""
    if not ahead:
        return {}
    asked = ", ".join(f"avg(epoch(CAST({quote_identifier(name)} AS TIMESTAMP)))" for name in ahead)
    (means,) = session.rows(f"SELECT {asked} FROM {table.name.sql}")
    known = {name: float(str(mean)) for name, mean in zip(ahead, means, strict=True) if mean is not None}
    last = max(known, key=known.__getitem__, default=ahead[0])
    return {name: last for name in table.columns if name not in table.in_advance}


def _of_aggregate(session: LocalSession, table: Table, dates: Sequence[str]) -> Known:
    """What of rows is known that are counted over other rows: by the last of `dates`, which are of their key."""
    if not dates:
        return Known()
    moment = dates[-1]
    return Known(moment, period="" if is_cutoff(moment) else _period(session, table, moment))


def _period(session: LocalSession, table: Table, name: str) -> str:
    """What a date names beside a day: the months or weeks from it to the next that there may be; nothing of days."""
    day = f"CAST({quote_identifier(name)} AS DATE)"
    gap = f"date_diff('{{}}', lag({day}) OVER (ORDER BY {day}), {day})"
    ((is_first, is_of_week, months, days),) = session.rows(
        f"SELECT bool_and(day({day}) = 1), count(DISTINCT dayofweek({day})) = 1, min(months), min(days) FROM "
        f"(SELECT {day} AS {quote_identifier(name)}, {gap.format('month')} AS months, {gap.format('day')} AS days "
        f"FROM (SELECT DISTINCT {quote_identifier(name)} FROM {table.name.sql}) AS dates) AS gaps"
    )
    if is_first:
        return f"'{int(str(months or 1))}' MONTH"
    return f"'{int(str(days or 7))}' DAY" if is_of_week else ""


def is_of_birth(table: Table, name: str) -> bool:
    """Whether a column of dates says when persons were born, and so nothing of when a row was known."""
    described = table.described(name)
    return bool(_OF_PERSONS & set(name_words(name))) or bool(described and described.personal)


def _known_since(
    session: LocalSession, table: Table, dates: Sequence[str], *, is_one_row: bool
) -> str | None:
    """Of the dates that nearly every row has the one since when all of a row is known; none where no date is."""
    cells = [f"CAST({quote_identifier(name)} AS TIMESTAMP)" for name in dates]
    asked = ", ".join(
        f"count(*) FILTER ({is_any}), avg(epoch({cell})) FILTER ({is_any})"
        for cell in cells
        if (is_any := f"year({cell}) < {_LAST_YEAR}")
    )
    ((count, *found),) = session.rows(f"SELECT count(*), {asked} FROM {table.name.sql}")
    filled = {
        name: float(str(mean))
        for name, present, mean in zip(dates, found[::2], found[1::2], strict=True)
        if mean is not None and float(str(present)) >= _NEARLY_ALL * float(str(count))
    }
    return known_since(filled, is_one_row=is_one_row)


def known_since(means: Mapping[str, float], *, is_one_row: bool = False) -> str | None:
    """Of dates by their means the one since when rows are known: the last that is not to come as its name says, or the
    first of rows of which there is one for each thing; None where there are none.

    Example:
        >>> known_since({"happened_on": 1.0, "reported_on": 2.0, "due_on": 3.0})
        'reported_on'
    """
    if is_one_row:
        return min(means, key=means.__getitem__, default=None)
    past = [name for name in means if not _TO_COME & set(name_words(name))]
    return max(past or means, key=means.__getitem__, default=None)


def _together(
    session: LocalSession, table: Table, dates: Sequence[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Columns that are filled in with one of `dates`, and which only say whether it has come, with the reason."""
    with_date: dict[str, str] = {}
    says_so: dict[str, str] = {}
    others = [name for name, kind in table.columns.items() if not is_nested(kind) and not is_moment(kind)]
    for date in dates:
        has_come = f"{quote_identifier(date)} IS NOT NULL"
        asked = [name for name in others if name not in with_date and name not in says_so]
        filled = _filled_with(session, table, asked, has_come)
        for name in asked:
            if name in filled:
                with_date[name] = date
            elif _says_so(session, table, name, has_come):
                says_so[name] = f"says whether {date} has come, as it is today"
    return with_date, says_so


def _filled_with(session: LocalSession, table: Table, names: Sequence[str], has_come: str) -> set[str]:
    """Those of `names` that are null in nearly all rows whose date has not come, and filled in where it has."""
    asked = "".join(
        f", count(*) FILTER (NOT {has_come} AND {quote_identifier(name)} IS NULL), "
        f"count(*) FILTER ({has_come} AND {quote_identifier(name)} IS NOT NULL)"
        for name in names
    )
    ((*counts,),) = session.rows(
        f"SELECT count(*) FILTER (NOT {has_come}), count(*) FILTER ({has_come}){asked} FROM {table.name.sql}"
    )
    without, with_it, *found = (int(str(each)) for each in counts)
    if min(without, with_it) < _FEWEST_ROWS:
        return set()
    return {
        name
        for name, of_these, of_those in zip(names, found[::2], found[1::2], strict=True)
        if of_these >= _NEARLY_ALL * without and of_those >= max(_FEWEST_ROWS, (1 - _NEARLY_ALL) * with_it)
    }


def _says_so(session: LocalSession, table: Table, name: str, has_come: str) -> bool:
    """Whether the values of a column of few are others where the date has come."""
    described = table.described(name)
    is_few = described is not None and (0 < len(described.values) <= _MOST_VALUES)
    if not is_few and table.columns[name] is not Scalar.BOOLEAN:
        return False
    rows = session.rows(
        f"SELECT count(*) FILTER ({has_come}), count(*) FILTER (NOT ({has_come})) FROM {table.name.sql} "
        f"WHERE {quote_identifier(name)} IS NOT NULL GROUP BY {quote_identifier(name)}"
    )
    counts = [(int(str(come)), int(str(not_yet))) for come, not_yet in rows]
    all_come, all_not = (sum(each[side] for each in counts) for side in (0, 1))
    if min(all_come, all_not) < _FEWEST_ROWS:
        return False
    # Of each side nearly all rows have values that are more frequent there, however few rows the side has.
    of_come = [each for each in counts if each[0] * all_not > each[1] * all_come]
    of_not = [each for each in counts if each not in of_come]
    right = sum(come for come, _ in of_come) / all_come, sum(not_yet for _, not_yet in of_not) / all_not
    return min(right) >= _NEARLY_ALL


def _tied(
    session: LocalSession, table: Table, dates: Iterable[str], withheld: Mapping[str, str]
) -> dict[str, str]:
    """Columns that are filled in together with withheld dates, or say whether those have come."""
    gone = [date for date in dates if date in withheld]
    filled, says_so = _together(session, table, gone)
    return {
        name: f"is filled in together with {date}, which is withheld" for name, date in filled.items()
    } | says_so


def outcomes_of(table: Table, label: str) -> dict[str, str]:
    """Of a table that was made of others the columns that say how what `label` is about ended, with the reason."""
    return {
        name: "is named like the label, so it is known only after it"
        for name in (table.columns if table.grain is not None else ())
        if is_named_like(label, name)
    }


def straddling(session: LocalSession, table: Table, known: Known, joined: str, cutoff: str) -> dict[str, str]:
    """Of a table of one row for each thing, the later dates that reach beyond cut-offs, and what goes with them.

    `joined` are the rows of the labelled product with the table's, as SQL, `cutoff` the cell of their cut-offs.
    """
    if not known.later:
        return {}
    asked = ", ".join(
        f"avg(CASE WHEN found.{quote_identifier(name)} >= {cutoff} THEN 1.0 ELSE 0.0 END)"
        for name in known.later
    )
    (shares,) = session.rows(f"SELECT {asked} FROM {joined}")
    beyond = {
        name: f"reaches beyond the cut-off in {float(str(share)):.1%} of the rows: not known before it comes"
        for name, share in zip(known.later, shares, strict=True)
        if share is not None and float(str(share)) > _STRADDLING_SHARE
    }
    return beyond | _tied(session, table, known.later, beyond)
