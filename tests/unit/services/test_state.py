import shutil
import stat

import pytest

from meshlake.errors import ServiceError
from meshlake.services import ports
from meshlake.services.state import open_endpoints, read_endpoints, services_folder


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


def test_nothing_is_known_before_the_first_start(tmp_path):
    assert read_endpoints(tmp_path) is None


def test_ports_and_secrets_are_made_once(tmp_path, cache):
    first = open_endpoints(tmp_path, cache)
    assert open_endpoints(tmp_path, cache) == first
    assert read_endpoints(tmp_path) == first


def test_two_meshes_share_no_secret(tmp_path, cache):
    one, other = open_endpoints(tmp_path / "one", cache), open_endpoints(tmp_path / "other", cache)
    assert one.s3_access_key != other.s3_access_key
    assert one.s3_secret_key != other.s3_secret_key
    assert one.postgres_password != other.postgres_password
    assert min(len(one.s3_secret_key), len(one.postgres_password)) >= 40


def test_only_the_owner_reads_secrets(tmp_path, cache):
    open_endpoints(tmp_path, cache)
    assert stat.S_IMODE((services_folder(tmp_path) / "secrets.toml").stat().st_mode) == 0o600


def test_secrets_others_can_read_are_refused(tmp_path, cache):
    open_endpoints(tmp_path, cache)
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
def test_damaged_state_is_named(tmp_path, cache, text, what):
    open_endpoints(tmp_path, cache)
    (services_folder(tmp_path) / "ports.toml").write_text(text)
    with pytest.raises(ServiceError, match=what):
        read_endpoints(tmp_path)


def _ports(endpoints):
    return {endpoints.s3_port, endpoints.s3_console_port, endpoints.postgres_port, endpoints.trino_port}


def test_meshes_take_different_ports_though_no_server_listens_yet(tmp_path, cache, monkeypatch):
    monkeypatch.setattr(ports, "DEFAULT_PORTS", ports.choose_ports())
    one, other = (open_endpoints(tmp_path / name, cache) for name in ("one", "other"))
    assert len(_ports(one) | _ports(other)) == 8


def test_a_mesh_that_is_gone_gives_its_ports_back(tmp_path, cache):
    open_endpoints(tmp_path / "one", cache)
    shutil.rmtree(tmp_path / "one")
    open_endpoints(tmp_path / "other", cache)
    assert str(services_folder(tmp_path / "one")) not in (cache / "meshes.json").read_text()


def test_the_damaged_ports_of_another_mesh_are_no_reason_to_fail(tmp_path, cache):
    open_endpoints(tmp_path / "one", cache)
    (services_folder(tmp_path / "one") / "ports.toml").write_text("minio = ")
    assert open_endpoints(tmp_path / "other", cache)
