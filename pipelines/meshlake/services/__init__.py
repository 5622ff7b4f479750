"""MinIO, PostgreSQL and Trino on this machine's loopback, without Docker.

Installing them, their settings, processes and secrets belong here. What is done with them does not (catalog,
engine, landing on S3): the rest of the platform knows them only by the addresses that `Endpoints` holds.
"""

from meshlake.services.doctor import Finding, diagnose, require_landing, require_servers
from meshlake.services.endpoints import Endpoints
from meshlake.services.errors import ServiceError
from meshlake.services.failure import naming_servers, server_failure
from meshlake.services.run import ServiceStatus, down, running, status, up
from meshlake.services.settings import DEFAULT_CACHE, Service
from meshlake.services.state import read_endpoints

__all__ = [
    "DEFAULT_CACHE",
    "Endpoints",
    "Finding",
    "Service",
    "ServiceError",
    "ServiceStatus",
    "diagnose",
    "down",
    "naming_servers",
    "read_endpoints",
    "require_landing",
    "require_servers",
    "running",
    "server_failure",
    "status",
    "up",
]
