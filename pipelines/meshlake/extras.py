"""Packages that only some meshes need: what each extra of the distribution brings, and the error of doing without.

The extras stand in `pyproject.toml`: `trino` for queries and builds on Trino, `services` for MinIO or S3, PostgreSQL
and the servers of a laptop, `delta` for Delta tables, `polars` for its data frames, `lightgbm` and `catboost` for the
candidates of these names, `deep` for the candidate `wide_and_deep`, `demo` for the data of `mesh demo`.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from meshlake.errors import MissingPackageError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def needs_extra(extra: str, purpose: str) -> Iterator[None]:
    """Let the imports within be of packages that come with `extra`; `purpose` says in errors what for.

    Raises:
        MissingPackageError: one is not installed.

    Example:
        >>> with needs_extra("trino", "Trino"):
        ...     import a_package_that_is_not_there
        Traceback (most recent call last):
        ...
        meshlake.errors.MissingPackageError: Trino needs the package a_package_that_is_not_there
        Install it: pip install 'meshlake[trino]'
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise missing_extra(extra, purpose, error.name or str(error)) from error


def missing_extra(extra: str, purpose: str, package: str) -> MissingPackageError:
    """The error that `package`, which comes with `extra` and is for `purpose`, is not installed."""
    return MissingPackageError(
        f"{purpose} needs the package {package.partition('.')[0]}",
        f"Install it: pip install 'meshlake[{extra}]'",
    )
