"""`mesh doctor`: whether every server the settings name can be used, told in seconds and before any work is done.

Works on any S3, PostgreSQL and Trino, this machine's or not. Folders and SQLite need no server and are not examined.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import uuid4

from meshlake.errors import ServiceError
from meshlake.names import CATALOG, LANDING_CATALOG, OPERATIONAL_CATALOG

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyarrow.fs import S3FileSystem
    from sqlalchemy import Engine

    from meshlake.settings import S3Settings, Settings

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
    examinations: dict[str, Callable[[], None]] = {}
    if settings.landing.startswith("s3://"):
        examinations[f"Landing zone {settings.landing}"] = partial(
            _read_bucket, settings.landing, settings.s3
        )
    if settings.warehouse.startswith("s3://"):
        examinations[f"Warehouse {settings.warehouse}"] = partial(
            _write_bucket, settings.warehouse, settings.s3
        )
    if not settings.is_embedded:
        examinations[f"Catalog {_without_keys(settings.catalog)}"] = partial(
            _open_catalog, settings.catalog_uri
        )
    if settings.trino:
        examinations[f"Trino {_without_keys(settings.trino)}"] = partial(_query_trino, settings)
    if settings.operational:
        subject = f"Operational database {_without_keys(settings.operational)}"
        examinations[subject] = partial(_ask_operational, settings.operational)
    if not examinations:
        return ()
    with ThreadPoolExecutor(len(examinations)) as pool:
        return tuple(pool.map(_examine, examinations, examinations.values()))


def require_servers(settings: Settings) -> None:
    """See that every server can be used; Trino only where it is the engine, as else nothing asks it, and no operational
    database, which only some products read.

    Raises:
        ServiceError: a server cannot be used as the settings say.
    """
    used = replace(settings, operational=None)
    if settings.engine != "trino":
        used = replace(used, trino=None)
    for finding in diagnose(used):
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


def _without_keys(uri: str) -> str:
    parts = urlsplit(uri)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()


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


def _query_trino(settings: Settings) -> None:
    from requests import RequestException
    from trino.dbapi import connect
    from trino.exceptions import Error, HttpError, TrinoConnectionError

    parts = urlsplit(settings.trino or "")
    wanted = [CATALOG, LANDING_CATALOG]
    if settings.operational and settings.engine == "trino":
        wanted.append(OPERATIONAL_CATALOG)
    connection = connect(  # type: ignore[no-untyped-call]
        host=parts.hostname,
        port=parts.port,
        http_scheme=parts.scheme,
        user=parts.username or CATALOG,
        request_timeout=(_CONNECT_SECONDS, _ANSWER_SECONDS),
        max_attempts=1,
    )
    try:
        cursor = connection.cursor()
        catalogs = {name for (name,) in cursor.execute("SHOW CATALOGS").fetchall()}
        for name in wanted:
            if name not in catalogs:
                hint = "Add one as pipelines/meshlake/services/trino_etc/catalog does."
                raise ServiceError(f"Trino has no catalog '{name}'", hint)
            cursor.execute(f"SELECT count(*) FROM {name}.information_schema.schemata").fetchall()
    except (RequestException, TrinoConnectionError) as error:
        hint = "Check MESH_TRINO; `mesh services status` for your own."
        raise ServiceError("Trino does not answer", hint) from error
    except (Error, HttpError) as error:
        raise ServiceError(f"Trino says: {error}", "Check MESH_TRINO and Trino's own log.") from error
    finally:
        connection.close()
