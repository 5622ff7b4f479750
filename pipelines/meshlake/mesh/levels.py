"""What contracts promise their consumers beside the rows, held against what is so now."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from meshlake.mesh.asking import answered_locally
from meshlake.names import quote_identifier, quote_literal
from meshlake.query.questions import kept_timings, readable_questions
from meshlake.types.tree import is_moment

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from meshlake.lake.snapshot import Snapshot
    from meshlake.names import ProductName
    from meshlake.products.product import Product
    from meshlake.query.questions import KeptTiming
    from meshlake.workspace import Workspace


@dataclass(frozen=True)
class ServiceLevel:
    """One promise of a product's contract.

    Args:
        product: whose.
        level: `freshness`, `query time`, `retention` or `schedule`.
        promised: in seconds; of a schedule its cron.
        observed: in seconds; None where nothing was measured.
        is_kept: None where that is not known.
        told: what `observed` is, or why there is none, in words.
    """

    product: str
    level: str
    promised: float | str
    observed: float | None
    is_kept: bool | None
    told: str

    def as_dict(self) -> dict[str, Any]:
        """As JSON-able facts."""
        return asdict(self)


def service_levels(mesh: Workspace, products: Collection[Product]) -> list[ServiceLevel]:
    """The promises of `products`: freshness measured now, query time as `mesh questions` measured it last."""
    heads = {p.name: head for p in products if (head := mesh.lake.head((p.name.domain, p.name.product)))}
    newest = _newest_seconds(mesh, [p for p in products if p.name in heads], heads)
    timed = {p.name for p in products if p.contract.service_levels.query_p95_seconds}
    slowest = _slowest(mesh, timed & heads.keys())
    return [level for product in products for level in _levels(product, newest, slowest)]


def _levels(
    product: Product, newest: Mapping[ProductName, float], slowest: Mapping[ProductName, KeptTiming | None]
) -> Iterator[ServiceLevel]:
    name, promised = str(product.name), product.contract.service_levels
    if promised.freshness_seconds is not None:
        age = time.time() - newest[product.name] if product.name in newest else None
        told = f"age of the newest {promised.freshness_column}" if age is not None else "nothing to measure"
        is_kept = None if age is None else age <= promised.freshness_seconds
        yield ServiceLevel(name, "freshness", promised.freshness_seconds, age, is_kept, told)
    if promised.query_p95_seconds is not None:
        yield _query_time(
            name, promised.query_p95_seconds, slowest.get(product.name), product.name in slowest
        )
    if promised.retention_seconds is not None:
        told = "older versions go with `mesh clean`"
        yield ServiceLevel(name, "retention", promised.retention_seconds, None, None, told)
    if promised.schedule_cron is not None:
        told = "run by the daemon of `mesh ui`"
        yield ServiceLevel(name, "schedule", promised.schedule_cron, None, None, told)


def _query_time(name: str, promised: float, timing: KeptTiming | None, is_asked: bool) -> ServiceLevel:
    if timing is None:
        told = (
            "not measured yet: `mesh questions` does"
            if is_asked
            else "no question reads what is published of it"
        )
        return ServiceLevel(name, "query time", promised, None, None, told)
    told = f"p95 of {timing.name}, asked {timing.asked_at}"
    return ServiceLevel(
        name, "query time", promised, timing.p95_seconds, timing.p95_seconds <= promised, told
    )


def _newest_seconds(
    mesh: Workspace, products: Collection[Product], heads: Mapping[ProductName, Snapshot]
) -> dict[ProductName, float]:
    """When the newest row of each that promises freshness is of, since the epoch; one query for all."""
    selects = {}
    for product in products:
        column = product.contract.service_levels.freshness_column
        # What is published may be of another contract.
        published = {name: kind for name, kind, _ in heads[product.name].columns}
        if column in published and is_moment(published[column]):
            named = f"SELECT {quote_literal(str(product.name))} AS product"
            selects[str(product.name)] = (
                f"{named}, epoch(max({quote_identifier(column)})) AS newest FROM {product.name.sql}"
            )
    if not selects:
        return {}
    rows = answered_locally(mesh.settings, " UNION ALL ".join(selects.values()))
    found = {row["product"]: row["newest"] for row in rows}
    return {p.name: float(s) for p in products if (s := found.get(str(p.name))) is not None}


def _slowest(mesh: Workspace, names: Collection[ProductName]) -> dict[ProductName, KeptTiming | None]:
    """Of the products `names` that questions read: the slowest of those when they were asked last, if they were."""
    found: dict[ProductName, KeptTiming | None] = {}
    timings = kept_timings(mesh.settings.home)
    for question in readable_questions(mesh.settings.questions) if names else ():
        timing = timings.get(question.name)
        for name in question.query.products & set(names):
            slowest = found.get(name)
            is_slower = timing and (slowest is None or timing.p95_seconds > slowest.p95_seconds)
            found[name] = timing if is_slower else slowest
    return found
