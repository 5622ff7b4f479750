"""Drafting a product of predicted amounts on any product with a column of numbers: `model.yaml`, and its contract.

What a model is and how it is measured is told in `ml_assets`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from meshlake.drafting.contract_document import Description, column_facts
from meshlake.drafting.feature_table import FeatureTable, open_features
from meshlake.drafting.model_document import (
    BOOLEAN,
    NUMBER,
    cutoff_facts,
    exclusions,
    reason_facts,
    scores_contract,
)
from meshlake.drafting.product_folder import Drafted, Flow, default_owner, product_folder, write_product
from meshlake.errors import UsageError
from meshlake.models.regression import amount_columns
from meshlake.names import quote_identifier
from meshlake.types.tree import Scalar, is_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from meshlake.names import ProductName
    from meshlake.settings import Settings

_SURE = 0.9


@dataclass(frozen=True)
class AmountLabel:
    """A column of numbers: how many of `rows` have one, and the least and the largest of them."""

    name: str
    rows: int
    known: int
    least: float
    largest: float


def draft_regression(
    settings: Settings,
    source: ProductName,
    name: ProductName,
    label: str,
    key: str | None = None,
    last_period: str | None = None,
    owner: str | None = None,
) -> Drafted:
    """Draft product `name`: predictions of `label`, a column of numbers of product `source`, with intervals.

    `last_period` is the column that holds the same amount of the period before, if there is one.

    Raises:
        UsageError: a column that there is not or that holds no numbers, a label that is the same in all rows, no key,
            or a folder that is there.
    """
    from meshlake.ml_assets.regression.metrics import in_figures

    product_folder(settings.products, name)
    with open_features(settings, source) as table:
        found, last = amount_label(table, label), _numbers(table, last_period) if last_period else None
        keys = table.key(key)
        for column, option in ((found.name, "--label"), (last, "--last-period")):
            if column and column in {*keys, table.cutoff}:
                raise UsageError(
                    f"'{column}' is the key, so it cannot be learned", f"Choose another with {option}."
                )
        if last == found.name:
            raise UsageError(
                f"'{last}' is the label itself", "Name the amount of the period before with --last-period."
            )
        leaks = amount_leaks(table, found.name, keys, last)
        exclude = exclusions(table, found.name, keys, leaks, is_outcome=False)
        model = _model(table, found.name, keys, exclude, last)
        contract = _contract(table, name, found, keys, owner or default_owner())
    notes = [
        f"label: {found.name}, {in_figures(found.least)} to {in_figures(found.largest)} in {found.known:,} rows, "
        f"null in {found.rows - found.known:,}",
        f"key: {', '.join(keys)}",
        f"rule of thumb: the same as {last}"
        if last
        else "held against one amount for all; against the period before, if you name its column: --last-period",
        *(f"left out: {column}: {reason}" for column, reason in exclude.items()),
    ]
    return write_product(settings, name, contract, model, notes)


def _numbers(table: FeatureTable, given: str) -> str:
    column = table.column(given)
    kind = table.columns[column]
    if not is_number(kind):
        hint = "Choose another column"
        hint += f", or predict yes and no: mesh model churn {table.name}." if kind is Scalar.BOOLEAN else "."
        raise UsageError(f"{table.name}: '{column}' is {kind}, no number", hint)
    return column


def amount_label(table: FeatureTable, given: str) -> AmountLabel:
    """The column of numbers called `given`.

    Raises:
        UsageError: there is none, it holds no numbers or infinite ones, or the same in all rows.
    """
    label = _numbers(table, given)
    cell = f"CAST({quote_identifier(label)} AS DOUBLE)"
    found = table.session.rows(
        f"SELECT count(*), count({cell}), min({cell}), max({cell}) FROM {table.name.sql}"
    )[0]
    rows, known = int(str(found[0])), int(str(found[1]))
    where, hint = f"{table.name}: the label '{label}'", "Choose another with --label."
    if not known:
        raise UsageError(f"{where} is null in every row: nothing to learn from", hint)
    least, largest = float(str(found[2])), float(str(found[3]))
    if least == largest:
        raise UsageError(f"{where} is {least:g} in every row: nothing to learn from", hint)
    if abs(least) == float("inf") or abs(largest) == float("inf"):
        raise UsageError(
            f"{where} is infinite in some rows", "Mend them, or make them null, in a product of SQL."
        )
    return AmountLabel(label, rows, known, least, largest)


def amount_leaks(
    table: FeatureTable, label: str, keys: tuple[str, ...], last: str | None = None
) -> Callable[[pd.DataFrame, Sequence[str]], Mapping[str, str]]:
    """What tells of rows and columns which of these know the amount too well, and how; `last` holds the amount of the
    period before, which is not asked."""

    def leaks(rows: pd.DataFrame, columns: Sequence[str]) -> Mapping[str, str]:
        from meshlake.ml_assets.regression.rows import read_amounts, suspected
        from meshlake.ml_assets.regression.spec import RegressionSpec

        others = dict.fromkeys({*table.columns} - {*keys, label, table.cutoff, *columns}, "is no feature")
        spec = RegressionSpec(keys, label, cutoff=table.cutoff, exclude=others, last_period=last)
        known = rows.assign(**{label: read_amounts(rows[label])})
        return suspected(known, known[:0], spec).told

    return leaks


def _model(
    table: FeatureTable, label: str, keys: tuple[str, ...], exclude: dict[str, str], last: str | None
) -> dict[str, Any]:
    return {
        "task": "regression",
        "features": str(table.name),
        "key": keys[0] if len(keys) == 1 else keys,
        "label": label,
        **({"cutoff": table.cutoff} if table.cutoff else {}),
        **({"last_period": last} if last else {}),
        **({"exclude": exclude} if exclude else {}),
        "policy": {"predict": "mean", "coverage": _SURE, "folds": 5, "seed": 42},
    }


def _contract(
    table: FeatureTable, name: ProductName, label: AmountLabel, keys: tuple[str, ...], owner: str
) -> dict[str, Any]:
    predicted, lower, upper = amount_columns(label.name)
    bounds: dict[str, Any] = {"minimum": 0} if label.least >= 0 else {}
    share = f"in {_SURE:.0%} of rows like those learned from"
    scores = [
        *cutoff_facts(table),
        column_facts(predicted, NUMBER, f"The {label.name} that is expected, on average.", **bounds),
        column_facts(lower, NUMBER, f"The least that {label.name} will be; see {upper}.", **bounds),
        column_facts(
            upper,
            NUMBER,
            f"The most that {label.name} will be, {share}.",
            **bounds,
        ),
        column_facts("is_labelled", BOOLEAN, f"Whether {label.name} is already known."),
        *reason_facts("What moved the prediction, and by how much", "null where nothing did"),
    ]
    description = Description(
        purpose=f"How much {label.name} will be for every row of {table.name}, and how sure that is.",
        usage=f"Join to {table.name} on {', '.join(keys)}; sum up {predicted}, or plan with {lower} and {upper}.",
        limitations="An expectation, not a promise. Rows whose amount is known carry the prediction of a model that "
        "had not seen them. Intervals hold as long as rows stay like those that were learned from.",
    )
    cells = [quote_identifier(name) for name in (lower, predicted, upper)]
    ends = " AND ".join(f"{one} <= {next_}" for one, next_ in pairwise(cells))
    within = Flow(
        name="predicted_lies_within",
        type="sql",
        query=f"SELECT COUNT(*) FROM {{object}} WHERE NOT ({ends})",
        mustBe=0,
    )
    return scores_contract(name, owner, "predictions", description, table, keys, scores, [within])
