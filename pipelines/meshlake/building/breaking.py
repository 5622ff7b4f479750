"""Columns that a product is about to lose, or to retype, although others read them: told before it is published.

Who reads what is found as `mesh lint` finds faults: by binding the SQL of the readers to tables without rows, once with
each column as it is published and once without it, or with its new type. So it is the same whatever the engine, and
nothing is run.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from meshlake.engines.engine import open_binder
from meshlake.errors import BuildError, MeshError
from meshlake.lake.schema import table_schema
from meshlake.products.transform import CONTRACT_FILE, read_text
from meshlake.rules.measure import AuditedTable, Query
from meshlake.types.iceberg import from_iceberg

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from meshlake.engines.engine import Binder
    from meshlake.lake.snapshot import Snapshot
    from meshlake.names import InputName
    from meshlake.products.product import Product
    from meshlake.types.tree import Type
    from meshlake.workspace import Workspace


def refuse_breaking(mesh: Workspace, product: Product, head: Snapshot | None) -> None:
    """Stop a build that would take away columns which other products read, or give them types which those cannot read.

    Raises:
        BuildError: naming the columns, and who reads them.
    """
    to_be = {
        field.name: from_iceberg(field.field_type) for field in table_schema(product.contract.columns).fields
    }
    changed = {name: kind for name, kind, _ in head.columns if to_be.get(name) != kind} if head else {}
    readers = [p for p in mesh.products.products.values() if product.name in p.reads] if changed else []
    told = {
        column: names for column in changed if (names := _readers_of(mesh, product, changed, column, readers))
    }
    if not told:
        return
    column, names = next(iter(told.items()))
    others = f" ({', '.join(other for other in told if other != column)} likewise)" if len(told) > 1 else ""
    change = (
        f"makes the column {column}, {changed[column]} so far, {to_be[column]}"
        if column in to_be
        else f"no longer has the column {column}"
    )
    raise BuildError(
        f"{product.name}: its contract {change}, which {' and '.join(names)} "
        f"read{'s' if len(names) == 1 else ''}{others}",
        f"Nothing was published. Change what reads it in the same build, or go on all the same: "
        f"mesh build {product.name} --breaking",
    )


def _readers_of(
    mesh: Workspace, product: Product, changed: Mapping[str, Type], column: str, readers: list[Product]
) -> list[str]:
    """Those of `readers` that fit what is published, and do not when `column` of it is gone or has its new type."""
    then: dict[InputName, Mapping[str, Type]] = {
        name: {c.name: c.type for c in each.contract.columns} for name, each in mesh.products.products.items()
    }
    own = then[product.name]
    folded = {name.lower() for name in changed}  # to SQL, names of other case are the same
    then[product.name] = {name: kind for name, kind in own.items() if name.lower() not in folded} | dict(
        changed
    )
    left = {name: kind for name, kind in then[product.name].items() if name != column}
    renamed = {name: kind for name, kind in own.items() if name.lower() == column.lower()}
    now = {**then, product.name: left | renamed}
    found = []
    with open_binder(then) as before, open_binder(now) as after:
        for reader in readers:
            # What has landed is not looked at: there a name in the SQL is all that is known, and of a type nothing.
            is_known = column in own or all(name in then for name in reader.reads)
            faults = partial(_faults, reader, column)
            if set(faults(after)) - set(faults(before)) if is_known else _names(reader, column):
                found.append(str(reader.name))
    return found


def _faults(reader: Product, column: str, binder: Binder) -> Iterator[str]:
    """What is wrong with the SQL of `reader`: in words that are the same with and without `column`."""
    yield from _of_transform(reader, column, binder)
    table = AuditedTable(reader.name.sql, reader.contract.columns, now_seconds=0.0)
    for rule in reader.rules:
        measured = rule.measure(table)
        if isinstance(measured, Query):
            try:
                binder.columns(measured.select, rule.sql_file(reader.folder) or reader.folder / CONTRACT_FILE)
            except MeshError:
                yield f"the check {rule.name}"


def _of_transform(reader: Product, column: str, binder: Binder) -> Iterator[str]:
    transform = reader.transform
    given: dict[str, dict[str, Type]] = {}
    for name, sql in transform.queries.items():
        try:
            given[name] = binder.columns(sql.strip().rstrip(";"), transform.path)
        except MeshError:
            yield f"the query {name}"
    if given.keys() == transform.queries.keys():
        yield from (fault.message for fault in transform.faults(reader.contract, given))
    # Of code that is no SQL: it names the column, and is no longer given it.
    if not any(column in columns for columns in given.values()) and _names(reader, column):
        yield f"names {column}"


def _names(reader: Product, column: str) -> bool:
    return re.search(rf"\b{re.escape(column)}\b", read_text(reader.transform.path), re.IGNORECASE) is not None
