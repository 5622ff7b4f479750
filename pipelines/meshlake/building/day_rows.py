"""The rows of a build that makes some days of a product: which are kept, and that none is of a day it does not make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.errors import BuildError
from meshlake.names import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from meshlake.building.context import BuildContext
    from meshlake.building.days import DayPlan


def kept_rows(plan: DayPlan | None, select: str) -> str:
    """`select` without the rows of days that are read only because others look back on them."""
    if plan is None or not plan.dropped:
        return select
    day = quote_identifier(plan.column)
    return f"SELECT * FROM (\n{select}\n) WHERE {day} IS NULL OR {day} NOT IN ({_listed(plan.dropped)})"


def refuse_other_days(context: BuildContext) -> None:
    """Stop when staged rows are of a day that the inputs of the days under build do not make.

    Such rows would be doubled, or lost when their own day is built the next time.

    Raises:
        BuildError: naming the first such day.
    """
    plan, name = context.plan, context.product.name
    if plan is None or not plan.known:
        return
    day = quote_identifier(plan.column)
    others = f"WHERE {day} NOT IN ({_listed(plan.possible)})" if plan.possible else ""
    ((first, count),) = context.session.rows(
        f"SELECT min({day}), count(DISTINCT {day}) FROM {name.sql} {others}"
    )
    if first is None:
        return
    more = f" and {int(str(count)) - 1} more days" if count != 1 else ""
    raise BuildError(
        f"{context.product.rows_file}: gives rows of {first}{more}, which come of the inputs of other days",
        f"A product partitioned by {plan.column} makes each day of that day's inputs, and of lookbackDays before it; "
        "take `partitioned` from its contract if it cannot.",
    )


def _listed(days: Iterable[date]) -> str:
    return ", ".join(f"DATE '{day}'" for day in sorted(days))
