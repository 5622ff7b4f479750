"""Columns that go on counting while their row stands there: views of a post, the reputation of whoever wrote it.

They stand there as they are today. Where other rows refer to a table's, its rows live on: what they have counted at a
cut-off nobody wrote down. Of rows that nothing refers to (a day's views of a page) the same name is a fact of that day.

Where no name says so values may: what has counted from its row's first day on is next to nothing in the newest rows,
and the more the older a row is. Prices fall over the years, too, so a reviewer is asked, and nothing is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.discovery.names import is_identifier
from meshlake.names import name_words, quote_identifier
from meshlake.types.tree import is_number

if TYPE_CHECKING:
    from collections.abc import Collection

    from meshlake.boosting.tables import Table, Tables
    from meshlake.engines.session import LocalSession

_DONE = "view vote upvote downvote like dislike follower favorite favourite visit login comment answer reply share "
_DONE_MORE = "download play star fork reaction review rating subscriber badge award click impression"
_COUNTED = frozenset((_DONE + _DONE_MORE).split())
_COUNTING = frozenset(["count", "counts", "total", "num", "number", "cnt"])
_STANDING = frozenset(["reputation", "karma"])
_JUDGED, _JUDGING = (
    frozenset(["score", "rating"]),
    frozenset(["vote", "like", "rating", "review", "reaction"]),
)

# So many rows tell: the mean of the newest of twenty is a fifth of that of the older half or less, and values are in
# the order of age by so much, and so many standard errors.
_MOST_ROWS, _NEWEST, _OLDER, _NEXT_TO_NOTHING = 20_000, 0.95, 0.5, 0.2
_IN_ORDER, _BEYOND_CHANCE = 0.3, 6.0


def growing(tables: Tables, table: Table) -> dict[str, str]:
    """Of a table that others refer to, the numbers that go on counting, as their names say, with the reason."""
    referring = {
        join.dataset
        for join in tables.found.joins
        if join.other_dataset == table.profile.name
        and join.dataset in tables.profiles.keys() - {table.profile.name}
    }
    if not referring:
        return {}
    judging = {
        _singular(word) for each in referring for word in name_words(each.rpartition(".")[2])
    } & _JUDGING
    return {
        name: "goes on counting while its row stands there, as its name says"
        for name, kind in table.columns.items()
        if is_number(kind) and _grows(name_words(name), judging)
    }


def counting_on(session: LocalSession, table: Table, rows: str, moment: str) -> dict[str, str]:
    """The numbers of `rows` of a table, a relation as SQL, that grow with the age of a row since `moment`, from nothing
    on, with the evidence."""
    names = [name for name, kind in table.columns.items() if is_number(kind) and not is_identifier(name)]
    if not names:
        return {}
    cells = [quote_identifier(name) for name in names]
    born = f"CAST({quote_identifier(moment)} AS TIMESTAMP)"
    ((count,),) = session.rows(f"SELECT count({quote_identifier(moment)}) FROM {rows} AS rows_of")
    each_of = max(1, int(str(count)) // _MOST_ROWS)
    ranked = ", ".join(
        f"CAST({cell} AS DOUBLE) AS c{n}, percent_rank() OVER (ORDER BY {cell}) AS r{n}"
        for n, cell in enumerate(cells)
    )
    asked = ", ".join(
        f"count(c{n}), corr(CASE WHEN c{n} IS NOT NULL THEN r END, r{n}), min(c{n}), "
        f"avg(c{n}) FILTER (r > {_NEWEST}), avg(c{n}) FILTER (r < {_OLDER})"
        for n, _ in enumerate(cells)
    )
    (found,) = session.rows(
        f"SELECT {asked} FROM (SELECT percent_rank() OVER (ORDER BY {born}) AS r, {ranked} FROM {rows} AS rows_of "
        f"WHERE {born} IS NOT NULL AND hash({born}, {', '.join(cells)}) % {each_of} = 0) AS ranked"
    )
    told = {}
    for n, name in enumerate(names):
        figures = [float("nan") if each is None else float(str(each)) for each in found[5 * n : 5 * n + 5]]
        if _counts_on(*figures):
            grows = f"grows with the age of its row since {moment}, from nothing on"
            told[name] = f"{grows} (rank correlation {-figures[1]:.2f}), as what goes on counting does"
    return told


def _counts_on(count: float, order: float, least: float, newest: float, older: float) -> bool:
    """Whether so many values do: `order` is their rank correlation with the day on which their row began, the others
    are the `least` of them, and means of the `newest` and the `older` rows; nan of none."""
    is_in_order = count > 0 and -order >= max(_IN_ORDER, _BEYOND_CHANCE / count**0.5)
    return is_in_order and least >= 0 and older > 0 and newest <= _NEXT_TO_NOTHING * older


def _grows(words: Collection[str], judging: Collection[str]) -> bool:
    """Whether a name says so: `view_count`, `up_votes`, `reputation`; a `score` where votes refer to what has it.

    Example:
        >>> [_grows(name.split("_"), ()) for name in ("view_count", "up_votes", "vote_id", "item_count", "score")]
        [True, True, False, False, False]
        >>> _grows(("score",), ("vote",))
        True
    """
    counted = [word for word in words if _singular(word) in _COUNTED]
    is_count = bool(_COUNTING & {*words}) or any(_singular(word) != word for word in counted)
    return bool((counted and is_count) or _STANDING & {*words} or (judging and _JUDGED & {*words}))


def _singular(word: str) -> str:
    return word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s")
