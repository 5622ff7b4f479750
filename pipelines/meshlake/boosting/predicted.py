"""What a label is: yes or no, an amount, or one of some classes; told by its values, unless somebody says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meshlake.boosting.task import Task
from meshlake.counting import counted
from meshlake.drafting.churn_draft import label_value, leaks_of
from meshlake.drafting.classification_draft import class_counts, class_leaks
from meshlake.drafting.regression_draft import amount_label, amount_leaks
from meshlake.errors import UsageError
from meshlake.names import quote_identifier, quote_literal
from meshlake.types.tree import Scalar, is_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from meshlake.drafting.feature_table import FeatureTable
    from meshlake.ml_assets.blocks.target import Target

# Each costs a tree of every round; what tells a class of fewer is not what makes a model better.
_MOST_CLASSES = 12
_TWO, _SHOWN = 2, 5


@dataclass(frozen=True)
class Predicted:
    """Column `label` as a `task` of a model learns it: whether it is `so`, which of `classes` it is, or how much.

    `aside` are the classes that are not told apart, with how many rows have them.
    """

    task: Task
    label: str
    so: str = ""
    classes: tuple[str, ...] = ()
    aside: tuple[tuple[str, int], ...] = ()

    @property
    def is_outcome(self) -> bool:
        """Whether a column that is named like the label says what became of it; amounts of a period before are, too."""
        return self.task != Task.REGRESSION

    @property
    def sql(self) -> str:
        """What is learned of a row, as SQL; null where it is not known."""
        cell = quote_identifier(self.label)
        if self.task == Task.REGRESSION:
            return f"CAST({cell} AS DOUBLE)"
        text = f"CAST({cell} AS VARCHAR)"
        if self.task == Task.CHURN:
            return f"{text} = {quote_literal(self.so)}"
        return f"CASE WHEN {text} IN ({', '.join(map(quote_literal, self.classes))}) THEN {text} END"

    @property
    def told(self) -> str:
        """It in words."""
        if self.task == Task.CHURN:
            return f"whether {self.label} is {self.so}"
        if self.task == Task.REGRESSION:
            return f"how much {self.label} is"
        words = f"which of {len(self.classes)} classes {self.label} is"
        if not self.aside:
            return words
        shown = ", ".join(f"'{name}' {rows:,}" for name, rows in self.aside[:_SHOWN])
        more = len(self.aside) - _SHOWN
        return f"{words}; rows of others are put aside: {shown}{f' and {more:,} more' if more > 0 else ''}"

    def leaks(
        self, table: FeatureTable, keys: tuple[str, ...]
    ) -> Callable[[pd.DataFrame, Sequence[str]], Mapping[str, str]]:
        """What tells of rows and columns which of these know the label too well, and how."""
        if self.task == Task.REGRESSION:
            return amount_leaks(table, self.label, keys)
        if self.task == Task.CLASSIFICATION:
            return class_leaks(table, self.label, keys)
        return leaks_of(table, self.label, self.so, keys)

    def target(self, known: pd.Series[Any]) -> Target:
        """Labels (n,) that are known, as `sql` gives them, as what models learn."""
        import numpy as np
        import pandas as pd

        kind = target_of(self)
        if self.task == Task.CLASSIFICATION:
            codes = pd.Index(self.classes).get_indexer(pd.Index(known))
            return kind(codes, **{"names": self.classes})
        return kind(known.to_numpy(dtype=np.float64 if self.task == Task.REGRESSION else bool))


def target_of(predicted: Predicted) -> type[Target]:
    """What is learned of labels of that kind."""
    if predicted.task == Task.REGRESSION:
        from meshlake.ml_assets.blocks.amounts import Amounts

        return Amounts
    if predicted.task == Task.CLASSIFICATION:
        from meshlake.ml_assets.blocks.classes import Classes

        return Classes
    from meshlake.ml_assets.blocks.target import YesNo

    return YesNo


def predicted_of(
    table: FeatureTable, label: str, churned: str | None = None, task: Task | None = None
) -> Predicted:
    """What `label` of a product is: `churned` is the value that means yes, `task` that of a model.

    Raises:
        UsageError: nothing can be learned of it as that.
    """
    task = Task.CHURN if churned is not None else task or _task_of(table, label)
    if task == Task.REGRESSION:
        return Predicted(task, amount_label(table, label).name)
    if task == Task.CLASSIFICATION:
        from meshlake.ml_assets.classification.spec import MIN_CLASS_ROWS

        counts = class_counts(table, label)
        large = [name for name, rows in counts.items() if rows >= MIN_CLASS_ROWS][:_MOST_CLASSES]
        aside = tuple((name, rows) for name, rows in counts.items() if name not in large)
        return Predicted(task, label, classes=tuple(large), aside=aside)
    so, _ = label_value(table, label, churned)
    return Predicted(Task.CHURN, label, so)


def _task_of(table: FeatureTable, label: str) -> Task:
    kind = table.columns[label]
    (values,) = table.counts([f"count(DISTINCT {quote_identifier(label)})"])
    if kind is Scalar.BOOLEAN or values <= _TWO:
        return Task.CHURN
    if is_number(kind):
        return Task.REGRESSION
    if kind is Scalar.VARCHAR:
        return Task.CLASSIFICATION
    raise UsageError(
        f"{table.name}: the label '{label}' is {kind}, of {counted(values, 'value')}",
        "A label is yes or no, a number, or text of few values: make it one in a product of SQL.",
    )
