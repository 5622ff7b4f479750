"""Servers that answer but cannot be used as the settings say: one plain problem each, within 15 seconds."""

from contextlib import closing
from dataclasses import replace

import psycopg2
import pytest

from meshlake.health import diagnose
from meshlake.settings import load_settings
from meshlake.sources.postgresql.source import PostgreSQL

pytestmark = [pytest.mark.services, pytest.mark.timeout(2700)]


@pytest.fixture
def settings(endpoints, catalog, tmp_path):
    return load_settings(endpoints.as_environment(), tmp_path)


def _problems(settings):
    findings = diagnose(settings)
    assert max(finding.seconds for finding in findings) < 15
    return {finding.subject.split()[0]: finding.problem for finding in findings if finding.problem}


def test_all_is_well(settings, bucket):
    assert [finding.problem for finding in diagnose(settings)] == [None] * 5
    assert not [info for info in bucket.get_file_info(_everything()) if "doctor" in info.path]


def _everything():
    from pyarrow.fs import FileSelector

    return FileSelector("warehouse", recursive=True)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"secret_key": "x" * 40}, "S3 refuses the secret key"),
        ({"access_key": "x" * 20}, "S3 does not know the access key"),
        ({"endpoint": "http://no.such.host.invalid:9000"}, "S3 does not answer"),
    ],
)
def test_wrong_s3_settings(settings, change, problem):
    (store,) = settings.stores
    wrong = replace(settings, stores=(replace(store, **change),))
    assert _problems(wrong) == {"Landing": problem, "Warehouse": problem}


def test_buckets_that_do_not_exist(settings):
    wrong = replace(settings, landing="s3://nowhere", warehouse="s3://nowhere/products")
    assert _problems(wrong) == dict.fromkeys(("Landing", "Warehouse"), "the bucket does not exist")


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        ("mesh:", "mesh:x", 'password authentication failed for user "mesh"'),
        ("/mesh", "/nothing", 'database "nothing" does not exist'),
        ("127.0.0.1", "no.such.host.invalid", 'could not translate host name "no.such.host.invalid"'),
    ],
)
def test_wrong_catalog_settings(settings, right, wrong, problem):
    head, _, tail = (
        settings.catalog.rpartition(right) if right == "/mesh" else settings.catalog.partition(right)
    )
    (found,) = _problems(replace(settings, catalog=head + wrong + tail)).values()
    assert problem in found


def test_catalog_of_a_newer_version(settings, endpoints):
    newer = endpoints.postgres_uri("operational")
    with closing(psycopg2.connect(newer)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("CREATE TABLE iceberg_tables (catalog_name text, encryption_key text)")
        try:
            found = _problems(replace(settings, catalog=newer))
        finally:
            cursor.execute("DROP TABLE iceberg_tables")
    assert found == {
        "Catalog": "the catalog is of a newer version: iceberg_tables has the column encryption_key"
    }


def test_trino_without_the_catalog(settings, monkeypatch):
    monkeypatch.setattr("meshlake.engines.trino.health.LANDING_CATALOG", "elsewhere")
    assert _problems(settings) == {"Trino": "Trino has no catalog 'elsewhere'"}


def test_trino_without_the_operational_database(settings, monkeypatch):
    monkeypatch.setattr(PostgreSQL, "trino_catalog", "elsewhere")
    assert _problems(replace(settings, engine="duckdb")) == {}
    assert _problems(replace(settings, engine="trino")) == {"Trino": "Trino has no catalog 'elsewhere'"}
