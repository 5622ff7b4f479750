"""`mesh doctor`: whether every server the settings name can be used, told in seconds and before any work is done.

Works on any S3, PostgreSQL and Trino, this machine's or not. Folders and SQLite need no server and are not examined.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from meshlake.engines.engine import ENGINES, engine_of
from meshlake.errors import ServiceError
from meshlake.settings import without_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pyarrow.fs import S3FileSystem
    from sqlalchemy import Engine

    from meshlake.settings import S3Settings, Settings

    # What is tried, by what is tried of it; one raises `ServiceError` when it fails.
    Examinations = Mapping[str, Callable[[], None]]

_CONNECT_SECONDS = 4
_ANSWER_SECONDS = 5
# The columns of the JDBC catalog's schema V1, the newest that pyiceberg and Trino 476 know.
_CATALOG_COLUMNS = frozenset(
    {
        "catalog_name",
        "table_namespace",
        "table_name",
        "metadata_location",
        "previous_metadata_location",
        "iceberg_type",
    }
)
_S3_KEYS_HINT = "Check MESH_S3_ACCESS_KEY and MESH_S3_SECRET_KEY, and what they allow."
_FULL = ("no space is left to write to", "Free space: `mesh clean`, or a larger disk.")
_S3_PROBLEMS = {  # what S3 or the way to it says: what that means, and what to do
    "SIGNATURE_DOES_NOT_MATCH": ("S3 refuses the secret key", _S3_KEYS_HINT),
    "INVALID_ACCESS_KEY_ID": ("S3 does not know the access key", _S3_KEYS_HINT),
    "ACCESS_DENIED": ("S3 denies these keys the access", _S3_KEYS_HINT),
    "NO_SUCH_BUCKET": ("the bucket does not exist", "Create it, or name another in the settings."),
    "no space left": _FULL,
    "StorageFull": _FULL,
    "Quota": ("the bucket's quota is used up", "Free space: `mesh clean`, or a larger quota."),
    "NETWORK_CONNECTION": (
        "S3 does not answer",
        "Check MESH_S3_ENDPOINT; `mesh services status` for your own.",
    ),
}


@dataclass(frozen=True)
class Finding:
    """What one examination found; `problem` is `None` when all is well."""

    subject: str
    seconds: float
    problem: str | None = None
    hint: str | None = None


def diagnose(settings: Settings) -> tuple[Finding, ...]:
    """Examine every server that `settings` name, side by side; at most 15 seconds in all."""
    engines = [
        engine.examinations(settings, is_chosen=name == settings.engine)
        for name, engine in ENGINES.all().items()
    ]
    return _examined(_of_storage(settings), *engines, _of_sources(settings))


def require_servers(settings: Settings) -> None:
    """See that every server that any work needs can be used: of the engines the chosen one, and no operational
    database, which only some products read.

    Raises:
        ServiceError: a server cannot be used as the settings say.
        UsageError: there is no such engine.
    """
    needed = replace(settings, operational=None)
    engine = engine_of(settings).examinations(needed, is_chosen=True)
    for finding in _examined(_of_storage(settings), engine):
        _refuse(finding)


def require_landing(settings: Settings) -> None:
    """See that files can be landed.

    Raises:
        ServiceError: the object store cannot be used as the settings say.
    """
    if settings.landing.startswith("s3://"):
        _refuse(
            _examine(
                f"Landing zone {settings.landing}", partial(_write_bucket, settings.landing, settings.s3)
            )
        )


def _of_storage(settings: Settings) -> Examinations:
    found: dict[str, Callable[[], None]] = {}
    if settings.landing.startswith("s3://"):
        found[f"Landing zone {settings.landing}"] = partial(_read_bucket, settings.landing, settings.s3)
    if settings.warehouse.startswith("s3://"):
        found[f"Warehouse {settings.warehouse}"] = partial(_write_bucket, settings.warehouse, settings.s3)
    if not settings.is_embedded:
        found[f"Catalog {without_keys(settings.catalog)}"] = partial(_open_catalog, settings.catalog_uri)
    return found


def _of_sources(settings: Settings) -> Examinations:
    if not settings.operational:
        return {}
    subject = f"Operational database {without_keys(settings.operational)}"
    return {subject: partial(_ask_operational, settings.operational)}


def _examined(*parts: Examinations) -> tuple[Finding, ...]:
    all_of_them = {subject: examination for part in parts for subject, examination in part.items()}
    if not all_of_them:
        return ()
    with ThreadPoolExecutor(len(all_of_them)) as pool:
        return tuple(pool.map(_examine, all_of_them, all_of_them.values()))


def _refuse(finding: Finding) -> None:
    if finding.problem is not None:
        raise ServiceError(f"{finding.subject}: {finding.problem}", finding.hint)


def _examine(subject: str, examination: Callable[[], None]) -> Finding:
    started = time.monotonic()
    try:
        examination()
    except ServiceError as error:
        return Finding(subject, time.monotonic() - started, error.message, error.hint)
    return Finding(subject, time.monotonic() - started)


def _read_bucket(address: str, s3: S3Settings) -> None:
    from pyarrow import fs

    filesystem = _s3_filesystem(s3)
    bucket = address.removeprefix("s3://").partition("/")[0]
    try:
        filesystem.get_file_info(fs.FileSelector(bucket))
    except OSError as error:
        raise _s3_error(error) from error


def _write_bucket(address: str, s3: S3Settings) -> None:
    """Write a small object and remove it: only writing shows a full disk, or keys that may only read."""
    filesystem = _s3_filesystem(s3)
    path = f"{address.removeprefix('s3://')}/_mesh_doctor_{uuid4().hex}"
    try:
        with filesystem.open_output_stream(path) as file:
            file.write(b"written by `mesh doctor`, and removed again")
        filesystem.delete_file(path)
    except OSError as error:
        raise _s3_error(error) from error


def _s3_filesystem(s3: S3Settings) -> S3FileSystem:
    from pyarrow import fs

    return fs.S3FileSystem(
        access_key=s3.access_key,
        secret_key=s3.secret_key,
        endpoint_override=s3.endpoint,
        region=s3.region,
        connect_timeout=_CONNECT_SECONDS,
        request_timeout=_ANSWER_SECONDS,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=1),
    )


def _s3_error(error: OSError) -> ServiceError:
    for mark, (problem, hint) in _S3_PROBLEMS.items():
        if mark in str(error):
            return ServiceError(problem, hint)
    return ServiceError(f"S3 says: {error}", "Check MESH_S3_ENDPOINT and the keys.")


def _open_catalog(uri: str) -> None:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError
    from sqlalchemy.pool import NullPool

    try:
        engine = create_engine(uri, poolclass=NullPool)
        unknown = _catalog_columns(engine) - _CATALOG_COLUMNS
    except (ArgumentError, ValueError) as error:
        raise ServiceError(
            "the address cannot be read", "Write postgresql://user:password@host:port/name."
        ) from error
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        raise ServiceError(reason, "Check MESH_CATALOG: host, port, database, user and password.") from error
    if unknown:
        raise ServiceError(
            f"the catalog is of a newer version: iceberg_tables has the column {min(unknown)}",
            "Upgrade Meshlake to the version that the others who use this catalog have.",
        )


def _ask_operational(uri: str) -> None:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.pool import NullPool

    try:
        engine = create_engine(uri, poolclass=NullPool, connect_args={"connect_timeout": _CONNECT_SECONDS})
        with engine.connect():
            pass
    except (SQLAlchemyError, ValueError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[-1]
        hint = "Check MESH_OPERATIONAL: host, port, database, user and password."
        raise ServiceError(reason, hint) from error


def _catalog_columns(engine: Engine) -> set[str]:
    from sqlalchemy import inspect

    tables = inspect(engine)
    return (
        {column["name"] for column in tables.get_columns("iceberg_tables")}
        if tables.has_table("iceberg_tables")
        else set()
    )
