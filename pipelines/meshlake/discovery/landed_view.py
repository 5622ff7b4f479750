"""A landed dataset made readable as one table, columns that files write differently brought together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from meshlake.discovery.drift import column_groups
from meshlake.engines.duckdb.connection import connect
from meshlake.landing.relation import columns, relation_sql
from meshlake.landing.zone import files_zone
from meshlake.names import quote_identifier, quote_literal
from meshlake.types.duckdb import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import duckdb

    from meshlake.discovery.drift import FileSchemas
    from meshlake.landing.zone import Dataset
    from meshlake.names import DatasetName
    from meshlake.settings import Settings
    from meshlake.types.tree import Type


# The views of all rows, and of the sample.
LANDED, SAMPLE = "landed", "sampled"
# The text of the sample's columns one below the other, as `name` and `value`; neither null nor blank.
CELLS = "cells"
_MANY_FILES, _SMALL_BYTES = 100, 16 * 1024
_BEGINNINGS = 8
# Of less, threads cost more than they save: each of some fifty statements has few rows for them.
_ONE_THREAD_BYTES = 4 << 20


@dataclass(frozen=True)
class LandedView:
    """The columns of `landed`: `types` by name, `sources` the landed columns that each comes from. `given` are all."""

    dataset: Dataset
    given: Mapping[str, Type]
    types: Mapping[str, Type]
    sources: Mapping[str, tuple[str, ...]]

    @property
    def are_columns_apart(self) -> bool:
        """Whether a query of few columns reads only these."""
        return self.dataset.format.is_columnar

    @property
    def numbers(self) -> frozenset[str]:
        """The columns of text that the files mark as numbers."""
        marked = set(self.dataset.format.numbers(self.dataset.opened.files))
        return frozenset(name for name, sources in self.sources.items() if marked.issuperset(sources))

    @property
    def selected_sql(self) -> str:
        """The columns, of any relation that has all the landed ones."""
        return _selected(self.sources, self.given)


def landed_columns(settings: Settings, name: DatasetName) -> list[str] | None:
    """The names of the columns of the files that landed as `name`; None where none have.

    Raises:
        LandingError: they cannot be read.
    """
    zone = files_zone(settings)
    if name not in zone.datasets():
        return None
    with connect(settings) as connection:
        return list(columns(connection, zone.dataset(name)))


def is_small(dataset: Dataset) -> bool:
    """Whether one thread alone reads it with the least work."""
    return dataset.size_bytes < _ONE_THREAD_BYTES


def open_landed(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, schemas: FileSchemas, name: str = LANDED
) -> LandedView:
    """Make the dataset readable as `landed`, or another name, what is only written differently as one."""
    dataset = replace(dataset, format=dataset.format.telling_empty)
    given = columns(connection, dataset)
    groups = {group[0]: group for group in column_groups(given, schemas)}
    selected = _selected(groups, given)
    kept = "TABLE" if _are_many_and_small(dataset) else "VIEW"
    connection.execute(
        f"CREATE OR REPLACE TEMP {kept} {name} AS SELECT {selected} FROM {relation_sql(dataset)}"
    )
    rows = connection.execute(f"DESCRIBE {name}").fetchall()
    return LandedView(dataset, given, {row[0]: parse(row[1]) for row in rows}, groups)


def _are_many_and_small(dataset: Dataset) -> bool:
    """Whether rows are better read once: DuckDB opens each file anew, and works on the few rows of one at a time."""
    size_bytes = sum(file.size_bytes for file in dataset.files)
    return len(dataset.files) >= _MANY_FILES and size_bytes <= _SMALL_BYTES * len(dataset.files)


def beginnings_sql(view: LandedView, row_limit: int) -> str:
    """A SELECT of the first rows of up to eight files, spread evenly over them, with the columns of `landed`."""
    dataset = view.dataset.opened
    keyed = dataset.keyed_files
    files = [file for file in keyed if file.size_bytes]
    chosen = files[:: -(-len(files) // _BEGINNINGS) or 1]
    limit = -(-row_limit // max(len(chosen), 1))
    parts = [
        f"(SELECT * FROM ({select}) LIMIT {limit})"
        for file in chosen
        for select in dataset.format.selects({file: keyed[file]}, dataset.files)
    ]
    # Not every file has every column.
    nulls = ", ".join(f"NULL::{kind} AS {quote_identifier(name)}" for name, kind in view.given.items())
    rows = " UNION ALL BY NAME ".join([f"(SELECT {nulls} WHERE false)", *parts])
    return f"SELECT {view.selected_sql} FROM ({rows})"


def is_all(view: LandedView, found: int, row_limit: int) -> bool:
    """Whether `found` rows of `beginnings_sql` are all that have landed: no file was left out, and none cut off."""
    files = sum(file.size_bytes > 0 for file in view.dataset.keyed_files)
    return files <= _BEGINNINGS and found * max(files, 1) < row_limit


def are_of(names: Iterable[str]) -> str:
    """SQL for whether a cell of `cells` is of one of the columns `names`."""
    # Literals, not parameters: binding parameters makes DuckDB import pandas, which takes longer than most scans.
    listed = ", ".join(map(quote_literal, names))
    return f"name IN ({listed})" if listed else "false"


def _selected(groups: Mapping[str, tuple[str, ...]], given: Mapping[str, Type]) -> str:
    return ", ".join(f"{_merged(group, given)} AS {quote_identifier(name)}" for name, group in groups.items())


def _merged(group: tuple[str, ...], types: Mapping[str, Type]) -> str:
    cells = [quote_identifier(name) for name in group]
    if len({types[name] for name in group}) > 1:
        cells = [f"CAST({cell} AS VARCHAR)" for cell in cells]
    return cells[0] if len(cells) == 1 else f"COALESCE({', '.join(cells)})"
