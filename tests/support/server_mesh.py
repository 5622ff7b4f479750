"""A mesh on servers of its own, and ways to end one of them as a failing machine would."""

from __future__ import annotations

import os
import signal
import uuid
from copy import copy
from typing import TYPE_CHECKING

from meshlake import services
from meshlake.services.state import services_folder
from support.mesh_folder import MeshFolder

if TYPE_CHECKING:
    from pathlib import Path

    from meshlake.services import Endpoints, Service


class ServerMesh(MeshFolder):
    """Warehouse and catalog are on the servers, and a landing zone of its own in their bucket; `engine` builds."""

    def __init__(self, root: Path, endpoints: Endpoints, engine: str) -> None:
        super().__init__(root)
        self.endpoints = endpoints
        self.engine = engine
        self.zone = f"{endpoints.as_environment()['MESH_LANDING']}/{uuid.uuid4().hex}"

    @property
    def variables(self) -> dict[str, str]:
        servers = self.endpoints.as_environment() | {"MESH_LANDING": self.zone}
        return {**super().variables, **servers, "MESH_ENGINE": self.engine}

    def replace(self, path: str, text: str) -> None:
        settings = self.settings
        settings.store_of(settings.landing).write(f"{settings.landing}/{path}", text.encode())

    def on(self, engine: str) -> ServerMesh:
        """The same mesh, built by another engine."""
        other = copy(self)
        other.engine = engine
        return other


class Servers:
    """MinIO, PostgreSQL and Trino of one home."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def up(self) -> Endpoints:
        """Start those that do not run; ports and keys stay."""
        return services.up(self.home)

    def kill(self, service: Service) -> None:
        """End a server at once, as a failing machine does; it was started by this process."""
        text = (services_folder(self.home) / f"{service}.pid").read_text(encoding="ascii")
        process_id = int(text.split()[0])
        os.killpg(process_id, signal.SIGKILL)
        os.waitpid(process_id, 0)
