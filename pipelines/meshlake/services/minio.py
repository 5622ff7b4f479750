"""MinIO: the object store that holds the landing zone and the warehouse."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from meshlake.services import install
from meshlake.services.server import Launch, Server, http_get
from meshlake.services.settings import BUCKETS, HOST, REGION

if TYPE_CHECKING:
    from pathlib import Path

    from meshlake.services.commands import Progress
    from meshlake.services.endpoints import Endpoints

_TITLE = "MinIO"


def _prepare(folder: Path, cache: Path, endpoints: Endpoints, progress: Progress) -> Launch:
    program = install.minio(cache, progress)
    data = folder / "minio"
    data.mkdir(mode=0o700, exist_ok=True)
    for bucket in BUCKETS:  # MinIO takes a folder of its drive for a bucket
        (data / bucket).mkdir(exist_ok=True)
    address, console = f"{HOST}:{endpoints.s3_port}", f"{HOST}:{endpoints.s3_console_port}"
    return Launch(
        command=[program, "server", data, "--quiet", "--address", address, "--console-address", console],
        environment={
            "MINIO_ROOT_USER": endpoints.s3_access_key,
            "MINIO_ROOT_PASSWORD": endpoints.s3_secret_key,
            "MINIO_REGION": REGION,
            "MINIO_UPDATE": "off",
        },
    )


def _check(endpoints: Endpoints) -> None:
    http_get(_TITLE, endpoints.s3_port, "/minio/health/ready")


SERVER = Server(
    title=_TITLE,
    ports=lambda endpoints: (endpoints.s3_port, endpoints.s3_console_port),
    address=lambda endpoints: endpoints.s3_url,
    prepare=_prepare,
    check=_check,
    stop_signal=signal.SIGTERM,
    start_seconds=60,
)
