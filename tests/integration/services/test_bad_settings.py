"""`mesh build`, `land` and `sql` with settings that no server answers to: one plain error, before any work."""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import closing, suppress

import psycopg2
import pytest

from meshlake import services
from meshlake.health import diagnose
from meshlake.services import Service
from meshlake.services.state import services_folder
from meshlake.settings import load_settings
from support.server_mesh import ServerMesh

pytestmark = [pytest.mark.services, pytest.mark.timeout(2700)]

COMMANDS = {
    "build": ["build", "shop.orders"],
    "land": ["land", "orders.csv", "--domain", "shop"],
    "sql": ["sql", "SELECT count(*) FROM shop.orders"],
}
NO_HOST = "no.such.host.invalid"
STORE_IS_WRONG = [
    ({"MESH_S3_SECRET_KEY": "x" * 40}, "S3 refuses the secret key"),
    ({"MESH_S3_ACCESS_KEY": "x" * 20}, "S3 does not know the access key"),
    ({"MESH_S3_ENDPOINT": f"http://{NO_HOST}:9000"}, "S3 does not answer"),
    (
        {"MESH_LANDING": "s3://nowhere", "MESH_WAREHOUSE": "s3://nowhere/products"},
        "the bucket does not exist",
    ),
]
SERVER_IS_WRONG = [
    ({"MESH_CATALOG": f"postgresql://mesh:x@{NO_HOST}/mesh"}, f'could not translate host name "{NO_HOST}"'),
    ({"MESH_TRINO": "http://127.0.0.1:9", "MESH_ENGINE": "trino"}, "Trino does not answer"),
    ({"MESH_TRINO": "", "MESH_ENGINE": "trino"}, "MESH_TRINO is not set"),
]


@pytest.fixture(scope="module")
def mesh(endpoints, tmp_path_factory):
    mesh = ServerMesh(tmp_path_factory.mktemp("bad"), endpoints, "duckdb")
    (mesh.root / "orders.csv").write_text("id\n1\n", encoding="utf-8")
    mesh.product("shop.orders", {"id": "integer"})
    return mesh


def _assert_told(mesh, command, changes, problem):
    started = time.monotonic()
    ran = mesh.process(*COMMANDS[command], **changes)
    assert time.monotonic() - started < 90  # nobody waits for minutes, on a busy machine neither
    assert ran.status in {1, 2}
    told = ran.told
    assert problem in told[0]
    assert len(told) <= 2
    assert ran.out == ""


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("changes", "problem"), STORE_IS_WRONG)
def test_wrong_object_store(mesh, command, changes, problem):
    _assert_told(mesh, command, changes, problem)


@pytest.mark.parametrize("command", ["build", "sql"])
@pytest.mark.parametrize(("changes", "problem"), SERVER_IS_WRONG)
def test_wrong_catalog_or_engine(mesh, command, changes, problem):
    _assert_told(mesh, command, changes, problem)


@pytest.mark.parametrize("command", ["build", "sql"])
def test_wrong_password_of_the_catalog(mesh, endpoints, command):
    wrong = endpoints.postgres_uri("mesh").replace(endpoints.postgres_password, "wrong")
    _assert_told(mesh, command, {"MESH_CATALOG": wrong}, "password authentication failed")


@pytest.fixture
def newer_catalog(endpoints):
    uri = endpoints.postgres_uri("operational")
    with closing(psycopg2.connect(uri)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("CREATE TABLE iceberg_tables (catalog_name text, encryption_key text)")
        yield uri
        cursor.execute("DROP TABLE iceberg_tables")


@pytest.mark.parametrize("command", ["build", "sql"])
def test_catalog_of_a_newer_version(mesh, newer_catalog, command):
    _assert_told(mesh, command, {"MESH_CATALOG": newer_catalog}, "the catalog is of a newer version")


@pytest.fixture
def full_store(tmp_path):
    """A MinIO whose disk is full, and no other server."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    data = services_folder(tmp_path) / "minio"
    data.mkdir(parents=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", data], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("this machine lets nobody mount a disk")
    try:
        endpoints = services.up(tmp_path, which=[Service.MINIO])
        with suppress(OSError), (data / "filler").open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        yield endpoints.as_environment() | {"MESH_TRINO": "", "MESH_CATALOG": "", "MESH_OPERATIONAL": ""}
    finally:
        services.down(tmp_path)
        subprocess.run(["umount", data], check=True)


def test_full_bucket(mesh, full_store, tmp_path):
    findings = diagnose(load_settings(full_store, tmp_path))
    assert [(f.subject, f.problem) for f in findings if f.problem] == [
        ("Warehouse s3://warehouse", "no space is left to write to")
    ]
    for command in ("build", "land"):
        _assert_told(mesh, command, full_store, "no space is left to write to")
