"""Labels made of events: who did nothing in the N days after a cut-off, of those who did something in the N before.

N is found in the gaps between the days of each customer: so many days that most gaps are no longer. Cut-offs are N days
apart from the first day on, so that the labels of a past one never change; those of the last are not known yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.discovery.names import is_identifier, is_moment, is_spoken
from meshlake.drafting.contract_draft import column_names
from meshlake.drafting.sql_draft import SqlDraft
from meshlake.names import ProductName, name_words, quote_identifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from meshlake.discovery.dataset_profile import ColumnProfile, DatasetProfile
    from meshlake.engines.session import LocalSession

# Who can leave; things that are sold no more do not.
_WHO_WORDS = (
    "customer client user member account subscriber player patient donor guest student buyer shopper visitor household "
    "uid cardholder contact person passenger learner supporter kunde kundin cliente utente klant"
)
_WHO = frozenset(_WHO_WORDS.split())
# Most gaps are no longer than the N that is taken, the next of these.
_GAP_SHARE = 0.9
_DAYS = (7, 14, 30, 60, 90, 180, 365)
_PER_DAY = {"epoch seconds": 86_400, "epoch milliseconds": 86_400_000}
# Of fewer customers, or labels of one kind, nothing is learnt.
_FEWEST_WHO, _FEWEST_LABELS, _EVENTS_EACH = 20, 20, 2
_MOST_AMOUNTS = 5
LABEL, CUTOFF = "is_churned", "cutoff_date"


@dataclass(frozen=True)
class Events:
    """Product `name`, whose rows say that `who` did something at `moment`; `amounts` are numbers that can be summed.

    Where moments are numbers, so many `per_day` since 1970 are a day, by UTC.
    """

    name: ProductName
    who: str
    moment: str
    amounts: tuple[str, ...]
    event_count: int
    per_day: int | None = None

    def day_sql(self, moment: str) -> str:
        """The day of the cell `moment`."""
        if self.per_day is None:
            return f"CAST({moment} AS DATE)"
        days = f"CAST(floor({moment} / {self.per_day}.0) AS INTEGER)"
        return f"CAST(DATE '1970-01-01' + {days} * INTERVAL 1 DAY AS DATE)"

    @property
    def labels(self) -> ProductName:
        """The product of their labels."""
        return ProductName(self.name.domain, "churn_labels")

    @property
    def features(self) -> ProductName:
        """The product of what was known at each cut-off."""
        return ProductName(self.name.domain, "churn_features")


def events_of(profile: DatasetProfile, name: ProductName) -> Events | None:
    """What the rows of `name` say that people did, and when; None where they are no events, or those of nobody."""
    names = column_names(profile)
    key = profile.likely_key
    who = next((c for c in profile.columns if _is_who(c, profile) and (c.name,) != key), None)
    moment = next((c for c in profile.columns if _is_moment(c, profile)), None)
    if who is None or moment is None:
        return None
    amounts = [names[c.name] for c in profile.columns if _is_amount(c, profile) and c.name != who.name]
    return Events(
        name,
        names[who.name],
        names[moment.name],
        tuple(amounts[:_MOST_AMOUNTS]),
        profile.row_count,
        _PER_DAY.get(moment.meaning),
    )


def _is_who(column: ColumnProfile, profile: DatasetProfile) -> bool:
    words = set(name_words(column.name))
    is_named = bool(words & _WHO) and (is_identifier(column.name) or words <= _WHO)
    count = column.distinct_count
    return is_named and count >= _FEWEST_WHO and _EVENTS_EACH * count <= profile.row_count


def _is_moment(column: ColumnProfile, profile: DatasetProfile) -> bool:
    return (
        (column.found_type in {"date", "timestamp"} or column.meaning in _PER_DAY)
        and not column.personal
        and not column.misfits
        and column.null_count == 0
        and not column.is_constant
        and profile.table is None
    )


def _is_amount(column: ColumnProfile, profile: DatasetProfile) -> bool:
    name = column.name
    is_told_apart = any(name in key for key in profile.keys) or is_identifier(name) or is_spoken(name)
    is_number = column.found_type in {"integer", "number"} and column.distinct_count > 2
    is_time = is_moment(name) or column.meaning in _PER_DAY
    return is_number and not (is_told_apart or is_time or column.personal or column.misfits)


def window_days(session: LocalSession, events: Events) -> int | None:
    """How many days without an event count as churn; None where too few labels of each kind would come of it."""
    ((gap, span),) = session.rows(
        f"WITH days AS ({_days_sql(events)}), "
        "gaps AS (SELECT date_diff('day', lag(day) OVER (PARTITION BY who ORDER BY day), day) AS gap FROM days) "
        f"SELECT quantile_disc(gap, {_GAP_SHARE}), (SELECT date_diff('day', min(day), "
        "max(day)) FROM days) FROM gaps"
    )
    if gap is None:
        return None
    days = next((each for each in _DAYS if each >= int(str(gap))), None)
    if days is None or int(str(span)) < 2 * days:
        return None
    ((churned, stayed),) = session.rows(
        f"SELECT count(*) FILTER ({LABEL}), count(*) FILTER (NOT {LABEL}) FROM ({labels_sql(events, days)})"
    )
    return days if min(int(str(churned)), int(str(stayed))) >= _FEWEST_LABELS else None


def drafts_of(events: Events, days: int) -> Iterator[SqlDraft]:
    """The labels of no event in so many days, and what was known of whom at each cut-off."""
    described = {
        events.who: f"As in {events.name}.",
        CUTOFF: "The day that what may be known stops before.",
        LABEL: f"Whether no row of {events.name} is of that day or the {days - 1} after it; null while they last.",
    }
    who = f"Whoever has rows in {events.name} in the {days} days before a cut-off"
    key = (events.who, CUTOFF)
    yield SqlDraft(events.labels, labels_sql(events, days), f"{who}, and whether they left.", described, key)
    more = {
        "event_count": "Rows before the cut-off.",
        "recent_event_count": f"Rows in the {days} days before the cut-off.",
        "active_day_count": "Days with rows before the cut-off.",
        "days_since_first": "Days from the first row to the cut-off.",
        "days_since_last": "Days from the last row to the cut-off.",
    } | {f"total_{each}": f"Sum of {each} before the cut-off." for each in events.amounts}
    yield SqlDraft(
        events.features,
        features_sql(events, days),
        f"{who}, what was known of them then, and whether they left.",
        described | more,
        key,
    )


def labels_sql(events: Events, days: int) -> str:
    """The labels of each cut-off, `days` apart."""
    who = quote_identifier(events.who)
    return f"""\
