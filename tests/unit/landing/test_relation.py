"""Reading landed files: every row, by name, as text from CSV and JSON, and errors that name file and line."""

from __future__ import annotations

import gzip
import io
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from meshlake.errors import LandingError
from meshlake.formats.format import FILE_COLUMN, ROW_COLUMN
from meshlake.landing.failures import explained
from meshlake.landing.relation import (
    columns,
    file_columns,
    landed_notes,
    lineage_sql,
    relation_sql,
    unreadable,
)
from meshlake.landing.zone import LandingZone
from meshlake.names import DatasetName
from meshlake.types.tree import Scalar


def parquet(tmp_path: Path, select: str) -> bytes:
    path = tmp_path / "written.parquet"
    duckdb.sql(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
    return path.read_bytes()


def zone_below(folder: Path, name: str, content: bytes) -> LandingZone:
    path = folder / "crm" / "customers" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return LandingZone(str(folder))


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl"])
def test_folders_above_the_landing_zone_are_no_columns(connection, tmp_path, ending):
    content = {"csv": b"id\n1\n", "jsonl": b'{"id": 1}\n', "parquet": parquet(tmp_path, "SELECT 1 AS id")}
    zone = zone_below(tmp_path / "env=prod", f"a.{ending}", content[ending])
    assert list(columns(connection, zone.dataset(DatasetName("crm", "customers")))) == ["id"]


def test_a_folder_above_the_landing_zone_is_told_where_others_are_columns(tmp_path):
    zone = zone_below(tmp_path / "env=prod", "dt=1/a.parquet", parquet(tmp_path, "SELECT 1 AS id"))
    with pytest.raises(
        LandingError, match="the landing zone lies below the folder env=prod, which would be read"
    ):
        relation_sql(zone.dataset(DatasetName("crm", "customers")))


def test_a_folder_that_says_a_column_is_not_told_as_a_column_of_the_file(connection, put, tmp_path):
    dataset = put({"dt=2024-01-05/a.parquet": parquet(tmp_path, "SELECT 1 AS id")})
    assert landed_notes(connection, dataset) == ()


def test_a_link_out_of_the_landing_zone_is_named(connection, put, tmp_path):
    (tmp_path / "elsewhere.csv").write_text("id\n2\n")
    first = put({"a.csv": "id\n1\n"}).files[0]
    folder = Path(first.path).parent
    (folder / "b.csv").symlink_to(tmp_path / "elsewhere.csv")
    (folder / "c.csv").symlink_to(folder / "a.csv")
    dataset = put({})
    assert len(dataset.files) == 3
    (note,) = landed_notes(connection, dataset)
    assert note.endswith(
        f"/b.csv: a link to {tmp_path}/elsewhere.csv, which is outside of the landing zone, and is read"
    )


# --- columns meet by name ---


def test_csv_files_meet_by_name(connection, put, read):
    dataset = put({"a.csv": "id,name\n1,ann\n", "b.csv": "name,city,id\nbob,Rome,2\n"})
    assert columns(connection, dataset) == {
        "id": Scalar.VARCHAR,
        "name": Scalar.VARCHAR,
        "city": Scalar.VARCHAR,
    }
    assert read(dataset) == [("1", "ann", None), ("2", "bob", "Rome")]


def test_json_files_meet_by_name(put, read):
    dataset = put({"a.jsonl": '{"id": 1}\n', "b.jsonl": '{"name": "bob", "id": "2"}\n'})
    assert read(dataset) == [("1", None), ("2", "bob")]


def test_parquet_files_meet_by_name_and_keep_their_types(connection, put, read, tmp_path):
    dataset = put(
        {
            "a.parquet": parquet(tmp_path, "SELECT 1 AS id, DATE '2024-01-05' AS d"),
            "b.parquet": parquet(tmp_path, "SELECT 'x' AS name, 2 AS id"),
        }
    )
    assert columns(connection, dataset) == {"id": Scalar.INTEGER, "d": Scalar.DATE, "name": Scalar.VARCHAR}
    assert [(row[0], row[2]) for row in read(dataset)] == [(1, None), (2, "x")]


def test_decimals_of_more_digits_than_can_be_read_are_refused(put, read, tmp_path):
    """DuckDB gave 1.2e51 for the 1.1e39 that is written."""
    path = tmp_path / "long.parquet"
    pq.write_table(pa.table({"n": pa.array([Decimal("1" * 40)], pa.decimal256(45, 2))}), path)
    dataset = put({"a.parquet": path.read_bytes()})
    with pytest.raises(LandingError, match=r"a\.parquet: column n has decimals of 45 digits"):
        read(dataset)


@pytest.mark.parametrize(
    ("values", "type_", "refused"),
    [
        ([3_723_000_000_001, None], pa.time64("ns"), True),
        ([None, 3_723_000_001_000], pa.time64("ns"), False),
        ([[3_723_000_000_001]], pa.list_(pa.time64("ns")), True),
        ([[3_723_000_001_000]], pa.list_(pa.time64("ns")), False),
        ([3_723_000_001], pa.time64("us"), False),
        ([3_723_000_001_000, -1], pa.timestamp("ns", "UTC"), True),
        ([3_723_000_001_000, None], pa.timestamp("ns", "UTC"), False),
        ([{"a": [3_723_000_000_001]}], pa.struct([("a", pa.list_(pa.timestamp("ns", "UTC")))]), True),
        ([[("a", 3_723_000_000_001)]], pa.map_(pa.string(), pa.timestamp("ns", "UTC")), True),
        ([3_723_000_000_001], pa.timestamp("ns"), False),
    ],
)
@pytest.mark.parametrize("ending", ["parquet", "arrow"])
def test_times_finer_than_a_microsecond_are_refused_where_they_would_be_cut(
    put, read, tmp_path, values, type_, refused, ending
):
    """DuckDB gave 01:02:03 for 01:02:03.000000001, of times of day and of moments with a zone."""
    path = tmp_path / f"times.{ending}"
    write = pq.write_table if ending == "parquet" else feather.write_feather
    write(pa.table({"t": pa.array(values, type_)}), path)
    dataset = put({f"a.{ending}": path.read_bytes()})
    if refused:
        with pytest.raises(
            LandingError, match=rf"a\.{ending}: column t has (times|moments) .*with nanoseconds"
        ):
            read(dataset)
    else:
        assert "1, 2, 3" in repr(read(dataset))


@pytest.mark.parametrize(
    ("moment", "is_refused"),
    [("2024-01-05 10:00:00.123456789", True), ("2024-01-05 10:00:00.123456", False), ("9999-12-31", False)],
)
@pytest.mark.parametrize("is_nested", [False, True])
def test_moments_of_int96_that_would_be_cut_are_refused(put, read, tmp_path, moment, is_refused, is_nested):
    path = tmp_path / "old.parquet"
    unit = "us" if moment.startswith("9999") else "ns"
    moments = pa.array([None, moment]).cast(pa.timestamp(unit))
    column = pa.ListArray.from_arrays([0, 1, 2], moments) if is_nested else moments
    pq.write_table(pa.table({"id": [1, 2], "t": column}), path, use_deprecated_int96_timestamps=True)
    dataset = put({"a.parquet": path.read_bytes()})
    if is_refused:
        with pytest.raises(LandingError, match=r"a\.parquet: column t has moments with nanoseconds"):
            read(dataset)
    else:
        assert len(read(dataset)) == 2


def test_a_moment_that_is_too_far_away_is_told_by_its_column(put, read, tmp_path):
    path = tmp_path / "far.parquet"
    pq.write_table(pa.table({"id": [1], "t": pa.array([10_000_000_000_000_000], pa.timestamp("ms"))}), path)
    dataset = put({"a.parquet": path.read_bytes()})
    words = r"a\.parquet: column t holds moments after the year 294246"
    with pytest.raises(LandingError, match=words), explained([dataset]):
        read(dataset)


@pytest.mark.parametrize(
    ("one", "other", "held"),
    [
        ("1234567890123456789::BIGINT", "1.0::DOUBLE", None),
        ("9007199254740993::BIGINT", "NULL::DOUBLE", None),
        ("123456789.123456789::DECIMAL(38,9)", "1.0::DOUBLE", None),
        ("16777217::INTEGER", "1.0::FLOAT", None),
        ("9007199254740992::BIGINT", "1.5::DOUBLE", 9007199254740992.0),
        ("7::INTEGER", "9007199254740993::BIGINT", 7),
    ],
)
def test_parquet_files_of_two_types_keep_every_value_or_are_refused(put, read, tmp_path, one, other, held):
    files = {
        "a.parquet": parquet(tmp_path, f"SELECT {one} AS x"),
        "b.parquet": parquet(tmp_path, f"SELECT {other} AS x"),
    }
    dataset = put(files)
    if held is not None:
        assert (held,) in read(dataset)
        return
    with pytest.raises(LandingError, match=r"a\.parquet: column x is .* which does not hold"):
        read(dataset)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("TIMESTAMP '2024-01-05 10:00:00'", "TIMESTAMPTZ '2024-01-05 10:00:00+02'"),
        ("{'at': TIMESTAMP '2024-01-05 10:00:00'}", "{'at': TIMESTAMPTZ '2024-01-05 10:00:00+02'}"),
        ("TRUE", "2::BIGINT"),
        ("[TRUE]", "[2::BIGINT]"),
        ("'Müller'", "'Anna'::BLOB"),
        (r"'\x41'", "'Anna'::BLOB"),
    ],
)
def test_parquet_files_are_not_read_as_one_by_a_guess(put, read, tmp_path, one, other):
    files = {
        "a.parquet": parquet(tmp_path, f"SELECT {one} AS x"),
        "b.parquet": parquet(tmp_path, f"SELECT {other} AS x"),
    }
    dataset = put(files)
    with pytest.raises(LandingError, match=r"a\.parquet: column x is .* in it and .* with other files"):
        read(dataset)


