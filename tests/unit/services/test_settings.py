"""What `compose.yaml`, `trino_etc/` and the local settings must agree on."""

import configparser
import re
from pathlib import Path

import pytest
import yaml

from meshlake.names import CATALOG, LANDING_CATALOG
from meshlake.orchestration.history import instance_file
from meshlake.services import settings

_COMPOSE_FILE = Path(__file__).parents[3] / "compose.yaml"


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load(_COMPOSE_FILE.read_text(encoding="utf-8"))


def _properties(name):
    parser = configparser.RawConfigParser()
    parser.read_string("[it]\n" + (settings.TRINO_ETC / name).read_text(encoding="utf-8"))
    return dict(parser["it"])


def test_versions_agree(compose):
    services = compose["services"]
    assert services["trino"]["image"] == f"trinodb/trino:{settings.TRINO_VERSION}"
    assert services["postgres"]["image"] == f"postgres:{settings.POSTGRES_MAJOR}"
    assert settings.MINIO_MODULE in services["minio"]["build"]["dockerfile_inline"]
    assert settings.TRINO_SERVER.version == settings.TRINO_CLI.version == settings.TRINO_VERSION


def test_ports_agree_and_are_on_loopback_alone(compose):
    published = {name: service.get("ports", []) for name, service in compose["services"].items()}
    ports = settings.DEFAULT_PORTS
    assert published["minio"] == [f"127.0.0.1:{p}:{p}" for p in (ports["minio"], ports["minio_console"])]
    assert published["postgres"] == [f"127.0.0.1:{ports['postgres']}:{ports['postgres']}"]
    assert published["trino"] == [f"127.0.0.1:{ports['trino']}:{ports['trino']}"]
    assert all(port.startswith("127.0.0.1:") for each in published.values() for port in each)


def test_compose_gives_trino_the_files_the_local_one_has(compose):
    (mount,) = compose["services"]["trino"]["volumes"]
    source, target, mode = mount.split(":")
    assert (_COMPOSE_FILE.parent / source).resolve() == settings.TRINO_ETC
    assert (target, mode) == ("/etc/trino", "ro")
    assert _properties("config.properties")["http-server.http.port"] == str(settings.DEFAULT_PORTS["trino"])


def test_every_variable_trino_reads_is_set_on_both_sides(compose, endpoints):
    texts = (path.read_text(encoding="utf-8") for path in settings.TRINO_ETC.rglob("*.properties"))
    read = {name for text in texts for name in re.findall(r"\$\{ENV:(\w+)}", text)}
    assert read <= set(endpoints.as_trino_environment())
    assert read <= set(compose["services"]["trino"]["environment"])


def test_mesh_variables_agree(compose, endpoints):
    for name in ("trino", "dagster-webserver", "dagster-daemon"):
        assert set(endpoints.as_environment()) <= set(compose["services"][name]["environment"])
    environment = compose["services"]["dagster-daemon"]["environment"]
    for name in ("MESH_LANDING", "MESH_WAREHOUSE"):
        assert environment[name] == endpoints.as_environment()[name]


def test_dagster_is_set_up_as_mesh_ui_sets_it_up(compose):
    given = yaml.safe_load(compose["configs"]["dagster"]["content"])
    assert given == yaml.safe_load(instance_file(is_embedded=False))
    for name in ("dagster-webserver", "dagster-daemon"):
        environment = compose["services"][name]["environment"]
        assert environment["DAGSTER_STORAGE"] == environment["MESH_CATALOG"]


def test_catalogs_are_those_of_the_names_used_in_sql():
    assert {path.stem for path in (settings.TRINO_ETC / "catalog").iterdir()} == set(settings.TRINO_CATALOGS)
    assert {CATALOG, LANDING_CATALOG} <= set(settings.TRINO_CATALOGS)
    assert _properties("catalog/mesh.properties")["iceberg.jdbc-catalog.catalog-name"] == CATALOG


def test_databases_and_buckets_agree(compose):
    services = compose["services"]
    created = re.findall(r"CREATE DATABASE (\w+) OWNER (\w+);", compose["configs"]["databases"]["content"])
    first = services["postgres"]["environment"]["POSTGRES_DB"]
    assert {(first, services["postgres"]["environment"]["POSTGRES_USER"]), *created} == {
        (database, settings.DATABASE_USER) for database in settings.DATABASES
    }
    for bucket in settings.BUCKETS:
        assert f"/data/{bucket}" in services["minio"]["build"]["dockerfile_inline"]
    assert services["minio"]["environment"]["MINIO_REGION"] == settings.REGION
    for catalog in ("mesh", "landing"):
        assert _properties(f"catalog/{catalog}.properties")["s3.region"] == settings.REGION


def test_compose_holds_no_secret(compose):
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|KEY", name):
                assert value.startswith("${"), name
