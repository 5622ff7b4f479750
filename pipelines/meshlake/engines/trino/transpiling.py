"""SQL over the mesh's names as SQL of Trino's, with errors that say which product and which file."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlglot.errors import SqlglotError

from meshlake.engines.trino.dialect import (
    Relation,
    UnknownTableError,
    UnsupportedError,
    transpile,
)
from meshlake.errors import BuildError, Fault
from meshlake.names import CATALOG, LANDING_CATALOG, DatasetName, ProductName
from meshlake.sql_place import offset_place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from meshlake.names import InputName


def transpile_select(
    sql: str, relations: Mapping[InputName, Relation], where: str, file: Path | None = None
) -> str:
    """One SELECT in DuckDB's dialect, over products and landed datasets, as one Trino query.

    Args:
        sql: the SELECT.
        relations: what each product and landed dataset is read from.
        where: what is being run, for errors.
        file: the file the SQL stands in, for errors.

    Raises:
        BuildError: the SQL reads a table that `relations` does not have, or says what Trino cannot.
    """
    with _explained(sql, where, file):
        return transpile(sql, lambda parts: _relation(parts, relations))


def _relation(parts: tuple[str, ...], relations: Mapping[InputName, Relation]) -> Relation | None:
    if len(parts) == 3 and parts[0].lower() == LANDING_CATALOG:
        return relations.get(DatasetName(parts[1], parts[2]))
    if len(parts) == 3 and parts[0].lower() == CATALOG:
        parts = parts[1:]
    if len(parts) == 2:
        return relations.get(ProductName(parts[0].lower(), parts[1].lower()))
    return None


@contextmanager
def _explained(sql: str, where: str, file: Path | None) -> Iterator[None]:
    try:
        yield
    except UnknownTableError as error:
        hint = "Products read <domain>.<product> or landing.<domain>.<dataset>."
        raise _error(where, file, f"reads '{error}', which is no input of it", hint) from error
    except UnsupportedError as error:
        place = None
        if file is not None and file.is_file() and error.offset is not None:
            place = offset_place(sql, error.offset, file.read_text(encoding="utf-8"))
        hint = "Write it in SQL that both engines have."
        raise _error(where, file, f"Trino cannot say {error}", hint, place) from error
    except SqlglotError as error:
        reason = str(error).partition("\n")[0]
        message = f"cannot be said in Trino's SQL: {reason}"
        raise _error(where, file, message, "Write it in plainer SQL.") from error


def _error(
    where: str, file: Path | None, message: str, hint: str, place: tuple[int, int] | None = None
) -> BuildError:
    if file is None:
        return BuildError(f"{where}: {message}", hint)
    fault = Fault(file, message, hint, *(place or (None, None)))
    error = BuildError(f"{where}: {fault}", hint)
    error.faults = (fault,)
    return error