@pytest.mark.parametrize(
    ("ending", "content"), [("csv", "id\n{}\n"), ("csv.gz", "id\n{}\n"), ("jsonl", '{{"id": {}}}\n')]
)
def test_hive_folders_are_text_columns(connection, put, read, ending, content):
    texts = [content.format(number).encode() for number in (1, 2, 3)]
    if ending.endswith("gz"):
        texts = [gzip.compress(text, mtime=0) for text in texts]
    first, second, flat = texts
    dataset = put(
        {f"dt=2024-01-05/a.{ending}": first, f"dt=2024-01-06/a.{ending}": second, f"flat.{ending}": flat}
    )
    assert columns(connection, dataset) == {"id": Scalar.VARCHAR, "dt": Scalar.VARCHAR}
    assert read(dataset) == [("1", "2024-01-05"), ("2", "2024-01-06"), ("3", None)]


def test_hive_folders_of_parquet(put, read, tmp_path):
    content = parquet(tmp_path, "SELECT 1 AS id")
    dataset = put({"dt=2024-01-05/a.parquet": content, "dt=2024-01-06/a.parquet": content})
    assert read(dataset) == [(1, "2024-01-05"), (1, "2024-01-06")]


# --- file names ---


@pytest.mark.parametrize(
    "name", ["a b", "it's", "größe", "a[1]", "a*", "a?", "w{1,2}", 'say "hi"', "a%20b", "a#b"]
)
@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_any_file_name_is_taken_literally(put, read, tmp_path, name, ending):
    contents = {
        "csv": ("id\n1\n", "id\n2\n"),
        "jsonl": ('{"id": "1"}\n', '{"id": "2"}\n'),
        "parquet": (parquet(tmp_path, "SELECT '1' AS id"), parquet(tmp_path, "SELECT '2' AS id")),
    }
    mine, other = contents[ending]
    dataset = put({f"{name}.{ending}": mine, f"a1.{ending}": other, f"ab.{ending}": other})
    assert read(dataset) == [("1",), ("2",), ("2",)]


