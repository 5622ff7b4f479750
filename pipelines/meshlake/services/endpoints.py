"""Where the services answer and with which keys, and the `MESH_*` variables that say so to a mesh."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from meshlake.services.settings import BUCKETS, DATABASE_USER, HOST, Service

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Endpoints:
    """Addresses on loopback and the keys to them. Keys are left out of `repr`, which may end up in a log."""

    s3_port: int
    s3_console_port: int
    postgres_port: int
    trino_port: int
    s3_access_key: str = field(repr=False)
    s3_secret_key: str = field(repr=False)
    postgres_password: str = field(repr=False)

    @property
    def s3_url(self) -> str:
        """MinIO's S3 endpoint."""
        return f"http://{HOST}:{self.s3_port}"

    @property
    def s3_console_url(self) -> str:
        """MinIO's pages for people."""
        return f"http://{HOST}:{self.s3_console_port}"

    @property
    def postgres_address(self) -> str:
        """`host:port` of PostgreSQL."""
        return f"{HOST}:{self.postgres_port}"

    @property
    def trino_url(self) -> str:
        """Trino's address, for its clients and its own pages."""
        return f"http://{HOST}:{self.trino_port}"

    def postgres_uri(self, database: str) -> str:
        """The URI of `database`, password included: not for logs."""
        return f"postgresql://{DATABASE_USER}:{self.postgres_password}@{self.postgres_address}/{database}"

    def as_environment(self, services: Iterable[Service] = tuple(Service)) -> dict[str, str]:
        """The settings that point a mesh at `services`, as `MESH_*` variables."""
        landing, warehouse = (f"s3://{bucket}" for bucket in BUCKETS)
        variables = {
            Service.MINIO: {
                "MESH_LANDING": landing,
                "MESH_WAREHOUSE": warehouse,
                "MESH_S3_ENDPOINT": self.s3_url,
                "MESH_S3_ACCESS_KEY": self.s3_access_key,
                "MESH_S3_SECRET_KEY": self.s3_secret_key,
            },
            Service.POSTGRES: {
                "MESH_CATALOG": self.postgres_uri("mesh"),
                "MESH_OPERATIONAL": self.postgres_uri("operational"),
            },
            Service.TRINO: {"MESH_TRINO": self.trino_url},
        }
        return {name: value for service in services for name, value in variables[service].items()}

    def as_trino_environment(self) -> dict[str, str]:
        """The variables that the files of `trino_etc/catalog` read."""
        return {
            **self.as_environment(),
            "POSTGRES_ADDRESS": self.postgres_address,
            "POSTGRES_PASSWORD": self.postgres_password,
        }
