"""Drafting a churn-prediction product on any product with a yes/no column: `model.yaml`, and its scores' contract.

What a model is and how it is measured is told in `ml_assets`.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from meshlake.discovery.labels import positive_value
from meshlake.drafting.contract_document import Description, column_facts
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
from meshlake.ml_assets.candidates.candidate import DEFAULT_CANDIDATES
from meshlake.names import quote_identifier, quote_literal
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from meshlake.names import ProductName
    from meshlake.settings import Settings

_FOLDS = 5
_SHOWN_VALUES = 5
_NO_OTHERS: Mapping[str, str] = MappingProxyType({})


def draft_churn(
    settings: Settings,
    source: ProductName,
    name: ProductName,
    label: str,
    key: str | None = None,
    churned: str | None = None,
    owner: str | None = None,
) -> Drafted:
    """Draft product `name`: predictions of `label`, a column of product `source`.

    `churned` is the value of the label that means so, where it is not yes, true or 1; every other value then means that
    it is not so.

    Raises:
        UsageError: a column that there is not, a label that is not two-valued, no key, or a folder that is there.
    """
    product_folder(settings.products, name)
    with open_features(settings, source) as table:
        label, keys = label_and_key(table, label, key)
        positive, counts = label_value(table, label, churned)
        exclude = exclusions(table, label, keys, leaks_of(table, label, positive, keys))
        model = _model(table, label, keys, positive, exclude)
        contract = _contract(table, name, label, keys, owner or default_owner())
    left, stayed = counts
    notes = [
        f"label: {label} = {positive}, {left:,} of {left + stayed:,} rows ({left / (left + stayed):.1%})",
        f"key: {', '.join(keys)}",
        *(f"left out: {column}: {reason}" for column, reason in exclude.items()),
    ]
    return write_product(settings, name, contract, model, notes)


@dataclass(frozen=True)
class Asked:
    """A column of which one value means so: what it is called, what that means, and the options that name both."""

    word: str = "label"
    meaning: str = "churn"
    column_option: str = "--label"
    value_option: str = "--churned"


def label_value(
    table: FeatureTable, label: str, churned: str | None, asked: Asked | None = None
) -> tuple[str, tuple[int, int]]:
    """The label's value, as text, that means so; how many rows have it, and how many another.

    Raises:
        UsageError: the label is not two-valued, `churned` is none of its values, or too few rows have one of them.
    """
    asked = asked or Asked()
    cell, choose = quote_identifier(label), f"Choose another with {asked.column_option}"
    rows = table.session.rows(
        f"SELECT CAST({cell} AS VARCHAR), count(*) FROM {table.name.sql} WHERE {cell} IS NOT NULL "
        f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1000"
    )
    counts = {str(value): int(str(count)) for value, count in rows}
    words = ", ".join(f"'{value}'" for value in list(counts)[:_SHOWN_VALUES])
    where = f"{table.name}: the {asked.word} '{label}'"
    if churned is not None and churned not in counts:
        raise UsageError(f"{where} is never '{churned}'", f"Its values: {words or 'none'}.")
    if not counts:
        raise UsageError(f"{where} is null in every row: nothing to learn from", f"{choose}.")
    if len(counts) == 1:
        raise UsageError(f"{where} is {words} in every row: nothing to learn from", f"{choose}.")
    positive = churned if churned is not None else positive_value(counts)
    if positive is None:
        many = "1,000 or more" if len(counts) == 1000 else str(len(counts))
        told = (
            f"has {many} values ({words})"
            if len(counts) > 2
            else f"is {words}, and which of them means {asked.meaning} is not told"
        )
        otherwise = f"say which value means {asked.meaning}: {asked.value_option} VALUE"
        if not asked.value_option:
            otherwise = "make it yes and no in a product of SQL"
        hint = f"A {asked.word} is yes or no. {choose}, or {otherwise}"
        raise UsageError(f"{where} {told}", hint)
    left, stayed = counts[positive], sum(counts.values()) - counts[positive]
    if min(left, stayed) < _FOLDS:
        raise UsageError(
            f"{where} is '{positive}' in {left:,} rows and not in {stayed:,}",
            f"A model needs at least {_FOLDS} of each to learn from.",
        )
    return positive, (left, stayed)


def leaks_of(
    table: FeatureTable, label: str, positive: str, keys: Sequence[str]
) -> Callable[[pd.DataFrame, Sequence[str]], dict[str, str]]:
    """What tells of rows and columns which of these know too well that `label` is `positive`, and how; `keys` are the
    columns that say whom a row is about."""

    def leaks(rows: pd.DataFrame, columns: Sequence[str]) -> dict[str, str]:
        from meshlake.ml_assets.comparison import groups_of
        from meshlake.ml_assets.leaks.one_feature import suspected_leaks

        is_churned = (rows[label].astype("string").str.lower() == positive.lower()).to_numpy(dtype=bool)
        found = suspected_leaks(rows, columns, is_churned, cutoff=table.cutoff, groups=groups_of(rows, keys))
        return {name: leak.told for name, leak in found.items()}

    return leaks


def _model(
    table: FeatureTable, label: str, keys: tuple[str, ...], positive: str, exclude: dict[str, str]
) -> dict[str, Any]:
    policy = {
        "candidates": DEFAULT_CANDIDATES,
        "folds": _FOLDS,
        "seed": 42,
        "flag_share": 0.1,
    }
    features = features_with(table, {label: positive})
    return labelled_document("churn", features, table, label, keys, exclude, policy)


def features_with(
    table: FeatureTable, values: Mapping[str, str], others: Mapping[str, str] = _NO_OTHERS
) -> str:
    """The product, or where columns are no BOOLEAN a SELECT that makes them one.

    `values`, as text, are those of each column that mean so; where `others` has one that means not so, all else is
    null.
    """
    cells = {name: quote_identifier(name) for name in table.columns}
    for name, value in values.items():
        if table.columns[name] is Scalar.BOOLEAN and value == "true":
            continue
        is_text, cell = table.columns[name] is Scalar.VARCHAR, cells[name]
        so, not_so = (quote_literal(each) if is_text and each else each for each in (value, others.get(name)))
        cells[name] = (
            f"CASE {cell} WHEN {so} THEN TRUE WHEN {not_so} THEN FALSE END AS {cell}"
            if not_so
            else f"{cell} = {so} AS {cell}"
        )
    if all(cell == quote_identifier(name) for name, cell in cells.items()):
        return str(table.name)
    return "SELECT\n    " + ",\n    ".join(cells.values()) + f"\nFROM {table.name.sql}\n"


def _contract(
    table: FeatureTable, name: ProductName, label: str, keys: tuple[str, ...], owner: str
) -> dict[str, Any]:
    scores = [
        *cutoff_facts(table),
        column_facts("churn_probability", NUMBER, f"Probability of {label}, 0 to 1.", minimum=0, maximum=1),
        column_facts("is_predicted_churn", BOOLEAN, "Whether the model's policy flags the row."),
        column_facts("is_labelled", BOOLEAN, f"Whether {label} is already known."),
        *reason_facts("What pushed the score up", "null where nothing did"),
    ]
    description = Description(
        purpose=f"How likely {label} is for every row of {table.name}.",
        usage=f"Join to {table.name} on {', '.join(keys)}; act on is_predicted_churn, or on the probability with a "
        "threshold of your own.",
        limitations="A probability, not a verdict. Rows whose outcome is known carry the prediction of a model that "
        "had not seen them. Reasons say what moved the prediction, not what causes churn.",
    )
    return scores_contract(name, owner, "predictions", description, table, keys, scores)
