"""Landed datasets for Trino: an external table of its Hive connector, which gives just the rows DuckDB reads.

It stands on the landed files where that connector reads them right (`hive_fidelity` tells), and otherwise on a copy
(`landing_copy`). Nothing is ever written to the landing zone. Tables and views are made by `hive_catalog`.
"""

from __future__ import annotations

import hashlib
import uuid
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.engines.duckdb.connection import connect
from meshlake.engines.trino.hive_catalog import Bound, HiveCatalog
from meshlake.engines.trino.hive_fidelity import layout
from meshlake.engines.trino.hive_types import hive_column
from meshlake.engines.trino.landing_copy import copy_place, remove_old_copies, stored_names, write_copy
from meshlake.errors import LandingError
from meshlake.formats.format import UnfaithfulError
from meshlake.landing.relation import columns as landed_columns
from meshlake.names import quote_identifier, quote_literal
from meshlake.types.duckdb import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb
    from trino.dbapi import Connection

    from meshlake.formats.format import HiveLayout
    from meshlake.landing.zone import Dataset
    from meshlake.settings import Settings
    from meshlake.stores import StoredFile
    from meshlake.types.tree import Type

_VERSION_CHARACTERS = 12


@dataclass(frozen=True)
class ExternalTable:
    """A landed dataset in Trino. `relation` is a parenthesised SELECT in Trino's SQL; `columns` have types.

    `is_copied` says that the rows are those of a copy that DuckDB made.
    """

    relation: str
    columns: dict[str, Type]
    is_copied: bool = False


def bind_external_table(trino: Connection, dataset: Dataset, settings: Settings) -> ExternalTable:
    """Bring `landing.<domain>.<dataset>` in Trino up to `dataset`, whose rows the result reads.

    These are the rows of its files as they were listed: what lands later is not among them. A dataset that did not
    change costs one query of its view's comment; of one that did, only lines of files not seen before are looked at.

    Raises:
        LandingError: a file is damaged, or columns are not told apart in Trino.
        BuildError: a copy is needed and cannot be written.
        trino.exceptions.Error: Trino refuses or does not answer.
    """
    catalog = HiveCatalog(trino, dataset.name)
    before = catalog.bound()
    if before is not None and before.fingerprint == dataset.fingerprint:
        return _external(catalog, dataset, before)
    with closing(connect(settings)) as connection:
        columns = landed_columns(connection, dataset)
        _refuse_same_names(columns, dataset)
        try:
            bound = _bind_as_it_lies(catalog, connection, dataset, columns, before)
        except UnfaithfulError as reason:
            bound = _bind_copy(catalog, connection, dataset, columns, settings, str(reason))
    external = _external(catalog, dataset, bound)
    catalog.show(bound, external.relation)
    remove_old_copies(dataset, settings, catalog.drop_superseded(bound.version))
    return external


def _bind_as_it_lies(
    catalog: HiveCatalog,
    connection: duckdb.DuckDBPyConnection,
    dataset: Dataset,
    columns: Mapping[str, Type],
    before: Bound | None,
) -> Bound:
    """Let Trino read the landed files themselves."""
    found, keys = layout(connection, dataset, columns)
    files = {_digest(file): file for file in dataset.files}
    if found.line_condition is not None:
        checked = set(before.checked) if before is not None else set()
        new = [file for digest, file in files.items() if digest not in checked]
        _refuse_lines(catalog, dataset, new, found.line_condition)
    declared = {name: hive_column(columns[name]).declared for name in found.columns}
    declared |= dict.fromkeys(keys, "varchar")
    properties = _properties(dataset, found, keys)
    version = hashlib.sha256(repr((declared, properties)).encode()).hexdigest()[:_VERSION_CHARACTERS]
    catalog.create_table(version, declared, properties)
    if keys:
        catalog.find_partitions(version)
    return Bound(dataset.fingerprint, version, _texts(columns), "", tuple(files))


