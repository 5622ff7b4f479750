"""A home that is moved, renamed or copied works as before; a copy and the home it was copied from never meet."""

from __future__ import annotations

import errno
import shutil

import duckdb
import pytest

from meshlake.building import views
from meshlake.building.compact import compact_lake
from meshlake.building.upkeep import history, release_product, roll_back
from meshlake.building.views import refresh_views
from meshlake.lake import moved as home_names
from meshlake.lake.clean import clean_lake
from meshlake.lake.moved import HOME, moves
from meshlake.names import ProductName
from support.people import ID, publish_people
from support.small_mesh import SmallMesh

PEOPLE = ProductName("crm", "people")


@pytest.fixture(scope="module", params=["as it is named", "of an earlier version"])
def made(request, tmp_path_factory):
    """People and ages, with views; an earlier version named their files by where they were."""
    mesh = SmallMesh(tmp_path_factory.mktemp("made") / "mesh")
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "of an earlier version":
            patch.setattr(home_names, "recorded_warehouse", lambda _: None)
        publish_people(mesh)
    refresh_views(mesh.workspace)
    return mesh


@pytest.fixture
def home(made, tmp_path):
    """A copy of it whose original is out of reach."""
    shutil.copytree(made.root, tmp_path / "first")
    return moved(SmallMesh(tmp_path / "first"), "a moved home")


def moved(mesh, name):
    mesh.root.rename(mesh.root.with_name(name))
    return SmallMesh(mesh.root.with_name(name))


def files(mesh):
    """All files of the mesh and what is in them, but those of SQLite that only reading writes."""
    every = (p for p in mesh.root.rglob("*") if p.is_file() and not p.name.endswith(("-wal", "-shm")))
    return {p: p.read_bytes() for p in every}


def read_by_duckdb(mesh, query):
    refresh_views(mesh.workspace)
    with duckdb.connect(str(mesh.settings.mesh_file), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_a_home_where_it_was_made_has_no_moves(made):
    assert moves(made.settings) == {HOME: str(made.home)}


def test_nothing_that_is_recorded_says_where_the_home_is(tmp_path):
    mesh = SmallMesh(tmp_path / "a home of ünicode")
    publish_people(mesh)
    roll_back(mesh.workspace, PEOPLE)
    place = str(mesh.home).encode()
    recorded = [p for p in (*mesh.home.glob("catalog.db*"), *mesh.home.glob("warehouse/**/*")) if p.is_file()]
    assert len(recorded) > 20
    assert [p for p in recorded if place in p.read_bytes() or b"file://" in p.read_bytes()] == []


def test_what_was_published_is_read_and_is_current(home):
    assert set(moves(home.settings).values()) <= {str(home.home), str(home.settings.warehouse)}
    assert [row["id"] for row in home.rows("crm.people")] == [1, 2]
    assert read_by_duckdb(home, "SELECT count(*) FROM crm.people") == [(2,)]
    assert read_by_duckdb(home, "SELECT value FROM crm.people__quarantine") == [("soon",)]
    (first,) = (s for s in history(home.workspace, PEOPLE) if s.row_count == 1)
    lake = home.workspace.lake
    assert all(path.startswith(f"{home.root}/") for path in lake.files(first))
    assert roll_back(home.workspace, PEOPLE).snapshot_id == first.snapshot_id
    assert read_by_duckdb(home, "SELECT id FROM crm.people") == [(1,)]
    release_product(home.workspace, PEOPLE)


def test_it_is_built_cleaned_and_moved_again(home):
    for number, name in ((4, "again"), (5, "and again")):
        home.land(f"crm/people/{number}.csv", f"id,born\n{number},2000\n")
        home.product(f"crm.new_{number}", {"id": ID}, {"transform.sql": "SELECT id FROM crm.people"})
        home.build_product("crm.people", f"crm.new_{number}")
        home = moved(home, name)
    assert [row["id"] for row in home.rows("crm.people")] == [1, 2, 4, 5]
    assert [row["id"] for row in home.rows("crm.new_4")] == [1, 2, 4]
    removed = clean_lake(home.workspace.lake, {"crm.people": 0}, grace_seconds=0)
    assert removed.snapshots == 3
    assert [row["id"] for row in home.rows("crm.people")] == [1, 2, 4, 5]
    assert clean_lake(home.workspace.lake, {}, grace_seconds=0).files == 0
    assert not home.build_product("crm.new_5").is_rebuilt


def test_a_copy_leaves_the_home_that_it_was_copied_from_alone(made, tmp_path, monkeypatch):
    shutil.copytree(made.root, tmp_path / "copy")
    copy, before = SmallMesh(tmp_path / "copy"), files(made)
    copy.land("crm/people/c.csv", "id,born\n7,2000\n")
    copy.build_product("crm.people", "crm.ages")
    monkeypatch.setattr("meshlake.building.compact._MANY_FILES", 1)
    compact_lake(copy.workspace)
    assert clean_lake(copy.workspace.lake, {"crm.people": 0}, grace_seconds=0).files > 0
    assert read_by_duckdb(copy, "SELECT id FROM crm.people ORDER BY id") == [(1,), (2,), (7,)]
    assert files(made) == before
    assert [row["id"] for row in made.rows("crm.people")] == [1, 2]


def test_what_was_deleted_of_a_copy_is_not_looked_for_in_the_original(made, tmp_path):
    shutil.copytree(made.root, tmp_path / "copy")
    copy = SmallMesh(tmp_path / "copy")
    for path in (copy.home / "warehouse").rglob("*.parquet"):
        path.unlink()
    with pytest.raises(FileNotFoundError):
        copy.rows("crm.people")


def test_another_warehouse_that_is_chosen_is_no_move(made, tmp_path):
    elsewhere = made.having(warehouse=tmp_path / "elsewhere")
    assert set(moves(elsewhere.settings)) == {HOME}
    assert [row["id"] for row in elsewhere.rows("crm.people")] == [1, 2]


def test_who_may_only_read_a_moved_home_is_answered_all_the_same(home, monkeypatch):
    def refuse(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    before = files(home)
    write = views.write_mesh_file

    def write_elsewhere(path, *rest):
        return refuse() if path.is_relative_to(home.home) else write(path, *rest)

    monkeypatch.setattr(views, "write_mesh_file", write_elsewhere)
    assert home.open().sql("SELECT id FROM crm.people ORDER BY id").dicts() == [{"id": 1}, {"id": 2}]
    assert files(home) == before
