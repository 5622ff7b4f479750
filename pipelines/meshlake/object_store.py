"""S3: objects listed, read, written and removed, and DuckDB made able to read and write them.

The one module that knows S3's clients and keys. Addresses are `s3://bucket/key`; what lies where, and what it means,
is for `landing`, `lake` and `models`. pyiceberg has its own way to S3, opened by `lake.catalog`.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import urlsplit

from meshlake.duckdb_extension import load_extension
from meshlake.errors import StorageError
from meshlake.names import quote_literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import duckdb
    from s3fs import S3FileSystem

    from meshlake.settings import S3Settings

SCHEME = "s3://"
CONNECT_SECONDS = 4
ANSWER_SECONDS = 10
_ATTEMPTS = 3
# Read ahead of what is asked for: samples are taken from all over a file, so a little.
_READ_AHEAD_BYTES = 1024 * 1024
_HINT = "`mesh doctor` examines what the settings name: MESH_S3_ENDPOINT, the keys, the bucket."
_EXISTS = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})


@dataclass(frozen=True)
class StoredObject:
    """One object. `etag` changes with its content; `modified_seconds` is since the epoch."""

    address: str
    size_bytes: int
    etag: str
    modified_seconds: float


def is_s3(place: str) -> bool:
    """Whether `place` is an address in an object store, not a folder or file."""
    return place.startswith(SCHEME)


def list_objects(address: str, s3: S3Settings) -> list[StoredObject]:
    """Every object below `address`, sorted by address; markers of empty folders are none.

    Raises:
        StorageError: the bucket is not there or cannot be listed.
    """
    below = address.rstrip("/") + "/"
    with _explained(address):
        found = _client(s3).find(below.removeprefix(SCHEME), detail=True)
    return [
        StoredObject(SCHEME + name, facts["size"], facts["ETag"], facts["LastModified"].timestamp())
        for name, facts in sorted(found.items())
        if facts["type"] == "file" and (SCHEME + name).startswith(below) and not name.endswith("/")
    ]


@contextmanager
def open_object(address: str, s3: S3Settings) -> Iterator[BinaryIO]:
    """Open an object for reading bytes; the result can seek.

    Raises:
        StorageError: the object is not there or cannot be read.
    """
    with (
        _explained(address),
        _client(s3).open(address, "rb", block_size=_READ_AHEAD_BYTES, cache_type="readahead") as stream,
    ):
        yield cast("BinaryIO", stream)


def read_object(address: str, s3: S3Settings) -> bytes | None:
    """The bytes of an object; `None` when it is not there.

    Raises:
        StorageError: the object cannot be read.
    """
    with _explained(address):
        try:
            return cast("bytes", _client(s3).cat_file(address))
        except FileNotFoundError:
            return None


def write_object(address: str, content: bytes, s3: S3Settings) -> None:
    """Write an object, whole or not at all.

    Raises:
        StorageError: it cannot be written.
    """
    with _explained(address):
        _client(s3).pipe_file(address, content)


def upload_new(source: Path, address: str, s3: S3Settings) -> None:
    """Write the file `source` as a new object, whole or not at all.

    Raises:
        FileExistsError: there is such an object already, or another process was faster.
        StorageError: it cannot be written.
    """
    with _explained(address):
        client = _client(s3)
        # Asked first only to spare the upload: it is the store that refuses to replace an object.
        if client.exists(address):
            raise FileExistsError(address)
        client.put_file(str(source), address, mode="create")


def remove_objects(addresses: Sequence[str], s3: S3Settings) -> None:
    """Remove objects, a thousand with each request.

    Raises:
        StorageError: one of them cannot be removed.
    """
    if addresses:
        with _explained(addresses[0]):
            _client(s3).rm(list(addresses))


def open_to_duckdb(connection: duckdb.DuckDBPyConnection, s3: S3Settings) -> None:
    """Make `s3://` addresses readable and writable in `connection`, until it is closed.

    Raises:
        StorageError: DuckDB's extension is neither installed nor to be had, or there are no keys.
    """
    load_extension(connection, "httpfs", "S3")
    connection.execute(f"SET http_timeout = {ANSWER_SECONDS}; SET http_retries = {_ATTEMPTS - 1}")
    options = {name: quote_literal(value) for name, value in _keys(s3).items() if value}
    options["REGION"] = quote_literal(s3.region)
    if s3.endpoint:
        url = urlsplit(s3.endpoint if "://" in s3.endpoint else f"https://{s3.endpoint}")
        options |= {
            "ENDPOINT": quote_literal(url.netloc + url.path.rstrip("/")),
            "USE_SSL": str(url.scheme == "https").lower(),
            "URL_STYLE": quote_literal("path"),
        }
    given = ", ".join(f"{name} {value}" for name, value in options.items())
    connection.execute(f"CREATE OR REPLACE TEMPORARY SECRET mesh_s3 (TYPE s3, {given})")


def _keys(s3: S3Settings) -> dict[str, str | None]:
    """The keys of the settings; without them those of the machine's AWS identity, as they are now."""
    if s3.access_key:
        return {"KEY_ID": s3.access_key, "SECRET": s3.secret_key}
    from botocore.session import get_session

    found = get_session().get_credentials()
    if found is None:
        raise StorageError(
            "there are no keys for S3, and this machine has no AWS identity",
            "Set MESH_S3_ACCESS_KEY and MESH_S3_SECRET_KEY.",
        )
    keys = found.get_frozen_credentials()
    return {"KEY_ID": keys.access_key, "SECRET": keys.secret_key, "SESSION_TOKEN": keys.token}


def _client(s3: S3Settings) -> S3FileSystem:
    """s3fs itself keeps one client for each set of settings."""
    from s3fs import S3FileSystem

    config: dict[str, Any] = {
        "connect_timeout": CONNECT_SECONDS,
        "read_timeout": ANSWER_SECONDS,
        "retries": {"max_attempts": _ATTEMPTS, "mode": "standard"},
    }
    if s3.endpoint:
        config["s3"] = {"addressing_style": "path"}
    return S3FileSystem(
        key=s3.access_key,
        secret=s3.secret_key,
        endpoint_url=s3.endpoint,
        client_kwargs={"region_name": s3.region},
        config_kwargs=config,
        # Other processes write too.
        use_listings_cache=False,
    )


@contextmanager
def _explained(address: str) -> Iterator[None]:
    try:
        from botocore.exceptions import BotoCoreError, ClientError
    except ModuleNotFoundError as error:
        raise StorageError(
            f"{address}: the package s3fs is not installed", "pip install 'meshlake[services]'"
        ) from error
    try:
        yield
    except FileExistsError:
        raise
    except (OSError, BotoCoreError, ClientError) as error:
        if _code(error) in _EXISTS:
            raise FileExistsError(address) from error
        reason = getattr(error, "strerror", None) or str(error)
        raise StorageError(f"{address}: S3 says: {str(reason).rstrip('.')}", _HINT) from error


def _code(error: BaseException) -> str:
    """What S3 calls the error; '' when it is not S3 that says it."""
    response = getattr(error.__cause__ or error, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))
