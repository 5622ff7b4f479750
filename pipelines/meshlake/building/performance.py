"""How good predictions turned out: once labels are known, joined back to what was predicted before they were.

Kept as rows of `mesh.model_performance`, one for each time that more is known of a version's predictions of a period:
of a cut-off, or where the model has none of the day on which they were published. The first tells how far the features
have moved from those that the version learned from.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from meshlake.building.feature_drift import feature_drift, label_drift, learned
from meshlake.building.matured import figures_of, labels_of
from meshlake.building.quality import append_rows
from meshlake.column import Column
from meshlake.counting import counted
from meshlake.errors import MeshError
from meshlake.health import naming_servers
from meshlake.ml_assets.spec import ChurnDocument
from meshlake.models.store import VERSION_PROPERTY
from meshlake.names import quote_identifier, quote_literal
from meshlake.transforms.model import model_of
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyarrow as pa

    from meshlake.building.context import BuildContext
    from meshlake.lake.catalog import Lake
    from meshlake.lake.snapshot import Snapshot
    from meshlake.ml_assets.spec import ChurnSpec
    from meshlake.models.definition import ModelDefinition
    from meshlake.names import ProductName

MODEL_PERFORMANCE = ("mesh", "model_performance")
_INTERVALS = {
    "roc_auc": "How well it ordered them, .5 is chance; null with fewer than five of a class",
    "log_loss": "How far its probabilities were off, less is better",
    "calibration_error": "By how much they differ from what came, on average over ten bins",
}
PERFORMANCE_COLUMNS = (
    Column("product", Scalar.VARCHAR, "<domain>.<product>"),
    Column("model_version", Scalar.VARCHAR, "The version that predicted"),
    Column("period", Scalar.VARCHAR, "The cut-off predicted from, else the day of publication"),
    Column("measured_at", Scalar.TIMESTAMPTZ, "When that much of it was known"),
    Column("predicted_rows", Scalar.BIGINT, "Rows predicted whose label was not known then"),
    Column("matured_rows", Scalar.BIGINT, "Those of them whose label is known since"),
    Column("churned_share", Scalar.DOUBLE, "Share of these that churned"),
    Column("predicted_share", Scalar.DOUBLE, "The mean of their probabilities"),
    Column("flagged_rows", Scalar.BIGINT, "Those of them that were predicted to churn"),
    Column(
        "expected_profit", Scalar.DOUBLE, "What contacting these was expected to bring; null without amounts"
    ),
    Column("realised_profit", Scalar.DOUBLE, "What it brought, given who of them churned"),
    Column("precision", Scalar.DOUBLE, "Share of the flagged that churned"),
    Column("recall", Scalar.DOUBLE, "Share of the churned that were flagged"),
    *(
        Column(f"{name}{end}", Scalar.DOUBLE, f"{told}{of}")
        for name, told in _INTERVALS.items()
        for end, of in (("", ""), ("_low", ": end of the 95 % interval"), ("_high", ": its other end"))
    ),
    Column("learned_share", Scalar.DOUBLE, "Share that churned of the rows that the version learned from"),
    Column("label_drift", Scalar.DOUBLE, "How far churned_share is from it: population stability index"),
    Column(
        "feature_drift", Scalar.VARCHAR, "JSON: that index of each feature as last scored, the largest first"
    ),
    Column("shifted_features", Scalar.VARCHAR, "JSON: those of them that moved beyond chance, from .25 on"),
    Column("snapshot_id", Scalar.BIGINT, "The newest snapshot with such predictions"),
    Column("run", Scalar.VARCHAR, "The build that measured it"),
)
_MOST_SNAPSHOTS = 100
_MOST_NAMED = 5
_LABELS, _OUTCOMES, _PREDICTED = "mesh_labels", "mesh_outcomes", "mesh_predicted"
_PREDICTION = ("churn_probability", "is_predicted_churn")


def performance_facts(context: BuildContext) -> dict[str, Any]:
    """Measure what earlier snapshots of a churn model predicted by the labels that are known now, and tell the newest.

    What is published stays so if a server ends before that is known.
    """
    model = model_of(context.product)
    if model is None or not isinstance(model.document, ChurnDocument):
        return {}
    spec = model.document.spec
    try:
        with naming_servers(context.settings, str(context.name)):
            before = {_key(row): row for row in performance_rows(context.mesh.lake, context.name)}
            predictions = _predictions(context, spec)
            measured = {
                _key(row): row for row in _measured(context, spec, model.features_sql, predictions, before)
            }
            drifted = _drifted(context, model, spec, next(iter(predictions.items()), None), before | measured)
            rows = measured | ({_key(drifted): drifted} if drifted else {})
            append_rows(context.mesh.lake, MODEL_PERFORMANCE, PERFORMANCE_COLUMNS, list(rows.values()))
    except MeshError as error:
        return {"matured": f"how good earlier predictions turned out is not known: {error.message}"}
    told = {"matured": _in_words(next(iter(measured.values())))} if measured else {}
    return told | _drift_in_words(drifted)


def _key(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["model_version"], row["period"]


def performance_rows(lake: Lake, name: ProductName | None = None) -> list[dict[str, Any]]:
    """What is known now of each version's predictions of each period, of `name` or of all: the newest period first."""
    table = lake.table(MODEL_PERFORMANCE)
    if table is None:
        return []
    scan = table.scan(row_filter=f"product = {quote_literal(str(name))}") if name else table.scan()
    rows = sorted(scan.to_arrow().to_pylist(), key=lambda row: row["measured_at"])
    newest = {(row["product"], row["model_version"], row["period"]): row for row in rows}
    return sorted(newest.values(), key=lambda row: (row["period"], row["measured_at"]), reverse=True)


