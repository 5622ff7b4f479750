"""ZIP archives that land: what is in them, confined and bounded."""

from __future__ import annotations

import stat
import tempfile
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import duckdb
import pytest

from meshlake.errors import LandingError
from meshlake.formats import bombs
from meshlake.landing.arrival import land
from meshlake.landing.relation import relation_sql, unreadable
from meshlake.names import DatasetName


def archive(path, *members):
    with ZipFile(path, "w", ZIP_DEFLATED) as made:
        for name, content in members:
            made.writestr(name, content)
    return path


def names(files):
    return sorted(file.name for file in files)


ROW = "id\n1\n"


@pytest.mark.parametrize(
    ("members", "dataset", "expected"),
    [
        ([("jan.csv", ROW)], None, ["crm/jan/jan.csv"]),
        ([("deep/jan.csv", ROW), ("__MACOSX/._x", "")], None, ["crm/jan/jan.csv"]),
        ([("jan.csv", ROW), ("sub/feb.csv", ROW)], None, ["crm/jan/jan.csv", "crm/sub/feb.csv"]),
        ([("jan.csv", ROW), ("feb.csv", ROW)], "months", ["crm/months/feb.csv", "crm/months/jan.csv"]),
        ([("part-0.csv", ROW), ("part-1.csv", ROW)], None, ["crm/sales/part-0.csv", "crm/sales/part-1.csv"]),
        ([("dt=2024-01-05/a.csv", ROW), ("dt=2024-01-06/a.csv", ROW)], None, None),
        ([("dt=2024-01-05/a.csv", ROW)], None, None),
    ],
)
def test_an_archive_lands_as_a_folder_of_what_is_in_it(zone, tmp_path, members, dataset, expected):
    made = archive(tmp_path / "sales.zip", *members)
    expected = expected or [f"crm/sales/{name}" for name, _ in members]
    assert names(land([made], zone, "crm", dataset)) == expected
    assert not any(file.is_new for file in land([made], zone, "crm", dataset))
    assert not list(Path(tempfile.gettempdir()).glob("meshlake-*/sales"))


def test_archives_in_a_folder(zone, tmp_path):
    inbox = tmp_path / "inbox"
    (inbox / "orders").mkdir(parents=True)
    archive(inbox / "orders" / "a.zip", ("1.csv", ROW), ("2.csv", ROW))
    archive(inbox / "b.zip", ("c.csv", ROW))
    assert names(land([inbox], zone, "crm")) == ["crm/c/c.csv", "crm/orders/1.csv", "crm/orders/2.csv"]


@pytest.mark.parametrize(("dataset", "top"), [(None, ""), ("calls", ""), (None, "calls/")])
def test_folders_above_an_archive_that_say_a_value_are_kept(zone, tmp_path, dataset, top):
    inbox = tmp_path / "calls"
    for day in (5, 6):
        (inbox / f"{top}dt=2024-01-0{day}").mkdir(parents=True)
        archive(inbox / f"{top}dt=2024-01-0{day}" / "a.zip", ("a.csv", ROW))
    expected = ["crm/calls/dt=2024-01-05/a.csv", "crm/calls/dt=2024-01-06/a.csv"]
    assert names(land([inbox], zone, "crm", dataset)) == expected


def link():
    member = ZipInfo("link.csv")
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    return member, "/etc/passwd"


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ([("../a.csv", ROW)], r"it holds '\.\./a\.csv', which leads out of it"),
        ([("/etc/a.csv", ROW)], "which leads out of it"),
        ([("C:/a.csv", ROW)], "which leads out of it"),
        ([("x/../../a.csv", ROW)], "which leads out of it"),
        ([("..\\a.csv", ROW)], "which leads out of it"),
        ([link()], "it holds 'link.csv', which leads out of it"),
        ([("a.csv", ROW), ("inner.zip", "PK")], "it holds other archives"),
        ([("d/a.ods", ROW), ("b.csv", ROW)], r"/a\.zip/d/a\.ods is of no format"),
        ([("README.txt", ROW)], r"/a\.zip/README\.txt is of no format"),
        ([], "the folder holds no files"),
    ],
)
def test_what_an_archive_may_not_hold(zone, tmp_path, members, words):
    with pytest.raises(LandingError, match=words):
        land([archive(tmp_path / "a.zip", *members)], zone, "crm")
    assert not zone.datasets()


def test_what_is_no_data_is_left_out_and_told(zone, tmp_path, caplog):
    others = ["LICENSE", "d/README.txt", "d/manual.pdf", "logo.PNG", "notes.docx", "page.html"]
    made = archive(tmp_path / "a.zip", ("d/b.csv", ROW), *((name, "x") for name in others))
    assert [file.name for file in land([made], zone, "crm")] == ["crm/b/b.csv"]
    assert sorted(record.getMessage() for record in caplog.records) == [
        f"{made}/{name} is no data: left out" for name in others
    ]


def test_a_bomb_is_refused_before_it_is_unpacked(zone, tmp_path, monkeypatch):
    monkeypatch.setattr(bombs, "_ALWAYS_BYTES", 1024)
    made = archive(tmp_path / "a.zip", ("a.csv", "0" * 5_000_000))
    with pytest.raises(LandingError, match=r"a\.zip: it unpacks to over 1,000 times its size"):
        land([made], zone, "crm")


@pytest.mark.parametrize("keep", [0, 10, -10])
def test_a_damaged_archive_is_told(zone, tmp_path, keep):
    made = archive(tmp_path / "a.zip", ("a.csv", ROW))
    made.write_bytes(made.read_bytes()[:keep])
    with pytest.raises(LandingError, match=r"a\.zip: the ZIP archive is cut off"):
        land([made], zone, "crm")


