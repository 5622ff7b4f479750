"""What a model of several labels says of a batch of rows, and why: the probability of each label and of the wanted
outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.ml_assets.classification.scoring import explain_classes, honest_scores, probability_columns
from meshlake.ml_assets.multilabel.outcomes import by_label
from meshlake.ml_assets.multilabel.spec import WANTED, label_column
from meshlake.ml_assets.scoring import published_probability

if TYPE_CHECKING:
    import pandas as pd

    from meshlake.ml_assets.classification.scoring import ClassModel
    from meshlake.ml_assets.multilabel.spec import MultilabelSpec


def published_labels(
    model: ClassModel, honest: pd.DataFrame, batch: pd.DataFrame, spec: MultilabelSpec, *, has_reasons: bool
) -> pd.DataFrame:
    """The scores of a batch as they are published: of the rows `model` learned from, their honest predictions.

    Args:
        model: the fitted model, whose classes are `spec.outcomes`.
        honest: what `honest.honest_by_row` gives.
        batch: raw feature rows.
        spec: what was asked for.
        has_reasons: whether rows that the model did not learn from have reasons; the others have none.

    Raises:
        ValueError: when a key or feature column is missing, or a value does not fit its column.
    """
    scores, is_known = honest_scores(model, honest, batch, spec.row_keys)
    said = scores[probability_columns(len(spec.outcomes))].to_numpy()
    # Sums of rounded probabilities are rounded again.
    apart = published_probability(by_label(said, len(spec.labels)).clip(0, 1))
    told = scores[list(model.key)].assign(
        **{label_column(name): apart[:, n] for n, name in enumerate(spec.labels)},
        **{WANTED: said[:, spec.wanted_code]},
    )
    if not has_reasons:
        return told
    reasons = explain_classes(model, batch[~is_known], spec.wanted_code)
    return told.join(reasons.reindex(batch.index).astype("string"))
