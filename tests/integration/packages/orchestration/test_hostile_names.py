"""Whatever lies in the bucket, and whatever it is called: definitions load, and what can be built is built."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.remote_representation.external_data import RepositorySnap
from dagster_shared.serdes import serialize_value
from hypothesis import given, settings
from hypothesis import strategies as st

from meshlake.names import DatasetName
from meshlake.orchestration.definitions import mesh_definitions
from meshlake.orchestration.keys import asset_key, name_of
from support.ran import run_apart
from support.small_mesh import SmallMesh

# Dagster asks schedules for what it says itself has no effect.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Property `ScheduleDefinition.environment_vars`"),
]
ROWS = "id\n1\n"
ID = {"id": {"logicalType": "integer", "primaryKey": True, "required": True}}
HOSTILE = [
    "Calls 2",
    "Größe",
    "a-b",
    "a_b",
    "a.b",
    "a__b",
    "a_",
    "a'b",
    'a"b',
    "a~2f~b",
    "*",
    "key:x",
    "\n",
    "class",
    "数据 😀",
    "e\u0301",
    "\u00e9",
    "x" * 250,
    "😀" * 60,
]
# A file's name in a folder: neither a slash nor a zero byte, and not what is left out as hidden.
FOLDERS = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=40).filter(
    lambda name: name[0] not in "._" and len(os.fsencode(name)) < 250
)


def loaded(mesh: SmallMesh) -> dg.RepositoryDefinition:
    """The definitions as Dagster's code server gives them to its daemon and pages."""
    definitions = mesh_definitions(mesh.workspace)
    dg.Definitions.validate_loadable(definitions)
    repository = definitions.get_repository_def()
    serialize_value(RepositorySnap.from_def(repository)).encode()
    return repository


@pytest.fixture
def bucket(shop):
    """`shop` with what people and programs leave in a bucket beside it."""
    for name in HOSTILE:
        shop.land(f"shop/{name}/a.csv", ROWS)
        shop.land(f"{name}/shop/a.csv", ROWS)
    shop.land("shop/mixed/a.csv", ROWS)
    shop.land("shop/mixed/b.parquet", "no parquet")
    shop.land("shop/unknown/a.docx", "?")
    shop.land("shop/misplaced.csv", ROWS)
    shop.land("misplaced.csv", ROWS)
    for link in ("nowhere.csv", "itself.csv"):
        (shop.landing / "shop/linked").mkdir(exist_ok=True)
        (shop.landing / "shop/linked" / link).symlink_to(link if link == "itself.csv" else "gone.csv")
    strange = Path(os.fsdecode(os.fsencode(shop.landing) + b"/shop/caf\xe9"))
    strange.mkdir()
    (strange / "a.csv").write_text(ROWS)
    return shop


def test_every_folder_is_an_asset_and_none_stops_the_others(bucket):
    graph = loaded(bucket).asset_graph
    for name in HOSTILE:
        for dataset in (DatasetName("shop", name), DatasetName(name, "shop")):
            assert graph.get(asset_key(dataset)).description.startswith("Files as they arrived")
    for path, said in {
        "shop/mixed": "mixes formats",
        "shop/unknown": "no format that can be read",
        "shop/caf~dce9~": "'shop/caf\\udce9/a.csv' is no name in UTF-8",
        "shop": "shop/misplaced.csv in no folder of a dataset",
        "": "misplaced.csv in no folder of a dataset",
    }.items():
        node = graph.get(dg.AssetKey(["landing", *path.split("/")] if path else ["landing"]))
        assert node.description.startswith("Cannot be read: ")
        assert said in node.description


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(FOLDERS, FOLDERS), max_size=6, unique=True))
def test_any_names_give_definitions_that_load(names):
    with tempfile.TemporaryDirectory() as folder:
        mesh = SmallMesh(Path(folder))
        for domain, dataset in names:
            mesh.land(f"{domain}/{dataset}/a.csv", ROWS)
        keys = loaded(mesh).asset_graph.get_all_asset_keys()
        assert {name_of(key) for key in keys} == {DatasetName(*name) for name in names}
        assert len({key.to_user_string() for key in keys}) == len(names)


