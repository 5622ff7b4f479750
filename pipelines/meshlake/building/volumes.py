"""Whether a product has as many rows as its history lets expect: by day, by weekday, by day of the month."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from meshlake.audit.daily import told_rows
from meshlake.audit.seasonal import REMEMBERED_DAYS, Expected, expected
from meshlake.lake.snapshot import publications, rows_by_day

if TYPE_CHECKING:
    from datetime import date

    from meshlake.lake.snapshot import Snapshot
    from meshlake.names import ProductName
    from meshlake.products.product import Product
    from meshlake.workspace import Workspace

# Eight weeks of daily builds.
_MOST_SNAPSHOTS = 56


@dataclass(frozen=True)
class Volume:
    """The rows of the last day of a product that is kept by date, else of its last snapshot.

    `expected` is what the days before let expect; None of fewer than nine weeks.
    """

    product: ProductName
    day: date
    row_count: int
    expected: Expected | None

    @property
    def is_unusual(self) -> bool:
        """Whether these are more or fewer rows than days like it have."""
        return self.expected is not None and not self.expected.has(self.row_count)

    @property
    def told(self) -> str:
        """In words: `4,210 rows on Friday 2026-11-27; Fridays have 9,800 to 11,200`."""
        return told_rows(self.day, self.row_count, self.expected).told

    def as_dict(self) -> dict[str, Any]:
        """As JSON-able facts."""
        limits = asdict(self.expected) if self.expected else {"low": None, "high": None}
        return {
            "product": str(self.product),
            "day": self.day.isoformat(),
            "rows": self.row_count,
            "low": limits["low"],
            "high": limits["high"],
            "is_unusual": self.is_unusual,
            "told": self.told,
        }


def volume(mesh: Workspace, product: Product, head: Snapshot) -> Volume:
    """How many rows `head` has, published of `product` or about to be, and how many were to be expected."""
    identifier = (product.name.domain, product.name.product)
    has_days = product.contract.day_column is not None
    history = _rows_by_day(mesh, identifier, head) if has_days else _rows_by_snapshot(mesh, identifier, head)
    if not history:
        return Volume(product.name, head.published_at.date(), head.row_count, None)
    day = max(history)
    return Volume(product.name, day, history[day], expected(history, day))


def _rows_by_day(mesh: Workspace, identifier: tuple[str, str], head: Snapshot) -> dict[date, int]:
    """A day without a file between others has no rows."""
    table = mesh.lake.table(identifier)
    counts = rows_by_day(table, head.snapshot_id) if table else {}
    if not counts:
        return {}
    last = max(counts)
    days = min((last - min(counts)).days + 1, REMEMBERED_DAYS)
    return {day: counts.get(day, 0) for day in (last - timedelta(days=n) for n in range(days))}


def _rows_by_snapshot(mesh: Workspace, identifier: tuple[str, str], head: Snapshot) -> dict[date, int]:
    """The last that was published each day, and `head`."""
    table = mesh.lake.table(identifier)
    found = {head.published_at.date(): head.row_count}
    for snapshot in publications(table) if table else ():
        found.setdefault(snapshot.published_at.date(), snapshot.row_count)
    return found


def row_counts(mesh: Workspace, product: Product, head: Snapshot) -> list[int]:
    """Of `head` and each snapshot before it that is still kept, in order; the same rows in other files count once."""
    table = mesh.lake.table((product.name.domain, product.name.product))
    found = {head.rows_id: head.row_count}
    for snapshot in publications(table) if table else ():
        found.setdefault(snapshot.rows_id, snapshot.row_count)
    return list(found.values())[::-1][-_MOST_SNAPSHOTS:]
