"""Avro, ORC and XML: formats that DuckDB reads from a copy, with their types, and what is wrong with a file told."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import uuid
from decimal import Decimal

import fastavro
import pyarrow as pa
import pytest
from pyarrow import orc

from meshlake.errors import LandingError
from meshlake.formats import avro
from meshlake.formats.format import ROW_COLUMN
from meshlake.landing.relation import columns, lineage_sql, relation_sql

MOMENT = dt.datetime(2024, 1, 5, 10, 30, 0, 123456)  # noqa: DTZ001 - of no zone


def kinds(connection, dataset):
    return {name: str(kind) for name, kind in columns(connection, dataset).items()}


def rows(connection, dataset, *, lineage=False):
    connection.execute("SET preserve_insertion_order = true")
    relation = lineage_sql(dataset, dict)[0] if lineage else relation_sql(dataset)
    return connection.execute(f"SELECT * FROM {relation}").fetchall()


def orc_bytes(table):
    sink = io.BytesIO()
    orc.write_table(table, sink)
    return sink.getvalue()


def avro_bytes(fields, *records):
    sink = io.BytesIO()
    fastavro.writer(sink, {"type": "record", "name": "row", "fields": fields}, records)
    return sink.getvalue()


def field(column, kind, **facts):
    return {"name": column, "type": {"type": kind, **facts} if facts else kind}


TYPED = pa.table(
    {
        "n": pa.array([2**62, None], pa.int64()),
        "d": pa.array([Decimal("12345678901234567890.10"), None], pa.decimal128(30, 2)),
        "t": pa.array([MOMENT, None], pa.timestamp("us")),
        "day": pa.array([MOMENT.date(), None], pa.date32()),
        "s": [{"x": 1, "y": ["a", None]}, None],
        "e": ["", None],
    }
)


def test_orc_files_of_two_types_keep_every_value_or_are_refused(connection, put):
    small, big = (orc_bytes(pa.table({"n": [number]})) for number in (2**53, 2**53 + 1))
    floats = orc_bytes(pa.table({"n": [1.5]}))
    assert rows(connection, put({"a.orc": small, "b.orc": floats})) == [(float(2**53),), (1.5,)]
    with pytest.raises(
        LandingError, match=r"a\.orc: column n is BIGINT in it .* does not hold 9007199254740993"
    ):
        rows(connection, put({"a.orc": big, "b.orc": floats}))


def test_avro_files_are_not_read_as_one_by_a_guess(connection, put):
    files = {
        "a.avro": avro_bytes([field("n", "bytes")], {"n": b"x"}),
        "b.avro": avro_bytes([field("n", "string")], {"n": "x"}),
    }
    with pytest.raises(LandingError, match=r"b\.avro: column n is VARCHAR in it and BLOB with other files"):
        rows(connection, put(files))


def test_orc_keeps_types_and_values(connection, put):
    dataset = put({"a.orc": orc_bytes(TYPED), "k=v/b.orc": orc_bytes(TYPED.slice(0, 0))})
    assert kinds(connection, dataset) == {
        "n": "BIGINT",
        "d": "DECIMAL(30,2)",
        "t": "TIMESTAMP_NS",
        "day": "DATE",
        "s": 'STRUCT("x" BIGINT, "y" VARCHAR[])',
        "e": "VARCHAR",
        "k": "VARCHAR",
    }
    first, second = rows(connection, dataset)
    assert first[:2] + first[3:] == (
        *(2**62, Decimal("12345678901234567890.10"), MOMENT.date()),
        *({"x": 1, "y": ["a", None]}, "", None),
    )
    assert str(first[2]).startswith("2024-01-05 10:30:00.123456")
    assert second == (None,) * 7


@pytest.mark.parametrize("year", [1500, 2500, 9999])
def test_moments_of_orc_that_have_no_nanoseconds_are_told_by_their_column(put, year):
    ends = pa.array([MOMENT, MOMENT.replace(year=year)], pa.timestamp("us"))
    dataset = put({"a.orc": orc_bytes(pa.table({"id": [1, 2], "ends": ends}))})
    told = r"a\.orc: column ends holds moments before 1677-09-21 or after 2262-04-11"
    with pytest.raises(LandingError, match=told):
        relation_sql(dataset)


def test_avro_keeps_types_and_values(connection, put):
    fields = [
        field("n", ["null", "long"]),
        field("d", "bytes", logicalType="decimal", precision=20, scale=2),
        field("at", "long", logicalType="timestamp-micros"),
        field("local", "long", logicalType="local-timestamp-micros"),
        field("day", "int", logicalType="date"),
        field("u", "string", logicalType="uuid"),
        field("m", "map", values="int"),
        field("l", "array", items={"type": "record", "name": "part", "fields": [field("z", "string")]}),
        field("again", ["null", "part"]),
        field("kind", "enum", name="kinds", symbols=["A", "B"]),
        field("raw", "bytes"),
    ]
    record = {
        **{"n": 2**62, "d": Decimal("123456789012345678.10"), "at": MOMENT.replace(tzinfo=dt.UTC)},
        **{"local": MOMENT, "day": MOMENT.date(), "u": uuid.UUID(int=5), "m": {"k": 1}, "l": [{"z": ""}]},
        **{"again": None, "kind": "B", "raw": b"\0x"},
    }
    dataset = put({"a.avro": avro_bytes(fields, record, {**record, "n": None})})
    assert list(kinds(connection, dataset).values()) == [
        *("BIGINT", "DECIMAL(20,2)", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP", "DATE", "VARCHAR"),
        *("MAP(VARCHAR, INTEGER)", 'STRUCT("z" VARCHAR)[]', 'STRUCT("z" VARCHAR)', "VARCHAR", "BLOB"),
    ]
    first, second = rows(connection, dataset, lineage=True)
    assert first[:2] + first[3:] == (
        *(2**62, Decimal("123456789012345678.10"), MOMENT, MOMENT.date(), str(uuid.UUID(int=5)), {"k": 1}),
        *([{"z": ""}], None, "B", b"\0x", 1, "crm/customers/a.avro"),
    )
    assert first[2].timestamp() == MOMENT.replace(tzinfo=dt.UTC).timestamp()
    assert (second[0], second[-2]) == (None, 2)


XML = """<?xml version="1.0"?>
<r xmlns="urn:x" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><head>two rows</head>
<row id="1"><a>1.50</a><b/><c><d>x</d><d>y</d></c></row>
<row id="2"><a xsi:nil="true"/><b> t &amp; u </b></row></r>"""


def test_xml_gives_a_row_for_each_element_that_repeats(connection, put):
    dataset = put({"a.xml": XML, "b.xml.gz": gzip.compress("<l><v>é</v><v>2</v></l>".encode())})
    assert list(kinds(connection, dataset)) == ["id", "a", "b", "c", "v"]
    assert sorted(rows(connection, dataset), key=str) == sorted(
        [
            ("1", "1.50", "", '{"d": ["x", "y"]}', None),
            ("2", None, " t & u ", None, None),
            (None, None, None, None, "é"),
            (None, None, None, None, "2"),
        ],
        key=str,
    )


SPACES = 'xmlns="urn:shop" xmlns:b="urn:bank" xmlns:c="urn:crm"'


@pytest.mark.parametrize(
    ("records", "columns_", "row"),
    [
        ("<b:id>1</b:id><c:id>2</c:id><b:n>3</b:n>", ["b:id", "c:id", "n"], ("1", "2", "3")),
        ("<id>1</id><c:id>2</c:id>", ["id", "c:id"], ("1", "2")),
        ('<id b:at="1" c:at="2">3</id>', ["id"], ('{"b:at": "1", "c:at": "2", "": "3"}',)),
        ('<id xmlns="urn:one">1</id><id xmlns="urn:two">2</id>', ["id", "id_1"], ("1", "2")),
        ("<b:id>1</b:id><n>2</n>", ["id", "n"], ("1", "2")),
    ],
)
def test_names_of_several_namespaces_are_told_apart(connection, put, records, columns_, row):
    dataset = put({"a.xml": f"<r {SPACES}><x>{records}</x><x>{records}</x></r>"})
    assert list(columns(connection, dataset)) == columns_
    assert rows(connection, dataset) == [row, row]
    told = "namespaces are told apart by prefix where names meet, else left out: b is urn:bank, c is urn:crm"
    assert dataset.format.notes(dataset.files) == [f"a.xml: {told}"]


def test_names_that_meet_in_different_records_alone_are_told_apart(connection, put):
    dataset = put({"a.xml": f"<r {SPACES}><x><b:id>1</b:id></x><x><c:id>2</c:id></x></r>"})
    assert list(columns(connection, dataset)) == ["b:id", "c:id"]
    assert rows(connection, dataset) == [("1", None), (None, "2")]


def test_an_attribute_is_of_the_namespace_of_its_element(connection, put):
    dataset = put({"a.xml": '<r xmlns="urn:x"><x id="1"><id>2</id></x><x id="3"/></r>'})
    assert rows(connection, dataset) == [('["1", "2"]',), ("3",)]
    assert dataset.format.notes(dataset.files) == []


def xml_notes(dataset):
    return dataset.format.notes(dataset.files)


@pytest.mark.parametrize(
    ("record", "row", "note"),
    [
        ("<p>one <b>x</b> two</p>", {"b": "x", "p": "one  two"}, "text between elements is put together"),
        ('<p><n xml:space="preserve"> </n></p>', {"n": " "}, ""),
        ('<p><n unit="kg"> 5 </n></p>', {"n": '{"unit": "kg", "": " 5 "}'}, ""),
        ('<p id="1">\n</p>', {"id": "1"}, ""),
        ("<p><n><![CDATA[ <a> & b ]]></n></p>", {"n": " <a> & b "}, ""),
    ],
)
def test_text_of_xml_is_kept_as_it_stands_or_its_place_is_told(connection, put, record, row, note):
    dataset = put({"a.xml": f"<r>{record}{record}</r>"})
    assert rows(connection, dataset) == [tuple(row.values())] * 2
    assert list(kinds(connection, dataset)) == list(row)
    assert [told.startswith(f"a.xml: {note}") for told in xml_notes(dataset)] == ([True] if note else [])


def test_what_stands_beside_the_rows_of_xml_is_told(connection, put):
    nested = "<i><n>1</n></i><i><n><m>2</m></n></i>"
    dataset = put({"a.xml": f"<r><head><by>x</by></head><l><sum>3</sum>{nested}</l><c/></r>"})
    assert xml_notes(dataset) == ["a.xml: its rows are i; beside them, and not read: head, sum, c"]


def test_one_record_of_xml_is_a_row_and_told(connection, put):
    dataset = put({"a.xml": "<r><p><n>1</n></p><p><n>2</n></p></r>", "b.xml": "<r><p><n>3</n></p></r>"})
    assert sorted(rows(connection, dataset)) == [("1",), ("2",), ("3",)]
    assert xml_notes(dataset) == ["b.xml: one p, taken for a row since no element repeats"]


@pytest.mark.parametrize(
    "encoding", ["Shift_JIS", "EUC-JP", "GBK", "Big5", "KOI8-R", "windows-1252", "UTF-16"]
)
def test_xml_is_read_in_the_encoding_that_it_declares(connection, put, encoding):
    text = {"KOI8-R": "Ж", "windows-1252": "€"}.get(encoding, "日本")
    document = f'<?xml version="1.0" encoding="{encoding}"?><r><p><n>{text}</n></p><p><n>b</n></p></r>'
    assert rows(connection, put({"a.xml": document.encode(encoding)})) == [(text,), ("b",)]


def test_xml_is_read_as_a_stream(connection, put):
    many = "".join(f"<row><id>{n}</id></row>" for n in range(5_000))
    dataset = put({"a.xml": f"<all><rows>{many}</rows></all>"})
    relation = lineage_sql(dataset, dict)[0]
    asked = f"SELECT count(*), count(*) FILTER (id::INT + 1 <> {ROW_COLUMN}) FROM {relation}"
    assert connection.execute(asked).fetchone() == (5_000, 0)


ORC_FILE, AVRO_FILE = orc_bytes(TYPED), avro_bytes([field("n", "int")], {"n": 1})


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.orc", ORC_FILE[:100], "it is cut off, damaged, or no ORC file"),
        ("a.orc", b"PK\3\4xx", "it is cut off, damaged, or no ORC file"),
        ("a.orc", orc_bytes(pa.table({"a": [1], "A": [2]})), "the columns 'a' and 'A' are the same in SQL"),
        ("a.avro", AVRO_FILE[:-5], "it is cut off, damaged, or no Avro file: behind record 1: "),
        ("a.avro", b"id,n\n1,2\n", "it is cut off, damaged, or no Avro file"),
        ("a.avro", avro_bytes([field("u", ["int", "string"])]), "its column u is a union of 2 types"),
        (
            "a.avro",
            avro_bytes([field("t", "long", logicalType="local-timestamp-nanos")]),
            "column t is of the type local",
        ),
        ("a.xml", XML[:-9], "it is cut off, damaged, or no XML file: unclosed token"),
        ("a.xml", "<r><a>1</a></r>", "no element repeats"),
        (
            "a.xml",
            '<!DOCTYPE r [<!ENTITY a "b">]><r><a>1</a><a>&a;</a></r>',
            "it defines entities of its own",
        ),
        ("a.xml", "<r>" + "<a>" * 200 + "</a>" * 200 + "</r>", "its elements are nested over 100 deep"),
        ("a.xml", '<r><a b="1"><B>x</B></a><a/></r>', "the columns 'b' and 'B' are the same in SQL"),
    ],
)
def test_what_cannot_be_read_is_told(put, name, content, words):
    with pytest.raises(LandingError, match=rf"crm/customers/{name}: .*{words}"):
        relation_sql(put({name: content}))


def test_an_empty_file_adds_nothing(connection, put):
    assert rows(connection, put({"a.avro": AVRO_FILE, "b.avro": b""})) == [(1,)]


def test_avro_that_claims_more_records_than_bytes_is_refused(put, monkeypatch):
    """A record of nothing takes none, so a block may claim any number of them."""
    monkeypatch.setattr(avro, "_ALWAYS_ROWS", 1_000)
    whole = avro_bytes([field("n", "null")], *[{"n": None}] * 50_000)
    with pytest.raises(
        LandingError, match=r"a\.avro: it claims more records than it has bytes, 20,000 at least"
    ):
        relation_sql(put({"a.avro": whole}))


def test_avro_blocks_of_a_size_that_no_file_has_are_told(put):
    whole = avro_bytes([field("n", "long")], {"n": 1})
    marker = whole[-16:]
    huge = b"\xfe\xff\xff\xff\xff\xff\xff\xff\x7f"  # 2^62 - 1
    start = whole.index(marker) + 16
    for block in (huge + whole[start + 1 :], whole[start : start + 1] + huge + whole[start + 2 :]):
        with pytest.raises(LandingError, match=r"a\.avro: it is cut off, damaged, or no Avro file"):
            relation_sql(put({"a.avro": whole[:start] + block}))


@pytest.mark.parametrize("kind", [{"type": "array", "items": "null"}, {"type": "map", "values": "null"}])
def test_avro_lists_of_nothing_are_refused(put, kind):
    with pytest.raises(LandingError, match="its column n is a list or a map of nothing"):
        relation_sql(put({"a.avro": avro_bytes([{"name": "n", "type": kind}])}))
