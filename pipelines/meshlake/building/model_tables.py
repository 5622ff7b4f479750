"""The system table of the versions of models, as rows."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from meshlake.column import Column
from meshlake.models.store import VERSION_PROPERTY, model_store
from meshlake.models.versions import version_state
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.lake.snapshot import Snapshot
    from meshlake.names import ProductName
    from meshlake.workspace import Workspace

_FIGURES = {
    "roc_auc": "Of a churn model: how well it orders, .5 is chance",
    "pr_auc": "Of a churn model: average precision",
    "log_loss": "Of a model of churn, classes or several labels: how far its probabilities are off, less is better",
    "brier": "Of a churn model: the mean square error of its probabilities",
    "accuracy": "Of a model of classes or several labels: the share of rows whose likeliest one is right",
    "macro_f1": "Of a model of classes: F1, each class counting the same",
    "mean_absolute_error": "Of a model of amounts: how far off a prediction is, on average",
    "r2": "Of a model of amounts: the share of the differences between rows that it explains",
    "coverage": "Of a model of amounts: the share of rows whose amount lies within its interval",
    "silhouette": "Of segments: how well they are apart, from -1 to 1",
    "stability": "Of segments: how alike they come again, from 0 to 1",
}
# Each record is read whenever something is published: of a model trained every day that has to have an end.
_MOST_VERSIONS = 50
MODEL_VERSIONS = (
    Column("product", Scalar.VARCHAR, "<domain>.<product>"),
    Column("version", Scalar.VARCHAR, "When it was trained, and the hash of its record"),
    Column(
        "state", Scalar.VARCHAR, "champion, which scores what is published; earlier champion; or not promoted"
    ),
    Column("pinned", Scalar.VARCHAR, "Since when, and why, it was chosen by hand to score; else empty"),
    Column("trained_at", Scalar.TIMESTAMPTZ, "When it was trained"),
    Column("algorithm", Scalar.VARCHAR, "The candidate that won"),
    Column("measured_on", Scalar.VARCHAR, "The rows whose labels it did not see"),
    *(Column(name, Scalar.DOUBLE, told) for name, told in _FIGURES.items()),
    Column("decision", Scalar.VARCHAR, "Why it was promoted, or not"),
    Column("warnings", Scalar.VARCHAR, "JSON: what its training warned of"),
)


def model_version_rows(mesh: Workspace, heads: Mapping[ProductName, Snapshot]) -> list[dict[str, Any]]:
    """A row of each of the newest versions of the models that were published, oldest first."""
    store = model_store(mesh.settings)
    return [
        _row(version_state(name, version, head).as_dict(), version.record)
        for name, head in heads.items()
        if VERSION_PROPERTY in head.properties
        for version in store.versions(name, _MOST_VERSIONS)
    ]


def _row(state: dict[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
    metrics = state["metrics"]
    told = ("version", "state", "algorithm", "measured_on", "decision", "pinned")
    return {
        "product": state["model"],
        "trained_at": datetime.fromisoformat(state["trained_at"]),
        "warnings": json.dumps(record["warnings"]),
        **{name: metrics.get(name) for name in _FIGURES},
        **{name: state[name] for name in told},
    }
