"""Whether a Trino can be used: it answers, takes the user, and has the catalogs that the mesh is read from."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from meshlake.engines.trino.connection import REFUSED, connect, is_refused, trino_errors
from meshlake.errors import ServiceError, UsageError
from meshlake.extras import needs_extra
from meshlake.names import CATALOG, LANDING_CATALOG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trino.dbapi import Connection

_ANSWER_SECONDS = 5
_CHECK = "Check MESH_TRINO: host, port, user and password; `mesh services status` for your own."


def examine(address: str, catalogs: Sequence[str] = ()) -> None:
    """Ask each catalog of the Trino at `address`: those of every mesh, and `catalogs` besides.

    Raises:
        ServiceError: it cannot be used.
    """
    with needs_extra("trino", "Trino"):
        from requests import RequestException
        from trino.exceptions import TrinoConnectionError

    wanted = [CATALOG, LANDING_CATALOG, *catalogs]
    try:
        with closing(connect(address, answer_seconds=_ANSWER_SECONDS, attempts=1)) as connection:
            _ask(connection, wanted)
    except UsageError as error:
        raise ServiceError(error.message, error.hint) from error
    except (RequestException, TrinoConnectionError) as error:
        raise ServiceError("Trino does not answer", _CHECK) from error
    except trino_errors() as error:
        problem = REFUSED if is_refused(error) else f"Trino says: {error}"
        raise ServiceError(problem, f"{_CHECK} See Trino's own log.") from error


def _ask(connection: Connection, wanted: list[str]) -> None:
    cursor = connection.cursor()
    catalogs = {name for (name,) in cursor.execute("SHOW CATALOGS").fetchall()}
    for name in wanted:
        if name not in catalogs:
            hint = "Add one as pipelines/meshlake/services/trino_etc/catalog does."
            raise ServiceError(f"Trino has no catalog '{name}'", hint)
        cursor.execute(f"SELECT count(*) FROM {name}.information_schema.schemata").fetchall()
