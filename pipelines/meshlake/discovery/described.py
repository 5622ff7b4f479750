"""What the values of columns mean, once it is known what they are: whose, which stand for none, what they tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.discovery import sample
from meshlake.discovery.column_meanings import with_meanings
from meshlake.discovery.leaks import with_leaks
from meshlake.discovery.personal import with_personal
from meshlake.discovery.sentinels import without_missing
from meshlake.discovery.spread import with_spreads
from meshlake.discovery.treatments import with_treatments

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import duckdb

    from meshlake.discovery.dataset_profile import ColumnProfile


def described(
    connection: duckdb.DuckDBPyConnection,
    dataset: str,
    plain: Sequence[ColumnProfile],
    keys: Collection[tuple[str, ...]],
    row_count: int,
) -> tuple[ColumnProfile, ...]:
    """The columns `plain` of a dataset, with all told that their values mean."""
    texts = sample.some_values(connection, [column.name for column in plain])
    columns = with_personal(connection, dataset, plain, texts)
    columns = without_missing(connection, columns, keys, row_count)
    columns = with_meanings(with_spreads(connection, columns), texts, keys)
    return with_treatments(connection, with_leaks(connection, columns, keys), keys)
