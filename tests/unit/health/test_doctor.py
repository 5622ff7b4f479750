"""Servers that are not there. Those that are, but are used wrongly: tests/integration/services/test_doctor.py."""

import socket
import time

import pytest

from meshlake.errors import ServiceError
from meshlake.health import diagnose, require_servers
from meshlake.settings import load_settings


def _settings(folder, port):
    return load_settings(
        {
            "MESH_LANDING": "s3://landing",
            "MESH_WAREHOUSE": "s3://warehouse/products",
            "MESH_CATALOG": f"postgresql://mesh:the-password@127.0.0.1:{port}/mesh",
            "MESH_TRINO": f"http://127.0.0.1:{port}",
            "MESH_S3_ENDPOINT": f"http://127.0.0.1:{port}",
            "MESH_S3_ACCESS_KEY": "the-access-key",
            "MESH_S3_SECRET_KEY": "the-secret-key",
        },
        folder,
    )


@pytest.fixture
def closed_port():
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield reserved.getsockname()[1]


def test_embedded_mesh_needs_no_server(tmp_path):
    assert diagnose(load_settings({}, tmp_path)) == ()


def test_every_server_that_is_not_there_is_named_and_no_key_shown(tmp_path, closed_port):
    findings = diagnose(_settings(tmp_path, closed_port))
    assert [finding.subject for finding in findings] == [
        "Landing zone s3://landing",
        "Warehouse s3://warehouse/products",
        f"Catalog postgresql://127.0.0.1:{closed_port}/mesh",
        f"Trino http://127.0.0.1:{closed_port}",
    ]
    assert [finding.problem is not None for finding in findings] == [True] * 4
    assert [(finding.hint or "").startswith("Check MESH_") for finding in findings] == [True] * 4
    assert "the-" not in repr(findings)


@pytest.mark.slow
def test_work_does_not_begin_without_its_servers(tmp_path, closed_port):
    with pytest.raises(ServiceError, match="Landing zone s3://landing: S3 does not answer"):
        require_servers(_settings(tmp_path, closed_port))


def test_catalog_address_that_is_none(tmp_path):
    (finding,) = diagnose(load_settings({"MESH_CATALOG": "postgresql://127.0.0.1:no-port/mesh"}, tmp_path))
    assert finding.problem == "the address cannot be read"


@pytest.mark.slow
def test_servers_that_never_answer_are_given_up_in_time(tmp_path):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(16)
        started = time.monotonic()
        findings = diagnose(_settings(tmp_path, silent.getsockname()[1]))
        assert time.monotonic() - started < 15
    assert all(finding.problem for finding in findings)
