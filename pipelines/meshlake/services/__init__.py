"""MinIO, PostgreSQL and Trino on this machine's loopback, without Docker.

Installing them, their settings, processes and secrets belong here. What is done with them does not (catalog,
engine, landing on S3): the rest of the platform knows them only by the addresses that `Endpoints` holds.

What is offered here is loaded when it is asked for: every command names a service, and few start one.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
_PLACES = {
    "ServiceError": "meshlake.errors",
    "Endpoints": "meshlake.services.endpoints",
    "DEFAULT_CACHE": "meshlake.services.settings",
    "Service": "meshlake.services.settings",
    "read_endpoints": "meshlake.services.state",
    **dict.fromkeys(("ServiceStatus", "down", "running", "status", "up"), "meshlake.services.run"),
}


def __getattr__(name: str) -> Any:
    """One of `__all__`."""
    if name not in _PLACES:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return getattr(import_module(_PLACES[name]), name)
