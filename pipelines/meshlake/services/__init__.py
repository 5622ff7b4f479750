"""MinIO, PostgreSQL and Trino on this machine's loopback, without Docker.

Installing them, their settings, processes and secrets belong here. What is done with them does not (catalog,
engine, landing on S3): the rest of the platform knows them only by the addresses that `Endpoints` holds.
"""

from meshlake.errors import ServiceError
from meshlake.services.endpoints import Endpoints
from meshlake.services.run import ServiceStatus, down, running, status, up
from meshlake.services.settings import DEFAULT_CACHE, Service
from meshlake.services.state import read_endpoints

__all__ = [
    "DEFAULT_CACHE",
    "Endpoints",
    "Service",
    "ServiceError",
    "ServiceStatus",
    "down",
    "read_endpoints",
    "running",
    "status",
    "up",
]
