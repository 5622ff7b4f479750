"""The product whose label is to be predicted better, and the rows of it that are looked at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from meshlake.boosting.predicted import Predicted, predicted_of
from meshlake.discovery.names import is_identifier
from meshlake.drafting.model_document import label_and_key, left_out
from meshlake.errors import UsageError
from meshlake.names import quote_identifier
from meshlake.types.tree import INTEGERS, Scalar, is_moment

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from meshlake.boosting.outcomes import Outcome
    from meshlake.boosting.task import Task
    from meshlake.drafting.feature_table import FeatureTable
    from meshlake.names import ProductName

# Rows looked at of each period, and to see what is otherwise in rows to be scored.
_ROWS_A_PERIOD, _ROWS_WITHOUT_PERIODS, _ROWS_TO_SCORE = 6_000, 24_000, 3_000
_MOST_CUTOFFS, _PERIODS = 12, 6
_MOST_REFERENCES = 40
ROWS, LABEL, PERIOD = "boosted_rows", "_its label", "_period"


@dataclass(frozen=True)
class Labelled:
    """A product's rows, one for each `key` and `cutoff`.

    `predicted` is what its label is, and `excluded` are columns that are no features, with
    the reason. `entities` are the columns that other tables may be joined by, the key first, and `references` those
    that may name a row of another table, whatever they are called. `of` is the product that the rows are of, where they
    are read under another name; `horizon_days` how long after its cut-off a label is known, where that is said.
    """

    table: FeatureTable
    key: tuple[str, ...]
    predicted: Predicted
    cutoff: str | None
    excluded: dict[str, str]
    of: ProductName | None = None
    horizon_days: int | None = None

    @property
    def product(self) -> ProductName:
        """The product that its rows are of."""
        return self.of or self.table.name

    @property
    def label(self) -> str:
        """The column that is predicted."""
        return self.predicted.label

    @property
    def features(self) -> tuple[str, ...]:
        """Its own columns that may be learned from."""
        none = {*self.key, self.label, self.cutoff, *self.excluded}
        return tuple(name for name in self.table.columns if name not in none)

    @property
    def entities(self) -> tuple[str, ...]:
        """The columns that may name things that other tables are about."""
        others = (name for name in self.table.columns if is_identifier(name))
        names = dict.fromkeys((*self.key, *others))
        return tuple(name for name in names if name not in {self.label, self.cutoff})

    @property
    def references(self) -> tuple[str, ...]:
        """The features of text, but for `entities`: a code (`origin`) may stand in the key of a table."""
        columns, entities = self.table.columns, {*self.entities}
        of_text = [name for name in self.features if columns[name] is Scalar.VARCHAR and name not in entities]
        return tuple(of_text[:_MOST_REFERENCES])

    def take_rows(self) -> pd.DataFrame:
        """Rows to learn from and to score, which are kept in the session as the table `ROWS`: all columns, what is
        learned of them (`LABEL`), and which period their cut-off lies in; those of one key are in all of these, or
        none."""
        session, name = self.table.session, self.table.name.sql
        cells = [quote_identifier(each) for each in self.table.columns]
        order = f"hash({', '.join(quote_identifier(each) for each in self.key)})"
        period, is_known = quote_identifier(PERIOD), f"{quote_identifier(LABEL)} IS NOT NULL"
        most = _ROWS_A_PERIOD if self.cutoff else _ROWS_WITHOUT_PERIODS
        sort = ", ".join(quote_identifier(each) for each in (*self.key, *filter(None, [self.cutoff])))
        # A table of DuckDB's own, whose size it knows: of Arrow rows it joined all with all that came before a cut-off.
        taken = (
            f"SELECT * FROM (SELECT {', '.join(cells)}, {self.predicted.sql} AS {quote_identifier(LABEL)}, "
            f"{_period_sql(self)} AS {period} FROM {name}) AS numbered "
            f"QUALIFY row_number() OVER (PARTITION BY {period}, {is_known} ORDER BY {order}) "
            f"<= CASE WHEN {is_known} THEN {most} ELSE {_ROWS_TO_SCORE} END"
        )
        session.gather(ROWS, [taken])
        rows: pd.DataFrame = session.table(f"SELECT * FROM {ROWS} ORDER BY {sort}").to_pandas(
            date_as_object=False
        )
        return rows


def labelled(
    table: FeatureTable,
    label: str,
    cutoff: str | None,
    key: str | None,
    churned: str | None,
    task: Task | None = None,
) -> Labelled:
    """Product `table` with its `label`; what it is, where no `task` says so, is told by its values.

    Raises:
        UsageError: a column that there is not, a label from which nothing can be learned, a cut-off that is no date, or
            no key.
    """
    if cutoff:
        table = replace(table, told_cutoff=table.column(cutoff))
    if table.cutoff and not is_moment(table.columns[table.cutoff]):
        raise UsageError(
            f"{table.name}: the cut-off '{table.cutoff}' is no date", _made_a_day(table, table.cutoff)
        )
    label, keys = label_and_key(table, label, key)
    predicted = predicted_of(table, label, churned, task)
    leaks = predicted.leaks(table, keys)
    excluded = left_out(table, label, keys, leaks, is_outcome=predicted.is_outcome)
    return Labelled(table, keys, predicted, table.cutoff, excluded)


def without_outcomes(asked: Labelled, outcomes: Mapping[str, Outcome]) -> Labelled:
    """The same, but for its columns that are `outcomes` of its rows as its label is: no features of theirs. Where
    nobody said when the label is known, what is said of it among these is kept."""
    others = {name: f"is {each.told}" for name, each in outcomes.items() if name in asked.features}
    said = outcomes[asked.label].days if asked.label in outcomes else None
    return replace(asked, excluded=asked.excluded | others, horizon_days=asked.horizon_days or said)


def _made_a_day(table: FeatureTable, column: str) -> str:
    """What to do where the column of cut-offs is none of days: which day of a year is meant nobody else can say."""
    kind = table.columns[column]
    if kind in INTEGERS:
        told = f"make_date({column}, 1, 1) AS cutoff_date"
        return f"Features stop before a day: write that of a year in a product of it ({told}), and name it."
    if kind is Scalar.VARCHAR:
        return f"Let its contract read it as one ('{column}', logicalType: date), or name a column of days."
    return "Name a column of days with --cutoff COL."


def _period_sql(product: Labelled) -> str:
    """SQL for the number of the period that a row's cut-off lies in: each cut-off where they are few, else as many
    cut-offs as in any other."""
    if product.cutoff is None:
        return "0"
    cell = quote_identifier(product.cutoff)
    ((count,),) = product.table.session.rows(
        f"SELECT count(DISTINCT {cell}) FILTER (({product.predicted.sql}) IS NOT NULL) FROM {product.table.name.sql}"
    )
    if int(str(count)) <= _MOST_CUTOFFS:
        return f"dense_rank() OVER (ORDER BY {cell}) - 1"
    # Rows of one cut-off are in one period: else some of what is predicted would be learned from, too.
    return f"(dense_rank() OVER (ORDER BY {cell}) - 1) * {_PERIODS} // {int(str(count))}"


def period_names(rows: pd.DataFrame, cutoff: str | None) -> dict[int, str]:
    """The cut-offs of each period that labels are known in."""
    if cutoff is None:
        return {}
    days = rows[rows[LABEL].notna()].groupby(PERIOD)[cutoff].agg(["min", "max"])
    return {
        int(str(period)): f"{first:%Y-%m-%d}" if first == last else f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
        for period, first, last in days.itertuples()
    }
