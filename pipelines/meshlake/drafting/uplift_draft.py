"""Drafting a product of whom a treatment changes, on any product with an experiment: `model.yaml`, and its contract.

Whether the treatment was drawn at random is tested when the product is built; how is told in `ml_assets.uplift`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meshlake.drafting.churn_draft import Asked, features_with, label_value, leaks_of
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
from meshlake.ml_assets.uplifters.uplifter import DEFAULT_UPLIFTERS
from meshlake.names import quote_identifier, quote_literal
from meshlake.outcome_names import is_about_leaving
from meshlake.types.tree import is_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.names import ProductName
    from meshlake.settings import Settings

_AIMS = ("more", "less")
_FOLDS = 5
_TREATMENT = Asked("treatment", "treated", "--treatment", "--treated")
_OUTCOME = Asked("label", "that it is so", "--label", "--outcome")


@dataclass(frozen=True)
class Experiment:
    """What was asked for, as it was written; see `Mesh.model_uplift`."""

    treatment: str
    label: str
    treated: str | None = None
    untreated: str | None = None
    outcome: str | None = None
    aim: str | None = None
    benefit: str | None = None
    cost: str | None = None


@dataclass(frozen=True)
class _Side:
    """A yes/no column: the `value` that means so and how many rows have it, and how many the `other` one."""

    column: str
    value: str
    counts: tuple[int, int]
    other: str | None = None

    @property
    def told(self) -> str:
        so, not_so = self.counts
        against = f" against {self.other}" if self.other else ""
        return f"{self.column} = {self.value}{against}, {so:,} of {so + not_so:,} rows ({so / (so + not_so):.1%})"


def draft_uplift(
    settings: Settings,
    source: ProductName,
    name: ProductName,
    asked: Experiment,
    key: str | None = None,
    owner: str | None = None,
) -> Drafted:
    """Draft product `name`: what a treatment changes of a label, both columns of product `source`, of each row.

    Raises:
        UsageError: a column or value that there is not, one that is not two-valued, no key, or a folder that is there.
    """
    product_folder(settings.products, name)
    with open_features(settings, source) as table:
        label, keys = label_and_key(table, asked.label, key)
        outcome = _Side(label, *label_value(table, label, asked.outcome, _OUTCOME))
        treatment = _treatment(table, asked, {*keys, label})
        aim = _aim(asked.aim, outcome)
        profit = _profit(table, asked)
        exclude = exclusions(table, label, keys, leaks_of(table, label, outcome.value, keys))
        exclude.pop(treatment.column, None)
        model = _model(table, outcome, treatment, keys, exclude, {"aim": aim, **profit})
        contract = _contract(
            table, name, outcome, treatment, keys, aim, bool(profit), owner or default_owner()
        )
    other_aim = next(each for each in _AIMS if each != aim)
    notes = [
        f"treatment: {treatment.told}; whether it was drawn at random is tested when it is built",
        f"label: {outcome.told}",
        f"aim: {aim} {label}; for the other way round: --aim {other_aim}",
        f"key: {', '.join(keys)}",
        "to be treated: those of whom a profit is expected"
        if profit
        else "to be treated: the tenth of most uplift; by what it is worth and costs: --benefit AMOUNT --cost AMOUNT",
        *(f"left out: {column}: {reason}" for column, reason in exclude.items()),
    ]
    return write_product(settings, name, contract, model, notes)


def _treatment(table: FeatureTable, asked: Experiment, taken: set[str]) -> _Side:
    column = table.column(asked.treatment)
    if column in taken:
        raise UsageError(
            f"'{column}' is the key or the label, so it cannot be the treatment",
            "Choose another with --treatment.",
        )
    value, counts = label_value(table, column, asked.treated, _TREATMENT)
    cell = quote_identifier(column)
    if asked.untreated is None:
        if (found := table.counts([f"count(DISTINCT {cell})"])[0]) > 2:
            raise UsageError(
                f"{table.name}: the treatment '{column}' has {found:,} values",
                "Say which of them means not treated: --untreated VALUE. Rows of all others are left out.",
            )
        return _Side(column, value, counts)
    other = f"CAST({cell} AS VARCHAR) = {quote_literal(asked.untreated)}"
    (untreated,) = table.counts([f"count(*) FILTER (WHERE {other})"])
    if not untreated or asked.untreated == value:
        raise UsageError(
            f"{table.name}: no row of another '{column}' than '{value}' is '{asked.untreated}'",
            "Name the value that means not treated: --untreated VALUE.",
        )
    return _Side(column, value, (counts[0], untreated), asked.untreated)


def _aim(given: str | None, outcome: _Side) -> str:
    """What is aimed at: as it was said, else less of what is about leaving."""
    if given is None:
        is_leaving = any(map(is_about_leaving, (outcome.column, outcome.value)))
        return "less" if is_leaving else "more"
    if given not in _AIMS:
        raise UsageError(f"--aim is '{given}'", "It is more or less.")
    return given


def _profit(table: FeatureTable, asked: Experiment) -> dict[str, Any]:
    """What `policy` says of amounts."""
    amounts = {"benefit": asked.benefit, "cost": asked.cost}
    missing = [name for name, amount in amounts.items() if amount is None]
    if len(missing) == len(amounts):
        return {}
    if missing:
        raise UsageError(
            f"--{missing[0]} is missing", "What it is worth and what it costs go together: both or none."
        )
    return {"profit": {name: _amount(table, name, str(amount)) for name, amount in amounts.items()}}


def _amount(table: FeatureTable, option: str, given: str) -> float | str:
    try:
        number = float(given)
    except ValueError:
        column = table.column(given)
        if not is_number(table.columns[column]):
            told = f"{table.name}: '{column}' is {table.columns[column]}, no number"
            raise UsageError(told, f"Choose another with --{option}.") from None
        return column
    if not 0 <= number < float("inf"):
        raise UsageError(f"--{option} is {given}", "It is a number of at least 0, or a column.")
    return number


def _model(
    table: FeatureTable,
    outcome: _Side,
    treatment: _Side,
    keys: tuple[str, ...],
    exclude: dict[str, str],
    told: Mapping[str, Any],
) -> dict[str, Any]:
    others = {treatment.column: treatment.other} if treatment.other else {}
    features = features_with(
        table, {outcome.column: outcome.value, treatment.column: treatment.value}, others
    )
    limit = {"profit": told["profit"]} if "profit" in told else {"treat_share": 0.1}
    policy = {"candidates": DEFAULT_UPLIFTERS, "folds": _FOLDS, "seed": 42, **limit}
    model = labelled_document("uplift", features, table, outcome.column, keys, exclude, policy)
    first = {name: model.pop(name) for name in ("task", "features", "key", "label")}
    return {**first, "treatment": treatment.column, "aim": told["aim"], **model}


def _contract(
    table: FeatureTable,
    name: ProductName,
    outcome: _Side,
    treatment: _Side,
    keys: tuple[str, ...],
    aim: str,
    has_profit: bool,
    owner: str,
) -> dict[str, Any]:
    label, treated = outcome.column, treatment.column
    profit = [
        column_facts("expected_profit", NUMBER, "What treating the row is expected to bring, less its cost.")
    ]
    scores = [
        *cutoff_facts(table),
        column_facts(
            "uplift",
            NUMBER,
            f"By how much {treated} makes {label} more likely, -1 to 1.",
            minimum=-1,
            maximum=1,
        ),
        *(profit if has_profit else []),
        column_facts("is_to_be_treated", BOOLEAN, "Whether the model's policy treats the row."),
        column_facts(
            "was_treated",
            BOOLEAN,
            f"Whether it was treated when {treated} was drawn; null where it was not part of that.",
            is_required=False,
        ),
        column_facts("is_labelled", BOOLEAN, f"Whether {label} is already known."),
        *reason_facts("What moved the uplift, and by how much", "null where nothing did"),
    ]
    value = "expected_profit" if has_profit else "uplift" if aim == "more" else "-uplift"
    nobody_harmed = {
        "name": "nobody_is_treated_at_a_loss",
        "type": "sql",
        "description": "Those are to be treated of whom a gain is expected.",
        "query": f"SELECT COUNT(*) FROM {{object}} WHERE is_to_be_treated AND NOT {value} > 0",
        "mustBe": 0,
    }
    description = Description(
        purpose=f"What {treated} does to {label} of every row of {table.name}, and who is to be treated.",
        usage=f"Join to {table.name} on {', '.join(keys)}; treat those who are is_to_be_treated, and leave some out by "
        "chance, so that the next version can learn what came of it.",
        limitations=f"An expectation of groups of rows, not of one: nobody is seen both treated and not. It holds as "
        f"far as {treated} was drawn at random among those it was learned from, and stays the same treatment. Rows "
        "whose outcome is known carry the prediction of a model that had not seen it.",
    )
    return scores_contract(name, owner, "predictions", description, table, keys, scores, [nobody_harmed])
