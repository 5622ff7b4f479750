"""Files that are broken somewhere and are no lines: each is kept aside whole and told, and the others are read."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma

import duckdb
import fastavro
import pyarrow as pa
import pytest
from pyarrow import ipc, orc, parquet

from meshlake.discovery.profile import profile_dataset
from meshlake.engines.trino.hive_fidelity import layout
from meshlake.errors import LandingError
from meshlake.formats.format import UnfaithfulError
from meshlake.landing.relation import relation_sql, unreadable
from meshlake.types.tree import Scalar
from support.workbooks import workbook


def records(first):
    return [{"id": str(n), "name": f"n{n}"} for n in range(first, first + 5)]


def array(rows):
    return json.dumps(rows).encode()


def pretty(rows):
    return "\n".join(json.dumps(row, indent=2) for row in rows).encode()


def xml(rows):
    return b"<r>%b</r>" % b"\n".join(
        b"<x><id>%(id)b</id><name>%(name)b</name></x>" % bytes_of(row) for row in rows
    )


def bytes_of(row):
    return {key.encode(): value.encode() for key, value in row.items()}


def avro(rows):
    fields = [{"name": name, "type": "string"} for name in ("id", "name")]
    sink = io.BytesIO()
    fastavro.writer(sink, {"type": "record", "name": "r", "fields": fields}, rows, sync_interval=20)
    return sink.getvalue()


def last(old, new):
    """Breaks a file at the last place where `old` stands."""
    return lambda content: new.join(content.rsplit(old, 1))


FORMATS = {
    "array": (".json", array, last(b'"name": ', b'"name" '), ".json, line 1, column "),
    "pretty": (".json", pretty, last(b'"id": ', b'"id" '), ".json, line 18, column "),
    "cut off": (".json", array, lambda content: content[:-9], ".json: its JSON array is cut off"),
    "xml": (
        ".xml",
        xml,
        last(b"</name>", b"</nam>"),
        ".xml: it is cut off, damaged, or no XML file: mismatched tag: li",
    ),
    "avro": (
        ".avro",
        avro,
        lambda content: content[:-9],
        ".avro: it is cut off, damaged, or no Avro file: behind rec",
    ),
}


def csv(rows):
    return ("id,name\n" + "".join(f"{row['id']},{row['name']}\n" for row in rows)).encode()


def lines(rows):
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def arrow_file(write):
    def written(rows):
        sink = io.BytesIO()
        write(pa.Table.from_pylist(rows), sink)
        return sink.getvalue()

    return written


def sheet(rows):
    return workbook({"Sheet1": [["id", "name"], *map(list, map(dict.values, rows))]})


def zstd(content):
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(content)
    return sink.getvalue().to_pybytes()


def nanoseconds(_):
    schema = {"type": "long", "logicalType": "timestamp-nanos"}
    sink, fields = io.BytesIO(), [{"name": "id", "type": schema}]
    fastavro.writer(sink, {"type": "record", "name": "r", "fields": fields}, [{"id": 1}])
    return sink.getvalue()


def half(content):
    return content[: len(content) // 2]


PAGE = b"<!DOCTYPE html><html><body><p>503</p><p>Service Unavailable</p></body></html>"
DECLARED = b'<?xml version="1.0"?>\n' + PAGE
# A good file's ending and how it is written; what stands in the broken one; what is told.
WHOLE = {
    "bz2 cut off": (
        ".csv.bz2",
        lambda rows: bz2.compress(csv(rows)),
        half,
        "the .bz2 file is cut off or damaged",
    ),
    "bz2 of noise": (
        ".jsonl.bz2",
        lambda rows: bz2.compress(lines(rows)),
        b"noise",
        "the .bz2 file is cut off or",
    ),
    "xz cut off": (
        ".csv.xz",
        lambda rows: lzma.compress(csv(rows)),
        half,
        "the .xz file is cut off or damaged",
    ),
    "xz of noise": (
        ".csv.xz",
        lambda rows: lzma.compress(csv(rows)),
        b"noise",
        "the .xz file is cut off or damaged",
    ),
    "zst cut off": (".csv.zst", lambda rows: zstd(csv(rows)), half, "the .zst file is cut off or damaged"),
    "zst of noise": (
        ".csv.zst",
        lambda rows: zstd(csv(rows)),
        b"noise",
        "the .zst file is cut off or damaged",
    ),
    "gzip cut off": (".csv.gz", lambda rows: gzip.compress(csv(rows)), half, "the gzip file is cut off"),
    "gzip of noise": (".csv.gz", lambda rows: gzip.compress(csv(rows)), b"noise", "the gzip file is damaged"),
    "gzip of JSON cut off": (
        ".jsonl.gz",
        lambda rows: gzip.compress(lines(rows)),
        half,
        "the gzip file is cut off",
    ),
    "a page for CSV": (".csv", csv, PAGE, "it is an HTML page"),
    "JSON for CSV": (".csv", csv, b'{"error": "no such report"}', "it is JSON"),
    "a document for CSV": (".csv", csv, b"%PDF-1.7\n1,2\n", "it is a PDF document"),
    "a page for JSON lines": (".jsonl", lines, PAGE, "it is an HTML page"),
    "a page for a JSON array": (".json", array, PAGE, "it is an HTML page"),
    "a page for Parquet": (".parquet", arrow_file(parquet.write_table), PAGE, "it is an HTML page"),
    "Parquet cut off": (
        ".parquet",
        arrow_file(parquet.write_table),
        half,
        "cut off, damaged, or no Parquet file",
    ),
    "a page for Avro": (".avro", avro, PAGE, "it is an HTML page"),
    "a type of Avro that no column holds": (
        ".avro",
        avro,
        nanoseconds,
        "its column id is of the type timestamp-nanos",
    ),
    "a page for ORC": (".orc", arrow_file(orc.write_table), PAGE, "it is an HTML page"),
    "a page for XML": (".xml", xml, DECLARED, "it is an HTML page"),
    "a page for Excel": (".xlsx", sheet, PAGE, "it is an HTML page"),
    "Excel cut off": (".xlsx", sheet, half, "it is cut off, damaged, or no Excel workbook"),
}


def whole(kind, names):
    ending, written, broken, _ = WHOLE[kind]
    contents = {name: written(records(5 * "abc".index(name))) for name in names}
    if "b" in contents:
        contents["b"] = broken if isinstance(broken, bytes) else broken(contents["b"])
    return {f"{name}{ending}": content for name, content in contents.items()}


@pytest.mark.parametrize("kind", WHOLE)
def test_what_is_no_such_file_is_kept_aside_whole_and_the_others_are_read(put, kind):
    dataset = put(whole(kind, "abc"))
    with duckdb.connect() as connection:
        found = unreadable(connection, dataset)
        rows = connection.execute(f"SELECT id FROM {relation_sql(dataset)}").fetchall()
    assert sorted(int(each) for (each,) in rows) == [*range(5), *range(10, 15)]
    (line,) = found.lines()
    assert (found.told, line.line) == ("1 file", None)
    assert line.told.startswith(f"crm/customers/b{WHOLE[kind][0]}: ")
    assert WHOLE[kind][3] in line.told
    sizes = [file.size_bytes for file in dataset.files]
    assert found.file_share == sizes[1] / sum(sizes)


@pytest.mark.parametrize("kind", WHOLE)
def test_alone_it_is_an_error_of_one_line(put, kind):
    dataset = put(whole(kind, "b"))
    with duckdb.connect() as connection, pytest.raises(LandingError) as refused:
        unreadable(connection, dataset)
    assert WHOLE[kind][3] in refused.value.message
    assert refused.value.message.startswith(f"crm/customers/b{WHOLE[kind][0]}: ")
    assert "\n" not in refused.value.message


def files_of(kind, names="abc", broken="b"):
    ending, written, damaged, _ = FORMATS[kind]
    contents = {name: written(records(5 * "abcdefgh".index(name))) for name in names}
    return {
        f"{name}{ending}": damaged(content) if name in broken else content
        for name, content in contents.items()
    }


@pytest.mark.parametrize("kind", FORMATS)
def test_a_broken_file_is_kept_aside_whole_and_the_others_are_read(put, kind):
    dataset = put(files_of(kind))
    with duckdb.connect() as connection:
        found = unreadable(connection, dataset)
        rows = connection.execute(f"SELECT id FROM {relation_sql(dataset)}").fetchall()
    assert sorted(int(each) for (each,) in rows) == [*range(5), *range(10, 15)]
    (line,) = found.lines()
    assert (found.count, found.told, line.file.rpartition("/")[2][0], line.line) == (1, "1 file", "b", None)
    assert FORMATS[kind][3] in line.told
    assert line.told.endswith("(the whole file is kept aside)")
    sizes = [file.size_bytes for file in dataset.files]
    assert found.file_share == sizes[1] / sum(sizes)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_dataset_of_broken_files_is_an_error(put, kind):
    dataset = put(files_of(kind, "bb"))
    with duckdb.connect() as connection, pytest.raises(LandingError, match=r"crm/customers/b\."):
        unreadable(connection, dataset)


@pytest.mark.parametrize("broken", ["a", "h", "adg", "bcdefgh"])
def test_each_of_several_is_found(put, broken):
    dataset = put(files_of("array", "abcdefgh", broken))
    with duckdb.connect() as connection:
        found = unreadable(connection, dataset)
    assert [line.file.rpartition("/")[2][0] for line in found.lines()] == list(broken)


@pytest.mark.parametrize("file", ["a.json", "c.json"])
@pytest.mark.parametrize("content", ['[{"id": 1}', '[{"id": 1]', ""])
def test_trino_reads_a_copy_where_a_file_is_broken(put, file, content):
    dataset = put({"b.json": '{"id": 2}\n{"id": 3}\n', file: content})
    with duckdb.connect() as connection:
        if not content:
            assert layout(connection, dataset, {"id": Scalar.VARCHAR})[0].format == "OPENX_JSON"
            return
        with pytest.raises(UnfaithfulError, match="one of its files is broken"):
            layout(connection, dataset, {"id": Scalar.VARCHAR})


def broken_pages(rows):
    """Parquet whose footer is whole and whose first page is none."""
    sink = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows), sink, compression="zstd")
    content = bytearray(sink.getvalue())
    content[4:60] = bytes(56)
    return bytes(content)


def parquets(names, broken):
    written = arrow_file(parquet.write_table)
    return {
        f"{name}.parquet": (broken_pages if name in broken else written)(records(5 * "abcdefgh".index(name)))
        for name in names
    }


def test_parquet_whose_pages_are_all_broken_is_an_error_of_one_line(put, settings):
    dataset = put(parquets("ab", "ab"))
    with pytest.raises(
        LandingError, match=r"crm/customers/[ab]\.parquet: it is cut off, damaged, or no Parquet file"
    ):
        profile_dataset(settings, dataset)


def large(write):
    """Of several blocks or batches, packed."""
    sink = io.BytesIO()
    write(pa.table({"id": range(2_000), "name": [f"n{n}" for n in range(2_000)]}), sink)
    return sink.getvalue()


def ipc_file(rows, sink):
    options = ipc.IpcWriteOptions(compression="zstd")
    with ipc.new_file(sink, rows.schema, options=options) as writer:
        writer.write_table(rows, max_chunksize=500)


def avro_file(rows, sink):
    fields = [{"name": "id", "type": "long"}, {"name": "name", "type": "string"}]
    schema = {"type": "record", "name": "r", "fields": fields}
    fastavro.writer(sink, schema, rows.to_pylist(), codec="deflate", sync_interval=2_000)


@pytest.mark.parametrize(
    ("ending", "write"),
    [
        ("orc", lambda rows, sink: orc.write_table(rows, sink, compression="zlib")),
        ("arrow", ipc_file),
        ("avro", avro_file),
    ],
)
def test_wherever_bytes_are_broken_the_file_is_read_or_kept_aside_by_name(put, ending, write):
    content = large(write)
    places = [len(content) * n // 40 for n in range(40)]
    broken = {
        f"{at}.{ending}": content[:at]
        + bytes(each ^ 0xA5 for each in content[at : at + 4])
        + content[at + 4 :]
        for at in places
    }
    dataset = put({f"whole.{ending}": content, **broken})
    damage = dataset.format.damaged(dataset.files)
    assert damage
    assert all(error.message.startswith(f"{file.name}: ") for file, error in damage.items())
