"""What is promised of the servers themselves: they answer, to the right people only, and keep secrets."""

import os
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from pyarrow import fs

from meshlake import services
from meshlake.services import install
from meshlake.services.settings import (
    BUCKETS,
    DATABASES,
    DEFAULT_CACHE,
    REGION,
    TRINO_CATALOGS,
    TRINO_VERSION,
)
from meshlake.services.state import services_folder

pytestmark = [pytest.mark.services, pytest.mark.timeout(2700)]


def _secrets(endpoints):
    return endpoints.s3_access_key, endpoints.s3_secret_key, endpoints.postgres_password


def _listening_addresses(port):
    """The local addresses of listening sockets, in hexadecimal as in proc(5) net/tcp."""
    rows = [
        row.split() for name in ("tcp", "tcp6") for row in Path(f"/proc/net/{name}").read_text().splitlines()
    ]
    return {row[1].split(":")[0] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "0A"}


def _connect(endpoints, **changes):
    settings = {"user": "mesh", "password": endpoints.postgres_password, "dbname": "mesh"} | changes
    return psycopg2.connect(host="127.0.0.1", port=endpoints.postgres_port, **settings)


def test_all_answer(mesh_home, endpoints):
    assert [(each.service.value, each.problem) for each in services.status(mesh_home)] == [
        ("minio", None),
        ("postgres", None),
        ("trino", None),
    ]


def test_up_again_changes_nothing(mesh_home, endpoints):
    before = services.status(mesh_home)
    assert services.up(mesh_home) == endpoints
    assert services.status(mesh_home) == before


def test_only_loopback_is_listened_on(endpoints):
    loopback = {"0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F"}
    ports = (endpoints.s3_port, endpoints.s3_console_port, endpoints.postgres_port, endpoints.trino_port)
    for port in ports:
        assert _listening_addresses(port), port
        assert _listening_addresses(port) <= loopback, port


def test_secrets_are_in_no_log_and_no_argument(mesh_home, endpoints):
    texts = [path.read_text() for path in services_folder(mesh_home).glob("*.log")]
    texts += [path.read_text() for path in (services_folder(mesh_home) / "postgres").glob("log/*")]
    texts += [path.read_text() for path in (services_folder(mesh_home) / "trino").rglob("*.log")]
    texts += [Path(f"/proc/{each.process_id}/cmdline").read_text() for each in services.status(mesh_home)]
    for secret in _secrets(endpoints):
        assert not any(secret in text for text in texts)


def test_postgres_runs_without_roots_rights(mesh_home, endpoints):
    process_id = services.status(mesh_home)[1].process_id
    status = Path(f"/proc/{process_id}/status").read_text()
    assert "0" not in re.search(r"^Uid:(.*)$", status, re.MULTILINE)[1].split()
    dac_read_search = 1 << 2
    for kind in ("CapEff", "CapAmb"):
        assert int(re.search(rf"^{kind}:\s*(\w+)$", status, re.MULTILINE)[1], 16) & ~dac_read_search == 0


@pytest.mark.parametrize(
    "changes", [{"password": "wrong"}, {"user": "postgres"}, {"user": "postgres", "password": ""}]
)
def test_postgres_lets_in_no_one_else(endpoints, changes):
    with pytest.raises(psycopg2.OperationalError):
        _connect(endpoints, **changes)


def test_postgres_has_the_databases_and_a_role_of_few_rights(endpoints):
    with closing(_connect(endpoints)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = 'mesh' ORDER BY 1")
        assert {name for (name,) in cursor.fetchall()} == set(DATABASES)
        cursor.execute("SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = 'mesh'")
        assert cursor.fetchall() == [(False, False, False)]


def test_minio_has_the_buckets(bucket):
    assert {info.path for info in bucket.get_file_info(fs.FileSelector(""))} == set(BUCKETS)


def test_minio_refuses_another_key(endpoints):
    stranger = fs.S3FileSystem(
        access_key=endpoints.s3_access_key,
        secret_key="x" * 40,
        endpoint_override=endpoints.s3_url,
        region=REGION,
    )
    with pytest.raises(OSError, match="SIGNATURE_DOES_NOT_MATCH"):
        stranger.get_file_info(fs.FileSelector("warehouse"))


def test_trino_is_the_version_meant_and_has_the_catalogs(query):
    assert query("SELECT node_version FROM system.runtime.nodes") == [(TRINO_VERSION,)]
    assert {name for (name,) in query("SHOW CATALOGS")} == {*TRINO_CATALOGS, "system"}


def test_trinos_own_client(endpoints):
    client = install.trino_cli(DEFAULT_CACHE, print)
    java = install.java(DEFAULT_CACHE, print) / "bin" / "java"
    command = [java, "-jar", client, "--server", endpoints.trino_url, "--execute", "SELECT 1 + 1 AS two"]
    answer = subprocess.run(
        command, capture_output=True, text=True, check=True, env={"HOME": os.environ["HOME"]}
    )
    assert answer.stdout == '"2"\n'


def test_env_gives_a_shell_the_settings_of_the_servers(endpoints, mesh_home):
    mesh = Path(sys.executable).with_name("mesh")
    printed = subprocess.run(
        ["sh", "-c", f'eval "$("{mesh}" services env)"; env'],
        env={**os.environ, "MESH_HOME": str(mesh_home)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    given = dict(line.partition("=")[::2] for line in printed.splitlines() if line.startswith("MESH_"))
    assert endpoints.as_environment().items() <= given.items()
