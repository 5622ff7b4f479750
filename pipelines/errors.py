"""The one family of errors shown to users: what went wrong, where, and what to do about it.

Anything raised to a user on purpose is a `MeshError`; any other exception is a defect of Meshlake and keeps its
traceback. Exit statuses live here because they are part of what an error promises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_WRONG_USE = 2


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


class ContractError(MeshError):
    """A product folder or its contract cannot be read as what it must be."""


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


class ConflictError(BuildError):
    """Another writer moved the product since the audit branch was cut."""
