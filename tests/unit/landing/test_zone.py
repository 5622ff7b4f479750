"""Which datasets and files a landing zone holds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from meshlake.errors import LandingError
from meshlake.formats import format_of
from meshlake.landing.zone import LandingZone
from meshlake.names import DatasetName


def test_lists_datasets_with_files_and_leaves_hidden_ones_out(zone, put):
    put({"a.csv": "id\n1\n", "_SUCCESS": "", ".a.csv.crc": "x", ".hidden/b.csv": "id\n2\n"})
    Path(zone.root, "crm", "empty").mkdir()
    Path(zone.root, ".staging", "x").mkdir(parents=True)

    assert zone.datasets() == [DatasetName("crm", "customers")]
    dataset = zone.dataset(DatasetName("crm", "customers"))
    assert [file.name for file in dataset.files] == ["crm/customers/a.csv"]
    assert dataset.format.name == "csv"
    assert dataset.files[0].size_bytes == 5


def test_a_zone_that_does_not_exist_has_no_datasets(tmp_path):
    assert LandingZone(str(tmp_path / "nowhere")).datasets() == []


@pytest.mark.parametrize("name", [("crm", "orders"), ("..", "customers"), ("crm", "../crm/customers")])
def test_what_has_not_landed_is_an_error_that_names_what_has(zone, put, name):
    put({"a.csv": "id\n1\n"})
    with pytest.raises(LandingError, match=r"has not landed") as caught:
        zone.dataset(DatasetName(*name))
    assert "landing.crm.customers" in (caught.value.hint or "")


def test_mixed_formats_are_refused(put):
    with pytest.raises(LandingError, match=r"a\.csv is csv, crm/customers/b\.jsonl is json"):
        put({"a.csv": "id\n1\n", "b.jsonl": '{"id": 1}\n'})


def test_a_file_of_no_known_format_is_refused_rather_than_ignored(put):
    with pytest.raises(LandingError, match=r"crm/customers/b\.bin is of no format"):
        put({"a.csv": "id\n1\n", "b.bin": b"Obj"})


def test_fingerprint_follows_the_files(zone, put, tmp_path):
    first = put({"a.csv": "id\n1\n"})
    again = put({})
    more = put({"b.csv": "id\n2\n"})
    Path(more.files[1].path).unlink()
    removed = put({})
    path = Path(first.files[0].path)
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1))
    touched = put({})
    Path(zone.root).rename(tmp_path / "moved")
    moved = LandingZone(str(tmp_path / "moved")).dataset(first.name)

    assert first.fingerprint == again.fingerprint == removed.fingerprint
    assert len({first.fingerprint, more.fingerprint, touched.fingerprint}) == 3
    assert moved.fingerprint == touched.fingerprint


def test_files_outside_of_dataset_folders_are_named(zone, put):
    put({"a.csv": "id\n1\n"})
    Path(zone.root, "crm", "stray.csv").write_text("id\n1\n")
    assert zone.misplaced_files() == ["crm/stray.csv"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.parquet", "parquet"),
        ("A.CSV", "csv"),
        ("a.tsv.gz", "csv"),
        ("a.v2.jsonl", "json"),
        ("a.ndjson.GZ", "json"),
    ],
)
def test_format_by_ending(name, expected):
    assert format_of(name).name == expected


@pytest.mark.parametrize("name", ["a", "a.gz", "a.parquet.lz4", "a.bin", "a.gz.csv.gzip", ".csv"])
def test_other_endings_are_refused(name):
    with pytest.raises(LandingError, match="no format"):
        format_of(name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.ods", "Save it as .xlsx"),
        ("a.TXT", r"Text of fixed width\? Say where its columns stand in a file schema.ini"),
        ("a.sav", "pandas.*read_spss"),
        ("a.sqlite", "ATTACH 'FILE'"),
        ("a.strange", "What can be read: Parquet"),
    ],
)
def test_what_cannot_be_read_is_told_with_the_way_to_convert_it(put, name, words):
    with pytest.raises(LandingError, match=rf"{name} is of no format that can be read\n.*{words}"):
        put({name: b"x"})