def _measured(
    context: BuildContext,
    spec: ChurnSpec,
    features_sql: str,
    predictions: Mapping[tuple[str, str], list[_Past]],
    before: Mapping[tuple[str, str], Mapping[str, Any]],
) -> Iterator[dict[str, Any]]:
    """A row for each version and period of which more is known than was, the newest first."""
    predictions = {
        key: past
        for key, past in predictions.items()
        if not _is_all_known(before.get(key, {}), past[0].snapshot)
    }
    if not predictions:
        return
    labels = ", ".join(map(quote_identifier, dict.fromkeys((*spec.row_keys, spec.label, *spec.amounts))))
    known = (
        f"SELECT DISTINCT {labels} FROM (\n{features_sql}\n) WHERE {quote_identifier(spec.label)} IS NOT NULL"
    )
    # Through Python they go a batch at a time; the table is the engine's.
    local = context.session.local
    local.register(_LABELS, context.session.batches(known))
    local.gather(_OUTCOMES, [f"SELECT * FROM {_LABELS}"])
    for (version, period), past in predictions.items():
        last = before.get((version, period), {})
        predicted_rows, matured = _joined(context, spec, past)
        if matured.num_rows > last.get("matured_rows", 0):
            yield {
                **last,
                **_named(context, version, period),
                "predicted_rows": predicted_rows,
                **figures_of(matured, spec),
                **label_drift(learned(context, version).get(spec.label), labels_of(matured)),
                "snapshot_id": past[0].snapshot.snapshot_id,
            }


def _drifted(
    context: BuildContext,
    model: ModelDefinition,
    spec: ChurnSpec,
    newest: tuple[tuple[str, str], list[_Past]] | None,
    known: Mapping[tuple[str, str], Mapping[str, Any]],
) -> dict[str, Any] | None:
    """What is known of the predictions published now, with how far their features have moved."""
    if newest is None:
        return None
    (version, period), (past, *_) = newest
    drift = feature_drift(context, model, version, spec.label)
    if not drift:
        return None
    row = known.get((version, period))
    if row is None:
        ((unknown,),) = context.session.local.rows(
            f"SELECT count(*) FROM ({past.rows_sql}) WHERE NOT is_labelled"
        )
        row = {
            "predicted_rows": int(str(unknown)),
            "matured_rows": 0,
            "snapshot_id": past.snapshot.snapshot_id,
        }
    return {**row, **_named(context, version, period), **drift}


def _named(context: BuildContext, version: str, period: str) -> dict[str, Any]:
    return {
        "product": str(context.name),
        "model_version": version,
        "period": period,
        "measured_at": datetime.now(UTC),
        "run": context.run,
    }


