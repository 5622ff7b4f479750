"""The profile of a table of the operational database: a landed one's, where PostgreSQL's catalog does not know better.

The database is asked for the rows once; all of a small table, a sample of a large one.
"""

from __future__ import annotations

import shutil
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from meshlake.discovery.dataset_profile import ColumnProfile, DatasetProfile, TableProfile
from meshlake.discovery.names import is_identifier
from meshlake.discovery.profile import profile_dataset
from meshlake.discovery.readings import INTEGER, NUMBER
from meshlake.engines.duckdb.connection import connect
from meshlake.engines.duckdb.operational import copy_tables
from meshlake.landing.operational import OperationalTable
from meshlake.names import DatasetName

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.discovery.readings import Reading
    from meshlake.discovery.scan import MayRead
    from meshlake.discovery.sketches import Sketch
    from meshlake.landing.operational_catalog import CatalogColumn, CatalogTable
    from meshlake.landing.operational_types import TableColumn
    from meshlake.settings import Settings

# What a table keeps in PostgreSQL, read in a second or two; of a larger one, about as much is read.
SAMPLED_BYTES = 100_000_000
# Views and foreign tables have no pages to sample.
SAMPLED_ROWS = 500_000


@dataclass(frozen=True)
class _Part:
    """What is read of a table: PostgreSQL's clause, and the share of the rows where that is known."""

    clause: str = ""
    share: float | None = 1.0


def profile_table(
    settings: Settings, table: CatalogTable, *, is_sketched: bool
) -> tuple[DatasetProfile, dict[str, Sketch]]:
    """Profile `table`, and with `is_sketched` the values of each column that rows of other sources may be found by.

    Raises:
        LandingError: the database does not answer, or refuses.
    """
    part = _part(table)
    name = DatasetName(table.table.schema, table.table.table)
    columns = tuple(each.column for each in table.columns)
    source = OperationalTable(name, table.table, columns, fingerprint="", sample=part.clause)
    folder = settings.scratch / f"operational-{uuid.uuid4().hex}"
    try:
        with connect(settings) as connection:
            (copied,) = copy_tables(connection, [source], settings, folder)
        profile, sketches = profile_dataset(
            settings, copied, is_sketched=is_sketched, may_read=_may_read(columns)
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return _with_catalog(profile, table, part), sketches


def _part(table: CatalogTable) -> _Part:
    if table.size_bytes > SAMPLED_BYTES:
        share = SAMPLED_BYTES / table.size_bytes
        return _Part(f"TABLESAMPLE SYSTEM ({100 * share}) REPEATABLE (42)", share)
    if table.kind in {"view", "foreign table"}:
        return _Part(f"LIMIT {SAMPLED_ROWS}", None)
    return _Part()


def _may_read(columns: Sequence[TableColumn]) -> MayRead:
    """Who declares text for digits or yes/no means text; but dates are kept so, and numbers of any length come so."""
    numbers = {column.name for column in columns if column.is_number}

    def may_read(name: str, reading: Reading) -> bool:
        if name in numbers:
            return reading is NUMBER or (reading is INTEGER and is_identifier(name))
        return reading.logical_type in {"date", "timestamp"}

    return may_read


def _with_catalog(profile: DatasetProfile, table: CatalogTable, part: _Part) -> DatasetProfile:
    """`profile`, what PostgreSQL knows put in place of what was guessed."""
    is_sample = profile.row_count >= SAMPLED_ROWS if part.share is None else part.share < 1
    rows = None if is_sample and part.share is None else round(profile.row_count / (part.share or 1))
    # What is unique in a sample may be so by chance.
    found = () if is_sample else profile.keys
    return replace(
        profile,
        name=str(table),
        format=table.kind,
        fingerprint="",
        file_count=0,
        size_bytes=table.size_bytes,
        keys=table.keys or found,
        columns=tuple(
            _column(column, known, table, is_sample=is_sample)
            for column, known in zip(profile.columns, table.columns, strict=True)
        ),
        table=TableProfile(
            table.table, table.comment, table.primary_key, table.foreign_keys, is_sample, rows
        ),
    )


def _column(
    column: ColumnProfile, known: CatalogColumn, table: CatalogTable, *, is_sample: bool
) -> ColumnProfile:
    is_required = known.is_required if table.is_enforced else column.is_required and not is_sample
    told = replace(column, comment=known.comment, is_required=is_required)
    if known.column.is_number and column.reading is None:  # no row has a value to tell it by
        return replace(told, reading=NUMBER, found_type="number")
    return told
