"""Landed files replaced and removed: all of them or none, whoever looks and whenever the process dies."""

from __future__ import annotations

from pathlib import Path

import pytest

from meshlake.engines.duckdb import answer
from meshlake.errors import LandingError, NotLandedError
from meshlake.landing import replacing
from meshlake.landing.arrival import land
from meshlake.landing.corrections import remove
from meshlake.names import DatasetName
from meshlake.stores.disk import Disk

ORDERS = DatasetName("r", "orders")
OLD = {"a.csv": "id\n1\n", "b.csv": "id\n2\n", "day=1/c.csv": "id\n3\n"}
NEW = {"a.csv": "id\n7\n", "day=1/c.csv": "id\n9\n", "d.csv": "id\n4\n"}


@pytest.fixture
def landed(zone, tmp_path):
    """The old files landed; the folder of the new ones."""
    for name, text in OLD.items():
        write(Path(zone.root) / "r/orders" / name, text)
    for name, text in NEW.items():
        write(tmp_path / "new" / name, text)
    return tmp_path / "new"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def contents(zone):
    return {file.name: Path(file.path).read_text() for file in zone.dataset(ORDERS).files}


def below(files):
    return {f"r/orders/{name}": text for name, text in files.items()}


def test_files_of_equal_name_are_replaced_new_ones_added_and_all_others_stay(zone, landed):
    files = land([landed], zone, "r", "orders", is_replacing=True)
    assert contents(zone) == below(OLD | NEW)
    assert {f.name.removeprefix("r/orders/"): (f.is_new, f.is_replaced) for f in files} == {
        "a.csv": (False, True),
        "d.csv": (True, False),
        "day=1/c.csv": (False, True),
    }
    again = land([landed], zone, "r", "orders", is_replacing=True)
    assert not any(file.is_new or file.is_replaced for file in again)


def test_nothing_else_is_left_in_the_folder_that_could_be_taken_for_data(zone, landed):
    land([landed], zone, "r", "orders", is_replacing=True)
    left = [p for p in (Path(zone.root) / "r/orders").rglob("*") if p.is_file()]
    assert {p.name for p in left} == {"a.csv", "b.csv", "c.csv", "d.csv", "_replaced"}
    assert zone.misplaced_files() == []


def test_files_are_removed_by_either_name_and_unknown_ones_are_told(zone, landed):
    assert remove(zone, ORDERS, ["b.csv", "r/orders/day=1/c.csv"]) == [
        "r/orders/b.csv",
        "r/orders/day=1/c.csv",
    ]
    assert contents(zone) == below({"a.csv": OLD["a.csv"]})
    with pytest.raises(LandingError, match=r"has no file b\.csv"):
        remove(zone, ORDERS, ["a.csv", "b.csv"])
    assert remove(zone, ORDERS, []) == ["r/orders/a.csv"]
    with pytest.raises(NotLandedError):
        zone.dataset(ORDERS)


class KilledError(Exception):
    """The process ends here."""


class DyingDisk(Disk):
    """Ends the process before its nth change."""

    left = 0

    def _count(self):
        DyingDisk.left -= 1
        if DyingDisk.left < 0:
            raise KilledError

    def add(self, source, address):
        self._count()
        super().add(source, address)

    def write(self, address, content):
        self._count()
        super().write(address, content)

    def move(self, source, target):
        self._count()
        super().move(source, target)

    def remove(self, addresses):
        self._count()
        super().remove(addresses)

    def remove_folder(self, place):
        self._count()
        super().remove_folder(place)


@pytest.mark.parametrize("steps", range(14))
def test_a_kill_at_any_step_leaves_all_old_files_or_all_new_ones(zone, landed, steps):
    DyingDisk.left = steps
    change = replacing.FolderChange(DyingDisk(), f"{zone.root}/r/orders")
    is_killed = False
    try:
        for name in NEW:
            change.stage(landed / name, name)
        change.remove(["b.csv"])
        change.commit()
    except KilledError:
        is_killed = True
    assert is_killed == (steps < 12)
    kept = {name: text for name, text in OLD.items() if name != "b.csv"} | NEW
    # Three files are staged before the journal says that it has happened.
    assert contents(zone) == below(OLD if steps < 4 else kept)
    assert contents(zone) == below(OLD if steps < 4 else kept)


def test_a_listing_during_which_files_were_moved_is_made_again(zone, landed):
    folder, made = f"{zone.root}/r/orders", []

    def listed():
        files = zone.store.files(folder, zone.root)
        if not made:
            land([landed], zone, "r", "orders", is_replacing=True)
        made.append(files)
        return files

    found = replacing.consistent_files(zone.store, folder, listed)
    assert len(made) == 2
    assert found is made[1]


def test_a_journal_that_others_finish_too_moves_each_file_once(zone, landed, monkeypatch):
    folder = f"{zone.root}/r/orders"
    change = replacing.FolderChange(zone.store, folder)
    change.stage(landed / "a.csv", "a.csv")
    finish = replacing.finish

    def finish_twice(store, place, journal):
        content = Path(journal).read_bytes()
        finish(store, place, journal)
        write(Path(place) / "a.csv", "id\n8\n")
        Path(journal).write_bytes(content)
        finish(store, place, journal)

    monkeypatch.setattr(replacing, "finish", finish_twice)
    change.commit()
    # What came after stays: the staged file was moved once.
    assert contents(zone)["r/orders/a.csv"] == "id\n8\n"


@pytest.fixture
def replaced_once(mesh, monkeypatch):
    """A mesh whose orders are replaced just when a question has listed their files; how often it was asked."""
    for name, text in OLD.items():
        mesh.land(f"r/orders/{name}", text)
    for name, text in NEW.items():
        write(mesh.root / "new" / name, text)
    asked, opened = [], answer.open_mesh_file

    def open_and_replace(*arguments, **options):
        asked.append(opened(*arguments, **options))
        if len(asked) == 1:
            mesh.open().land(mesh.root / "new", domain="r", dataset="orders", replace=True)
        return asked[-1]

    monkeypatch.setattr(answer, "open_mesh_file", open_and_replace)
    return mesh, asked


QUERY = "SELECT string_agg(id, ' ' ORDER BY id) AS ids FROM landing.r.orders"


@pytest.mark.parametrize("options", [("--format", "csv"), ("--json",), ("--format", "table")], ids=str)
def test_a_question_during_which_files_were_replaced_is_asked_again(replaced_once, options):
    mesh, asked = replaced_once
    told = mesh.run("sql", QUERY, *options).ended().out
    assert "2 4 7 9" in told
    assert "1 2 3" not in told
    assert len(asked) == 2


def test_the_front_door_asks_again_or_says_so(replaced_once, tmp_path):
    mesh, asked = replaced_once
    with (
        pytest.raises(replacing.ReplacedError, match="was replaced or removed while it was read"),
        mesh.open().asked(QUERY) as found,
    ):
        found.run().fetchall()
    asked.clear()
    write(mesh.root / "new" / "b.csv", "id\n5\n")
    assert mesh.open().sql(QUERY).dicts() == [{"ids": "4 5 7 9"}]
    asked.clear()
    write(mesh.root / "new" / "b.csv", "id\n6\n")
    assert mesh.open().write(QUERY, tmp_path / "ids.csv").row_count == 1
    assert (tmp_path / "ids.csv").read_text() == "ids\n4 6 7 9\n"
    assert len(asked) == 2
