"""The one family of errors shown to users: what went wrong, where, and what to do about it.

Anything raised to a user on purpose is a `MeshError`; any other exception is a defect of Meshlake and keeps its
traceback. Exit statuses live here because they are part of what an error promises.
"""

from __future__ import annotations

import errno
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_WRONG_USE = 2
EXIT_STOPPED = 130  # by Ctrl-C, as shells have it
EXIT_UNREAD = 141  # whoever read the output has left, as shells have it
DEFECT_HINT = "This is a defect of Meshlake: `mesh --debug ...` shows the traceback."


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file that people write: where, what, and what to do. Lines and columns count from 1.

    Example:
        >>> print(Fault("crm/customers/transform.sql", "syntax error", line=3, column=9))
        crm/customers/transform.sql: line 3, column 9: syntax error
    """

    file: Path | str
    message: str
    hint: str | None = None
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        if self.line is None:
            return f"{self.file}: {self.message}"
        if self.column is None:
            return f"{self.file}:{self.line}: {self.message}"
        return f"{self.file}: line {self.line}, column {self.column}: {self.message}"


class MeshError(Exception):
    """A failure the user can act on. `message` says what and where, `hint` what to do next.

    `faults` are the places in files that have to be mended, where there are such; they may be more than are told.
    """

    exit_status = EXIT_FAILED
    faults: tuple[Fault, ...] = ()

    def __init__(self, message: str, hint: str | None = None) -> None:
        self.message = message
        self.hint = hint
        super().__init__(message if hint is None else f"{message}\n{hint}")

    @classmethod
    def of(cls, *faults: Fault, hint: str | None = None) -> Self:
        """The error that tells all `faults`, a line each; `hint` is for all, else that of the first is told."""
        error = cls("\n".join(map(str, faults)), hint or faults[0].hint)
        error.faults = faults
        return error


class UsageError(MeshError):
    """Wrong use or wrong settings: an unknown name, an option that does not fit, SQL that would write."""

    exit_status = EXIT_WRONG_USE


class MissingPackageError(UsageError):
    """A package is missing that only some meshes need; the hint says what to install."""


class ContractError(MeshError):
    """A product folder or its contract cannot be read as what it must be."""


class SystemFailure(MeshError):  # noqa: N818 - the machine's failure, not the mesh's
    """The machine or a server lets nothing more be done: a full disk, an object store that does not answer."""


class DeniedError(SystemFailure):
    """A server knows who asks and lets them do nothing: a wrong key, a missing right. Asking again changes nothing."""


class StorageError(MeshError):
    """An object store cannot be reached, or refuses what it is asked."""


class ServiceError(MeshError):
    """A server could not be installed, started, reached or stopped."""


class LandingError(MeshError):
    """Landed files cannot be read, or do not fit what the contract says of them."""


class DamagedFileError(LandingError):
    """A landed file as a whole is none that can be read, and has no lines to keep aside alone: it is, whole."""


class NotLandedError(LandingError):
    """A landed dataset, or a file to land, is asked for that is not there: most likely a mistyped name."""

    exit_status = EXIT_WRONG_USE


class BuildError(MeshError):
    """A product's rows could not be made or published."""


class AuditError(BuildError):
    """A blocking check failed; the rows stay on their audit branch. `results` are those of every check."""

    def __init__(self, message: str, hint: str, results: Sequence[Any]) -> None:
        super().__init__(message, hint)
        self.results = tuple(results)


class IncompleteBuildError(BuildError):
    """Not all that was asked for is published; `outcome` says what is, and why the rest is not."""

    def __init__(self, outcome: Any) -> None:
        super().__init__(f"not everything is published: {outcome}", "Correct it, and build again.")
        self.outcome = outcome


class ConflictError(BuildError):
    """Another writer moved the product since the audit branch was cut."""


_AGAIN = "See `mesh doctor` and run it again; what was published before is untouched."
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# The low byte of its codes.
_SQLITE_NO_ROOM, _SQLITE_IO = 13, 10
_SQLITE_DENIED = {8: "can only be read", 14: "cannot be opened or written"}
_DENIED_STATUS = frozenset({401, 403})
# Classes of SQLSTATE by which PostgreSQL itself fails: no connection, no resources, an operator, the system below it.
_POSTGRESQL_STATES = frozenset({"08", "53", "57", "58"})
_CANCELED = "57014"

# DuckDB has one class for all that goes wrong with files, and no code: its own words say which, at its beginning and
# its end. In between is a path, and no value of anybody's rows.
_DUCKDB_NO_ROOM = re.compile(
    r"(?:[A-Za-z]+ Error: )?"
    r"(?:Failed to commit: |Failed to create checkpoint because of error: "
    r'|Checkpoint failed for database ".*?"\. The database has been invalidated\. Original error: )?'
    r'(?:Could not|Cannot|Failed to) [a-z ]+ ".*"[a-z0-9 -]*: '
    rf"(?:{'|'.join(re.escape(os.strerror(code)) for code in sorted(_NO_ROOM))})(?:\n\nLINE .*)?",
    re.DOTALL,
)
_DUCKDB_UNREACHED = re.compile(r"(?:IO Error: )?[^'\"]* error for HTTP (?:HEAD|GET|PUT|POST|DELETE) to '")
# pyarrow's errors of an object store have neither a class nor a number of their own.
_ARROW_STORE = re.compile(r"(?:When .*: )?AWS Error ([A-Z_]+) during ", re.DOTALL)
_ARROW_DENIED = frozenset({"ACCESS_DENIED", "INVALID_ACCESS_KEY_ID", "SIGNATURE_DOES_NOT_MATCH"})


