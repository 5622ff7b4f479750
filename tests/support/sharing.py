"""Who shares what with others, and what these did: a source of `mesh boost`, and the same counted row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.boosting.feature import Feature, Over
from meshlake.boosting.hops import Hop, Shared, Source

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

Share = tuple[int, int, "date"]
Done = tuple[int, "date", int]
_PAIRS = "(SELECT who, thing, MIN(since) AS since FROM shares AS each_row GROUP BY who, thing)"


def of_others() -> Source:
    """Rows of `done` (who, day, price) of others who share a `thing` of `shares` (who, thing, since)."""
    price = "CAST(price AS DOUBLE)"
    features = (
        Feature("others_count", "{0}", "", (Over("COUNT"),), is_count=True),
        Feature("others_count_28d", "{0}", "", (Over("COUNT", days=28),), is_count=True),
        Feature("others_price_mean", "{0}", "", (Over("AVG", price),)),
        Feature("others_price_mean_28d", "{0}", "", (Over("AVG", price, 28),)),
        Feature(
            "others_price_mean_towards_all",
            "({0} + 6) / ({1} + 2)",
            "",
            (Over("SUM", price), Over("COUNT", price)),
        ),
    )
    hops = (
        Hop(_PAIRS, '"mine"', '{asked}.who = "mine".who', "since", near=("who",)),
        Hop(_PAIRS, '"theirs"', '"mine".thing = "theirs".thing AND "mine".who <> "theirs".who', "since"),
        Hop("done", '"others_done"', '"theirs".who = "others_done".who', "day", near=("who",)),
    )
    cells, ids = (("price", '"others_done".price'),), Shared("thing", "who")
    return Source("others", "who", ("who",), hops, cells, features, is_lookup=False, others=ids)


def counted_one_by_one(
    shares: Sequence[Share], done: Sequence[Done], who: int, cutoff: date
) -> list[float | None]:
    """The cells of `of_others` at one cut-off; what somebody shares two things of is counted for both."""
    known = {(each, thing) for each, thing, since in shares if since < cutoff}
    seen = [
        ((cutoff - day).days, price)
        for thing in {thing for each, thing in known if each == who}
        for each, day, price in done
        if each != who and (each, thing) in known and day < cutoff
    ]
    late = [price for age, price in seen if age <= 28]
    prices = [price for _, price in seen]
    towards = (sum(prices) + 6) / (len(prices) + 2) if any(each == who for each, _ in known) else None
    return [len(seen), len(late), _mean(prices), _mean(late), towards]


def _mean(prices: Sequence[int]) -> float | None:
    return sum(prices) / len(prices) if prices else None
