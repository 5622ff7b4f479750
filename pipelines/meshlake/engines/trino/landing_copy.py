"""Copies of landed datasets in the warehouse, as Parquet: for readers that cannot read the files as they landed.

DuckDB writes a copy once, streaming. It is never changed, and stays as long as a table may stand on it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import duckdb

from meshlake.engines.duckdb.connection import explain
from meshlake.engines.trino.hive_types import hive_column, is_hive_name
from meshlake.formats.unreadable import ReadAgainError, forget_unreadable
from meshlake.landing.failures import landing_error
from meshlake.landing.relation import relation_sql
from meshlake.names import quote_identifier, quote_literal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from meshlake.landing.zone import Dataset
    from meshlake.settings import Settings
    from meshlake.types.tree import Type

COPIES = "_landing"
_FILE_SIZE = "256MB"
_KEPT_SECONDS = 24 * 3600


def copy_place(dataset: Dataset, version: str, settings: Settings) -> str:
    """Where the copy of `version` is."""
    return f"{_copies(dataset, settings)}/{version}"


def write_copy(
    connection: duckdb.DuckDBPyConnection,
    dataset: Dataset,
    columns: Mapping[str, Type],
    version: str,
    settings: Settings,
) -> None:
    """Write every row of `dataset`, with `columns` as `hive_types` keeps them, under `stored_names`.

    Raises:
        LandingError: a file is damaged.
        BuildError: it cannot be written.
    """
    place = copy_place(dataset, version, settings)
    stored = stored_names(columns)
    written = ", ".join(
        f"{hive_column(kind).written.format(quote_identifier(name))} AS {quote_identifier(stored[name])}"
        for name, kind in columns.items()
    )
    try:
        forget_unreadable(connection)
        connection.execute(
            f"COPY (SELECT {written} FROM {relation_sql(dataset)}) TO {quote_literal(place)} "
            f"(FORMAT parquet, COMPRESSION zstd, FILE_SIZE_BYTES '{_FILE_SIZE}')"
        )
        dataset.unreadable(connection)
    except ReadAgainError:
        settings.store_of(place).remove_folder(place)
        write_copy(connection, dataset, columns, version, settings)
    except duckdb.Error as error:
        settings.store_of(place).remove_folder(place)
        raise landing_error(error, [dataset]) or explain(error, str(dataset.name)) from error


def stored_names(columns: Iterable[str]) -> dict[str, str]:
    """The name of each column in Hive; those it cannot hold are numbered."""
    taken = {name.lower() for name in columns}
    stored = {}
    for position, name in enumerate(columns, start=1):
        number = f"column_{position}"
        while number in taken:
            number += "_"
        stored[name] = name if is_hive_name(name) else number
    return stored


def remove_old_copies(dataset: Dataset, settings: Settings, kept_versions: Collection[str]) -> None:
    """Remove copies that no table stands on and no build can still be writing."""
    place = _copies(dataset, settings)
    store = settings.store_of(place)
    limit_seconds = time.time() - _KEPT_SECONDS
    old = [
        file
        for file in store.files(place)
        if file.name.split("/")[0] not in kept_versions and file.modified_seconds < limit_seconds
    ]
    store.remove([file.path for file in old])


def _copies(dataset: Dataset, settings: Settings) -> str:
    return f"{settings.warehouse}/{COPIES}/{dataset.name.domain}/{dataset.name.dataset}"
