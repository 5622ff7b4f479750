"""What every store does, whichever it is: a class of tests to be run over each of them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import duckdb
import pytest

from meshlake.stores import scheme_of

if TYPE_CHECKING:
    from meshlake.stores import Store


class StoreSuite:
    """Needs the fixtures `store` and `place`, an empty place of it."""

    def put(self, store: Store, place: str, *names: str) -> None:
        for name in names:
            store.write(f"{place}/{name}", name.encode())

    def test_it_is_found_by_the_scheme_of_its_places(self, store, place):
        assert scheme_of(place) == store.scheme

    def test_files_come_sorted_and_named_below_a_root(self, store, place):
        self.put(store, place, "b/c d.csv", "a.csv")
        files = store.files(place)
        assert [(file.name, file.path, file.size_bytes) for file in files] == [
            ("a.csv", f"{place}/a.csv", 5),
            ("b/c d.csv", f"{place}/b/c d.csv", 9),
        ]
        assert [file.name for file in store.files(f"{place}/b", place)] == ["b/c d.csv"]
        assert all(abs(time.time() - file.modified_seconds) < 300 for file in files)

    def test_what_is_not_visible_is_left_out_with_all_below(self, store, place):
        self.put(store, place, "a.csv", "_old/b.csv", "c/_SUCCESS", "c/d.csv")
        files = store.files(place, is_visible=lambda name: not name.startswith("_"))
        assert [file.name for file in files] == ["a.csv", "c/d.csv"]

    def test_a_place_where_nothing_is_holds_no_files(self, store, place):
        self.put(store, place, "nowhere_else/a.csv")
        assert store.files(f"{place}/nowhere") == []

    def test_a_file_is_read_as_it_was_written_last(self, store, place):
        address = f"{place}/a/b.bin"
        assert store.read(address) is None
        for content in (b"first\0", b"", b"second"):
            store.write(address, content)
            assert store.read(address) == content
        assert [file.name for file in store.files(place)] == ["a/b.bin"]

    def test_a_file_takes_the_place_of_another_or_of_none(self, store, place):
        self.put(store, place, "a", "b")
        store.move(f"{place}/a", f"{place}/b")
        store.move(f"{place}/b", f"{place}/new/c")
        assert [(file.name, store.read(file.path)) for file in store.files(place)] == [("new/c", b"a")]
        with pytest.raises(FileNotFoundError):
            store.move(f"{place}/b", f"{place}/new/c")

    def test_an_opened_file_can_seek(self, store, place):
        self.put(store, place, "abcdef")
        with store.open(f"{place}/abcdef") as stream:
            stream.seek(2)
            assert stream.read(2) == b"cd"

    def test_other_content_of_the_same_size_is_another_version(self, store, place):
        versions = []
        for content in (b"one", b"two"):
            store.write(f"{place}/a", content)
            versions += [file.version for file in store.files(place)]
        assert len(set(versions)) == 2
        assert [file.version for file in store.files(place)] == versions[1:]

    def test_a_file_is_added_only_if_there_is_none(self, store, place, tmp_path):
        source = tmp_path / "source"
        source.write_bytes(b"new")
        store.add(source, f"{place}/a/b")
        with pytest.raises(FileExistsError):
            store.add(source, f"{place}/a/b")
        assert [(file.name, store.read(file.path)) for file in store.files(place)] == [("a/b", b"new")]

    def test_files_are_removed_alone_and_by_folder(self, store, place):
        self.put(store, place, "a", "b/c", "b/d/e", "bc")
        store.remove([f"{place}/a"])
        store.remove([])
        store.remove_folder(f"{place}/b")
        assert [file.name for file in store.files(place)] == ["bc"]

    def test_folders_of_which_files_are_kept_stay(self, store, place):
        self.put(store, place, "kept/a", "emptied/b")
        store.remove([f"{place}/emptied/b"])
        store.make_folder(f"{place}/made")
        for limit_seconds in (0.0, time.time() + 300):
            store.remove_empty_folders(place, limit_seconds)
            assert store.read(f"{place}/kept/a") == b"kept/a"

    def test_a_place_that_can_be_used_has_no_problem(self, store, place):
        for is_written in (False, True):
            store.examine(place, is_written=is_written)
        assert store.files(place) == []

    def test_duckdb_writes_and_reads_it(self, store, place):
        store.make_folder(place)
        with duckdb.connect() as connection:
            store.open_to_duckdb(connection)
            connection.execute(f"COPY (SELECT 7 AS n) TO '{place}/a b.parquet'")
            assert connection.execute(f"FROM '{place}/*.parquet'").fetchall() == [(7,)]
        assert [file.name for file in store.files(place)] == ["a b.parquet"]

    def test_iceberg_writes_and_reads_it(self, store, place):
        from pyiceberg.io import load_file_io

        properties = store.iceberg_properties(place)
        address = f"{properties['warehouse']}/metadata/a.json"
        io = load_file_io(properties, address)
        with io.new_output(address).create() as stream:
            stream.write(b"{}")
        assert io.new_input(address).open().read() == b"{}"
        assert store.read(f"{place}/metadata/a.json") == b"{}"