# --- how text is written ---


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("id;name\n1;b,c\n", [("1", "b,c")]),
        ("id\tname\n1\tb c\n", [("1", "b c")]),
        ("id|name\n1|\n", [("1", None)]),
        ('id,name\n1,"a ""b"", c\nd"\n', [("1", 'a "b", c\nd')]),
        ('id,name\n1,"say \\"hi\\", ok"\n', [("1", 'say "hi", ok')]),
        ("id;name\n1;'a;b'\n2;'c'\n", [("1", "a;b"), ("2", "c")]),
        ('id,name\n1,""\n2,\n', [("1", None), ("2", None)]),
        ("id,name\n1, a \n", [("1", " a ")]),
        ("id,name\r\n1,a\r\n", [("1", "a")]),
        ("\ufeffid,name\n1,Müller\n", [("1", "Müller")]),
        ('\ufeff"id","na,me"\n1,é\n', [("1", "é")]),
        ("id,name\n1,# no comment\n", [("1", "# no comment")]),
        ("id,name\n1,NULL\n2,NA\n", [("1", "NULL"), ("2", "NA")]),
        ("id,name\n007,1e5\n", [("007", "1e5")]),
    ],
)
def test_csv_dialects(put, read, content, expected):
    assert read(put({"a.csv": content})) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_csv_encodings(put, read, encoding):
    dataset = put({"a.csv": "id,größe\n1,Müller\n".encode(encoding), "b.csv": "größe,id\nutf-8 ü,3\n"})
    assert read(dataset) == [("1", "Müller"), ("3", "utf-8 ü")]