-- Churn is no row of {events.name} in {days} days: {_GAP_SHARE:.0%} of the gaps between two days of one are no longer.
-- Cut-offs are {days} days apart, from the first day on. To count otherwise, put another number for each {days}.
WITH days AS (
    {_days_sql(events)}
),

bounds AS (
    SELECT
        min(day) AS first_day,
        max(day) AS last_day
    FROM days
),

periods AS (
    SELECT DISTINCT
        days.who,
        CAST(floor(date_diff('day', bounds.first_day, days.day) / {days}.0) AS INTEGER) AS period
    FROM days
    CROSS JOIN bounds
)

SELECT
    before.who AS {who},
    CAST(bounds.first_day + (before.period + 1) * {days} * INTERVAL 1 DAY AS DATE) AS {CUTOFF},
    CASE
        WHEN date_diff('day', bounds.first_day, bounds.last_day) >= (before.period + 2) * {days} - 1
            THEN later.who IS NULL
    END AS {LABEL}
FROM periods AS before
CROSS JOIN bounds
LEFT JOIN periods AS later
    ON before.who = later.who AND before.period + 1 = later.period
-- of the days that are still to come nothing is known
WHERE date_diff('day', bounds.first_day, bounds.last_day) >= (before.period + 1) * {days} - 1
"""


def features_sql(events: Events, days: int) -> str:
    """What was known at each cut-off of those who have a label there, and the label."""
    who, day = quote_identifier(events.who), events.day_sql(f"events.{quote_identifier(events.moment)}")
    is_recent = f"date_diff('day', {day}, labels.{CUTOFF}) <= {days}"
    amounts = [
        f"CAST(sum(events.{quote_identifier(each)}) AS DOUBLE) AS {quote_identifier(f'total_{each}')}"
        for each in events.amounts
    ]
    cells = [
        f"labels.{who}",
        f"labels.{CUTOFF}",
        f"labels.{LABEL}",
        "count(*) AS event_count",
        f"count(CASE WHEN {is_recent} THEN 1 END) AS recent_event_count",
        f"count(DISTINCT {day}) AS active_day_count",
        f"date_diff('day', min({day}), labels.{CUTOFF}) AS days_since_first",
        f"date_diff('day', max({day}), labels.{CUTOFF}) AS days_since_last",
        *amounts,
    ]
    selected = ",\n    ".join(cells)
    return f"""\
-- Only what was known before the cut-off: no row of {events.name} of that day or later.
SELECT
    {selected}
FROM {events.labels.sql} AS labels
INNER JOIN {events.name.sql} AS events
    ON labels.{who} = events.{who} AND {day} < labels.{CUTOFF}
GROUP BY
    labels.{who},
    labels.{CUTOFF},
    labels.{LABEL}
"""


def _days_sql(events: Events) -> str:
    who, moment = quote_identifier(events.who), quote_identifier(events.moment)
    return (
        f"SELECT DISTINCT\n        {who} AS who,\n        {events.day_sql(moment)} AS day\n    FROM {events.name.sql}\n"
        f"    WHERE {who} IS NOT NULL AND {moment} IS NOT NULL"
    )


def chosen_events(found: Iterable[Events]) -> list[Events]:
    """Of each domain the events that are most."""
    most: dict[str, Events] = {}
    for each in found:
        if each.name.domain not in most or each.event_count > most[each.name.domain].event_count:
            most[each.name.domain] = each
    return list(most.values())
