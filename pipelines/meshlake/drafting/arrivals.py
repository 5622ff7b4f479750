"""After how many days a day without rows is late, learnt from when files arrived and of which days their rows were."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

from meshlake.drafting.observed import drafted_products
from meshlake.engines.engine import open_local
from meshlake.names import quote_identifier
from meshlake.products.places import open_landing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.landing.zone import Dataset
    from meshlake.names import ProductName
    from meshlake.settings import Settings
    from meshlake.stores import StoredFile

# Of fewer days with arrivals, two weeks of them, nothing is told; of more the last are read, if they are no larger.
_FEWEST, _MOST, _MOST_BYTES = 14, 40, 256_000_000
# A gap that is more than so many times as long as any other was an outage.
_OUTAGE = 2


def late_after_days(
    settings: Settings, name: ProductName, contract: Mapping[str, Any], day: str
) -> int | None:
    """How old the newest day of the product that `contract` drafts gets at most before more arrives.

    None where too few days have arrivals: of what landed all at once nobody knows when it is late.

    Raises:
        MeshError: the rows cannot be made.
    """
    with drafted_products(settings, {name: contract}) as products:
        product = products[name]
        dataset = product.transform.landed
        files = open_landing(settings, [product]).landed(dataset).files if dataset else None
        if files is None:
            raise AssertionError(product)  # only files are adopted with rules
        arrivals = _arrivals(files)
        size_bytes = sum(file.size_bytes for each in arrivals.values() for file in each)
        if len(arrivals) < _FEWEST or size_bytes > _MOST_BYTES:
            return None
        newest: dict[date, date] = {}
        with open_local(settings, str(name)) as session:
            for arrived, landed in arrivals.items():
                session.bind_landed(replace(files, files=tuple(landed)))
                session.bind(name, f"({product.transform.unbuilt_select(product.contract, session)})")
                asked = f"SELECT max(CAST({quote_identifier(day)} AS DATE)) FROM {name.sql}"
                ((found,),) = session.rows(asked)
                newest |= {arrived: found} if isinstance(found, date) else {}
    return longest_wait(newest)


def longest_wait(newest: Mapping[date, date]) -> int | None:
    """The age in days that the newest day of rows gets at most until more arrive, but for one outage.

    Args:
        newest: the newest day of the rows that arrived on each day.

    Example:
        >>> from datetime import timedelta
        >>> days = [date(2026, 3, number) for number in range(2, 31)]
        >>> longest_wait({day: day - timedelta(days=1) for day in days if day.weekday() < 5})
        4
    """
    arrivals = sorted(newest)
    if len(arrivals) < _FEWEST:
        return None
    known = accumulate((newest[each] for each in arrivals), max)
    *_, second, longest = sorted(
        (after - day).days for day, (_, after) in zip(known, pairwise(arrivals), strict=False)
    )
    return max(second if longest > _OUTAGE * second else longest, 1)


def _arrivals(files: Dataset) -> dict[date, list[StoredFile]]:
    """The files of each of the last days on which some arrived."""
    found: dict[date, list[StoredFile]] = {}
    for file in files.files:
        found.setdefault(datetime.fromtimestamp(file.modified_seconds, UTC).date(), []).append(file)
    return {day: found[day] for day in sorted(found)[-_MOST:]}
