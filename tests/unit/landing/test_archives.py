"""ZIP archives that land: what is in them, confined and bounded."""

from __future__ import annotations

import stat
import tempfile
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from meshlake.errors import LandingError
from meshlake.formats import bombs
from meshlake.landing.arrival import land


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
        ([("a.docx", ROW)], r"a\.docx is of no format"),
        ([], "the folder holds no files"),
    ],
)
def test_what_an_archive_may_not_hold(zone, tmp_path, members, words):
    with pytest.raises(LandingError, match=words):
        land([archive(tmp_path / "a.zip", *members)], zone, "crm")
    assert not zone.datasets()


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


@pytest.mark.parametrize("name", ["a.tar.gz", "a.7z", "a.rar"])
def test_other_archives_are_told(zone, tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(LandingError, match="archives of this kind are not read\nUnpack it"):
        land([tmp_path / name], zone, "crm")


def test_an_archive_that_lies_in_the_zone_is_told(mesh, zone):
    with pytest.raises(LandingError, match="is of no format that can be read\n`mesh land` unpacks it"):
        mesh.land_files("crm.a", {"a.zip": b"PK"})
