"""What a command writes into Dagster's history, by one connection to each file, Dagster reads and goes on with."""

from __future__ import annotations

import dagster as dg
import pytest
import sqlalchemy

from meshlake.orchestration.history import dagster_environment, instance


@pytest.fixture
def opened():
    """The files that were opened, as often as they were."""
    found = []

    def listen(connection, _record):
        found.extend(row[2] for row in connection.execute("PRAGMA database_list") if row[2])

    sqlalchemy.event.listen(sqlalchemy.engine.Engine, "connect", listen)
    yield found
    sqlalchemy.event.remove(sqlalchemy.engine.Engine, "connect", listen)


def _told(dagster, key):
    return [
        record.asset_materialization.description for record in dagster.fetch_materializations(key, 9).records
    ]


def test_another_instance_reads_and_writes_the_same_events_meanwhile(settings):
    key = dg.AssetKey("people")
    home = dagster_environment(settings)["DAGSTER_HOME"]
    with instance(settings) as ours, dg.DagsterInstance.from_config(home) as dagsters:
        for dagster, told in ((ours, "one"), (dagsters, "two"), (ours, "three")):
            dagster.report_runless_asset_event(dg.AssetMaterialization(key, description=told))
        assert _told(ours, key) == _told(dagsters, key) == ["three", "two", "one"]
        ours.event_log_storage.wipe()
        assert _told(ours, key) == _told(dagsters, key) == []
        ours.report_runless_asset_event(dg.AssetMaterialization(key, description="four"))
        assert _told(dagsters, key) == ["four"]


def test_a_file_is_opened_once_however_many_events_there_are_and_closed_in_the_end(settings, opened):
    with instance(settings) as dagster:
        for _ in range(2):  # the first makes the files
            dagster.report_runless_asset_event(dg.AssetMaterialization("people"))
        before = len(opened)
        for _ in range(9):
            dagster.report_runless_asset_event(dg.AssetMaterialization("people"))
        assert opened[before:] == []
        for _ in range(60):
            dagster.report_runless_asset_event(dg.AssetMaterialization("people", description="why " * 1000))
        waiting = (settings.home / "dagster/history").rglob("*-wal")
        assert max(file.stat().st_size for file in waiting) < 500_000
    assert list((settings.home / "dagster/history").rglob("*-wal")) == []


def test_a_home_of_the_user_s_own_keeps_its_history_where_it_says(settings, tmp_path, monkeypatch):
    own, history = tmp_path / "own", tmp_path / "elsewhere"
    own.mkdir()
    (own / "dagster.yaml").write_text(f"storage: {{sqlite: {{base_dir: {history}}}}}\n", encoding="utf-8")
    monkeypatch.setenv("DAGSTER_HOME", str(own))
    with instance(settings) as dagster:
        dagster.report_runless_asset_event(dg.AssetMaterialization("people"))
    assert (history / "history/runs/index.db").exists()
    assert not (own / "history/runs").exists()
