"""Drafting a product of predicted classes on any product with a column of few values, such as why customers leave:
`model.yaml`, and its scores' contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meshlake.drafting.contract_document import Description, column_facts, type_facts
from meshlake.drafting.feature_table import FeatureTable, open_features
from meshlake.drafting.model_document import (
    BOOLEAN,
    NUMBER,
    cutoff_facts,
    exclusions,
    label_and_key,
    labelled_document,
    reason_facts,
    scores_contract,
)
from meshlake.drafting.product_folder import Drafted, default_owner, product_folder, write_product
from meshlake.errors import UsageError
from meshlake.ml_assets.candidates.classifiers import DEFAULT_CLASSIFIERS
from meshlake.ml_assets.classification.spec import MIN_CLASS_ROWS, MOST_CLASSES
from meshlake.names import quote_identifier
from meshlake.types.tree import INTEGERS, Scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from meshlake.names import ProductName
    from meshlake.settings import Settings

_SHOWN = 5
_FOLDS = 5


def draft_classification(
    settings: Settings,
    source: ProductName,
    name: ProductName,
    label: str,
    key: str | None = None,
    owner: str | None = None,
) -> Drafted:
    """Draft product `name`: which value of `label`, a column of product `source`, each row will have.

    Raises:
        UsageError: a column that there is not, a label of no classes, no key, or a folder that is there.
    """
    product_folder(settings.products, name)
    with open_features(settings, source) as table:
        label, keys = label_and_key(table, label, key)
        counts = class_counts(table, label)
        exclude = exclusions(table, label, keys, class_leaks(table, label, keys))
        policy = {
            "candidates": DEFAULT_CLASSIFIERS,
            "folds": _FOLDS,
            "seed": 42,
            "min_class_rows": MIN_CLASS_ROWS,
        }
        model = labelled_document("classification", str(table.name), table, label, keys, exclude, policy)
        contract = _contract(table, name, label, keys, owner or default_owner())
    rows = sum(counts.values())
    large, small = (
        {k: n for k, n in counts.items() if (n >= MIN_CLASS_ROWS) is is_large} for is_large in (True, False)
    )
    aside = f"{sum(small.values()):,} rows of classes of fewer than {MIN_CLASS_ROWS}"
    notes = [
        f"label: {label}, of {rows:,} rows: {_told(large)}",
        *([f"put aside, {aside}: {_told(small)}"] if small else []),
        f"key: {', '.join(keys)}",
        *(f"left out: {column}: {reason}" for column, reason in exclude.items()),
    ]
    return write_product(settings, name, contract, model, notes)


def class_counts(table: FeatureTable, label: str) -> dict[str, int]:
    """How many rows each class of a label has, the commonest first.

    Raises:
        UsageError: it has no classes, or more than are told apart.
    """
    where, hint = f"{table.name}: the label '{label}'", "Choose another with --label."
    kind = table.columns[label]
    if kind is Scalar.BOOLEAN:
        raise UsageError(
            f"{where} is yes or no", f"Predict it with mesh model churn {table.name} --label {label}"
        )
    if kind is not Scalar.VARCHAR and kind not in INTEGERS:
        raise UsageError(f"{where} is {kind}: classes are text or whole numbers", hint)
    cell = quote_identifier(label)
    rows = table.session.rows(
        f"SELECT CAST({cell} AS VARCHAR), count(*) FROM {table.name.sql} WHERE {cell} IS NOT NULL "
        f"GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    counts = {str(value): int(str(count)) for value, count in rows}
    learned = [value for value, count in counts.items() if count >= MIN_CLASS_ROWS]
    if not counts:
        raise UsageError(f"{where} is null in every row: nothing to learn from", hint)
    if len(counts) == 1:
        raise UsageError(f"{where} is '{next(iter(counts))}' in every row: nothing to learn from", hint)
    if len(learned) < 2:
        raise UsageError(
            f"{where} has {len(learned) or 'no'} class of at least {MIN_CLASS_ROWS} rows ({_told(counts)})",
            hint,
        )
    if len(learned) > MOST_CLASSES:
        told = f"{where} has {len(learned):,} classes, and at most {MOST_CLASSES} are told apart"
        raise UsageError(told, f"{hint} Or make groups of them in a product of your own.")
    return counts


def class_leaks(
    table: FeatureTable, label: str, keys: Sequence[str]
) -> Callable[[pd.DataFrame, Sequence[str]], Mapping[str, str]]:
    """What tells of rows and columns which of these know a class of the label too well, and how; `keys` are the columns
    that say whom a row is about."""

    def leaks(rows: pd.DataFrame, columns: Sequence[str]) -> Mapping[str, str]:
        from meshlake.ml_assets.classification.labels import of_each_class
        from meshlake.ml_assets.comparison import groups_of
        from meshlake.ml_assets.feature_choice import suspected_alone

        asked, groups = of_each_class(rows[label]), groups_of(rows, keys)
        return suspected_alone(asked, rows, rows[:0], columns, table.cutoff, groups).suspects().told

    return leaks


def _told(counts: dict[str, int]) -> str:
    shown = ", ".join(f"'{value}' {count:,}" for value, count in list(counts.items())[:_SHOWN])
    return shown + (f" and {len(counts) - _SHOWN:,} more" if len(counts) > _SHOWN else "")


def _contract(
    table: FeatureTable, name: ProductName, label: str, keys: tuple[str, ...], owner: str
) -> dict[str, Any]:
    kind = type_facts(table.columns[label])
    scores = [
        *cutoff_facts(table),
        column_facts("predicted_class", kind, f"The likeliest {label}."),
        column_facts("predicted_probability", NUMBER, "Its probability, 0 to 1.", minimum=0, maximum=1),
        column_facts("second_class", kind, f"The next likeliest {label}."),
        column_facts("second_probability", NUMBER, "Its probability, 0 to 1.", minimum=0, maximum=1),
        column_facts("other_probability", NUMBER, "That it is any other, 0 to 1.", minimum=0, maximum=1),
        column_facts("is_labelled", BOOLEAN, f"Whether {label} is already known."),
        *reason_facts("What makes the predicted class likelier", "null where it was known, or nothing does"),
    ]
    sums = {
        "name": "probabilities_sum_to_one",
        "type": "sql",
        "description": "The likeliest class, the next and all others are all there is.",
        "query": "SELECT COUNT(*) FROM {object} WHERE "
        "ABS(predicted_probability + second_probability + other_probability - 1) > 0.00001",
        "mustBe": 0,
    }
    description = Description(
        purpose=f"Which {label} every row of {table.name} will most likely have.",
        usage=f"Join to {table.name} on {', '.join(keys)}; where two classes are about as likely, look at both.",
        limitations="A probability, not a verdict. Rows whose class is known carry the prediction of a model that had "
        "not seen them. A class of too few rows is never predicted; `mesh model report` names them. Reasons say what "
        "moved the prediction, not what causes it.",
    )
    return scores_contract(name, owner, "predictions", description, table, keys, scores, [sums])
