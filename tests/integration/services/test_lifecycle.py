"""Starting, failing, being killed and starting again: MinIO and PostgreSQL alone, as Trino adds only time."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg2
import pytest

from meshlake import services
from meshlake.services import Service, ports
from meshlake.services.state import services_folder

pytestmark = [pytest.mark.services, pytest.mark.timeout(2700)]

_STORES = (Service.MINIO, Service.POSTGRES)


@pytest.fixture
def home(tmp_path):
    yield tmp_path / "a home's name"
    services.down(tmp_path / "a home's name")


def _execute(endpoints, statement):
    with (
        closing(psycopg2.connect(endpoints.postgres_uri("operational"))) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else None


def _answering(home):
    return {each.service for each in services.status(home) if each.is_answering}


def test_data_outlives_down(home):
    said = []
    endpoints = services.up(home, which=_STORES, progress=said.append)
    assert said[-1] == f"PostgreSQL: answers at {endpoints.postgres_address}"
    _execute(endpoints, "CREATE TABLE kept AS SELECT 1 AS a")
    services.down(home)
    assert _answering(home) == set()
    assert services.up(home, which=_STORES) == endpoints
    assert _execute(endpoints, "SELECT a FROM kept") == [(1,)]


def test_killed_server_is_seen_and_started_again(home):
    endpoints = services.up(home, which=_STORES)
    _execute(endpoints, "CREATE TABLE kept AS SELECT 1 AS a")
    for each in services.status(home)[:2]:
        os.killpg(each.process_id, signal.SIGKILL)
    assert _answering(home) == set()
    services.up(home, which=_STORES)
    assert _answering(home) == set(_STORES)
    assert _execute(endpoints, "SELECT a FROM kept") == [(1,)]


def test_one_server_alone_goes_down(home):
    services.up(home, which=_STORES)
    services.down(home, [Service.POSTGRES])
    assert _answering(home) == {Service.MINIO}


def test_two_meshes_at_once(home, tmp_path):
    other = tmp_path / "other"
    try:
        first, second = (services.up(each, which=[Service.MINIO]) for each in (home, other))
        assert first.s3_port != second.s3_port
        services.down(other)
        assert _answering(home) == {Service.MINIO}
    finally:
        services.down(other)


def test_two_meshes_started_at_the_same_moment(tmp_path, monkeypatch):
    # Another mesh may have the usual ports; both shall want the same ones.
    monkeypatch.setattr(ports, "DEFAULT_PORTS", ports.choose_ports())
    homes = [tmp_path / name for name in ("one", "other")]
    try:
        with ThreadPoolExecutor(2) as pool:
            started = list(pool.map(lambda home: services.up(home, which=[Service.MINIO]), homes))
        assert len({each.s3_port for each in started} | {each.s3_console_port for each in started}) == 4
        assert [_answering(home) for home in homes] == [{Service.MINIO}] * 2
    finally:
        for home in homes:
            services.down(home)


def test_server_that_cannot_start_says_why(home):
    services.up(home, which=[Service.POSTGRES])
    services.down(home)
    (services_folder(home) / "postgres" / "PG_VERSION").unlink()
    with pytest.raises(
        services.ServiceError, match=r"PostgreSQL ended while it started: .*not a valid data directory"
    ):
        services.up(home, which=[Service.POSTGRES])
