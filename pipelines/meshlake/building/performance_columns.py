"""What a row of `mesh.model_performance` says: a version's predictions of a period, and what came of them."""

from __future__ import annotations

from meshlake.column import Column
from meshlake.ml_assets.evidence import FIGURES
from meshlake.types.tree import Scalar

MODEL_PERFORMANCE = ("mesh", "model_performance")
_ENDS = (("", ""), ("_low", ": end of the 95 % interval"), ("_high", ": its other end"))
_OF_CHURN = (
    Column("churned_share", Scalar.DOUBLE, "Of churn: share of these that churned"),
    Column("predicted_share", Scalar.DOUBLE, "Of churn: the mean of their probabilities"),
    Column("flagged_rows", Scalar.BIGINT, "Those of them that were predicted to churn"),
    Column(
        "expected_profit", Scalar.DOUBLE, "What contacting these was expected to bring; null without amounts"
    ),
    Column("realised_profit", Scalar.DOUBLE, "What it brought, given who of them churned"),
    Column("precision", Scalar.DOUBLE, "Share of the flagged that churned"),
    Column("recall", Scalar.DOUBLE, "Share of the churned that were flagged"),
)
PERFORMANCE_COLUMNS = (
    Column("product", Scalar.VARCHAR, "<domain>.<product>"),
    Column("model_version", Scalar.VARCHAR, "The version that predicted"),
    Column("period", Scalar.VARCHAR, "The cut-off predicted from, else the day of publication"),
    Column("measured_at", Scalar.TIMESTAMPTZ, "When that much of it was known"),
    Column("task", Scalar.VARCHAR, "The kind of model, which says what is measured; null until any is known"),
    Column("predicted_rows", Scalar.BIGINT, "Rows predicted whose label was not known then"),
    Column("matured_rows", Scalar.BIGINT, "Those of them whose label is known since"),
    *_OF_CHURN,
    *(
        Column(f"{name}{end}", Scalar.DOUBLE, f"{figure.told}{of}")
        for name, figure in FIGURES.items()
        for end, of in _ENDS
    ),
    Column(
        "levels", Scalar.VARCHAR, "JSON: what came on average, and what was expected, in numbers and words"
    ),
    Column("remark", Scalar.VARCHAR, "Why something of it is not known"),
    Column("learned_share", Scalar.DOUBLE, "Of yes and no: share of yes of the rows learned from"),
    Column("label_drift", Scalar.DOUBLE, "How far labels are from those: population stability index"),
    Column(
        "feature_drift", Scalar.VARCHAR, "JSON: that index of each feature as last scored, the largest first"
    ),
    Column("shifted_features", Scalar.VARCHAR, "JSON: those of them that moved beyond chance, from .25 on"),
    Column("snapshot_id", Scalar.BIGINT, "The newest snapshot with such predictions"),
    Column("run", Scalar.VARCHAR, "The build that measured it"),
)
