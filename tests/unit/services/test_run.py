import socket

import pytest

from meshlake.errors import ServiceError
from meshlake.services import Service, down, status, up
from meshlake.services.state import open_endpoints, services_folder


def test_a_mesh_that_never_started_has_no_status_and_goes_down(tmp_path):
    assert status(tmp_path) == ()
    down(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_status_of_servers_that_do_not_run(tmp_path):
    endpoints = open_endpoints(tmp_path, tmp_path / "cache")
    found = status(tmp_path)
    assert [each.service for each in found] == [Service.MINIO, Service.POSTGRES, Service.TRINO]
    assert [each.is_answering for each in found] == [False, False, False]
    assert found[0].address == endpoints.s3_url
    assert found[2].problem == "Trino is not running"


@pytest.mark.slow
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
