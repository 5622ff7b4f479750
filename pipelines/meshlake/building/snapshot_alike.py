"""Whether the rows that wait to be published are like those of the snapshots before: told though no rule asks.

What each snapshot was like is kept beside what failed builds leave, counted on a sample that the engine draws.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from meshlake.audit.batches import Batch
from meshlake.audit.history import newest_age, row_step
from meshlake.audit.samples import jsonable, unclassified
from meshlake.audit.shifts import shifts
from meshlake.building.column_counts import MOST_COLUMNS, column_counts, columns_bound, showing_sql
from meshlake.building.kept_batches import MOST_BATCHES, Compared, KeptBatches, columns_code, short_hash
from meshlake.building.volumes import row_counts, volume
from meshlake.errors import MeshError
from meshlake.names import quote_identifier
from meshlake.rules.as_usual import AsUsual
from meshlake.types.tree import is_moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from meshlake.audit.shifts import Shift
    from meshlake.building.context import BuildContext
    from meshlake.column import Column
    from meshlake.lake.snapshot import Snapshot

# So many rows stand for a snapshot.
_ROWS = 50_000
_SHOWN_ROWS, _MOST_ROWS = 3, 20
_SAMPLE = "sampled_rows"


def compare_staged(context: BuildContext, branch: Snapshot, row_count: int) -> Compared | None:
    """Compare the `row_count` rows that are staged and bound, and all of `branch`, with the snapshots before.

    Of a product whose newly landed files are compared, values are not compared once more. What cannot be compared is
    told as a difference, and never an error.
    """
    rule = context.product.snapshot_rule
    if rule is None:
        return None
    started = time.perf_counter()
    place = f"{context.settings.kept('snapshots')}/{context.name}.json"
    try:
        known = KeptBatches.parsed(context.settings.store_of(place).read(place), _code(context))
        edges = dict(known.edges)
        now = _measured(context, row_count, edges)
        told = [*_rows_told(context, branch)]
        if late := newest_age([*known.batches, now], is_of_days=context.product.is_daily):
            told.append(late)
        has_values = context.product.landed_rule is None and known.batches
        found = shifts(now, known.batches) if has_values else []
        samples, failing_sql = _shown(context, found)
    except MeshError as error:
        told = [f"cannot be compared with snapshots before: {error.message}"]
        return Compared(rule.result(told, (), time.perf_counter() - started), place, None)
    kept = KeptBatches(known.code, frozenset(), edges, (*known.batches, now)[-MOST_BATCHES:])
    told += [shift.message for shift in found]
    seconds, bound = time.perf_counter() - started, columns_bound(context.contract)
    is_first = not (told or known.batches)
    result = None if is_first else rule.result(told, samples, seconds, bound, failing_sql)
    return Compared(result, place, kept)


def _code(context: BuildContext) -> str:
    """Changes when rows come about otherwise than before: that they differ then is what was asked for."""
    product = context.product
    is_made = product.rows_file.is_file()
    made = product.rows_file.read_text(encoding="utf-8", errors="replace") if is_made else ""
    return short_hash(columns_code(product) + ("" if product.transform.landed else made))


def _measured(context: BuildContext, row_count: int, edges: dict[str, tuple[float, ...]]) -> Batch:
    at = time.time()
    columns = _compared_columns(context)
    if not (row_count and columns):
        return Batch(row_count, {}, {}, at)
    names = ", ".join(quote_identifier(column.name) for column in columns)
    part = f" WHERE random() < {_ROWS / row_count!r}" if row_count > _ROWS else ""
    sample = context.session.table(f"SELECT {names} FROM {context.name.sql}{part}")
    local = context.session.local
    local.register(_SAMPLE, sample)
    return Batch(sample.num_rows, {}, column_counts(local, _SAMPLE, columns, edges), at)


def _compared_columns(context: BuildContext) -> Sequence[Column]:
    """Of what newly landed files tell, only how new the rows are."""
    columns = context.classified_contract.columns[:MOST_COLUMNS]
    if context.product.landed_rule is None:
        return columns
    return [column for column in columns if is_moment(column.type) and column.classification is None]


def _rows_told(context: BuildContext, branch: Snapshot) -> Iterator[str]:
    """What is unusual of their number, unless the contract asks for that itself."""
    product = context.product
    if any(isinstance(rule, AsUsual) and rule.column is None for rule in product.rules):
        return
    found = volume(context.mesh, product, branch)
    if found.is_unusual:
        yield found.told
    elif (found.expected is None or product.is_daily) and (
        told := row_step(row_counts(context.mesh, product, branch))
    ):
        yield told


def _shown(context: BuildContext, found: Sequence[Shift]) -> tuple[tuple[dict[str, Any], ...], str | None]:
    """Rows that show what is told, and the SQL that finds all that show the first."""
    conditions = [sql for shift in found if (sql := showing_sql(shift, context.contract)) is not None]
    samples: list[dict[str, Any]] = []
    for condition in conditions[: _MOST_ROWS // _SHOWN_ROWS]:
        select = f"SELECT * FROM {_SAMPLE} WHERE {condition} LIMIT {_SHOWN_ROWS}"
        samples += context.session.local.table(select).to_pylist()
    find = f"SELECT * FROM {context.name.sql} WHERE {conditions[0]}" if conditions else None
    return tuple(unclassified(jsonable(row), context.classified_contract) for row in samples), find
