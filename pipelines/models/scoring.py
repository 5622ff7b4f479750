"""Scores as rows of a product: train when that is due, then stream the features through the champion.

The model version that scored the published snapshot is the champion; its name stands in the snapshot's properties, so
that a rollback of the product takes its model back as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipelines.errors import BuildError
from pipelines.models import churn, segments
from pipelines.models.store import ModelStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd
    import pyarrow as pa

    from pipelines.build.build import BuildContext
    from pipelines.models.store import ModelVersion
    from pipelines.models.task import Task
    from pipelines.products.product import ModelTransform

SCORES = "mesh_scores"
VERSION_PROPERTY = "model_version"


@dataclass(frozen=True)
class ScoredRows:
    """A SELECT of the scores, what is told of the model, and what the snapshot remembers of it."""

    select: str
    facts: Mapping[str, Any]
    properties: Mapping[str, str]


def model_rows(context: BuildContext, transform: ModelTransform) -> ScoredRows:
    """Scores of the features, by the champion or by a version trained now.

    A version is trained when there is no champion, when the product's folder changed since, when its features are no
    longer there, or when the build is forced (as the retraining schedule does). New rows alone are only scored.

    Raises:
        BuildError: the definition, the features or the label allow no model.
    """
    task = _task(transform)
    store = ModelStore(context.mesh.settings.models)
    try:
        version = _champion(context, transform, store) or _train(context, transform, task, store)
        select = _score(context, transform, task, version)
    except ValueError as error:
        raise BuildError(f"{context.product.name}: {error}", f"Change {transform.path.name} or the features it reads.") from error
    return ScoredRows(select, {"model": _facts(transform.task, version)}, {VERSION_PROPERTY: version.version})


def _task(transform: ModelTransform) -> Task:
    tasks: dict[str, type[Task]] = {"churn": churn.ChurnTask, "segments": segments.SegmentTask}
    try:
        return tasks[transform.task](transform.definition)
    except ValueError as error:
        raise BuildError(f"{transform.path}: {error}", "See docs/adding-a-product.md.") from error


def _champion(context: BuildContext, transform: ModelTransform, store: ModelStore) -> ModelVersion | None:
    if context.is_forced or context.head is None:
        return None
    version = context.head.properties.get(VERSION_PROPERTY)
    champion = store.load(context.product.name, version) if version else None
    if champion is None or champion.record["code_version"] != context.product.code_version:
        return None
    there = context.session.columns(transform.features_sql)
    return champion if set(champion.record["needed_columns"]) <= there.keys() else None


def _train(context: BuildContext, transform: ModelTransform, task: Task, store: ModelStore) -> ModelVersion:
    from pipelines.build.build import Step

    context.report(Step.TRAINING)
    trained_at = datetime.now(UTC)
    frame = to_frame(context.session.table(transform.features_sql))
    record, files = task.train(frame)
    version = f"{trained_at:%Y%m%dT%H%M%S}-{context.run[:6]}"
    record = {
        "version": version,
        "trained_at": trained_at.isoformat(),
        "code_version": context.product.code_version,
        "inputs": context.inputs.versions,
        "definition": dict(transform.definition),
        **record,
    }
    return store.save(context.product.name, version, record, files)


def _score(context: BuildContext, transform: ModelTransform, task: Task, version: ModelVersion) -> str:
    from pipelines.build.build import Step

    context.report(Step.SCORING)
    scored_at = datetime.now(UTC)
    wanted = [column.name for column in context.product.contract.columns]
    rows = context.session.batches(task.rows_to_score(transform.features_sql))
    context.session.register(SCORES, _stream(task, version, rows, wanted, scored_at))
    task.register(context.session, version)
    return task.select(SCORES, wanted)


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


def _field(scored: pa.Field, features: pa.Schema) -> pa.Field:
    """A feature passed through pandas keeps the type it had; a column without any value is text."""
    import pyarrow as pa

    if scored.name in features.names:
        return features.field(scored.name)
    return scored.with_type(pa.string()) if pa.types.is_null(scored.type) else scored


def _facts(task: str, version: ModelVersion) -> dict[str, Any]:
    told = ("algorithm", "measured_on", "metrics", "warnings")
    return {"task": task, "version": version.version, **{name: version.record[name] for name in told}}


def to_frame(table: pa.Table) -> pd.DataFrame:
    """Arrow rows as pandas has them: decimals become floats, since models compute in floats, and dates datetimes."""
    import pyarrow as pa

    fields = [
        pa.field(f.name, pa.float64() if pa.types.is_decimal(f.type) else f.type) for f in table.schema
    ]
    return table.cast(pa.schema(fields)).to_pandas(date_as_object=False)