def _bind_copy(
    catalog: HiveCatalog,
    connection: duckdb.DuckDBPyConnection,
    dataset: Dataset,
    columns: Mapping[str, Type],
    settings: Settings,
    reason: str,
) -> Bound:
    """Let Trino read a copy of the rows."""
    version = _new_version()
    write_copy(connection, dataset, columns, version, settings)
    stored = stored_names(columns)
    declared = {stored[name]: hive_column(kind).declared for name, kind in columns.items()}
    place = copy_place(dataset, version, settings)
    catalog.create_table(version, declared, _placed("PARQUET", place))
    return Bound(dataset.fingerprint, version, _texts(columns), reason, ())


def _refuse_lines(catalog: HiveCatalog, dataset: Dataset, files: list[StoredFile], condition: str) -> None:
    """Look at the lines of `files`, in Trino; refuse them when two readers could make different rows of one."""
    if not files:
        return
    version = _new_version()
    # The second column gets what follows Hive's own delimiter, so that no part of a line is overlooked.
    lines = {"line": "varchar", "rest": "varchar"}
    catalog.create_table(version, lines, _placed("TEXTFILE", _place(dataset)))
    try:
        wrong = catalog.run(
            f'SELECT "$path" FROM {catalog.table(version).sql} WHERE {_is_of(files)} '
            f"AND NOT coalesce(rest IS NULL AND {condition}, FALSE) LIMIT 1"
        )
    finally:
        catalog.drop_table(version)
    if wrong:
        raise UnfaithfulError(f"{wrong[0][0]} has a line that Trino may read differently from DuckDB")


def _external(catalog: HiveCatalog, dataset: Dataset, bound: Bound) -> ExternalTable:
    """The SELECT of a dataset's rows, from a table that may know of files that landed later."""
    as_it_lies = "{}" if bound.copied_because else dataset.format.hive_value
    stored = stored_names(bound.columns)
    kept = {name: hive_column(parse(text)) for name, text in bound.columns.items()}
    values = ", ".join(
        f"{column.read.format(as_it_lies.format(quote_identifier(stored[name])))} AS {quote_identifier(name)}"
        for name, column in kept.items()
    )
    pinned = "" if bound.copied_because else f" WHERE {_is_of(dataset.files)}"
    relation = f"(SELECT {values} FROM {catalog.table(bound.version).sql}{pinned})"
    types = {name: column.type for name, column in kept.items()}
    return ExternalTable(relation, types, is_copied=bool(bound.copied_because))


def _properties(dataset: Dataset, found: HiveLayout, keys: Sequence[str]) -> dict[str, str]:
    properties = _placed(found.format, _place(dataset))
    if keys:
        properties["partitioned_by"] = f"ARRAY[{', '.join(map(quote_literal, keys))}]"
    return properties | dict(found.properties)


def _texts(columns: Mapping[str, Type]) -> dict[str, str]:
    return {name: str(kind) for name, kind in columns.items()}


def _placed(format_: str, place: str) -> dict[str, str]:
    return {"format": quote_literal(format_), "external_location": quote_literal(place)}


def _is_of(files: Iterable[StoredFile]) -> str:
    """True for rows of `files`, whatever has landed beside them since they were listed."""
    return f'"$path" IN ({", ".join(quote_literal(file.path) for file in files)})'


def _place(dataset: Dataset) -> str:
    return f"{dataset.root}/{dataset.name.domain}/{dataset.name.dataset}"


def _refuse_same_names(columns: Iterable[str], dataset: Dataset) -> None:
    seen: dict[str, str] = {}
    for name in columns:
        other = seen.setdefault(name.lower(), name)
        if other != name:
            raise LandingError(
                f"{dataset.name}: the columns '{other}' and '{name}' are the same to Trino",
                "Rename one of them before the file lands.",
            )


def _new_version() -> str:
    return uuid.uuid4().hex[:_VERSION_CHARACTERS]


def _digest(file: StoredFile) -> str:
    facts = f"{file.name}\0{file.size_bytes}\0{file.version}"
    return hashlib.sha256(facts.encode()).hexdigest()[:_VERSION_CHARACTERS]
