"""MinIO: the object store that holds the landing zone and the warehouse."""

from __future__ import annotations

import http.client
import signal
from typing import TYPE_CHECKING

from pipelines.services import install
from pipelines.services.errors import ServiceError
from pipelines.services.server import Launch, Server
from pipelines.services.settings import BUCKETS, HOST, REGION

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.services.commands import Progress
    from pipelines.services.endpoints import Endpoints

_CHECK_SECONDS = 5


def _prepare(folder: Path, cache: Path, endpoints: Endpoints, progress: Progress) -> Launch:
    program = install.minio(cache, progress)
    data = folder / "minio"
    data.mkdir(mode=0o700, exist_ok=True)
    for bucket in BUCKETS:  # MinIO takes a folder of its drive for a bucket
        (data / bucket).mkdir(exist_ok=True)
    return Launch(
        command=[
            program,
            "server",
            str(data),
            "--quiet",
            "--address",
            f"{HOST}:{endpoints.s3_port}",
            "--console-address",
            f"{HOST}:{endpoints.s3_console_port}",
        ],
        environment={
            "MINIO_ROOT_USER": endpoints.s3_access_key,
            "MINIO_ROOT_PASSWORD": endpoints.s3_secret_key,
            "MINIO_REGION": REGION,
            "MINIO_UPDATE": "off",
        },
    )


def _check(endpoints: Endpoints) -> None:
    connection = http.client.HTTPConnection(HOST, endpoints.s3_port, timeout=_CHECK_SECONDS)
    try:
        connection.request("GET", "/minio/health/ready")
        answered = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise ServiceError(f"MinIO does not answer at {endpoints.s3_url}: {error}") from error
    finally:
        connection.close()
    if answered != http.client.OK:
        raise ServiceError(f"MinIO at {endpoints.s3_url} is not ready: HTTP {answered}")


SERVER = Server(prepare=_prepare, check=_check, stop_signal=signal.SIGTERM, start_seconds=60)
