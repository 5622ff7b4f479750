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
from meshlake.errors import BuildError
from meshlake.names import CATALOG, LANDING_CATALOG, DatasetName, ProductName

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
    with _explained(where, file):
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
def _explained(where: str, file: Path | None) -> Iterator[None]:
    place = where if file is None else f"{where}: {file}"
    try:
        yield
    except UnknownTableError as error:
        raise BuildError(
            f"{place}: reads '{error}', which is no input of it",
            "Products read <domain>.<product> or landing.<domain>.<dataset>.",
        ) from error
    except UnsupportedError as error:
        raise BuildError(
            f"{place}: Trino cannot say {error}", "Write it in SQL that both engines have."
        ) from error
    except SqlglotError as error:
        reason = str(error).partition("\n")[0]
        raise BuildError(
            f"{place}: cannot be said in Trino's SQL: {reason}", "Write it in plainer SQL."
        ) from error
