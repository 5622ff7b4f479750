"""How the files of one dataset differ: columns that some lack, that are written or typed otherwise, or named alike.

Told from each file's own schema, before any row is read. Only names that differ in case, spaces and punctuation are
one column; whether names that are merely alike are one is asked, and never assumed (docs/adr/0036).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations
from typing import TYPE_CHECKING

from meshlake.discovery.names import may_mean_the_same, written_name
from meshlake.landing.relation import file_columns
from meshlake.types.tree import ListOf, MapOf, Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import duckdb

    from meshlake.landing.zone import Dataset
    from meshlake.types.tree import Type

# Likeness is looked for by pairs.
_MOST_COMPARED = 200


@dataclass(frozen=True)
class Drift:
    """One difference between files. `kind` is missing, renamed, retyped or alike; `files` are those that differ.

    What is alike is a question: whether `columns`, which are read as several, are one.
    """

    kind: str
    column: str
    message: str
    files: tuple[str, ...]
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class FileSchemas:
    """The columns (name to type) of each file that has any, by file name, in file order. Case makes no other name."""

    files: Mapping[str, Mapping[str, Type]]

    def having(self, column: str) -> frozenset[str]:
        """The files that have `column`."""
        return frozenset(self._types.get(column.lower(), ()))

    def types(self, column: str) -> Mapping[str, Type]:
        """The type of `column` in each file that has it."""
        return self._types.get(column.lower(), {})

    @cached_property
    def everywhere(self) -> frozenset[str]:
        """All files."""
        return frozenset(self.files)

    @cached_property
    def _types(self) -> dict[str, dict[str, Type]]:
        found: dict[str, dict[str, Type]] = {}
        for file, columns in self.files.items():
            for name, kind in columns.items():
                found.setdefault(name.lower(), {})[file] = kind
        return found


def file_schemas(connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> FileSchemas:
    """The schema of each file of `dataset`.

    Raises:
        LandingError: a file cannot be read.
    """
    return FileSchemas({file.name: columns for file, columns in file_columns(connection, dataset)})


def column_groups(names: Iterable[str], schemas: FileSchemas) -> list[tuple[str, ...]]:
    """The landed columns `names`, those that are one column written differently together, the latest way first.

    They are, when no file has two of them, and they differ in case, spaces and punctuation alone.
    """
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault(written_name(name), []).append(name)
    order = {file: number for number, file in enumerate(schemas.files)}
    groups: list[tuple[str, ...]] = []
    for group in alike.values():
        if any(schemas.having(one) & schemas.having(other) for one, other in combinations(group, 2)):
            groups += [(name,) for name in group]
        else:
            latest = {name: max((order[f] for f in schemas.having(name)), default=0) for name in group}
            groups.append(tuple(sorted(group, key=latest.__getitem__, reverse=True)))
    return groups


def find_drift(groups: Iterable[tuple[str, ...]], schemas: FileSchemas) -> tuple[Drift, ...]:
    """What differs between the files: entries of each column, then of what is nested in it, then what may be one."""
    return tuple(_differences(list(groups), schemas, ""))


def _differences(groups: Sequence[tuple[str, ...]], schemas: FileSchemas, within: str) -> Iterator[Drift]:
    for group in groups:
        name, *others = group
        for other in others:
            files = schemas.having(other)
            yield Drift(
                "renamed",
                f"{within}{name}",
                f"{within}{name} is called {other} in {_words(files)}",
                _sorted(files),
            )
        lacking = schemas.everywhere - frozenset().union(*map(schemas.having, group))
        if lacking and len(lacking) < len(schemas.files):
            message = f"{within}{name} is missing from {_words(lacking)}"
            yield Drift("missing", f"{within}{name}", message, _sorted(lacking))
        yield from _type_differences(group, schemas, within)
    yield from _questions(groups, schemas, within)


def _type_differences(group: tuple[str, ...], schemas: FileSchemas, within: str) -> Iterator[Drift]:
    """Of nested types the parts: a field that some files lack is missing, and no other type of the whole."""
    name = f"{within}{group[0]}"
    types = dict(chain.from_iterable(schemas.types(each).items() for each in group))
    by_kind: dict[str, set[str]] = {}
    for file, type_ in types.items():
        by_kind.setdefault(_kind(type_), set()).add(file)
    if len(by_kind) > 1:
        kinds = sorted(by_kind.items())
        told = "; ".join(f"{kind} in {_words(files)}" for kind, files in kinds)
        rarest = min((files for _, files in kinds), key=len)
        yield Drift("retyped", name, f"{name} is {told}", _sorted(rarest))
        return
    for part, step in (("value", ".value"), ("element", "[]"), ("fields", ".")):
        if len(set(types.values())) > 1 and (parts := _parts(types, part)):
            nested = FileSchemas(parts)
            names = {field.lower(): field for fields in parts.values() for field in fields}
            yield from _differences([(field,) for field in names.values()], nested, f"{name}{step}")


def _kind(type_: Type) -> str:
    plain: dict[type, str] = {Struct: "STRUCT", MapOf: "MAP", ListOf: "a list"}
    return plain.get(type(type_)) or str(type_)


def _parts(types: Mapping[str, Type], part: str) -> dict[str, dict[str, Type]]:
    """What is nested in a column in each file: the fields of a struct by name, the one kind of the others under ''."""
    found: dict[str, dict[str, Type]] = {}
    for file, type_ in types.items():
        if isinstance(type_, Struct) and part == "fields":
            found[file] = {field.name: field.type for field in type_.fields}
        elif isinstance(type_, ListOf) and part == "element":
            found[file] = {"": type_.element}
        elif isinstance(type_, MapOf) and part == "value":
            found[file] = {"": type_.value}
    return found


def _questions(groups: Sequence[tuple[str, ...]], schemas: FileSchemas, within: str) -> Iterator[Drift]:
    """Columns that no file has together, and whose names are alike: read as several, asked whether they are one."""
    files = {group[0]: frozenset().union(*map(schemas.having, group)) for group in groups}
    partial = [name for name, there in files.items() if there and there != schemas.everywhere]
    if len(partial) > _MOST_COMPARED:
        yield Drift(
            "alike",
            f"{within}{partial[0]}",
            f"{len(partial)} columns are not in all files, too many to look for names that are alike among them",
            (),
        )
        return
    clusters: list[list[str]] = []
    for name in partial:
        near = [c for c in clusters if any(_may_be_one(name, other, files) for other in c)]
        clusters = [c for c in clusters if c not in near] + [[*chain.from_iterable(near), name]]
    for cluster in clusters:
        if len(cluster) > 1:
            yield _question(cluster, [files[name] for name in cluster], within)


def _may_be_one(one: str, other: str, files: Mapping[str, frozenset[str]]) -> bool:
    return not files[one] & files[other] and may_mean_the_same(one, other)


def _question(names: Sequence[str], files: Sequence[frozenset[str]], within: str) -> Drift:
    columns = tuple(f"{within}{name}" for name in names)
    told = ", ".join(f"{name} (in {_words(there)})" for name, there in zip(columns, files, strict=True))
    message = f"are these one column? {told}. They are read as {len(columns)}"
    if not within:
        message += "; of one column, the contract names them together in transformSourceObjects"
    return Drift("alike", columns[0], message, _sorted(frozenset().union(*files)), columns)


def _words(files: Iterable[str]) -> str:
    names = [name.rpartition("/")[2] for name in sorted(files)]
    return ", ".join(names) if len(names) <= 3 else f"{names[0]}, {names[1]} and {len(names) - 2} more files"


def _sorted(files: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(files))
