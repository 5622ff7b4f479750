"""The one family of errors shown to users: what went wrong, where, and what to do about it.

Anything raised to a user on purpose is a `MeshError`; any other exception is a defect of Meshlake and keeps its
traceback. Exit statuses live here because they are part of what an error promises.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_WRONG_USE = 2
EXIT_STOPPED = 130  # by Ctrl-C, as shells have it
DEFECT_HINT = "This is a defect of Meshlake: `mesh --debug ...` shows the traceback."


class MeshError(Exception):
    """A failure the user can act on. `message` says what and where, `hint` what to do next."""

    exit_status = EXIT_FAILED

    def __init__(self, message: str, hint: str | None = None) -> None:
        self.message = message
        self.hint = hint
        super().__init__(message if hint is None else f"{message}\n{hint}")


class UsageError(MeshError):
    """Wrong use or wrong settings: an unknown name, an option that does not fit, SQL that would write."""

    exit_status = EXIT_WRONG_USE


class MissingPackageError(UsageError):
    """A package is missing that only some meshes need; the hint says what to install."""


class ContractError(MeshError):
    """A product folder or its contract cannot be read as what it must be."""


class SystemFailure(MeshError):  # noqa: N818 - the machine's failure, not the mesh's
    """The machine or a server lets nothing more be done: a full disk, an object store that does not answer."""


class StorageError(MeshError):
    """An object store cannot be reached, or refuses what it is asked."""


class ServiceError(MeshError):
    """A server could not be installed, started, reached or stopped."""


class LandingError(MeshError):
    """Landed files cannot be read, or do not fit what the contract says of them."""


class NotLandedError(LandingError):
    """A landed dataset is asked for that is not there: most likely a mistyped name."""

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


_DISK_IS_FULL = re.compile("No space left|is full|out of disk|quota exceeded|File too large", re.IGNORECASE)

# As PostgreSQL's client, and Dagster after six tries of it, tell that the server cannot be reached or has gone.
_POSTGRESQL_FAILS = re.compile(
    r"connection to server .* failed: .*|server closed the connection|terminating connection|SSL SYSCALL error"
    "|connection already closed|too many retries for DB connection"
)

# As DuckDB and pyarrow tell that an object store does not answer, or refuses.
_OBJECT_STORE_FAILS = re.compile(
    r"^.*(?:HTTP (?:HEAD|GET|PUT|POST|DELETE)|HTTP code|AWS Error) .*$", re.MULTILINE
)


def system_failure(error: Exception, where: str = "") -> SystemFailure | None:
    """What `error` says of the machine, in plain words; `None` when it is about anything else.

    `where` names what was being done. Libraries tell of a full disk by exceptions of their own, so their text decides.
    """
    at = f"{where}: " if where else ""
    if _DISK_IS_FULL.search(str(error)):
        return SystemFailure(
            f"{at}the disk is full",
            "Free some space and run it again; what was published before is untouched.",
        )
    if "disk I/O error" in str(error):  # SQLite's words
        return SystemFailure(
            f"{at}the disk is full or fails", "Free some space, see to it, and run it again."
        )
    if told := _POSTGRESQL_FAILS.search(str(error)):
        return SystemFailure(
            f"{at}PostgreSQL does not answer: {told[0]}",
            "See `mesh doctor` and run it again; what was published before is untouched.",
        )
    if told := _OBJECT_STORE_FAILS.search(str(error)):
        return SystemFailure(
            f"{at}the object store fails: {told[0]}",
            "See `mesh doctor` and run it again; what was published before is untouched.",
        )
    if isinstance(error, OSError) and error.strerror:
        return SystemFailure(
            f"{at}{error.filename}: {error.strerror}", "See that it is there and can be read and written."
        )
    return None


def is_interrupt(error: BaseException) -> bool:
    """Whether `error` is what DuckDB makes of Ctrl-C."""
    return isinstance(error, RuntimeError) and str(error) == "Query interrupted"
