"""Scores as rows of a product: train when that is due, then stream the features through the champion.

The model version that scored the published snapshot is the champion; its name stands in the snapshot's properties, so
that a rollback of the product takes its model back as well.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from meshlake.errors import BuildError
from meshlake.models.store import model_store
from meshlake.names import quote_identifier
from meshlake.products.transform import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    import pyarrow as pa

    from meshlake.models.definition import ModelDefinition
    from meshlake.models.store import ModelStore, ModelVersion
    from meshlake.models.task import Task
    from meshlake.products.transform import RowsContext

SCORES = "mesh_scores"
VERSION_PROPERTY = "model_version"
# Honest predictions know their row since 2: what was stored before cannot score, and is trained anew.
RECORD_FORMAT = 2


def model_rows(model: ModelDefinition, context: RowsContext) -> Rows:
    """Scores of the features, by the champion or by a version trained now.

    A version is trained when there is no champion, when the product's folder changed since, when its features are no
    longer there, or when the build is forced. New rows alone are only scored.

    Raises:
        BuildError: the definition, the features or the label allow no model.
    """
    store = model_store(context.settings)
    task = model.task
    try:
        version = _champion(store, model, context) or _train(store, model, task, context)
        select = _score(model, task, version, context)
    except ValueError as error:
        hint = f"Change {model.path.name} or the features it reads."
        raise BuildError(f"{context.name}: {error}", hint) from error
    facts = {"model": _facts(model.document.task, version)}
    return Rows(select, facts, {VERSION_PROPERTY: version.version}, is_local=True)


def _champion(store: ModelStore, model: ModelDefinition, context: RowsContext) -> ModelVersion | None:
    """The version that scored what is published now, if it may score again."""
    published = None if context.is_forced else context.published.get(VERSION_PROPERTY)
    champion = store.load(context.name, published) if published else None
    if champion is None or champion.record.get("format") != RECORD_FORMAT:
        return None
    if champion.record["code_version"] != context.code_version:
        return None
    there = context.session.columns(model.features_sql)
    return champion if set(champion.record["needed_columns"]) <= there.keys() else None


def _train(store: ModelStore, model: ModelDefinition, task: Task, context: RowsContext) -> ModelVersion:
    context.report("training: reading the features")
    trained_at = datetime.now(UTC)
    frame = to_frame(context.session.table(model.features_sql))
    record, files = task.train(frame, context.report)
    version = f"{trained_at:%Y%m%dT%H%M%S}-{context.run[:6]}"
    record = {
        "version": version,
        "format": RECORD_FORMAT,
        "trained_at": trained_at.isoformat(),
        "code_version": context.code_version,
        "inputs": dict(context.input_versions),
        "definition": dict(model.content),
        **record,
    }
    return store.save(context.name, version, record, files)


def _score(model: ModelDefinition, task: Task, version: ModelVersion, context: RowsContext) -> str:
    context.report("scoring")
    scored_at = datetime.now(UTC)
    wanted = [column.name for column in context.contract.columns]
    rows = context.session.batches(task.rows_to_score(model.features_sql))
    scores = _stream(task, version, rows, wanted, scored_at)
    context.session.local.register(SCORES, scores)
    there = [quote_identifier(name) for name in wanted if name in scores.schema.names]
    return f"SELECT {', '.join(there)} FROM {SCORES}"


def _stream(
    task: Task, version: ModelVersion, rows: pa.RecordBatchReader, wanted: list[str], scored_at: datetime
) -> pa.RecordBatchReader:
    """The scores of `rows`, batch by batch: what is in memory is one batch of features and its scores."""
    import pyarrow as pa

    score = task.scorer(version, wanted)

    def scored(frame: pd.DataFrame) -> pa.Table:
        scores = score(frame).assign(model_version=version.version, scored_at=scored_at)
        table = pa.Table.from_pandas(scores, preserve_index=False)
        return table.cast(pa.schema([_field(field, rows.schema) for field in table.schema]))

    first = scored(to_frame(rows.schema.empty_table()))

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in rows:
            if batch.num_rows:
                yield from scored(to_frame(pa.Table.from_batches([batch]))).cast(first.schema).to_batches()

    return pa.RecordBatchReader.from_batches(first.schema, batches())


def _field(scored: pa.Field[Any], features: pa.Schema) -> pa.Field[Any]:
    """A feature passed through pandas keeps the type it had; a column without any value is text."""
    import pyarrow as pa

    if scored.name in features.names:
        return features.field(scored.name)
    return scored.with_type(pa.string()) if pa.types.is_null(scored.type) else scored


def _facts(task: str, version: ModelVersion) -> dict[str, Any]:
    told = ("algorithm", "measured_on", "metrics", "dropped", "warnings")
    return {"task": task, "version": version.version, **{name: version.record[name] for name in told}}


def to_frame(table: pa.Table) -> pd.DataFrame:
    """Arrow rows as pandas has them: decimals become floats, since models compute in floats, and dates datetimes."""
    import pyarrow as pa

    fields = [pa.field(f.name, pa.float64() if pa.types.is_decimal(f.type) else f.type) for f in table.schema]
    frame: pd.DataFrame = table.cast(pa.schema(fields)).to_pandas(date_as_object=False)
    return frame