def test_a_folder_of_products_whose_name_is_no_text_is_broken_alone(shop):
    folder = Path(os.fsdecode(os.fsencode(shop.products) + b"/shop/caf\xe9"))
    folder.mkdir()
    graph = loaded(shop).asset_graph
    (broken,) = (key for key in graph.get_all_asset_keys() if key.path[0] == "misnamed")
    assert "caf\\udce9" in graph.get(broken).description
    assert shop.build("shop.pets").is_complete


def test_one_product_may_read_datasets_whose_names_are_near_each_other(shop):
    near = ["a-b", "a_b"]
    for name in near:
        shop.land(f"shop/{name}/a.csv", ROWS)
    sql = " UNION ALL ".join(f'SELECT id::BIGINT AS id FROM landing.shop."{name}"' for name in near)
    shop.product("shop.near", {"id": "integer"}, {"transform.sql": f"{sql}\n"})
    assert loaded(shop).asset_graph.get(dg.AssetKey(["shop", "near"])).parent_keys == {
        asset_key(DatasetName("shop", name)) for name in near
    }
    assert shop.build("shop.near").is_complete
    assert shop.rows("shop.near") == [{"id": 1}, {"id": 1}]


def test_a_dataset_is_read_whatever_its_folder_is_called(shop):
    for position, name in enumerate(["Calls 2", "Größe", "a-b", "a__b", "数据 😀"]):
        shop.land(f"shop/{name}/a.csv", ROWS)
        shop.product(f"shop.p{position}", ID, custom={"source": f"landing.shop.{name}"})
    outcome = shop.build()
    assert outcome.failures == {}
    assert shop.rows("shop.p1") == [{"id": 1}]


def test_what_is_broken_fails_with_its_reason_until_it_is_mended(bucket):
    def materialize(*path: str) -> str:
        repository = loaded(bucket)
        run = repository.get_job("__ASSET_JOB").execute_in_process(
            asset_selection=[dg.AssetKey(list(path))], raise_on_error=False
        )
        if run.success:
            return ""
        (failed,) = (event for event in run.all_events if event.is_step_failure)
        return failed.step_failure_data.error.message

    assert "mixes formats" in materialize("landing", "shop", "mixed")
    assert "shop/linked/itself.csv" in materialize("landing", "shop", "linked")
    assert "Move what is data into" in materialize("landing", "shop")
    assert "Rename the file" in materialize("landing", "shop", "caf~dce9~")
    (bucket.landing / "shop/mixed/b.parquet").unlink()
    assert materialize("landing", "shop", "mixed") == ""


def test_the_sensor_asks_for_all_that_can_be_read(bucket):
    definitions = mesh_definitions(bucket.workspace)
    sensor = next(each for each in definitions.sensors if each.name == "new_files")
    with (
        dg.DagsterInstance.ephemeral() as instance,
        dg.build_sensor_context(instance, repository_def=definitions.get_repository_def()) as context,
    ):
        (request,) = sensor.evaluate_tick(context).run_requests
    asked = {name_of(key) for key in request.asset_selection}
    assert asked >= {DatasetName("shop", name) for name in [*HOSTILE, "orders", "pets"]}
    assert not asked & {DatasetName("shop", name) for name in ("mixed", "unknown", "caf\udce9")}


def test_mesh_build_and_dagsters_own_tool_work_beside_such_folders(bucket, tmp_path):
    bucket.process("build").ended()
    assert bucket.rows("shop.totals") == [{"total": 30.0}]
    home = tmp_path / "dagster"
    home.mkdir()
    validate = ("definitions", "validate", "-m", "meshlake.orchestration.definitions")
    dagster = Path(sys.executable).with_name("dagster")
    run_apart([dagster, *validate], bucket.environment | {"DAGSTER_HOME": str(home)}, bucket.root).ended()
