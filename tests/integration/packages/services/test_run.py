import socket

import pytest

from meshlake.errors import ServiceError
from meshlake.services import Service, up
from meshlake.services.state import open_endpoints, services_folder


def test_port_taken_by_another_program_is_named(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        open_endpoints(tmp_path, tmp_path / "cache")
        ports = services_folder(tmp_path) / "ports.toml"
        ports.write_text(f"minio = {port}\nminio_console = 1\npostgres = 2\ntrino = 3\n")
        with pytest.raises(ServiceError, match=f"Port {port}, MinIO's in this mesh, is taken"):
            up(tmp_path, tmp_path / "cache", [Service.MINIO])
