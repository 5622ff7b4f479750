"""The profile of one landed dataset: its columns, and what one scan in the engine tells of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.engine.duckdb import DuckDBSession
from pipelines.landing.relation import relation_sql
from pipelines.names import quote_identifier

if TYPE_CHECKING:
    from pipelines.landing.zone import Dataset
    from pipelines.settings import Settings


@dataclass(frozen=True)
class ColumnProfile:
    """One column as it landed; `distinct_count` is approximate (HyperLogLog, within about 5 %)."""

    name: str
    type: str
    null_count: int
    null_share: float
    distinct_count: int
    minimum: str | None
    maximum: str | None


@dataclass(frozen=True)
class DatasetProfile:
    """A landed dataset as it was when it was read."""

    name: str
    format: str
    fingerprint: str
    file_count: int
    size_bytes: int
    row_count: int
    columns: tuple[ColumnProfile, ...]


def profile_dataset(settings: Settings, dataset: Dataset) -> DatasetProfile:
    """Profile `dataset` in one scan.

    Raises:
        LandingError: a file of it cannot be read.
    """
    with DuckDBSession(settings, str(dataset.name)) as session:
        session.bind(dataset.name, relation_sql(dataset))
        types = session.columns(f"SELECT * FROM {dataset.name.sql}")
        counts = ", ".join(_measures(quote_identifier(name)) for name in types)
        row = session.rows(f"SELECT count(*), {counts} FROM {dataset.name.sql}")[0]
    row_count = int(str(row[0]))
    columns = []
    for position, (name, kind) in enumerate(types.items()):
        present, distinct, low, high = row[1 + 4 * position : 5 + 4 * position]
        nulls = row_count - int(str(present))
        share = nulls / row_count if row_count else 0.0
        columns.append(ColumnProfile(name, kind, nulls, share, int(str(distinct)), _text(low), _text(high)))
    return DatasetProfile(
        name=str(dataset.name),
        format=dataset.format.value,
        fingerprint=dataset.fingerprint,
        file_count=len(dataset.files),
        size_bytes=sum(file.size_bytes for file in dataset.files),
        row_count=row_count,
        columns=tuple(columns),
    )


def _measures(column: str) -> str:
    text = "CAST({}({}) AS VARCHAR)"
    return ", ".join(
        [
            f"count({column})",
            f"approx_count_distinct({column})",
            text.format("min", column),
            text.format("max", column),
        ]
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
