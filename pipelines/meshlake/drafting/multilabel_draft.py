"""Drafting a product of predictions of several yes/no columns at once: `model.yaml`, and its scores' contract."""

from __future__ import annotations

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
from meshlake.ml_assets.candidates.multilabel import DEFAULT_MULTILABEL
from meshlake.ml_assets.multilabel.spec import FEWEST_LABELS, MOST_LABELS, WANTED
from meshlake.names import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.names import ProductName
    from meshlake.settings import Settings

_ASKED = Asked(column_option="--labels", value_option="")


def draft_multilabel(
    settings: Settings,
    source: ProductName,
    name: ProductName,
    labels: Sequence[str],
    key: str | None = None,
    owner: str | None = None,
) -> Drafted:
    """Draft product `name`: how likely each of `labels`, columns of product `source`, and all of them together are.

    Raises:
        UsageError: a column that there is not, a label that is not two-valued, too few or many labels, no key, or a
            folder that is there.
    """
    product_folder(settings.products, name)
    with open_features(settings, source) as table:
        found = [label_and_key(table, label, key) for label in labels]
        names, keys = tuple(label for label, _ in found), found[0][1] if found else ()
        if not FEWEST_LABELS <= len(names) <= MOST_LABELS or len({*names}) < len(names):
            raise UsageError(
                f"{table.name}: {FEWEST_LABELS} to {MOST_LABELS} different labels are told together",
                "Name their columns with commas: --labels is_churned,is_high_value",
            )
        values = {label: label_value(table, label, None, _ASKED) for label in names}
        positives = {label: positive for label, (positive, _) in values.items()}
        exclude = _exclusions(table, positives, keys)
        features, policy = (
            features_with(table, positives),
            {"candidates": DEFAULT_MULTILABEL, "folds": 5, "seed": 42},
        )
        model = labelled_document("multilabel", features, table, names, keys, exclude, policy)
        model["wanted"] = dict.fromkeys(names, True)
        contract = _contract(table, name, names, keys, owner or default_owner())
    notes = [
        *(
            f"label: {label} = {positive}, {so:,} of {so + others:,} rows ({so / (so + others):.1%})"
            for label, (positive, (so, others)) in values.items()
        ),
        f"wanted: {' and '.join(names)} (wanted: in model.yaml)",
        f"key: {', '.join(keys)}",
        *(f"left out: {column}: {reason}" for column, reason in exclude.items()),
    ]
    return write_product(settings, name, contract, model, notes)


def _exclusions(table: FeatureTable, positives: dict[str, str], keys: tuple[str, ...]) -> dict[str, str]:
    """What no label may be learned of, since it was known only after one of them."""
    found: dict[str, str] = {}
    for label, positive in positives.items():
        no_features = (*keys, *(other for other in positives if other != label))
        told = exclusions(table, label, no_features, leaks_of(table, label, positive, keys))
        found |= {name: why for name, why in told.items() if name not in found}
    return found


def _contract(
    table: FeatureTable, name: ProductName, labels: Sequence[str], keys: tuple[str, ...], owner: str
) -> dict[str, Any]:
    together = " and ".join(labels)
    columns = [f"{label}_probability" for label in labels]
    scores = [
        *cutoff_facts(table),
        *(
            column_facts(column, NUMBER, f"Probability of {label}, 0 to 1.", minimum=0, maximum=1)
            for column, label in zip(columns, labels, strict=True)
        ),
        column_facts(WANTED, NUMBER, f"Probability of {together} together, 0 to 1.", minimum=0, maximum=1),
        column_facts("is_labelled", BOOLEAN, f"Whether {together} are already known."),
        *reason_facts(
            f"What makes {together} together likelier", "null where they were known, or nothing does"
        ),
    ]
    cells = [quote_identifier(column) for column in columns]
    least, most = f"{' + '.join(cells)} - {len(cells) - 1}", f"LEAST({', '.join(cells)})"
    bounds = {
        "name": "together_is_between_what_labels_allow",
        "type": "sql",
        "description": "All labels together are no likelier than the least likely, nor less than they leave room for.",
        "query": f"SELECT COUNT(*) FROM {{object}} WHERE {WANTED} > {most} + 0.00001 OR {WANTED} < {least} - 0.00001",
        "mustBe": 0,
    }
    description = Description(
        purpose=f"How likely {', '.join(labels)} are for every row of {table.name}, each and together.",
        usage=f"Join to {table.name} on {', '.join(keys)}; act on {WANTED}, which is not the product of the others.",
        limitations="A probability, not a verdict. Rows whose labels are known carry the prediction of a model that "
        "had not seen them. Reasons say what moved the prediction, not what causes it. Who writes another outcome "
        "under wanted: in model.yaml has to change the check of its bounds.",
    )
    return scores_contract(name, owner, "predictions", description, table, keys, scores, [bounds])
