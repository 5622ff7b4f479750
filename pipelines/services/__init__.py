"""MinIO, PostgreSQL and Trino on this machine's loopback, without Docker.

Installing them, their settings, their processes and their secrets belong here. What is done with them (catalog,
engine, landing on S3) does not: the rest of the platform knows them only by the addresses in `Endpoints`.
"""

from pipelines.services.endpoints import Endpoints
from pipelines.services.errors import ServiceError
from pipelines.services.run import ServiceStatus, down, status, up
from pipelines.services.settings import DEFAULT_CACHE, Service

__all__ = ["DEFAULT_CACHE", "Endpoints", "Service", "ServiceError", "ServiceStatus", "down", "status", "up"]
