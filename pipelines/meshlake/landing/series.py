"""Files called alike but for a day, month, quarter or year (`sales_2024-01.csv`), which are one dataset together."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from meshlake.names import DatasetName, snake_case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.landing.planned import Copy
    from meshlake.landing.zone import LandingZone

# In a name in snake_case: 2024, 2024_01, 202401, 2024_01_31, 20240131, 2024_q1, 2024_w05; a time may follow a day.
_MONTH, _DAY = "_?(?:0[1-9]|1[0-2])", "_?(?:0[1-9]|[12][0-9]|3[01])"
_TIME = "_?t?[0-2][0-9]_?[0-5][0-9](?:_?[0-5][0-9])?z?"
_PERIOD = re.compile(
    rf"_(?:19|20)[0-9]{{2}}(?:{_MONTH}(?:{_DAY}(?:{_TIME})?)?|_?q[1-4]|_?w[0-5]?[0-9])?(?=_|$)"
)


def without_period(dataset: str) -> str:
    """The name of the dataset that files called so belong to together; the name itself where it says no period.

    Example:
        >>> [without_period(name) for name in ("sales_2024_01", "a_20240131_load", "n_2024_q1_sales", "sku_20249")]
        ['sales', 'a_load', 'sales', 'sku_20249']
    """
    rest = _PERIOD.sub("", dataset, count=1)
    # A name that begins with digits begins with an n, so that it is one.
    rest = (
        rest.removeprefix("n").removeprefix("_") if _PERIOD.match(dataset, 1) and dataset[0] == "n" else rest
    )
    return rest or dataset


def joined(copies: Sequence[Copy], zone: LandingZone) -> list[Copy]:
    """`copies`, those that are called alike but for a period in one dataset; also one alone, since others will follow.

    None where any of them has landed as a dataset of its own, or anything else goes by the name.
    """
    landed = set(zone.datasets())
    taken = {copy.dataset for copy in copies}
    series: dict[DatasetName, list[Copy]] = {}
    for copy in copies:
        together = DatasetName(copy.dataset.domain, without_period(copy.dataset.dataset))
        if together != copy.dataset and _is_named_after_its_file(copy):
            series.setdefault(together, []).append(copy)
    moved: dict[DatasetName, DatasetName] = {}
    for together, alike in series.items():
        apart = {copy.dataset for copy in alike}
        if landed.isdisjoint(apart) and together not in taken and _is_of_one_format(alike):
            is_one = together not in landed or _has_landed_so(together, alike[0], zone)
            moved |= dict.fromkeys(apart, together) if is_one else {}
    return [_moved(copy, moved[copy.dataset]) if copy.dataset in moved else copy for copy in copies]


def _is_named_after_its_file(copy: Copy) -> bool:
    is_plain = copy.name.count("/") == 2
    return is_plain and copy.dataset.dataset.startswith(snake_case(copy.source.name.partition(".")[0]) or "/")


def _is_of_one_format(copies: Sequence[Copy]) -> bool:
    return len({copy.format for copy in copies if not copy.format.is_kept_aside}) == 1


def _has_landed_so(name: DatasetName, copy: Copy, zone: LandingZone) -> bool:
    """Whether the files that landed as `name` are called so, too."""
    there = zone.dataset(name)
    stems = [snake_case(file.name.rpartition("/")[2].partition(".")[0]) for file in there.files]
    return there.format is copy.format and all(
        without_period(stem) != stem and name.dataset.startswith(without_period(stem)) for stem in stems
    )


def _moved(copy: Copy, dataset: DatasetName) -> Copy:
    place = f"{dataset.domain}/{dataset.dataset}/{copy.name.rpartition('/')[2]}"
    return replace(copy, dataset=dataset, name=place)
