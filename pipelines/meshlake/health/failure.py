"""Which server is at fault when something failed, whatever library complained.

Each library tells of a dead server in its own words, and Trino of one that stands behind it. So their words are not
interpreted: the servers are examined again, as `mesh doctor` does.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from meshlake.engines.engine import engine_of
from meshlake.errors import DeniedError, MeshError, ServiceError, StorageError, SystemFailure, system_failure
from meshlake.health.doctor import require_servers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meshlake.settings import Settings

# Libraries through which servers are asked, and whose exceptions are no defects of Meshlake.
_CLIENTS = frozenset({"aiohttp", "botocore", "psycopg2", "requests", "sqlalchemy", "trino", "urllib3"})
_DUCKDB_FAILURES = frozenset({"HTTPException", "IOException"})
_THE_USERS = frozenset({"TrinoUserError"})
_AGAIN = "Then run it again; what was published before is untouched."


@contextmanager
def naming_servers(settings: Settings, where: str = "") -> Iterator[None]:
    """Let a failure that may be a server's be told as `server_failure` does."""
    try:
        yield
    except BrokenPipeError:
        raise  # whoever read the output has left, which is nobody's failure
    except Exception as error:
        told = server_failure(error, settings, where)
        if told is None or told is error:
            raise
        raise told from error


def server_failure(error: Exception, settings: Settings, where: str = "") -> MeshError | None:
    """`error` in plain words: which server cannot be used, or what the machine or a library says.

    `where` names what was being done. `None` when it is neither a server's nor the machine's failure. Takes up to 15
    seconds when a server does not answer.
    """
    told = error if isinstance(error, MeshError) else system_failure(error, where)
    # The error first: settings that name no engine are an error too, and cannot say whether they need a server.
    if not _may_be_a_servers(error) or not _has_servers(settings):
        return told
    at = f"{where}: " if where else ""
    try:
        require_servers(settings)
    except ServiceError as found:
        kind = DeniedError if isinstance(told, DeniedError) else ServiceError
        return kind(f"{at}{found.message}", f"{found.hint} {_AGAIN}" if found.hint else _AGAIN)
    reason = str(error).strip().partition("\n")[0]
    return told or SystemFailure(f"{at}a server failed, and answers again: {reason}", "Run it again.")


def _has_servers(settings: Settings) -> bool:
    """Whether any work needs a server."""
    is_local = all(store.is_local for store in settings.used_stores)
    return not is_local or not settings.is_embedded or engine_of(settings).is_served


def _may_be_a_servers(error: Exception) -> bool:
    if isinstance(error, ServiceError):
        return False
    if isinstance(error, SystemFailure | StorageError):
        return True
    return any(map(_is_a_clients, _origins(error)))


def _origins(error: BaseException) -> Iterator[BaseException]:
    """`error` and what led to it; a library that raises again what it caught closes a circle."""
    origin: BaseException | None = error
    seen: set[int] = set()
    while origin is not None and id(origin) not in seen:
        seen.add(id(origin))
        yield origin
        origin = origin.__cause__ or (None if origin.__suppress_context__ else origin.__context__)


def _is_a_clients(error: BaseException) -> bool:
    kind = type(error)
    library = kind.__module__.partition(".")[0].lstrip("_")
    if library == "duckdb":
        return kind.__name__ in _DUCKDB_FAILURES
    return isinstance(error, OSError) or (library in _CLIENTS and kind.__name__ not in _THE_USERS)