def test_csv_header_names_are_made_unique(connection, put):
    dataset = put({"a.csv": 'id,ID,,"a ""b""",id\n1,2,3,4,5\n'})
    assert list(columns(connection, dataset)) == ["id", "ID_1", "column_3", 'a "b"', "id_2"]


def test_json_values_are_text(connection, put, read):
    line = (
        '{"i": 1, "f": 1.5, "s": "x", "n": null, "b": true, "o": {"k": [1, "y"]}, "l": [], "q": "\\u00e9\\n"}'
    )
    dataset = put({"a.jsonl": line + '\n\n{"late": "2024-01-05"}\n'})
    assert set(columns(connection, dataset).values()) == {Scalar.VARCHAR}
    assert list(columns(connection, dataset)) == ["i", "late", "f", "s", "n", "b", "o", "l", "q"]
    assert read(dataset)[1] == ("1", None, "1.5", "x", None, "true", '{"k":[1,"y"]}', "[]", "é\n")
    assert read(dataset)[0][1] == "2024-01-05"


@pytest.mark.parametrize(("ending", "content"), [("csv", "id\n1\n"), ("jsonl", '{"id": 1}\n')])
def test_gzip(put, read, ending, content):
    packed = gzip.compress(content.encode())
    named = {f"a.{ending}.gz": packed, f"b.{ending}": content, f"C.{ending}.GZ".upper(): packed}
    assert read(put(named)) == [("1",)] * 3


# --- empty files ---


def test_a_header_without_rows_is_an_empty_dataset(connection, put, read):
    dataset = put({"a.csv": "id,name\n"})
    assert list(columns(connection, dataset)) == ["id", "name"]
    assert read(dataset) == []


@pytest.mark.parametrize(("ending", "content"), [("csv", "id\n1\n"), ("jsonl", '{"id": 1}\n')])
@pytest.mark.parametrize("empty", ["", "gz"])
def test_an_empty_file_among_others_adds_nothing(put, read, ending, content, empty):
    name, nothing = (f"b.{ending}.gz", gzip.compress(b"", mtime=0)) if empty else (f"b.{ending}", b"")
    assert read(put({f"a.{ending}": content, name: nothing})) == [("1",)]


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_nothing_but_empty_files_is_an_error(put, name):
    with pytest.raises(LandingError, match=r"landing\.crm\.customers is empty: .* \(crm/customers/"):
        relation_sql(put({name: b""}))


# --- broken files ---


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PAR1xxxx", r"a\.csv: its name says text, it is Parquet"),
        (gzip.compress(b"id\n1\n", mtime=0), r"a\.csv: its name says text, it is gzip"),
    ],
)
def test_broken_csv(connection, put, content, words):
    expect_error(connection, put({"a.csv": content}), words)
    expect_aside(connection, put({"good.csv": "id,name\n1,a\n"}), words)


@pytest.mark.parametrize("cut", [20, 8, 2000])
def test_gzip_cut_off_anywhere_is_an_error(connection, put, cut):
    whole = gzip.compress("".join(["id,name\n", *(f"{n},{n * 7919 % 1000}\n" for n in range(5000))]).encode())
    expect_error(connection, put({"a.csv.gz": whole[:-cut]}), r"a\.csv\.gz: the gzip file is cut off")


def test_damaged_gzip(connection, put):
    whole = bytearray(gzip.compress(b"id\n" + b"1\n" * 1000, mtime=0))
    whole[-6] ^= 1
    expect_error(connection, put({"a.csv.gz": bytes(whole)}), r"a\.csv\.gz: the gzip file is damaged")
    expect_error(connection, put({"a.csv.gz": b"hello, world"}), r"a\.csv\.gz: the gzip file is damaged")


