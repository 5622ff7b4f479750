"""A mesh on servers of its own, and ways to end one of them as a failing machine would."""

from __future__ import annotations

import os
import signal
import uuid
from typing import TYPE_CHECKING

from meshlake import services
from meshlake.services.state import services_folder
from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from pathlib import Path

    from meshlake.services import Endpoints, Service


def settings_of(endpoints: Endpoints) -> dict[str, str]:
    """The settings of a mesh that lies on all three servers, by the names that `meshlake.open` has for them."""
    variables = endpoints.as_environment()
    return {name.removeprefix("MESH_").lower(): value for name, value in variables.items()}


class ServerMesh(SmallMesh):
    """Warehouse and catalog are on the servers, and a landing zone of its own in their bucket; `engine` builds."""

    def __init__(self, root: Path, endpoints: Endpoints, engine: str) -> None:
        servers = settings_of(endpoints)
        own_zone = f"{servers['landing']}/{uuid.uuid4().hex}"
        super().__init__(root, **servers | {"landing": own_zone, "engine": engine})
        self.endpoints = endpoints

    def replace(self, path: str, text: str) -> None:
        settings = self.settings
        settings.store_of(settings.landing).write(f"{settings.landing}/{path}", text.encode())

    def on(self, engine: str) -> ServerMesh:
        """The same mesh, built by another engine."""
        return self.having(engine=engine)


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