def system_failure(error: Exception, where: str = "", message: str | None = None) -> SystemFailure | None:
    """What `error` says of the machine or a server, in plain words; `None` when it is about anything else.

    Its class and code decide, never words that may be data (docs/adr/0024). `where` names what was being done.
    `message` is what `error` says, unless it is its text: DuckDB wraps its errors in JSON if it is told to.
    """
    at = f"{where}: " if where else ""
    text = str(error) if message is None else message
    driver = _drivers_own(error)
    if _has_no_room(driver, text):
        hint = "Free some space and run it again; what was published before is untouched."
        return SystemFailure(f"{at}the disk is full", hint)
    if _sqlite_code(driver) == _SQLITE_IO:
        hint = "Free some space, see to it, and run it again."
        return SystemFailure(f"{at}the disk is full or fails", hint)
    if problem := _SQLITE_DENIED.get(_sqlite_code(driver) or 0):
        hint = "See that you may write to the mesh's home and its files: `mesh doctor` looks."
        return SystemFailure(f"{at}a database in the mesh's home {problem}", hint)
    if _is_postgresql_gone(error, driver):
        return SystemFailure(f"{at}PostgreSQL does not answer: {_first_line(str(driver))}", _AGAIN)
    if is_denied := _is_denied_by_store(error, text):
        return DeniedError(f"{at}the object store fails: {_first_line(text)}", _AGAIN)
    if is_denied is not None:
        return SystemFailure(f"{at}the object store fails: {_first_line(text)}", _AGAIN)
    if isinstance(error, MemoryError) or _is_a(error, "duckdb", "OutOfMemoryException"):
        hint = f"Raise MESH_MEMORY_LIMIT, or memory_limit in mesh.toml. It says: {_first_line(text) or 'no memory'}"
        return SystemFailure(f"{at}more memory is needed than the mesh may take", hint)
    if isinstance(error, OSError) and error.strerror:
        place = "" if error.filename is None else f"{error.filename}: "
        return SystemFailure(
            f"{at}{place}{error.strerror}", "See that it is there and can be read and written."
        )
    return None


def is_interrupt(error: BaseException) -> bool:
    """Whether `error` is what DuckDB makes of Ctrl-C."""
    if _is_a(error, "duckdb", "InterruptException"):
        return True
    # What its Python client raises when it finds the signal has no class of its own.
    return type(error) is RuntimeError and error.args == ("Query interrupted",)


def _is_a(error: BaseException | None, library: str, *names: str) -> bool:
    """Whether `error` is of a class of these `names` of a library, which is not imported to find out."""
    return any(
        kind.__name__ in names and kind.__module__.partition(".")[0].lstrip("_") == library
        for kind in type(error).__mro__
    )


def _drivers_own(error: Exception) -> BaseException:
    """The database driver's own error where SQLAlchemy wrapped it."""
    wrapped = getattr(error, "orig", None) if _is_a(error, "sqlalchemy", "DBAPIError") else None
    return wrapped if isinstance(wrapped, BaseException) else error


def _has_no_room(driver: BaseException, text: str) -> bool:
    if isinstance(driver, OSError):
        return driver.errno in _NO_ROOM
    if _is_a(driver, "duckdb", "IOException", "TransactionException", "FatalException"):
        return _DUCKDB_NO_ROOM.fullmatch(text) is not None
    return _sqlite_code(driver) == _SQLITE_NO_ROOM


def _sqlite_code(driver: BaseException) -> int | None:
    code = getattr(driver, "sqlite_errorcode", None) if _is_a(driver, "sqlite3", "Error") else None
    return code & 0xFF if isinstance(code, int) else None


def _is_postgresql_gone(error: Exception, driver: BaseException) -> bool:
    if _is_a(error, "dagster_postgres", "DagsterPostgresException"):  # after six tries
        return True
    if _is_a(driver, "psycopg2", "OperationalError"):
        state = getattr(driver, "pgcode", None)
        # Without a state it is the client that speaks: it got no connection, or lost it.
        return state is None or (state[:2] in _POSTGRESQL_STATES and state != _CANCELED)
    is_closed = bool(getattr(error, "connection_invalidated", False))
    return _is_a(driver, "psycopg2", "InterfaceError") and (
        is_closed or driver.args == ("connection already closed",)
    )


def _is_denied_by_store(error: Exception, text: str) -> bool | None:
    """Whether an object store knows who asks and refuses; `None` when `error` is not of an object store."""
    if _is_a(error, "duckdb", "HTTPException"):
        return getattr(error, "status_code", None) in _DENIED_STATUS
    if _is_a(error, "duckdb", "IOException"):
        return False if _DUCKDB_UNREACHED.match(text) else None
    if type(error) is OSError and error.errno is None:
        told = _ARROW_STORE.match(text)
        return told[1] in _ARROW_DENIED if told else None
    return None


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0].strip()