@pytest.mark.parametrize("keep", [0, 4, 200])
def test_broken_parquet(connection, put, tmp_path, keep):
    whole = parquet(tmp_path, "SELECT range AS id FROM range(100)")
    words = r"customers/b\.parquet: it is (empty|cut off)"
    expect_error(connection, put({"b.parquet": whole[:keep]}), words)
    expect_aside(connection, put({"a.parquet": whole}), words)


def test_parquet_with_a_damaged_footer(connection, put, tmp_path):
    whole = parquet(tmp_path, "SELECT 1 AS id, 'a' AS s")
    damaged = whole[:20] + bytes(len(whole) - 28) + whole[-8:]
    words = r"customers/b\.parquet: it is cut off"
    expect_error(connection, put({"b.parquet": damaged}), words)
    expect_aside(connection, put({"a.parquet": whole}), words)


def test_parquet_types_that_do_not_meet(connection, put, tmp_path):
    dataset = put(
        {
            "a.parquet": parquet(tmp_path, "SELECT 1 AS id"),
            "b.parquet": parquet(tmp_path, "SELECT {'a': 1} AS id"),
        }
    )
    expect_error(
        connection, dataset, r"a\.parquet: column id is INTEGER in it and STRUCT\(a INTEGER\) in other"
    )


def test_a_file_that_left_meanwhile(connection, put):
    dataset = put({"a.csv": "id\n1\n"})
    relation = relation_sql(dataset)
    Path(dataset.files[0].path).unlink()
    expect_error(connection, dataset, r"a\.csv: the file is gone", relation)


def test_a_dataset_is_a_fixed_list_of_files(put, read):
    dataset = put({"a.csv": "id\n1\n"})
    put({"b.csv": "id\n2\n"})
    assert read(dataset) == [("1",)]


# --- lineage ---


def test_lineage_names_file_and_row(connection, put):
    dataset = put({"a.csv": 'id,n\n1,"x\ny"\n2,z\n', "k=v/b.csv": "id\n3\n"})
    query = f"SELECT {FILE_COLUMN}, {ROW_COLUMN}, id, k FROM {lineage_sql(dataset, dict)[0]} ORDER BY ALL"
    assert connection.execute(query).fetchall() == [
        ("crm/customers/a.csv", 1, "1", None),
        ("crm/customers/a.csv", 2, "2", None),
        ("crm/customers/k=v/b.csv", 1, "3", "v"),
    ]


# --- any table comes back ---


def expect_aside(connection, dataset, words: str) -> None:
    """One file of the dataset is kept aside, and told by `words`; the others are read."""
    (line,) = unreadable(connection, dataset).lines()
    assert re.search(words, line.told)
    assert connection.execute(f"FROM {relation_sql(dataset)}").fetchall()


def expect_error(connection, dataset, words: str, relation: str | None = None) -> None:
    with pytest.raises(LandingError, match=words) as caught, explained([dataset]):
        connection.execute(f"SELECT max(COLUMNS(*)) FROM {relation or relation_sql(dataset)}").fetchall()
    assert caught.value.hint
    assert "\n" not in caught.value.message


def parquet_file(**columns):
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


DIFFERENT = {
    "csv": {
        "a": ("a,b,c\n1,2,3\n", True),
        "b": ("a,b\n1,2\n", True),
        "c": ("a,c\n3,4\n", True),
        "d": ("", False),
    },
    "jsonl": {
        "a": ('{"a, b": 1}\n', True),
        "b": ('{"a": 1, "b": 2}\n{"b": 1}\n', True),
        "c": ('{"a": 1}\n7\n{"b": 2}\n', True),
        "d": ("{}\n", False),
        "e": ('[{"c": 3}]', True),
    },
    "parquet": {
        "a": (parquet_file(a=[1]), True),
        "b": (parquet_file(a=["x"]), True),
        "c": (parquet_file(a=[1], b=[{"c": 1, "d": 2}]), True),
        "d": (parquet_file(a=[1], b=[{"c": 1}]), True),
    },
}


@pytest.mark.parametrize("format_", DIFFERENT)
def test_each_file_has_the_columns_that_it_has_alone(connection, put, format_):
    contents = DIFFERENT[format_]
    dataset = put({f"{name}.{format_}": content for name, (content, _) in contents.items()})
    together = {file.name.rpartition("/")[2][0]: found for file, found in file_columns(connection, dataset)}
    alone = {
        name: columns(connection, replace(dataset, files=(file,)))
        for (name, (_, has_columns)), file in zip(contents.items(), dataset.files, strict=True)
        if has_columns
    }
    assert together == alone