def broken_member(path, name, *members):
    made = archive(path, *members)
    with ZipFile(made) as whole:
        at = whole.getinfo(name).header_offset + 30 + len(name)
    content = bytearray(made.read_bytes())
    content[at] ^= 0xFF
    made.write_bytes(content)
    return made


def told(zone, name):
    with duckdb.connect() as connection:
        dataset = zone.dataset(DatasetName("crm", name))
        found = unreadable(connection, dataset)
        rows = connection.execute(f"SELECT * FROM {relation_sql(dataset)}").fetchall()
    return [line.told for line in found.lines()], rows


@pytest.mark.parametrize("packed", ["2.zip", "2.csv.zip"])
def test_a_broken_archive_keeps_nothing_beside_it_from_landing(zone, tmp_path, packed):
    (tmp_path / "in" / "orders").mkdir(parents=True)
    (tmp_path / "in" / "orders" / "1.csv").write_text(ROW)
    (tmp_path / "in" / "orders" / packed).write_bytes(b"PK\x03\x04 cut off")
    landed = {file.name: file.damage for file in land([tmp_path / "in"], zone, "crm")}
    assert landed["crm/orders/1.csv"] is None
    assert f"{packed}: the ZIP archive is cut off" in landed[f"crm/orders/{packed}"]
    lines, rows = told(zone, "orders")
    assert rows == [("1",)]
    assert lines == [
        f"crm/orders/{packed}: the .zip file is cut off or damaged: File is not a zip file "
        "(the whole file is kept aside)"
    ]


def test_a_broken_archive_alone_lands_beside_the_files_that_are_there(zone, tmp_path):
    (tmp_path / "1.csv").write_text(ROW)
    (tmp_path / "2.zip").write_bytes(b"PK\x03\x04 cut off")
    land([tmp_path / "1.csv"], zone, "crm", "orders")
    (landed,) = land([tmp_path / "2.zip"], zone, "crm", "orders")
    assert "2.zip: the ZIP archive is cut off" in (landed.damage or "")
    lines, rows = told(zone, "orders")
    assert rows == [("1",)]
    assert len(lines) == 1


def test_a_broken_archive_of_a_dataset_of_its_own_lands_and_is_told_by_one_error(zone, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "good.csv").write_text(ROW)
    (tmp_path / "in" / "bad.zip").write_bytes(b"no archive")
    assert names(land([tmp_path / "in"], zone, "crm")) == ["crm/bad/bad.zip", "crm/good/good.csv"]
    with pytest.raises(
        LandingError, match=r"^crm/bad/bad\.zip: the \.zip file is cut off or damaged: [^\n]*\nLand"
    ):
        told(zone, "bad")
    archive(tmp_path / "in" / "bad.zip", ("1.csv", ROW))
    land([tmp_path / "in"], zone, "crm", "bad")
    assert told(zone, "bad")[1] == [("1",), ("1",)]


def test_of_an_archive_what_is_broken_is_kept_aside_and_all_else_read(zone, tmp_path):
    members = [(f"part-{n}.csv", f"id\n{n}\n" * 9) for n in range(3)]
    made = broken_member(tmp_path / "sales.zip", "part-1.csv", *members)
    landed = {file.name: file.damage for file in land([made], zone, "crm")}
    assert [bool(landed[f"crm/sales/part-{n}.csv{end}"]) for n, end in enumerate(["", ".zip", ""])] == [
        0,
        1,
        0,
    ]
    lines, rows = told(zone, "sales")
    assert sorted(set(rows)) == [("0",), ("2",)]
    assert len(lines) == 1
    assert lines[0].startswith("crm/sales/part-1.csv.zip: the .zip file is cut off or damaged")
    kept = Path(zone.root, "crm/sales/part-1.csv.zip").read_bytes()
    assert kept in made.read_bytes()
    assert kept.startswith(b"PK\x03\x04")


def test_an_archive_of_one_file_is_read_where_it_lies(mesh, zone, tmp_path):
    one = archive(tmp_path / "a.zip", ("jan.csv", ROW)).read_bytes()
    two = archive(tmp_path / "b.zip", ("feb.csv", ROW), ("mar.csv", ROW)).read_bytes()
    mesh.land_files("crm.a", {"jan.csv.zip": one, "feb.csv.zip": two})
    lines, rows = told(zone, "a")
    assert rows == [("1",)]
    assert lines == ["crm/a/feb.csv.zip: it is a ZIP archive of 2 files (the whole file is kept aside)"]


def test_a_broken_workbook_keeps_nothing_beside_it_from_landing(zone, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "good.csv").write_text(ROW)
    (tmp_path / "in" / "bad.xlsx").write_bytes(b"PK\x03\x04 cut off")
    assert names(land([tmp_path / "in"], zone, "crm")) == ["crm/bad/bad.xlsx", "crm/good/good.csv"]


@pytest.mark.parametrize("name", ["a.tar.gz", "a.7z", "a.rar"])
def test_other_archives_are_told(zone, tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(LandingError, match="archives of this kind are not read\nUnpack it"):
        land([tmp_path / name], zone, "crm")


def test_an_archive_that_lies_in_the_zone_is_told(mesh, zone, tmp_path):
    many = archive(tmp_path / "a.zip", ("a.csv", ROW), ("b.csv", ROW)).read_bytes()
    mesh.land_files("crm.a", {"a.zip": many})
    with pytest.raises(LandingError, match=r"a\.zip: it is a ZIP archive of 2 files\n`mesh land` unpacks it"):
        told(zone, "a")
