"""A folder of this machine as a store; the suite for all stores, and what only a folder has."""

from __future__ import annotations

import os
import time

import pytest

from meshlake.stores.disk import Disk
from support.store_suite import StoreSuite


@pytest.fixture
def store() -> Disk:
    return Disk()


@pytest.fixture
def place(tmp_path) -> str:
    return str(tmp_path / "place")


class TestDisk(StoreSuite):
    """Every store's behaviour, on a disk."""


def test_links_to_folders_are_not_followed_and_to_files_are(store, tmp_path):
    store.write(str(tmp_path / "far/a"), b"x")
    (tmp_path / "near").mkdir()
    (tmp_path / "near/link").symlink_to(tmp_path / "far/a")
    (tmp_path / "near/folder").symlink_to(tmp_path / "far")
    assert [file.name for file in store.files(str(tmp_path / "near"))] == ["link"]


def test_a_file_of_the_same_size_and_time_is_another_version(store, tmp_path):
    file = tmp_path / "a"
    file.write_bytes(b"old")
    (before,), times = store.files(str(tmp_path)), file.stat()
    time.sleep(0.01)
    file.write_bytes(b"new")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    (after,) = store.files(str(tmp_path))
    assert (before.size_bytes, before.modified_seconds) == (after.size_bytes, after.modified_seconds)
    assert before.version != after.version


def test_empty_folders_go_once_they_are_old(store, tmp_path):
    store.make_folder(str(tmp_path / "old"))
    os.utime(tmp_path / "old", (0, 0))
    store.make_folder(str(tmp_path / "new"))
    store.remove_empty_folders(str(tmp_path), limit_seconds=1000)
    assert [path.name for path in tmp_path.iterdir()] == ["new"]
    store.remove_empty_folders(str(tmp_path / "nowhere"), limit_seconds=1000)


def test_a_copy_that_fails_leaves_nothing(store, tmp_path):
    with pytest.raises(FileNotFoundError):
        store.add(tmp_path / "no such file", str(tmp_path / "place/a"))
    assert list((tmp_path / "place").iterdir()) == []
