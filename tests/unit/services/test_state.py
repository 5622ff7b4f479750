import socket
import stat

import pytest

from pipelines.services.errors import ServiceError
from pipelines.services.settings import DEFAULT_PORTS
from pipelines.services.state import (
    choose_ports,
    is_port_free,
    open_endpoints,
    read_endpoints,
    services_folder,
)


def test_nothing_is_known_before_the_first_start(tmp_path):
    assert read_endpoints(tmp_path) is None


def test_ports_and_secrets_are_made_once(tmp_path):
    first = open_endpoints(tmp_path)
    assert open_endpoints(tmp_path) == first
    assert read_endpoints(tmp_path) == first


def test_two_meshes_share_no_secret(tmp_path):
    one, other = open_endpoints(tmp_path / "one"), open_endpoints(tmp_path / "other")
    assert one.s3_access_key != other.s3_access_key
    assert one.s3_secret_key != other.s3_secret_key
    assert one.postgres_password != other.postgres_password
    assert min(len(one.s3_secret_key), len(one.postgres_password)) >= 40


def test_only_the_owner_reads_secrets(tmp_path):
    open_endpoints(tmp_path)
    assert stat.S_IMODE((services_folder(tmp_path) / "secrets.toml").stat().st_mode) == 0o600


def test_secrets_others_can_read_are_refused(tmp_path):
    open_endpoints(tmp_path)
    (services_folder(tmp_path) / "secrets.toml").chmod(0o644)
    with pytest.raises(ServiceError, match="can be read by other users") as error:
        read_endpoints(tmp_path)
    assert "chmod 600" in (error.value.hint or "")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("minio = ", "ports.toml is not valid TOML"),
        ("minio = 9000", "lacks a value it must have: 'minio_console'"),
        ('minio = "x"\nminio_console = 1\npostgres = 2\ntrino = 3', "'x'"),
    ],
)
def test_damaged_state_is_named(tmp_path, text, what):
    open_endpoints(tmp_path)
    (services_folder(tmp_path) / "ports.toml").write_text(text)
    with pytest.raises(ServiceError, match=what):
        read_endpoints(tmp_path)


def test_ports_are_distinct_and_avoid_those_in_use():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not is_port_free(port)
    ports = choose_ports()
    assert set(ports) == set(DEFAULT_PORTS)
    assert len(set(ports.values())) == len(ports)
    assert all(is_port_free(port) for port in ports.values())
