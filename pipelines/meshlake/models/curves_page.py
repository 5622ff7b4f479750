"""What is told of how a version changes with the rows it learns from, and with its main parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meshlake.models.evaluation import Section

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def curve_sections(record: Mapping[str, Any]) -> Iterator[Section]:
    """The learning curve and the validation curve, those that there was time for."""
    from meshlake.ml_assets.churn_figures import learning_curve_figure, validation_curve_figure
    from meshlake.ml_assets.drawing import svg

    if curve := record.get("learning_curve"):
        yield Section(
            "Whether more rows would help",
            "While the upper line falls they would; where it meets the lower one, other features or another algorithm "
            "might. Far apart, it learns by heart what it is shown.",
            drawings={"learning curve": svg(learning_curve_figure(curve))},
        )
    if found := record.get("validation_curve"):
        rows = found["points"][0]["rows"]
        yield Section(
            "Whether its main parameter is right",
            f"{found['algorithm']} with other values of {found['parameter']}, all else as it is, on {rows:,} rows: "
            "right is where rows not learned from have the least log loss; where the lines part, it learns by "
            "heart. One fold alone tells no more than a hint; `search` in model.yaml looks for a better value.",
            drawings={"validation curve": svg(validation_curve_figure(found))},
        )
