"""Who is flagged, decided in SQL over all rows that are published, and the columns that amounts are read from.

What the same policy would have done on rows whose label is known is told in `ml_assets.decisions`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meshlake.errors import BuildError
from meshlake.ml_assets.spec import ChurnSpec
from meshlake.names import quote_identifier
from meshlake.types.tree import is_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from meshlake.ml_assets.policy import Gain
    from meshlake.models.store import ModelVersion
    from meshlake.products.transform import RowsContext

# What is told of those flagged alone.
REASONS = ("reason_1", "reason_2", "reason_3", "what_would_change")
_AMOUNT = "mesh_{}"


def spec_of(version: ModelVersion) -> ChurnSpec:
    """What a version was asked for: its policy is frozen with it."""
    return ChurnSpec.from_mapping(version.record["definition"])


def amount_columns(profit: Gain | None) -> dict[str, str]:
    """The columns of the features that amounts are read from, by the name that `amounts_sql` reads them under."""
    amounts = profit.columns if profit else {}
    return {_AMOUNT.format(name): column for name, column in amounts.items()}


def amounts_sql(profit: Gain) -> tuple[str, str]:
    """Benefit and cost of a row of scores, in SQL."""
    amounts = (("benefit", profit.benefit), ("cost", profit.cost))
    benefit, cost = (
        _AMOUNT.format(name) if isinstance(amount, str) else repr(amount) for name, amount in amounts
    )
    return benefit, cost


def decided_select(spec: ChurnSpec, threshold: float, scores: str, columns: frozenset[str]) -> str:
    """The rows of `scores`, which has `columns`, with `is_predicted_churn` and, where there are amounts,
    `expected_profit`; reasons stay with those flagged alone."""
    value, wanted = "churn_probability", f"churn_probability >= {threshold!r}"
    profit = ""
    if spec.profit is not None:
        benefit, cost = amounts_sql(spec.profit)
        profit = f", churn_probability * {spec.profit.success_rate!r} * {benefit} - {cost} AS expected_profit"
    if spec.is_by_profit:
        value, wanted = "expected_profit", "expected_profit > 0"
    if spec.capacity is not None:
        wanted = f"{wanted} AND {rank_sql(value, spec.key)} <= {spec.capacity}"
    flagged = f"SELECT *, {wanted} AS is_predicted_churn FROM (SELECT *{profit} FROM {scores})"
    told = [f"CASE WHEN is_predicted_churn THEN {name} END AS {name}" for name in REASONS if name in columns]
    return f"SELECT * REPLACE ({', '.join(told)}) FROM ({flagged})" if told else flagged


def rank_sql(value: str, key: Sequence[str]) -> str:
    """In SQL how many rows have more of `value`, this one among them; of equals those of the lesser key do."""
    order = ", ".join([f"{value} DESC", *map(quote_identifier, key)])
    return f"row_number() OVER (ORDER BY {order})"


class MayBeFlagged:
    """Which rows of one batch after the other can be among those flagged in the end; no other needs a reason.

    Of a capacity the least value of the best so far is kept, so that memory stays the same for any number of rows.
    """

    def __init__(self, spec: ChurnSpec, threshold: float) -> None:
        self._spec = spec
        self._threshold = threshold
        self._best: npt.NDArray[np.float64] | None = None

    def __call__(self, batch: pd.DataFrame, probability: pd.Series[Any]) -> npt.NDArray[np.bool_]:
        """The rows of `batch` that may be, of these probabilities: shape (n,)."""
        import numpy as np

        from meshlake.ml_assets.decisions import value_and_wanted

        value, is_wanted = value_and_wanted(self._spec, self._threshold, batch, probability.to_numpy())
        if self._spec.capacity is None:
            return is_wanted
        best = value if self._best is None else np.concatenate([self._best, value])
        self._best = np.sort(best)[-self._spec.capacity :]
        may_be: npt.NDArray[np.bool_] = is_wanted
        if len(self._best) == self._spec.capacity:
            may_be = is_wanted & (value >= self._best[0])
        return may_be


def refuse_amounts(amounts: Mapping[str, str], rows_sql: str, context: RowsContext) -> None:
    """Hold the rows that will be scored to having an amount of at least 0 in each of the columns `amounts`.

    Raises:
        BuildError: one is no number, or unknown or below 0 in some row.
    """
    session, where = context.session, f"{context.name}: policy.profit reads"
    columns = session.columns(rows_sql)
    for name in dict.fromkeys(amounts.values()):
        if name not in columns or not is_number(columns[name]):
            found = f"is {columns[name]}, no number" if name in columns else "is not there"
            raise BuildError(f"{where} amounts from '{name}', which {found}", _HINT)
        cell = f"CAST({quote_identifier(name)} AS DOUBLE)"
        unknown = f"count(*) - count({cell})"
        wrong = f"count(CASE WHEN NOT ({cell} >= 0 AND {cell} < CAST('Infinity' AS DOUBLE)) THEN 1 END)"
        counts = session.rows(f"SELECT count(*), {unknown}, {wrong} FROM (\n{rows_sql}\n)")
        row_count, nulls, negatives = (int(str(count)) for count in counts[0])
        if nulls or negatives:
            found = f"of {row_count:,} rows it is null in {nulls:,}, and below 0 or infinite in {negatives:,}"
            raise BuildError(f"{where} amounts from '{name}': {found}", _HINT)


_HINT = (
    "Nothing was published, and what was before stays. Mend the column, or say in the SELECT of the features what such "
    "a row is worth, as in coalesce(revenue, 0)."
)
