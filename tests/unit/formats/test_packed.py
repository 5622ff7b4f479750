"""Files packed by bzip2, xz, zstd or gzip: read as what is in them, by any format."""

from __future__ import annotations

import bz2
import gzip
import lzma

import duckdb
import pyarrow as pa
import pytest

from meshlake.errors import LandingError
from meshlake.formats import bombs, packed
from meshlake.formats.format import FILE_COLUMN
from meshlake.landing.relation import lineage_sql, relation_sql
from support.workbooks import workbook

PACKERS = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": lambda content: pa.compress(content, codec="zstd", asbytes=True),
}


def rows(connection, dataset):
    return connection.execute(f"SELECT * FROM {relation_sql(dataset)} ORDER BY ALL").fetchall()


@pytest.mark.parametrize("ending", PACKERS)
def test_any_format_may_be_packed(connection, put, tmp_path, ending):
    duckdb.sql(f"COPY (SELECT '1' AS id) TO '{tmp_path / 'a.parquet'}'")
    contents = {
        "csv": b"id\n1\n",
        "json": b'[{"id": 1}]',
        "jsonl": b'{"id": 1}\n',
        "parquet": (tmp_path / "a.parquet").read_bytes(),
        "xlsx": workbook({"S": [["id"], ["1"]]}),
        "xml": b"<r><id>1</id><id>1</id></r>",
    }
    for format_, content in contents.items():
        dataset = put({f"{format_}/k=v/a.{format_}{ending}": PACKERS[ending](content)})
        relation = lineage_sql(dataset, dict)[0]
        found = connection.execute(f"SELECT id, k, {FILE_COLUMN} FROM {relation} LIMIT 1").fetchall()
        assert found == [("1", "v", dataset.files[0].name)]
        dataset.files[0].store.remove([dataset.files[0].path])


def test_packed_and_plain_files_are_one_dataset(connection, put):
    files = {f"{n}.csv{ending}": pack(b"id\n%d\n" % n) for n, (ending, pack) in enumerate(PACKERS.items())}
    assert rows(connection, put(files | {"4.csv": b"id\n4\n"})) == [(str(n),) for n in range(5)]


@pytest.mark.parametrize("ending", [".bz2", ".xz", ".zst"])
def test_damaged_files_are_named(put, ending):
    whole = PACKERS[ending](b"id\n" + b"123\n" * 50_000)
    for content in (whole[:-4], b"no archive at all"):
        with pytest.raises(LandingError, match=rf"a\.csv\{ending}: the \{ending} file is cut off or damaged"):
            relation_sql(put({f"a.csv{ending}": content}))


def test_what_unpacks_a_thousandfold_is_refused(put, monkeypatch):
    monkeypatch.setattr(bombs, "_ALWAYS_BYTES", 1024)
    with pytest.raises(LandingError, match=r"bomb\.csv\.bz2: it unpacks to over 1,000 times its size"):
        relation_sql(put({"bomb.csv.bz2": bz2.compress(b"1" * 3_000_000)}))
    assert not list(packed.scratch_folder().rglob("bomb.csv"))


@pytest.mark.parametrize("name", ["a.csv.xz", "a.xml"])
def test_queries_read_the_copies_and_nothing_else_beside(mesh, name):
    content = lzma.compress(b"id\n7\n8\n") if name.endswith(".xz") else b"<r><id>7</id><id>8</id></r>"
    mesh.land_files("crm.people", {name: content})
    asked = "SELECT id FROM landing.crm.people ORDER BY id"
    assert mesh.open().sql(asked).fetchall() == [("7",), ("8",)]
