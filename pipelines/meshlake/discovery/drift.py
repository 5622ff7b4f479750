"""How the files of one dataset differ: columns that some lack, that changed their name, or their type.

Told from each file's own schema, before any row is read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import chain
from typing import TYPE_CHECKING

from meshlake.landing.arrival import snake_case
from meshlake.landing.relation import columns as landed_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import duckdb

    from meshlake.landing.zone import Dataset
    from meshlake.types.tree import Type

_SAME_NAME = 0.6


@dataclass(frozen=True)
class Drift:
    """One difference between files. `kind` is missing, renamed or retyped; `files` are those that differ."""

    kind: str
    column: str
    message: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class FileSchemas:
    """The columns (name to type) of each file that has any, by file name, in file order."""

    files: Mapping[str, Mapping[str, Type]]

    def having(self, column: str) -> frozenset[str]:
        """The files that have `column`."""
        return frozenset(name for name, columns in self.files.items() if column in columns)

    def types(self, column: str) -> frozenset[Type]:
        """The types `column` has in the files that have it."""
        return frozenset(columns[column] for columns in self.files.values() if column in columns)


def file_schemas(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> FileSchemas:
    """The schema of each file of `dataset`.

    Raises:
        LandingError: a file cannot be read.
    """
    schemas: dict[str, dict[str, Type]] = {}
    for file in dataset.files:
        if file.size_bytes == 0 or not dataset.format.has_columns(file):
            continue
        schemas[file.name] = landed_columns(connection, replace(dataset, files=(file,)))
    return FileSchemas(schemas)


def column_groups(names: Iterable[str], schemas: FileSchemas) -> list[tuple[str, ...]]:
    """The landed columns `names`, those that are one column under several names together, the latest name first.

    Two names are one column when no file has both, and they are alike.
    """
    groups: list[list[str]] = []
    everywhere = frozenset(schemas.files)
    for name in names:
        there = schemas.having(name)
        home = None
        if there and there != everywhere:
            home = next((g for g in groups if _is_renamed(name, there, g, schemas)), None)
        if home is None:
            groups.append([name])
        else:
            home.append(name)
    order = list(schemas.files)
    latest = {
        name: max((order.index(f) for f in schemas.having(name)), default=0) for g in groups for name in g
    }
    return [tuple(sorted(group, key=lambda name: -latest[name])) for group in groups]


def find_drift(groups: Iterable[tuple[str, ...]], schemas: FileSchemas) -> tuple[Drift, ...]:
    """What differs between the files, one entry per column."""
    found = []
    for group in groups:
        name, *others = group
        for other in others:
            files = schemas.having(other)
            found.append(
                Drift("renamed", name, f"{name} is called {other} in {_words(files)}", _sorted(files))
            )
        lacking = frozenset(schemas.files) - frozenset().union(*map(schemas.having, group))
        if lacking and len(lacking) < len(schemas.files):
            found.append(
                Drift("missing", name, f"{name} is missing from {_words(lacking)}", _sorted(lacking))
            )
        by_type = {
            kind: frozenset(
                f for f, columns in schemas.files.items() if any(columns.get(n) == kind for n in group)
            )
            for kind in sorted(set(chain.from_iterable(map(schemas.types, group))), key=str)
        }
        if len(by_type) > 1:
            told = "; ".join(f"{kind} in {_words(files)}" for kind, files in by_type.items())
            rarest = min(by_type.values(), key=len)
            found.append(Drift("retyped", name, f"{name} is {told}", _sorted(rarest)))
    return tuple(found)


def _is_renamed(name: str, there: frozenset[str], group: list[str], schemas: FileSchemas) -> bool:
    return all(not there & schemas.having(other) and _are_alike(name, other) for other in group)


def _are_alike(one: str, other: str) -> bool:
    first, second = snake_case(one), snake_case(other)
    words, other_words = set(first.split("_")), set(second.split("_"))
    if words <= other_words or other_words <= words:
        return True
    letters = first.replace("_", ""), second.replace("_", "")
    return SequenceMatcher(None, *letters).ratio() >= _SAME_NAME


def _words(files: frozenset[str]) -> str:
    names = [name.rpartition("/")[2] for name in sorted(files)]
    return ", ".join(names) if len(names) <= 3 else f"{names[0]}, {names[1]} and {len(names) - 2} more files"


def _sorted(files: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(files))
