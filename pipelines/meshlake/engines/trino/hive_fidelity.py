"""Whether Trino's Hive connector reads landed files just as DuckDB does; if not, why.

Told from the files' names here, from their heads and footers by their format. Lines of text have to be looked at one by
one: Trino does that, of files not seen before, against a pattern of which both readers make the same. What is then done
about it is for `trino_landing`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from meshlake.engines.trino.hive_types import hive_column, is_hive_name
from meshlake.formats.format import UnfaithfulError
from meshlake.formats.packed import is_packed

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from meshlake.formats.format import HiveLayout
    from meshlake.landing.zone import Dataset
    from meshlake.types.tree import Type

# A query names each file, and Trino takes a query of a million characters, in which a dataset may stand several times.
MOST_PATH_CHARACTERS = 200_000
_FOLDER = re.compile(r"[a-z_][a-z0-9_]*=[A-Za-z0-9.-][A-Za-z0-9._-]*")


def layout(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, columns: Mapping[str, Type]
) -> tuple[HiveLayout, tuple[str, ...]]:
    """How `dataset`, in which DuckDB finds `columns`, is read by Hive where it lies, and the keys of its folders.

    Raises:
        UnfaithfulError: it cannot be.
        LandingError: a file is damaged.
    """
    if sum(len(file.path) for file in dataset.files) > MOST_PATH_CHARACTERS:
        raise UnfaithfulError("it has too many files to name each in a query")
    keys = _partition_keys(dataset)
    own = {name: kind for name, kind in columns.items() if name not in keys}
    _refuse_columns(own)
    if any(is_packed(file, dataset.format) for file in dataset.files):
        raise UnfaithfulError("its files are packed")
    if dataset.opened.files != dataset.files:
        raise UnfaithfulError("one of its files is broken, and kept aside")
    for ending in dataset.format.compressions:
        if any(f.name.lower().endswith(ending) and not f.name.endswith(ending) for f in dataset.files):
            raise UnfaithfulError(f"Trino unpacks only files whose names end in {ending}, in small letters")
    return dataset.format.hive_layout(connection, dataset.keyed_files, own), keys


def _partition_keys(dataset: Dataset) -> tuple[str, ...]:
    """The keys of the `key=value` folders, which must be the same for all files, and the only folders."""
    folders = {file: file.name.split("/")[2:-1] for file in dataset.files}
    if not any("=" in folder for path in folders.values() for folder in path):
        return ()
    keys = set(dataset.keyed_files.values())
    is_regular = all(_FOLDER.fullmatch(folder) for path in folders.values() for folder in path)
    if len(keys) > 1 or not is_regular or any(len(set(one)) < len(one) for one in keys):
        raise UnfaithfulError("its folders are not all of the same plain key=value form")
    return keys.pop()


def _refuse_columns(columns: Mapping[str, Type]) -> None:
    if not columns:
        raise UnfaithfulError("it has no column but those of its folders")
    if wrong := next((name for name in columns if not is_hive_name(name)), None):
        raise UnfaithfulError(f"Hive cannot hold a column named '{wrong}'")
    for name, kind in columns.items():
        if not hive_column(kind).is_as_found:
            raise UnfaithfulError(f"Trino may read column {name}, {kind}, differently from DuckDB")
