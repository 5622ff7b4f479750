"""S3: objects of a bucket, on AWS or any server that speaks its protocol (MinIO, Ceph, R2).

The one module that knows S3's clients, keys and error codes.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar, cast
from urllib.parse import urlsplit
from uuid import uuid4

from meshlake.duckdb_extension import load_extension
from meshlake.errors import ServiceError, StorageError
from meshlake.extras import needs_extra
from meshlake.names import quote_literal
from meshlake.stores import StoredFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb
    from s3fs import S3FileSystem

_PREFIX = "s3://"
_CONNECT_SECONDS = 4
_ANSWER_SECONDS = 10
_EXAMINED_SECONDS = 5
_RETRIES = 3
# Read ahead of what is asked for: samples are taken from all over a file, so a little.
_READ_AHEAD_BYTES = 1024 * 1024
_HINT = "`mesh doctor` examines what the settings name: MESH_S3_ENDPOINT, the keys, the bucket."
_KEYS_HINT = "Check MESH_S3_ACCESS_KEY and MESH_S3_SECRET_KEY, and what they allow."
_FULL = ("no space is left to write to", "Free space: `mesh clean`, or a larger disk.")
_QUOTA = ("the bucket's quota is used up", "Free space: `mesh clean`, or a larger quota.")
_EXISTS = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
_PROBLEMS = {  # S3's error codes, MinIO's own among them: what each means, and what to do
    "SignatureDoesNotMatch": ("S3 refuses the secret key", _KEYS_HINT),
    "InvalidAccessKeyId": ("S3 does not know the access key", _KEYS_HINT),
    "AccessDenied": ("S3 denies these keys the access", _KEYS_HINT),
    "NoSuchBucket": ("the bucket does not exist", "Create it, or name another in the settings."),
    "XMinioStorageFull": _FULL,
    "InsufficientStorage": _FULL,
    "XMinioAdminBucketQuotaExceeded": _QUOTA,
    "QuotaExceeded": _QUOTA,
}
_SILENT = ("S3 does not answer", "Check MESH_S3_ENDPOINT; `mesh services status` for your own.")


@dataclass(frozen=True)
class S3:
    """The store of `s3://bucket/key`; the protocol says what each method does. An object's version is its ETag.

    Without an endpoint it is AWS; without keys, the machine's own AWS identity is used.
    """

    scheme: ClassVar[str] = "s3"
    is_local: ClassVar[bool] = False

    endpoint: str | None = None
    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    region: str = "us-east-1"

    def files(
        self, place: str, root: str | None = None, is_visible: Callable[[str], bool] | None = None
    ) -> list[StoredFile]:
        """Every visible object below `place`; markers of empty folders are none."""
        below = place.rstrip("/") + "/"
        above = below if root is None else root.rstrip("/") + "/"
        with _explained(place):
            found = self._client().find(below.removeprefix(_PREFIX), detail=True)
        return [
            self._file(_PREFIX + key, above, facts)
            for key, facts in sorted(found.items())
            if _is_object(_PREFIX + key, facts, below)
            and (is_visible is None or all(map(is_visible, (_PREFIX + key).removeprefix(below).split("/"))))
        ]

    @contextmanager
    def open(self, address: str) -> Iterator[BinaryIO]:
        """The object, fetched as it is read."""
        options: dict[str, Any] = {"block_size": _READ_AHEAD_BYTES, "cache_type": "readahead"}
        with _explained(address), self._client().open(address, "rb", **options) as stream:
            yield cast("BinaryIO", stream)

    def read(self, address: str) -> bytes | None:
        """The object's bytes; `None` when it is not there."""
        with _explained(address):
            try:
                return cast("bytes", self._client().cat_file(address))
            except FileNotFoundError:
                return None

    def write(self, address: str, content: bytes) -> None:
        """Put the object."""
        with _explained(address):
            self._client().pipe_file(address, content)

    def add(self, source: Path, address: str) -> None:
        """Put the object on the condition that there is none."""
        with _explained(address):
            client = self._client()
            # Asked first only to spare the upload: it is the store that refuses to replace an object.
            if client.exists(address):
                raise FileExistsError(address)
            client.put_file(str(source), address, mode="create")

    def move(self, source: str, target: str) -> None:
        """Copy it in the store: an object is replaced at once. Then remove it."""
        is_there = True
        with _explained(target):
            client = self._client()
            try:
                client.cp_file(source, target)
            except FileNotFoundError:
                is_there = False
            else:
                client.rm_file(source)
        if not is_there:
            raise FileNotFoundError(source)

    def remove(self, addresses: Sequence[str]) -> None:
        """Remove the objects, a thousand with each request."""
        if addresses:
            with _explained(addresses[0]):
                self._client().rm(list(addresses))

    def make_folder(self, place: str) -> None:
        """Nothing: S3 has no folders."""

    def remove_folder(self, place: str) -> None:
        """Remove the objects below `place`."""
        self.remove([file.path for file in self.files(place)])

    def remove_empty_folders(self, place: str, limit_seconds: float) -> None:
        """Nothing: S3 has no folders."""

    def examine(self, place: str, *, is_written: bool) -> None:
        """Ask once for one key of the bucket, or write a small object and remove it.

        Only writing shows a full disk, or keys that may only read.
        """
        with needs_extra("services", "S3"):
            from botocore.exceptions import BotoCoreError, ClientError
        bucket, _, prefix = place.removeprefix(_PREFIX).partition("/")
        try:
            client = self._examiner()
            if not is_written:
                client.list_objects_v2(Bucket=bucket, MaxKeys=1)
                return
            key = "/".join(filter(None, (prefix, f"_mesh_doctor_{uuid4().hex}")))
            client.put_object(Bucket=bucket, Key=key, Body=b"written by `mesh doctor`, and removed again")
            client.delete_object(Bucket=bucket, Key=key)
        except (BotoCoreError, ClientError, ValueError) as error:
            raise _problem(error) from error

    def open_to_duckdb(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Load DuckDB's extension and give it the keys, in a secret that ends with the connection.

        Raises:
            StorageError: the extension is neither installed nor to be had, or there are no keys.
        """
        load_extension(connection, "httpfs", "S3")
        connection.execute(f"SET http_timeout = {_ANSWER_SECONDS}; SET http_retries = {_RETRIES - 1}")
        options = {name: quote_literal(value) for name, value in self._keys().items() if value}
        options["REGION"] = quote_literal(self.region)
        if endpoint := self._endpoint_url:
            url = urlsplit(endpoint)
            options |= {
                "ENDPOINT": quote_literal(url.netloc + url.path.rstrip("/")),
                "USE_SSL": str(url.scheme == "https").lower(),
                "URL_STYLE": quote_literal("path"),
            }
        given = ", ".join(f"{name} {value}" for name, value in options.items())
        connection.execute(f"CREATE OR REPLACE TEMPORARY SECRET mesh_s3 (TYPE s3, {given})")

    def iceberg_properties(self, place: str) -> dict[str, str]:
        """The warehouse, and pyiceberg's own way to it."""
        given = {
            "s3.endpoint": self.endpoint,
            "s3.access-key-id": self.access_key,
            "s3.secret-access-key": self.secret_key,
            "s3.region": self.region,
            "s3.connect-timeout": str(_CONNECT_SECONDS),
            "s3.request-timeout": str(_ANSWER_SECONDS),
        }
        return {"warehouse": place} | {name: value for name, value in given.items() if value}

    @property
    def _endpoint_url(self) -> str | None:
        if not self.endpoint or "://" in self.endpoint:
            return self.endpoint
        return f"https://{self.endpoint}"

    def _keys(self) -> dict[str, str | None]:
        """The keys of the settings; without them those of the machine's AWS identity, as they are now."""
        if self.access_key:
            return {"KEY_ID": self.access_key, "SECRET": self.secret_key}
        with needs_extra("services", "S3"):
            from botocore.session import get_session
        found = get_session().get_credentials()
        if found is None:
            raise StorageError(
                "there are no keys for S3, and this machine has no AWS identity",
                "Set MESH_S3_ACCESS_KEY and MESH_S3_SECRET_KEY.",
            )
        keys = found.get_frozen_credentials()
        return {"KEY_ID": keys.access_key, "SECRET": keys.secret_key, "SESSION_TOKEN": keys.token}

    def _client(self) -> S3FileSystem:
        """s3fs itself keeps one client for each set of settings."""
        with needs_extra("services", "S3"):
            from s3fs import S3FileSystem
        return S3FileSystem(
            key=self.access_key,
            secret=self.secret_key,
            endpoint_url=self._endpoint_url,
            client_kwargs={"region_name": self.region},
            config_kwargs=self._client_options(_ANSWER_SECONDS, _RETRIES),
            # Other processes write too.
            use_listings_cache=False,
        )

    def _examiner(self) -> Any:
        """A client that gives up soon, where s3fs would try for minutes."""
        from botocore.config import Config
        from botocore.session import get_session

        return get_session().create_client(
            "s3",
            region_name=self.region,
            endpoint_url=self._endpoint_url,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=Config(**self._client_options(_EXAMINED_SECONDS, 0)),
        )

    def _client_options(self, answer_seconds: int, retries: int) -> dict[str, Any]:
        options: dict[str, Any] = {
            "connect_timeout": _CONNECT_SECONDS,
            "read_timeout": answer_seconds,
            "retries": {"max_attempts": retries, "mode": "standard"},
        }
        return options | ({"s3": {"addressing_style": "path"}} if self.endpoint else {})

    def _file(self, address: str, above: str, facts: Mapping[str, Any]) -> StoredFile:
        modified_seconds = facts["LastModified"].timestamp()
        name = address.removeprefix(above)
        return StoredFile(address, name, facts["size"], facts["ETag"], modified_seconds, self)


def _is_object(address: str, facts: Mapping[str, Any], below: str) -> bool:
    return facts["type"] == "file" and address.startswith(below) and not address.endswith("/")


@contextmanager
def _explained(address: str) -> Iterator[None]:
    with needs_extra("services", "S3"):
        from botocore.exceptions import BotoCoreError, ClientError
    try:
        yield
    except FileExistsError:
        raise
    except (OSError, BotoCoreError, ClientError) as error:
        if _code(error) in _EXISTS:
            raise FileExistsError(address) from error
        reason = getattr(error, "strerror", None) or str(error)
        raise StorageError(f"{address}: S3 says: {str(reason).rstrip('.')}", _HINT) from error


def _problem(error: Exception) -> ServiceError:
    from botocore.exceptions import ConnectionError as NoConnectionError
    from botocore.exceptions import HTTPClientError

    if isinstance(error, HTTPClientError | NoConnectionError):
        return ServiceError(*_SILENT)
    if known := _PROBLEMS.get(_code(error)):
        return ServiceError(*known)
    return ServiceError(f"S3 says: {error}", "Check MESH_S3_ENDPOINT and the keys.")


def _code(error: BaseException) -> str:
    """What S3 calls the error; '' when it is not S3 that says it."""
    response = getattr(error.__cause__ or error, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))
