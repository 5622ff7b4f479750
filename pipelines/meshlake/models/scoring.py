"""Scores as rows of a product: the features streamed through the version that was chosen to score.

The model version that scored the published snapshot is the champion; its name stands in the snapshot's properties, so
that a rollback of the product takes its model back as well.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from meshlake.errors import BuildError
from meshlake.models.decided import refuse_amounts
from meshlake.models.frames import to_frame
from meshlake.models.store import TRAINED_PROPERTY, VERSION_PROPERTY
from meshlake.models.training import choose_version
from meshlake.names import quote_identifier
from meshlake.products.transform import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

    import pandas as pd
    import pyarrow as pa

    from meshlake.models.definition import ModelDefinition
    from meshlake.models.store import ModelVersion
    from meshlake.models.task import Task
    from meshlake.models.training import Chosen
    from meshlake.products.transform import RowsContext

SCORES = "mesh_scores"
# Each is a batch of features in memory.
MOST_AT_ONCE = 8


def model_rows(model: ModelDefinition, context: RowsContext) -> Rows:
    """Scores of the features, by the champion or by a version that was trained now and promoted.

    Raises:
        BuildError: the definition, the features or the label allow no model, or none that may be promoted.
    """
    try:
        chosen = choose_version(model, context)
        task = model.task
        select = _score(model, task, chosen.version, context)
        unforeseen = task.unforeseen(chosen.version, model.features_sql, context.session)
    except ValueError as error:
        hint = f"Change {model.path.name} or the features it reads."
        raise BuildError(f"{context.name}: {error}", hint) from error
    facts = {"model": _facts(model.document.task, chosen, unforeseen, context)}
    return Rows(select, facts, _properties(chosen, context), is_local=True)


def _properties(chosen: Chosen, context: RowsContext) -> dict[str, str]:
    """Of the snapshot: which version scored, and when a training was tried last."""
    tried = chosen.trained_at.isoformat() if chosen.trained_at else context.published.get(TRAINED_PROPERTY)
    return {VERSION_PROPERTY: chosen.version.version} | ({TRAINED_PROPERTY: tried} if tried else {})


def _score(model: ModelDefinition, task: Task, version: ModelVersion, context: RowsContext) -> str:
    context.report("scoring")
    scored_at = datetime.now(UTC)
    wanted = [column.name for column in context.contract.columns]
    rows_sql = task.rows_to_score(model.features_sql)
    refuse_amounts(task.amounts(version), rows_sql, context)
    given = task.scored_select(version, rows_sql, list(context.session.columns(rows_sql)))
    scores = _stream(task, version, context.session.batches(given), wanted, scored_at)
    local = context.session.local
    local.register(SCORES, scores)
    published = task.published(version, SCORES, scores.schema.names)
    there = set(local.columns(published))
    return (
        f"SELECT {', '.join(quote_identifier(name) for name in wanted if name in there)} FROM ({published})"
    )


def _stream(
    task: Task, version: ModelVersion, rows: pa.RecordBatchReader, wanted: list[str], scored_at: datetime
) -> pa.RecordBatchReader:
    """The scores of `rows` in their order, a batch to each core.

    What is in memory is, of each core, a batch of features and its scores, and one batch more.
    """
    import pyarrow as pa

    score = task.scorer(version, wanted)

    def scored(frame: pd.DataFrame) -> pa.Table:
        scores = score(frame).assign(model_version=version.version, scored_at=scored_at)
        table = pa.Table.from_pandas(scores, preserve_index=False)
        return table.cast(pa.schema([_field(field, rows.schema) for field in table.schema]))

    first = scored(to_frame(rows.schema.empty_table()))

    def scored_batch(batch: pa.RecordBatch) -> pa.Table:
        return scored(to_frame(pa.Table.from_batches([batch]))).cast(first.schema)

    def batches() -> Iterator[pa.RecordBatch]:
        for table in in_order(scored_batch, (batch for batch in rows if batch.num_rows)):
            yield from table.to_batches()

    return pa.RecordBatchReader.from_batches(first.schema, batches())


def in_order(
    score: Callable[[pa.RecordBatch], pa.Table], batches: Iterator[pa.RecordBatch]
) -> Iterator[pa.Table]:
    """What `score` makes of each of `batches`, in their order; of as many at a time as there are cores.

    scikit-learn lets go of the interpreter's lock where it takes long, and in each thread of ours it has one, so that
    the last digits are the same on any machine.
    """
    from meshlake.ml_assets.threads import keep_to_one_thread, one_thread

    at_once = min(os.cpu_count() or 1, MOST_AT_ONCE)
    waiting: deque[Future[pa.Table]] = deque()
    with one_thread(), ThreadPoolExecutor(at_once, initializer=keep_to_one_thread) as pool:
        for batch in batches:
            waiting.append(pool.submit(score, batch))
            if len(waiting) > at_once:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _field(scored: pa.Field[Any], features: pa.Schema) -> pa.Field[Any]:
    """A feature passed through pandas keeps the type it had; a column without any value is text."""
    import pyarrow as pa

    if scored.name in features.names:
        return features.field(scored.name)
    return scored.with_type(pa.string()) if pa.types.is_null(scored.type) else scored


def _facts(task: str, chosen: Chosen, unforeseen: Sequence[str], context: RowsContext) -> dict[str, Any]:
    told = ("algorithm", "measured_on", "metrics", "dropped", "warnings")
    version = chosen.version
    facts = {"task": task, "version": version.version, **{name: version.record[name] for name in told}}
    facts["warnings"] = [*version.record["warnings"], *unforeseen]
    if context.pin is not None:
        facts["pinned"] = context.pin.in_words
    if context.why_retrain:
        facts["retrained"] = {"why": list(context.why_retrain), "failure": chosen.failure}
    if (challenger := chosen.challenger) is not None:
        facts["challenger"] = {"version": challenger.version, **challenger.record["decision"]}
    return facts
