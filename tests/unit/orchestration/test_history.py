"""Where Dagster keeps its history: beside the catalog, and told by a variable when that is PostgreSQL."""

from __future__ import annotations

import pytest
import sqlalchemy
import yaml
from alembic.script import ScriptDirectory

from meshlake.orchestration.history import (
    dagster_environment,
    instance,
    instance_file,
    write_without_waiting,
)
from meshlake.settings import load_settings

SERVER = "postgresql://mesh:s3cret@db:5432/mesh"


@pytest.fixture
def settings_of(tmp_path, monkeypatch):
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    return lambda catalog: load_settings({"MESH_HOME": str(tmp_path), "MESH_CATALOG": catalog}, tmp_path)


def test_an_embedded_mesh_keeps_it_below_its_home(settings_of, tmp_path):
    assert dagster_environment(settings_of("")) == {"DAGSTER_HOME": str(tmp_path / "dagster")}
    assert "storage" not in yaml.safe_load((tmp_path / "dagster/dagster.yaml").read_text())


def test_a_shared_mesh_keeps_it_in_the_catalog_s_database(settings_of, tmp_path):
    environment = dagster_environment(settings_of(SERVER))
    assert environment == {"DAGSTER_HOME": str(tmp_path / "dagster"), "DAGSTER_STORAGE": SERVER}
    written = (tmp_path / "dagster/dagster.yaml").read_text()
    assert "s3cret" not in written
    assert yaml.safe_load(written)["storage"] == {"postgres": {"postgres_url": {"env": "DAGSTER_STORAGE"}}}


def test_the_settings_follow_the_catalog(settings_of, tmp_path):
    for catalog, is_embedded in ((SERVER, False), ("", True)):
        dagster_environment(settings_of(catalog))
        written = (tmp_path / "dagster/dagster.yaml").read_text()
        assert written == instance_file(is_embedded=is_embedded)


def test_a_home_of_the_user_s_own_is_left_alone(settings_of, tmp_path, monkeypatch):
    own = tmp_path / "own"
    monkeypatch.setenv("DAGSTER_HOME", str(own))
    assert dagster_environment(settings_of(""))["DAGSTER_HOME"] == str(own)
    assert not own.exists()


def test_files_below_the_homes_named_are_written_without_waiting_and_no_others(tmp_path):
    for home in ("a", "b", "a"):
        write_without_waiting(tmp_path / home)
    assert [_synchronous(tmp_path / folder) for folder in ("a/history", "b", "elsewhere")] == [0, 0, 2]


def _synchronous(folder):
    folder.mkdir(parents=True)
    engine = sqlalchemy.create_engine(f"sqlite:///{folder}/runs.db", poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        return connection.exec_driver_sql("PRAGMA synchronous").scalar_one()


def test_dagster_s_migrations_are_read_once_for_all_the_databases_that_a_process_opens(settings_of, tmp_path):
    with instance(settings_of("")):
        pass
    read = ScriptDirectory.from_config.cache_info()
    (tmp_path / "dagster/history/runs/index.db").unlink()
    with instance(settings_of("")):
        pass
    again = ScriptDirectory.from_config.cache_info()
    assert (again.misses, again.hits > read.hits) == (read.misses, True)
