"""What the drafts of churn and segment models have in common: columns that are no features, and the contract of their
scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meshlake.discovery.names import is_identifier
from meshlake.drafting.contract_document import HAS_ROWS, Description, document, key_facts, type_facts
from meshlake.names import quote_identifier
from meshlake.products.classification import is_personal
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.drafting.feature_table import FeatureTable
    from meshlake.names import ProductName

_NEARLY_UNIQUE = 0.9
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
    """Those of `columns` that a model should not look at, and why: personal data, and numbers that are identifiers."""
    reasons = {
        column.name: "personal data"
        for column in table.contract.columns
        if is_personal(column.classification) and column.name in columns
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


def scores_contract(
    name: ProductName,
    owner: str,
    tag: str,
    description: Description,
    table: FeatureTable,
    key: tuple[str, ...],
    scores: list[dict[str, Any]],
) -> dict[str, Any]:
    """The contract of a product of scores, one row per `key` of `table`."""
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
            "quality": [HAS_ROWS],
        },
    )
