"""Scores as rows of a product: train when that is due, then stream the features through the champion.

The model version that scored the published snapshot is the champion; its name stands in the snapshot's properties, so
that a rollback of the product takes its model back as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from meshlake.errors import BuildError
from meshlake.models import churn, segments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import pandas as pd
    import pyarrow as pa

    from meshlake.engines.session import Session
    from meshlake.models.store import ModelStore, ModelVersion
    from meshlake.models.task import Task
    from meshlake.products.product import ModelTransform, Product

SCORES = "mesh_scores"
VERSION_PROPERTY = "model_version"


@dataclass(frozen=True)
class ModelBuild:
    """What the build of a model's product hands over. `champion` is the version that scored what is published now;
    `None` has a new one trained. `report` hears one line before each longer step."""

    store: ModelStore
    session: Session
    product: Product
    transform: ModelTransform
    champion: str | None
    input_versions: Mapping[str, str]
    run: str
    report: Callable[[str], None]


@dataclass(frozen=True)
class ScoredRows:
    """A SELECT of the scores, what is told of the model, and what the snapshot remembers of it."""

    select: str
    facts: Mapping[str, Any]
    properties: Mapping[str, str]


def model_rows(build: ModelBuild) -> ScoredRows:
    """Scores of the features, by the champion or by a version trained now.

    A version is trained when there is no champion, when the product's folder changed since, or when its features are
    no longer there. New rows alone are only scored.

    Raises:
        BuildError: the definition, the features or the label allow no model.
    """
    task = _task(build.transform)
    try:
        version = _champion(build) or _train(build, task)
        select = _score(build, task, version)
    except ValueError as error:
        hint = f"Change {build.transform.path.name} or the features it reads."
        raise BuildError(f"{build.product.name}: {error}", hint) from error
    return ScoredRows(
        select, {"model": _facts(build.transform.task, version)}, {VERSION_PROPERTY: version.version}
    )


def _task(transform: ModelTransform) -> Task:
    tasks: dict[str, type[Task]] = {"churn": churn.ChurnTask, "segments": segments.SegmentTask}
    return tasks[transform.task](transform.definition)


def _champion(build: ModelBuild) -> ModelVersion | None:
    champion = build.store.load(build.product.name, build.champion) if build.champion else None
    if champion is None or champion.record["code_version"] != build.product.code_version:
        return None
    there = build.session.columns(build.transform.features_sql)
    return champion if set(champion.record["needed_columns"]) <= there.keys() else None


def _train(build: ModelBuild, task: Task) -> ModelVersion:
    build.report("training: reading the features")
    trained_at = datetime.now(UTC)
    frame = to_frame(build.session.table(build.transform.features_sql))
    record, files = task.train(frame, build.report)
    version = f"{trained_at:%Y%m%dT%H%M%S}-{build.run[:6]}"
    record = {
        "version": version,
        "trained_at": trained_at.isoformat(),
        "code_version": build.product.code_version,
        "inputs": dict(build.input_versions),
        "definition": dict(build.transform.definition),
        **record,
    }
    return build.store.save(build.product.name, version, record, files)


def _score(build: ModelBuild, task: Task, version: ModelVersion) -> str:
    build.report("scoring")
    scored_at = datetime.now(UTC)
    wanted = [column.name for column in build.product.contract.columns]
    rows = build.session.batches(task.rows_to_score(build.transform.features_sql))
    build.session.local.register(SCORES, _stream(task, version, rows, wanted, scored_at))
    task.register(build.session.local, version)
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
