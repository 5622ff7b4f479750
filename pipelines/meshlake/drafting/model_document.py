"""What the drafts of models have in common: the label, columns that are no features, `model.yaml`, and the contract of
their scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meshlake.discovery.names import is_identifier
from meshlake.drafting.contract_document import (
    HAS_ROWS,
    Description,
    column_facts,
    document,
    key_facts,
    type_facts,
)
from meshlake.errors import UsageError
from meshlake.names import quote_identifier
from meshlake.outcome_names import is_named_like
from meshlake.products.classification import is_personal
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from meshlake.drafting.feature_table import FeatureTable
    from meshlake.names import ProductName

_NEARLY_UNIQUE = 0.9
_SAMPLE_ROWS = 50_000
STRING, NUMBER, BOOLEAN = type_facts(Scalar.VARCHAR), type_facts(Scalar.DOUBLE), type_facts(Scalar.BOOLEAN)
INTEGER = type_facts(Scalar.BIGINT)
SCORED_BY: list[dict[str, Any]] = [
    {
        "name": "model_version",
        **STRING,
        "description": "Version of the model that scored.",
        "required": True,
    },
    {
        "name": "scored_at",
        **type_facts(Scalar.TIMESTAMPTZ),
        "description": "When the row was scored.",
        "required": True,
    },
]


def no_features(table: FeatureTable, columns: Sequence[str]) -> dict[str, str]:
    """Those of `columns` that a model should not look at, and why: personal data, what is protected, and numbers that
    are identifiers."""
    reasons = {
        column.name: "personal data"
        for column in table.contract.columns
        if is_personal(column.classification) and column.name in columns
    }
    reasons |= {
        column.name: "is protected, and measured by; to learn from it, say why under protected_features instead"
        for column in table.contract.columns
        if column.is_protected and column.name in columns and column.name not in reasons
    }
    named = [name for name in columns if is_identifier(name) and name not in reasons]
    if named:
        distincts = [f"approx_count_distinct({quote_identifier(name)})" for name in named]
        row_count, *distinct = table.counts(["count(*)", *distincts])
        reasons |= {
            name: "tells single rows apart, from which nothing can be learnt"
            for name, count in zip(named, distinct, strict=True)
            if count >= _NEARLY_UNIQUE * row_count
        }
    return reasons


def label_and_key(table: FeatureTable, label: str, key: str | None) -> tuple[str, tuple[str, ...]]:
    """The column to predict and those that tell rows apart, in the spelling of `table`.

    Raises:
        UsageError: one is not there, there is no key, or the label is of it.
    """
    label, keys = table.column(label), table.key(key)
    if label in keys:
        raise UsageError(f"'{label}' is the key, so it cannot be the label", "Choose another with --label.")
    return label, keys


def exclusions(
    table: FeatureTable,
    label: str,
    keys: tuple[str, ...],
    leaks: Callable[[pd.DataFrame, Sequence[str]], Mapping[str, str]],
    *,
    is_outcome: bool = True,
) -> dict[str, str]:
    """Columns to be left out, and why; `leaks` says of labelled rows which columns know the label too well, and how.

    Of a label that `is_outcome` a column of like name is left out; amounts are named like those of the period before.

    Raises:
        UsageError: no column is left to learn from.
    """
    # scikit-learn, which no other command of drafting needs.
    from meshlake.ml_assets.preprocessing import plan_features

    rows = table.sample(label, _SAMPLE_ROWS)
    exclude = _left_out(table, rows, label, keys, leaks, is_outcome=is_outcome)
    features = [name for name in table.columns if name not in {*keys, label, table.cutoff, *exclude}]
    try:
        plan_features(rows, features, table.cutoff)
    except ValueError as error:
        told = "".join(f"; {name}: {reason}" for name, reason in exclude.items())
        raise UsageError(
            f"{table.name}: {error}{told}", "Choose a product that has columns to learn from."
        ) from error
    return exclude


def left_out(
    table: FeatureTable,
    label: str,
    keys: tuple[str, ...],
    leaks: Callable[[pd.DataFrame, Sequence[str]], Mapping[str, str]],
    *,
    is_outcome: bool = True,
) -> dict[str, str]:
    """As `exclusions`, also where nothing is left."""
    rows = table.sample(label, _SAMPLE_ROWS)
    return _left_out(table, rows, label, keys, leaks, is_outcome=is_outcome)


def _left_out(
    table: FeatureTable,
    rows: pd.DataFrame,
    label: str,
    keys: tuple[str, ...],
    leaks: Callable[[pd.DataFrame, Sequence[str]], Mapping[str, str]],
    *,
    is_outcome: bool,
) -> dict[str, str]:
    features = [name for name in table.columns if name not in {*keys, label, table.cutoff}]
    exclude = dict.fromkeys(
        [name for name in features if is_outcome and is_named_like(label, name)],
        "is named like the label, so it is known only after it",
    )
    exclude |= {k: v for k, v in no_features(table, features).items() if k not in exclude}
    left = [name for name in features if name not in exclude]
    exclude |= {
        name: f"most likely known only after the label: {told}" for name, told in leaks(rows, left).items()
    }
    return exclude


def labelled_document(
    task: str,
    features: str,
    table: FeatureTable,
    label: str | Sequence[str],
    keys: tuple[str, ...],
    exclude: Mapping[str, str],
    policy: Mapping[str, Any],
) -> dict[str, Any]:
    """`model.yaml` of a model that learns the `label`, or several, of `features`."""
    key = keys[0] if len(keys) == 1 else keys
    named = {"label": label} if isinstance(label, str) else {"labels": list(label)}
    model: dict[str, Any] = {"task": task, "features": features, "key": key, **named}
    if table.cutoff:
        model["cutoff"] = table.cutoff
    if exclude:
        model["exclude"] = exclude
    return {**model, "policy": policy}


def cutoff_facts(table: FeatureTable) -> list[dict[str, Any]]:
    """The property of the cut-off, if there is one."""
    if not table.cutoff:
        return []
    kind = type_facts(table.columns[table.cutoff])
    return [column_facts(table.cutoff, kind, "The day the features stop before.")]


def reason_facts(what: str, otherwise: str) -> list[dict[str, Any]]:
    """The properties of three reasons: `what` they tell, and where they are null."""
    return [
        column_facts(f"reason_{n}", STRING, f"{what}, number {n}; {otherwise}.", is_required=False)
        for n in (1, 2, 3)
    ]


def scores_contract(
    name: ProductName,
    owner: str,
    tag: str,
    description: Description,
    table: FeatureTable,
    key: tuple[str, ...],
    scores: list[dict[str, Any]],
    rules: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """The contract of a product of scores, one row per `key` of `table`; `rules` beside that it has rows."""
    keys = key_facts({column: table.columns[column] for column in key}, table.name)
    return document(
        name,
        owner,
        ("consumer-aligned", tag),
        description,
        {
            "description": description.purpose,
            "dataGranularityDescription": f"One row per {' and '.join(key)} of {table.name}.",
            "properties": [*keys, *scores, *SCORED_BY],
            "quality": [HAS_ROWS, *rules],
        },
    )
