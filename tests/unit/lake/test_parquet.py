from pathlib import Path

import duckdb
import pytest

from meshlake.lake.parquet import FileColumn, files_select
from meshlake.types.duckdb import parse

NOW = (FileColumn("id", parse("BIGINT"), 1), FileColumn("name", parse("VARCHAR"), 2))
AS_NOW = ("SELECT 1::BIGINT AS id, 'Ana' AS name", "{id: 1, name: 2}")


def write(path: Path, select: str, field_ids: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    duckdb.sql(f"COPY ({select}) TO '{path}' (FORMAT parquet, FIELD_IDS {field_ids})")
    return str(path)


def read(columns: tuple[FileColumn, ...], *files: str) -> tuple[list[str], list[tuple[object, ...]]]:
    with duckdb.connect() as connection:
        answer = connection.execute(
            f"SELECT * FROM ({files_select(connection, columns, files)}) ORDER BY ALL"
        )
        return [f"{column[0]} {column[1]}" for column in answer.description], answer.fetchall()


@pytest.mark.parametrize(
    ("written", "field_ids", "row"),
    [
        (*AS_NOW, (1, "Ana")),
        ("SELECT 'Ana' AS name, 1::BIGINT AS id", "{id: 1, name: 2}", (1, "Ana")),
        ("SELECT 1::BIGINT AS id, 'Ana' AS first_name", "{id: 1, first_name: 2}", (1, "Ana")),
        ("SELECT 1::INTEGER AS id, 'Ana' AS name", "{id: 1, name: 2}", (1, "Ana")),
        ("SELECT 1::BIGINT AS id", "{id: 1}", (1, None)),
        ("SELECT 1::BIGINT AS id, 'Ana' AS name, 2 AS more", "{id: 1, name: 2, more: 3}", (1, "Ana")),
        # The column was dropped, and another of its name made later.
        ("SELECT 1::BIGINT AS id, 'Ana' AS name", "{id: 1, name: 3}", (1, None)),
        # Two columns changed their names with each other.
        ("SELECT '1' AS id, 2::BIGINT AS name", "{id: 2, name: 1}", (2, "1")),
    ],
)
def test_whatever_a_file_was_written_with_it_reads_as_the_columns_now(tmp_path, written, field_ids, row):
    file = write(tmp_path / "old.parquet", written, field_ids)
    now = write(tmp_path / "now.parquet", *AS_NOW)
    described = ["id BIGINT", "name VARCHAR"]
    assert read(NOW, file) == (described, [row])
    assert read(NOW, file, now) == (described, sorted([row, (1, "Ana")], key=lambda r: (r[0], r[1] or "~")))


def test_nested_columns_read_by_the_field_ids_inside(tmp_path):
    ids = "{address: {__duckdb_field_id: 1, town: 2}}"
    file = write(tmp_path / "f.parquet", "SELECT {'town': 'Oslo'} AS address", ids)
    column = FileColumn("address", parse("STRUCT(town VARCHAR)"), 1)
    assert read((column,), file)[1] == [({"town": "Oslo"},)]


def test_no_files_are_no_rows_of_the_columns_types():
    assert read(NOW) == (["id BIGINT", "name VARCHAR"], [])


def test_folders_named_like_partitions_add_no_column(tmp_path):
    file = write(tmp_path / "year=2024" / "f.parquet", *AS_NOW)
    assert read(NOW, file) == (["id BIGINT", "name VARCHAR"], [(1, "Ana")])


def test_files_as_they_should_be_are_read_as_plainly_as_by_hand(tmp_path):
    files = [write(tmp_path / f"{n}.parquet", *AS_NOW) for n in range(2)]
    with duckdb.connect() as connection:
        assert files_select(connection, NOW, files) == (
            f"SELECT * FROM read_parquet(['{files[0]}', '{files[1]}'], hive_partitioning = false)"
        )
