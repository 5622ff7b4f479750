"""What of a dated row was known only some days after it: the outcome of the 90 days that follow its cut-off.

A label and a feature of the same cut-off look alike. What models and contracts say tells them apart (`outcomes`). So
does where values end: rows whose days are the labelled cut-offs themselves were there at each of these, and a column
that has none at the newest was not known yet. Since then no cut-off more has passed, so it takes at most as long, and
from one cut-off to the next, to be known. What is there already at cut-offs of which the label is not known yet speaks
for itself. What is told apart by nothing a reviewer is asked of by name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from meshlake.counting import counted
from meshlake.names import name_words, quote_identifier
from meshlake.outcome_names import is_about_leaving, is_about_outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.boosting.labelled import Labelled
    from meshlake.boosting.outcomes import Outcome
    from meshlake.boosting.tables import Table

_COMING = frozenset(["next", "future", "coming", "following"])
# Days fall on cut-offs by chance where these are many: so seldom they would.
_BY_CHANCE, _FEWEST_DAYS = 0.01, 2
_TWO = 2
_NOBODY_SAYS = (
    "and nobody says how long after its day it is known: horizon_days in the model.yaml does, or knownAfterDays in its "
    "contract"
)


@dataclass(frozen=True)
class Later:
    """Of a table's columns those that are known so many days `after` their row, those `withheld`, and those `asked` of
    by name, both with the reason. `told` says what of it is guessed; `is_on_cutoffs` that its days are the cut-offs,
    `is_there_before_labels` that there are cut-offs of which the label is not known, and all others are."""

    after: Mapping[str, int] = field(default_factory=dict)
    withheld: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)
    told: str = ""
    is_on_cutoffs: bool = False
    is_there_before_labels: bool = False


def later_of(
    labelled: Labelled, table: Table, rows: str, moment: str | None, outcomes: Mapping[str, Outcome]
) -> Later:
    """What of `table` came after its `rows`, a relation as SQL whose rows are known from the column `moment` on;
    `outcomes` are the columns that are said to."""
    there = {name: each for name, each in outcomes.items() if name in table.columns}
    if moment is None or not labelled.cutoff:
        never = "is {}, and no date says since when it is known"
        return Later(withheld={name: never.format(each.told) for name, each in there.items()})
    there = {name: each for name, each in there.items() if not each.is_of_no_day}
    days = _Days.of(labelled, rows, moment)
    after = {name: each.days for name, each in there.items() if each.days is not None}
    others = [name for name in table.columns if name not in there and name != moment]
    seen = days.seen_after([*(there.keys() - after.keys()), *(others if days.are_cutoffs else ())])
    withheld = {
        name: f"is {each.told}, {_NOBODY_SAYS}"
        for name, each in there.items()
        if name not in after and name not in seen
    }
    told = "; ".join(
        f"{name} has no value yet on the newest days, so it counts {counted(number, 'day')} after its own"
        for name, number in seen.items()
    )
    asked = [n for n in others if n not in seen and _is_outcome(table, n)] if days.are_cutoffs else ()
    why = "is called like what came of a day, and its days are the cut-offs"
    are = days.are_cutoffs, days.has_unlabelled
    return Later({**after, **seen}, withheld, dict.fromkeys(asked, why), told, *are)


def known_after_sql(moment: str, days: int) -> str:
    """SQL for the day from which on is known what comes so many days after a `moment`, as SQL."""
    return f"(CAST({moment} AS DATE) + INTERVAL '{days}' DAY)"


def _is_outcome(table: Table, name: str) -> bool:
    """Whether a column is called like an outcome, or like what is to come."""
    described = table.described(name)
    is_two = described is not None and described.distinct_count <= _TWO
    is_named = is_about_leaving(name) or is_about_outcome(name)
    return (is_two and is_named) or bool(_COMING & set(name_words(name)))


@dataclass(frozen=True)
class _Days:
    """The days of `rows` by their column `moment`: whether they `are_cutoffs`, the `newest` of these and those, as a
    number, and the longest `step` from one to the next; `has_unlabelled` that the newest cut-offs have no label."""

    labelled: Labelled
    rows: str
    moment: str
    are_cutoffs: bool
    newest: int
    step: int
    has_unlabelled: bool

    @classmethod
    def of(cls, labelled: Labelled, rows: str, moment: str) -> _Days:
        cutoffs = f"SELECT DISTINCT {_number(labelled.cutoff or '')} AS day FROM {labelled.table.name.sql}"
        own = f"SELECT DISTINCT {_number(moment)} AS day FROM {rows} AS rows_of"
        ((first, last, kinds, within, same),) = labelled.table.session.rows(
            f"SELECT min(cutoffs.day), max(cutoffs.day), count(cutoffs.day), "
            f"count(own.day) FILTER (own.day BETWEEN (SELECT min(day) FROM ({cutoffs}) AS c) "
            f"AND (SELECT max(day) FROM ({cutoffs}) AS c)), count(own.day + cutoffs.day) "
            f"FROM ({cutoffs}) AS cutoffs FULL JOIN ({own}) AS own ON own.day = cutoffs.day"
        )
        ((labelled_until,),) = labelled.table.session.rows(
            f"SELECT max({_number(labelled.cutoff or '')}) FILTER (({labelled.predicted.sql}) IS NOT NULL) "
            f"FROM {labelled.table.name.sql}"
        )
        ((newest, step),) = labelled.table.session.rows(
            f"SELECT max(day), max(step) FROM (SELECT day, day - lag(day) OVER (ORDER BY day) AS step "
            f"FROM ({own}) AS own) AS steps"
        )
        first, last, kinds, within, same, newest, step = (
            int(str(each or 0)) for each in (first, last, kinds, within, same, newest, step)
        )
        by_chance = (kinds / (last - first + 1)) ** within
        are_cutoffs = within == same and within >= _FEWEST_DAYS and by_chance < _BY_CHANCE
        newest = max(newest, last) if are_cutoffs else newest
        return cls(labelled, rows, moment, are_cutoffs, newest, step, int(str(labelled_until or 0)) < last)

    def seen_after(self, names: list[str]) -> dict[str, int]:
        """Of those of `names` that have no value on the newest days how many days after its own each is known."""
        if not names or not self.step:
            return {}
        asked = ", ".join(
            f"max({_number(self.moment)}) FILTER ({quote_identifier(name)} IS NOT NULL)" for name in names
        )
        (ends,) = self.labelled.table.session.rows(f"SELECT {asked} FROM {self.rows} AS rows_of")
        known = {name: int(str(end)) for name, end in zip(names, ends, strict=True) if end is not None}
        return {name: self.newest - end + self.step for name, end in known.items() if end < self.newest}


def _number(moment: str) -> str:
    return f"date_diff('day', DATE '1970-01-01', CAST({quote_identifier(moment)} AS DATE))"
