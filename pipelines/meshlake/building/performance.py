"""How good predictions turned out: once labels are known, joined back to what was predicted before they were.

Kept as rows of `mesh.model_performance`, one for each time that more is known of a version's predictions of a period:
of a cut-off, or where the model has none of the day on which they were published. The first tells how far the features
have moved from those that the version learned from.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from meshlake.building.feature_drift import feature_drift, label_drift, learned
from meshlake.building.past_predictions import SAID, gather_outcomes, joined, past_predictions
from meshlake.building.performance_columns import MODEL_PERFORMANCE, PERFORMANCE_COLUMNS
from meshlake.building.quality import append_rows
from meshlake.counting import counted
from meshlake.errors import MeshError
from meshlake.health import naming_servers
from meshlake.ml_assets.evidence import FIGURES
from meshlake.ml_assets.retraining import promise_of
from meshlake.models.store import model_store
from meshlake.names import quote_literal
from meshlake.transforms.model import model_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from meshlake.building.context import BuildContext
    from meshlake.building.past_predictions import Past
    from meshlake.lake.catalog import Lake
    from meshlake.lake.snapshot import Snapshot
    from meshlake.ml_assets.evidence import Promise
    from meshlake.models.definition import ModelDefinition
    from meshlake.models.maturing import Maturing
    from meshlake.names import ProductName

_MOST_NAMED = 5


def performance_facts(context: BuildContext) -> dict[str, Any]:
    """Measure what earlier snapshots of a model predicted by the labels that are known now, and tell the newest.

    What is published stays so if a server ends before that is known, or labels are none any more.
    """
    model = model_of(context.product)
    maturing = model.task.maturing() if model else None
    if model is None or maturing is None:
        return {}
    try:
        with naming_servers(context.settings, str(context.name)):
            before = {_key(row): row for row in performance_rows(context.mesh.lake, context.name)}
            predictions = past_predictions(context, maturing)
            measured = {
                _key(row): row
                for row in _measured(context, maturing, model.features_sql, predictions, before)
            }
            newest = next(iter(predictions.items()), None)
            drifted = _drifted(context, model, maturing, newest, before | measured)
            rows = measured | ({_key(drifted): drifted} if drifted else {})
            append_rows(context.mesh.lake, MODEL_PERFORMANCE, PERFORMANCE_COLUMNS, list(rows.values()))
    except (MeshError, ValueError) as error:
        why = error.message if isinstance(error, MeshError) else error
        return {"matured": f"how good earlier predictions turned out is not known: {why}"}
    told = {}
    if measured:
        ((version, _), newest_row), *_ = measured.items()
        told = {"matured": _in_words(newest_row, promise_of(_record(context, version)))}
    return told | _drift_in_words(drifted)


def _record(context: BuildContext, version: str) -> Mapping[str, Any]:
    stored = model_store(context.settings).load(context.name, version)
    return stored.record if stored else {}


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
    maturing: Maturing,
    features_sql: str,
    predictions: Mapping[tuple[str, str], list[Past]],
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
    gather_outcomes(context, maturing, features_sql)
    for (version, period), past in predictions.items():
        last, record = before.get((version, period), {}), _record(context, version)
        predicted_rows, rows = joined(context, maturing, past)
        if not record or len(rows) <= (known := last.get("matured_rows", 0)):
            continue
        told = _told(context, maturing, rows, version, record)
        if told["matured_rows"] > known:
            yield {
                **last,
                **_named(context, version, period),
                "predicted_rows": predicted_rows,
                **told,
                "snapshot_id": past[0].snapshot.snapshot_id,
            }


def _told(
    context: BuildContext,
    maturing: Maturing,
    rows: pd.DataFrame,
    version: str,
    record: Mapping[str, Any],
) -> dict[str, Any]:
    """What `rows`, as `joined` has them, turned out to be: columns of `PERFORMANCE_COLUMNS`."""
    said = rows.filter(regex=f"^{SAID}").rename(columns=lambda name: name.removeprefix(SAID))
    found = maturing.measure(rows[list(maturing.came)], said, record)
    told: dict[str, Any] = {
        "matured_rows": len(rows) if found.known_rows is None else found.known_rows,
        "task": record["definition"]["task"],
        **found.facts,
        "levels": json.dumps([level.as_dict() for level in found.levels]),
        "remark": found.remark,
    }
    for name, figure in found.figures.items():
        told |= {name: figure.estimate, f"{name}_low": figure.low, f"{name}_high": figure.high}
    if found.label is None:
        return told
    return told | label_drift(learned(context, version).get(maturing.spec.label), found.label)


def _drifted(
    context: BuildContext,
    model: ModelDefinition,
    maturing: Maturing,
    newest: tuple[tuple[str, str], list[Past]] | None,
    known: Mapping[tuple[str, str], Mapping[str, Any]],
) -> dict[str, Any] | None:
    """What is known of the predictions published now, with how far their features have moved."""
    if newest is None:
        return None
    (version, period), (past, *_) = newest
    drift = feature_drift(context, model, version, maturing.spec.label)
    if not drift:
        return None
    row = known.get((version, period))
    if row is None:
        ((unknown,),) = context.session.local.rows(
            f"SELECT count(*) FROM ({past.rows_sql}) WHERE {maturing.is_open}"
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


def _drift_in_words(row: Mapping[str, Any] | None) -> dict[str, str]:
    shifted = json.loads(row["shifted_features"]) if row else {}
    if not shifted:
        return {}
    named = ", ".join(f"{name} ({index:.2f})" for name, index in list(shifted.items())[:_MOST_NAMED])
    more = f" and {len(shifted) - _MOST_NAMED} more" if len(shifted) > _MOST_NAMED else ""
    return {"drift": f"the rows scored are unlike those learned from in {named}{more}"}


def _in_words(row: Mapping[str, Any], promise: Promise | None) -> str:
    """What is known of a period: what came on average, and the figure by which the model is judged."""
    known = f"of {counted(row['predicted_rows'], 'prediction')} of {row['period']} {row['matured_rows']:,} are known"
    told = [
        f"{level['came_told']}, {level['expected_told']} expected" for level in json.loads(row["levels"])[:1]
    ]
    if promise is not None and row.get(promise.figure) is not None:
        found, low, high = (f"{row[f'{promise.figure}{end}']:.4g}" for end in ("", "_low", "_high"))
        told.append(f"{FIGURES[promise.figure].words} {found} ({low} to {high})")
    told += filter(None, [row["remark"]])
    return f"{known}: {', '.join(told)}" if told else known
