"""The SQL relation that reads a landed dataset in DuckDB, and the columns it gives.

How the files of each format are read is the format's; columns meet by name. Errors that come up while DuckDB
reads are put into words by `failures`.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from meshlake.errors import LandingError
from meshlake.formats.format import lineage_select
from meshlake.formats.unreadable import forget_unreadable
from meshlake.landing.failures import explained
from meshlake.names import quote_identifier
from meshlake.types.duckdb import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

    import duckdb

    from meshlake.formats.unreadable import Unreadable
    from meshlake.landing.zone import Dataset
    from meshlake.stores import StoredFile
    from meshlake.types.tree import Type

# NUL, which DuckDB takes for the end of a query, and what columns of the mesh's own begin with.
_UNUSABLE_NAME = re.compile(r"\x00|^\x02")
_TOGETHER = 200


def relation_sql(dataset: Dataset) -> str:
    """A parenthesised SELECT that gives every row of `dataset`.

    Raises:
        LandingError: a file is damaged or cannot be read as what its name says, or none has columns.
    """
    dataset = dataset.opened
    selects = dataset.format.selects(dataset.keyed_files, dataset.files)
    if not selects:
        raise _no_columns(dataset)
    return united(selects)


def lineage_sql(dataset: Dataset, columns: Callable[[], Mapping[str, Type]]) -> list[str]:
    """Parenthesised SELECTs of parts of `dataset`, in the order of its files; each gives all `columns`.

    Each row also has `FILE_COLUMN` (the file's name below the landing zone) and `ROW_COLUMN` (from 1). That is slower
    and needs DuckDB's `preserve_insertion_order`; it is for naming bad cells. Each file is a SELECT of its own: of very
    many at once DuckDB's plan would outgrow the memory.

    Raises:
        LandingError: as `relation_sql`.
    """
    dataset = dataset.opened
    selects = [
        lineage_select(select, file)
        for file, keys in dataset.keyed_files.items()
        for select in dataset.format.numbered(file, keys, dataset.files)
    ]
    if not selects:
        raise _no_columns(dataset)
    if len(selects) <= _TOGETHER:
        return [united(selects)]
    every = columns()
    return [united(selects[at : at + _TOGETHER], every) for at in range(0, len(selects), _TOGETHER)]


def united(selects: Sequence[str], columns: Mapping[str, Type] | None = None) -> str:
    """The rows of `selects` in parentheses, null in those of `columns` that these have not."""
    if columns:
        nulls = ", ".join(
            f"CAST(NULL AS {kind}) AS {quote_identifier(name)}" for name, kind in columns.items()
        )
        selects = [*selects, f"(SELECT {nulls} WHERE false)"]
    return "(" + "\nUNION ALL BY NAME\n".join(selects) + ")"


def _no_columns(dataset: Dataset) -> LandingError:
    first, *others = dataset.files
    more = f" and {len(others)} more" if others else ""
    return LandingError(
        f"{dataset.name} is empty: no file of it has columns ({first.name}{more})",
        "Land a file that has at least a header.",
    )


def unreadable(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> Unreadable:
    """The lines of `dataset` that no row can be made of; every column of every row is read for that.

    Raises:
        ReadAgainError: SELECTs made before read too little.
        LandingError: a file is damaged.
    """
    forget_unreadable(connection)
    with explained([dataset]):
        connection.execute(f"SELECT count(COLUMNS(*)) FROM {relation_sql(dataset)}").fetchall()
    return dataset.unreadable(connection)


def columns(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> dict[str, Type]:
    """Names and types of the columns of `dataset`, in order.

    Raises:
        LandingError: as `relation_sql`, and when a Parquet file is damaged.
    """
    return _described(connection, dataset, relation_sql(dataset))


def landed_notes(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> tuple[str, ...]:
    """What was guessed of how `dataset` is written, and what of its files is not read: for people.

    Raises:
        LandingError: a file is damaged.
    """
    opened, overruled = dataset.opened, dict[str, str]()
    for file, own in file_columns(connection, dataset, has_folders=False):
        names = {name.lower(): name for name in own}
        for key in opened.keyed_files.get(file, ()):
            if key.lower() in names:
                overruled.setdefault(names[key.lower()], file.name)
    return (
        *dataset.format.notes(opened.files),
        *_links_out(dataset),
        *(
            f"{name}: a folder says it, and so does a column of {file.rpartition('/')[2]}: the folder's value is read"
            for name, file in overruled.items()
        ),
    )


def _links_out(dataset: Dataset) -> Iterator[str]:
    root = os.path.realpath(dataset.root)
    for file in dataset.files:
        if file.store.is_local and os.path.islink(file.path):  # noqa: PTH114 - a path object for each of many files
            target = os.path.realpath(file.path)
            if not target.startswith(f"{root}{os.sep}"):
                yield f"{file.name}: a link to {target}, which is outside of the landing zone, and is read"


def file_columns(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, *, has_folders: bool = True
) -> Iterator[tuple[StoredFile, dict[str, Type]]]:
    """As `columns`, those that each file of `dataset` has itself, if it has any; `has_folders` with those of folders.

    Raises:
        LandingError: a file cannot be read.
    """
    dataset = dataset.opened
    alike = dataset.format.schema_keys(dataset.files)
    described: dict[Hashable, dict[str, Type]] = {}
    for file, keys in dataset.keyed_files.items():
        if not (keys or has_folders):
            continue
        if file not in alike and not (file.size_bytes and dataset.format.has_columns(file)):
            continue
        read_keys = keys if has_folders else ()
        key = (alike.get(file, file), read_keys)
        if key not in described:
            selects = dataset.format.selects_of_one(file, read_keys, dataset.files)
            described[key] = _described(connection, dataset, f"({' UNION ALL BY NAME '.join(selects)})")
        yield file, described[key]


def _described(connection: duckdb.DuckDBPyConnection, dataset: Dataset, relation: str) -> dict[str, Type]:
    with explained([dataset]):
        rows = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    if unusable := next((row[0] for row in rows if _UNUSABLE_NAME.search(row[0])), None):
        raise LandingError(
            f"{dataset.name}: its column {unusable!r} has a character in its name that no name in SQL can have",
            "Rename it before the file lands.",
        )
    return {row[0]: parse(row[1]) for row in rows}