def _is_all_known(last: Mapping[str, Any], newest: Snapshot) -> bool:
    return last.get("snapshot_id") == newest.snapshot_id and last["matured_rows"] == last["predicted_rows"]


@dataclass(frozen=True)
class _Past:
    """A snapshot of predictions."""

    context: BuildContext
    snapshot: Snapshot

    @cached_property
    def rows_sql(self) -> str:
        """The SELECT of its rows; the catalog is asked for its files."""
        files = self.context.mesh.lake.files(self.snapshot)
        return self.context.session.local.files_select(files, self.snapshot.schema)


def _predictions(context: BuildContext, spec: ChurnSpec) -> dict[tuple[str, str], list[_Past]]:
    """The snapshots with predictions, the newest first, by version and period; those that say of which rows the label
    was not known then."""
    needed = {*spec.row_keys, *_PREDICTION, "is_labelled"}
    identifier = (context.name.domain, context.name.product)
    found: dict[tuple[str, str], list[_Past]] = {}
    for snapshot in context.mesh.lake.history(identifier)[:_MOST_SNAPSHOTS]:
        version = snapshot.properties.get(VERSION_PROPERTY)
        if version is None or not needed <= {field.name for field in snapshot.schema.fields}:
            continue
        past, period = _Past(context, snapshot), snapshot.published_at.date().isoformat()
        if spec.cutoff is not None:
            asked = f"SELECT max({quote_identifier(spec.cutoff)}) FROM ({past.rows_sql})"
            ((cutoff,),) = context.session.local.rows(asked)
            if cutoff is None:
                continue
            period = str(cutoff).removesuffix(" 00:00:00")
        found.setdefault((version, period), []).append(past)
    return found


def _joined(context: BuildContext, spec: ChurnSpec, past: list[_Past]) -> tuple[int, pa.Table]:
    """How many rows were predicted, and those whose label is known since: what was predicted last before it was."""
    local = context.session.local
    keys = ", ".join(map(quote_identifier, spec.row_keys))
    columns = f"{keys}, {', '.join(_PREDICTION)}"
    parts = [
        f"SELECT {columns}, {age} AS age FROM ({each.rows_sql}) WHERE NOT is_labelled"
        for age, each in enumerate(past)
    ]
    last = ", ".join(f"arg_min({name}, age) AS {name}" for name in _PREDICTION)
    local.gather(_PREDICTED, [f"SELECT {keys}, {last} FROM ({' UNION ALL '.join(parts)}) GROUP BY ALL"])
    ((predicted_rows,),) = local.rows(f"SELECT count(*) FROM {_PREDICTED}")
    label = quote_identifier(spec.label)
    kept = [quote_identifier(name) for name in dict.fromkeys((*spec.row_keys, *spec.amounts))]
    joined = (
        f"SELECT {', '.join(kept)}, {', '.join(_PREDICTION)}, {label} AS is_churned "
        f"FROM {_PREDICTED} JOIN {_OUTCOMES} USING ({keys})"
    )
    return int(str(predicted_rows)), local.table(joined)


def _drift_in_words(row: Mapping[str, Any] | None) -> dict[str, str]:
    shifted = json.loads(row["shifted_features"]) if row else {}
    if not shifted:
        return {}
    named = ", ".join(f"{name} ({index:.2f})" for name, index in list(shifted.items())[:_MOST_NAMED])
    more = f" and {len(shifted) - _MOST_NAMED} more" if len(shifted) > _MOST_NAMED else ""
    return {"drift": f"the rows scored are unlike those learned from in {named}{more}"}


def _in_words(row: Mapping[str, Any]) -> str:
    known = f"of {counted(row['predicted_rows'], 'prediction')} of {row['period']} {row['matured_rows']:,} are known"
    told = f"{known}: {row['churned_share']:.1%} churned, {row['predicted_share']:.1%} were expected"
    if row.get("roc_auc") is None:
        return told
    return f"{told}, ROC AUC {row['roc_auc']:.3f} ({row['roc_auc_low']:.3f} to {row['roc_auc_high']:.3f})"
