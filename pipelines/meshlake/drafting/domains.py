"""Which domain a drafted product belongs to: the team's whose folder it landed in, or, where that names no team, the
one its references lead to."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from meshlake.names import ProductName, snake_case

if TYPE_CHECKING:
    from collections.abc import Iterable

    from meshlake.discovery.joins import Join

# Folders that say how files came, and not whose they are.
_NO_TEAM_WORDS = (
    "archive backup bronze csv data dbo default download downloads dump dumps excel export exports "
    "extract extracts file files import imports inbox incoming input json landing main misc new old other "
    "parquet public raw shared source src stage staging temp test tmp unsorted upload uploads various "
    "xlsx"
)
_NO_TEAM = frozenset(_NO_TEAM_WORDS.split(" "))


def chosen_name(dataset: str, joins: Iterable[Join], default: ProductName) -> tuple[ProductName, str]:
    """The product's name, and why its domain is not the folder's; empty where it is.

    Example:
        >>> names_a_team("billing"), names_a_team("exports")
        (True, False)
    """
    if names_a_team(default.domain):
        return default, ""
    linked = Counter(
        domain
        for join in joins
        for other in _other_sides(dataset, join)
        if names_a_team(domain := snake_case(other.split(".", 2)[1]))
    )
    (first, count), *others = linked.most_common(2) or [("", 0)]
    if not count or (others and others[0][1] == count):
        return default, ""
    references = "1 reference leads" if count == 1 else f"{count} references lead"
    why = f"drafted in {first}, where {references}, since '{default.domain}' names no team"
    return ProductName(first, default.product), why


def names_a_team(domain: str) -> bool:
    """Whether a domain's name can be a team's: it does not only say how the files came."""
    return domain not in _NO_TEAM


def _other_sides(dataset: str, join: Join) -> Iterable[str]:
    if dataset == join.dataset != join.other_dataset:
        yield join.other_dataset
    elif dataset == join.other_dataset != join.dataset:
        yield join.dataset
