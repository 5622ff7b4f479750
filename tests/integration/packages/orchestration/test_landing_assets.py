import os

import dagster as dg
import pytest

from meshlake.names import DatasetName
from meshlake.orchestration.landing_assets import landing_asset
from meshlake.orchestration.reporting import LogReporter
from meshlake.settings import load_settings
from meshlake.workspace import open_workspace


@pytest.fixture
def landed(tmp_path):
    """Materializes the asset of one landed file, in one Dagster instance; gives its metadata."""
    (tmp_path / "data_products").mkdir()
    mesh = open_workspace(load_settings({"MESH_HOME": str(tmp_path / "mesh")}, tmp_path))
    file = tmp_path / "mesh" / "landing" / "crm" / "people" / "people.csv"
    file.parent.mkdir(parents=True)
    file.write_text("id,name\n1,Ana\n2,Bo\n")
    asset = landing_asset(mesh, DatasetName("crm", "people"))
    with dg.DagsterInstance.ephemeral() as instance:

        def materialize() -> dict[str, object]:
            run = dg.materialize([asset], instance=instance, resources={"reporter": LogReporter()})
            [event] = run.get_asset_materialization_events()
            return {name: value.value for name, value in event.materialization.metadata.items()}

        yield file, materialize


def test_files_that_did_not_change_are_not_read_again(landed, monkeypatch):
    # That a file was changed is seen from a time that no program can set back.
    monkeypatch.setattr("meshlake.stores.disk._version", lambda status: str(status.st_mtime_ns))
    file, materialize = landed
    first, times = materialize(), file.stat()
    assert first["dagster/row_count"] == 2
    file.write_text("id,name\n1,A\n2,B\n3,C")
    file.write_bytes(file.read_bytes().ljust(times.st_size, b"\n"))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert materialize() == first


def test_files_that_changed_are_profiled_anew(landed):
    file, materialize = landed
    materialize()
    file.write_text("id,name\n1,\n2,Bo\n3,Cy\n")
    told = materialize()
    assert told["dagster/row_count"] == 3
    assert told["null_shares"]["name"] == pytest.approx(1 / 3, abs=1e-6)
