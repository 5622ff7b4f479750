"""Columns that go on counting while their row stands there: views of a post, the reputation of whoever wrote it.

They stand there as they are today. Where other rows refer to a table's, its rows live on: what they have counted at a
cut-off nobody wrote down. Of rows that nothing refers to (a day's views of a page) the same name is a fact of that day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.names import name_words
from meshlake.types.tree import is_number

if TYPE_CHECKING:
    from collections.abc import Collection

    from meshlake.boosting.tables import Table, Tables

_DONE = "view vote upvote downvote like dislike follower favorite favourite visit login comment answer reply share "
_DONE_MORE = "download play star fork reaction review rating subscriber badge award click impression"
_COUNTED = frozenset((_DONE + _DONE_MORE).split())
_COUNTING = frozenset(["count", "counts", "total", "num", "number", "cnt"])
_STANDING = frozenset(["reputation", "karma"])
_JUDGED, _JUDGING = (
    frozenset(["score", "rating"]),
    frozenset(["vote", "like", "rating", "review", "reaction"]),
)


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
