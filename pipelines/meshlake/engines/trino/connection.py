"""Connections to Trino as every part of the mesh opens them, and what its errors mean in plain words.

An address may hold a password: it goes into the connection's authentication and nowhere else.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import SplitResult, unquote, urlsplit

from meshlake.errors import BuildError, DeniedError, MeshError, SystemFailure, UsageError
from meshlake.extras import needs_extra
from meshlake.names import CATALOG

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from trino.dbapi import Connection
    from trino.exceptions import TrinoQueryError

_Answer = TypeVar("_Answer")
_SOURCE = "meshlake"
_CONNECT_SECONDS = 4
_ANSWER_SECONDS = 10  # to one request; a query is many, each answered within about a second
_ATTEMPTS = 3
_LAST_OF_HTTP = 0xFF  # of the letters that a header holds, and by which Trino reads a password
_STARTING = {"SERVER_STARTING_UP", "NO_NODES_AVAILABLE"}
_STARTING_SECONDS = 20
_PAUSE_SECONDS = 1
_POSITION = re.compile(r"^line \d+:\d+: ")
_CORRECT = "Correct the SQL and build again."
_HINTS: dict[str | None, str] = {
    "INVALID_CAST_ARGUMENT": "Correct the value where it comes from, or use TRY_CAST and decide what bad ones mean.",
    "ICEBERG_TOO_MANY_OPEN_PARTITIONS": "Give Trino's catalog mesh an iceberg.max-partitions-per-writer of all days "
    "of the product, or build it on DuckDB first.",
}
REFUSED = "Trino refuses the user, or the password"
_HINT = "See that MESH_TRINO is right and that Trino runs: mesh doctor. Then run it again."


def connect(
    address: str | None,
    schema: str | None = None,
    *,
    answer_seconds: float = _ANSWER_SECONDS,
    attempts: int = _ATTEMPTS,
    session: Mapping[str, str] | None = None,
) -> Connection:
    """A connection to catalog `mesh`, in UTC; nothing is sent before the first query.

    Args:
        address: `http://host:8080` or `https://user:password@host`, as MESH_TRINO has it.
        schema: the domain that names without one are of.
        answer_seconds: how long the answer to one request is waited for.
        attempts: how often a request is sent that no answer comes to.
        session: properties of Trino's, for every query.

    Raises:
        UsageError: `address` cannot be one, or would send a password unencrypted.
    """
    with needs_extra("trino", "Trino"):
        from trino.auth import BasicAuthentication
        from trino.dbapi import connect as connect_trino

    parts = _parts(address or "")
    user = unquote(parts.username or CATALOG)
    connection: Connection = connect_trino(  # type: ignore[no-untyped-call]
        host=parts.hostname,
        port=parts.port,
        http_scheme=parts.scheme,
        user=user,
        auth=BasicAuthentication(user, unquote(parts.password)) if parts.password else None,
        catalog=CATALOG,
        schema=schema,
        source=_SOURCE,
        timezone="UTC",
        request_timeout=(_CONNECT_SECONDS, answer_seconds),
        max_attempts=attempts,
        session_properties=dict(session or {}),
    )
    return connection


def _parts(address: str) -> SplitResult:
    """The parts of an address that can be one of a Trino."""
    parts = urlsplit(address)
    try:
        is_one = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number
        is_one = False
    if not is_one:
        raise UsageError(
            "MESH_TRINO is not the address of a Trino",
            "Write http://HOST:8080 or https://USER:PASSWORD@HOST.",
        )
    if parts.password and parts.scheme == "http":
        raise UsageError(
            "MESH_TRINO would send its password unencrypted", "Write https://, or leave the password out."
        )
    if any(ord(letter) > _LAST_OF_HTTP for letter in unquote(f"{parts.username}{parts.password}")):
        raise UsageError(
            "MESH_TRINO has a user or a password with letters that HTTP cannot send",
            "Give that user a password of Latin letters, digits and signs.",
        )
    return parts


def trino_errors() -> tuple[type[Exception], ...]:
    """What a Trino cursor may raise."""
    from requests import RequestException
    from trino.exceptions import Error, HttpError

    errors: tuple[Any, ...] = (Error, HttpError, RequestException)
    return errors


def is_refused(error: BaseException) -> bool:
    """Whether Trino did not take the user or the password."""
    from trino.exceptions import HttpError

    # Of an answer that is none of Trino's own the client tells the status in these words alone.
    return isinstance(error, HttpError) and str(error).startswith("error 401")


def once_started(run: Callable[[], _Answer]) -> _Answer:
    """What `run`, a statement, gives; begun again while Trino is still starting or knows of no worker to run it."""
    deadline = time.monotonic() + _STARTING_SECONDS
    while True:
        try:
            return run()
        except trino_errors() as error:
            if getattr(error, "error_name", None) not in _STARTING or time.monotonic() > deadline:
                raise
        time.sleep(_PAUSE_SECONDS)


def is_trinos_own(error: BaseException) -> bool:
    """Whether `error` is a failure of Trino or of what it reads from, and no fault of the SQL that was run."""
    from trino.exceptions import TrinoUserError

    return not isinstance(error, TrinoUserError)


def trino_reason(error: TrinoQueryError) -> str:
    """What Trino itself says, in one line."""
    return _POSITION.sub("", " ".join(str(error.message).split()))


def explain_trino(error: Exception, where: str, file: Path | None = None) -> MeshError:
    """Trino's error as one plain line and a hint.

    `where` is the product or dataset that was run; `file` the one its SQL stands in, which is named in its stead when
    the SQL is at fault.
    """
    from trino.exceptions import TrinoQueryError

    if is_refused(error):
        return DeniedError(f"{where}: {REFUSED}", _HINT)
    if not isinstance(error, TrinoQueryError):
        return SystemFailure(f"{where}: Trino does not answer", _HINT)
    reason = trino_reason(error)
    if is_trinos_own(error):
        return SystemFailure(f"{where}: Trino failed: {reason}", _HINT)
    return BuildError(f"{file or where}: {reason}", _HINTS.get(error.error_name, _CORRECT))
