"""Landed files read by Trino: the rows that DuckDB reads, whatever the files are like."""

from __future__ import annotations

import bz2
import gzip
import io
import threading
import uuid
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb
import fastavro
import pyarrow as pa
import pytest
from pyarrow import orc

from meshlake.engines.duckdb.connection import connect as connect_duckdb
from meshlake.engines.trino.connection import connect as connect_trino
from meshlake.engines.trino.hive_catalog import HiveCatalog, known_datasets
from meshlake.engines.trino.landing import bind_external_table
from meshlake.engines.trino.landing_gone import forget_gone
from meshlake.errors import LandingError
from meshlake.landing.relation import relation_sql
from meshlake.landing.zone import files_zone
from meshlake.names import DatasetName
from meshlake.settings import load_settings
from meshlake.types.duckdb import parse
from support.server_mesh import ServerMesh
from support.workbooks import styled, workbook

pytestmark = pytest.mark.services
LIES, COPIED = "", "copied"


@pytest.fixture(scope="module")
def settings(endpoints, tmp_path_factory):
    return load_settings(endpoints.as_environment(), tmp_path_factory.mktemp("landing"))


@pytest.fixture(scope="module")
def trino(settings):
    with closing(connect_trino(settings.trino)) as connection:
        yield connection


@pytest.fixture(scope="module")
def local(settings):
    with closing(connect_duckdb(settings)) as connection:
        yield connection


@dataclass
class Landed:
    """One dataset of a test."""

    name: DatasetName
    settings: object
    trino: object
    local: object

    @property
    def store(self):
        return self.settings.store_of(self.settings.landing)

    def put(self, files):
        for file, content in files.items():
            address = f"{self.settings.landing}/{self.name.domain}/{self.name.dataset}/{file}"
            self.store.write(address, content.encode() if isinstance(content, str) else content)
        return self.dataset()

    def dataset(self):
        return files_zone(self.settings).dataset(self.name)

    def bind(self, dataset=None):
        return bind_external_table(self.trino, dataset or self.dataset(), self.settings)

    def ask(self, sql):
        return [tuple(row) for row in self.trino.cursor().execute(sql).fetchall()]

    @property
    def copied_because(self):
        return HiveCatalog(self.trino, self.name).bound().copied_because

    def check(self, way):
        """The rows and names of columns are those DuckDB gives, read in the expected way."""
        external = self.bind()
        answer = self.local.execute(f"SELECT * FROM {relation_sql(self.dataset())}")
        assert list(external.columns) == [column[0] for column in answer.description]
        expected = in_order(answer.fetchall())
        assert in_order(self.ask(f"SELECT * FROM {external.relation}")) == expected
        assert in_order(self.ask(f"SELECT * FROM {self.name.sql}")) == expected
        assert bool(self.copied_because) == bool(way), self.copied_because


@pytest.fixture
def landed(settings, trino, local):
    return Landed(DatasetName("engines", f"d_{uuid.uuid4().hex}"), settings, trino, local)


def in_order(rows):
    return sorted(rows, key=lambda row: [(value is not None, str(value)) for value in row])


def parquet(tmp_path, select):
    path = tmp_path / "written.parquet"
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
    return path.read_bytes()


@pytest.mark.parametrize(
    ("way", "files"),
    [
        (LIES, {"a.csv": 'id,Customer ID\n1,a\n2,\n3,"x ""y"", z"\n', "it's b.csv": "id,Customer ID\n4,é"}),
        (LIES, {"a.csv.gz": gzip.compress(b"\xef\xbb\xbfid\tn\r\n1\ta\r\n", mtime=0)}),
        (LIES, {"a.csv": "id;n\n1; b \n", "empty.csv": ""}),
        (LIES, {"a.csv": "id,n\n"}),
        (LIES, {"dt=2024-01-05/a.csv": "id\n1\n", "dt=2024-01-06/b.csv": "id\n2\n"}),
        (COPIED, {"dt=2024-01-05/a.csv": "id\n1\n", "flat.csv": "id\n2\n"}),
        (COPIED, {"a.csv": 'id,n\n1,"a\nb"\n'}),
        (LIES, {"a.csv": 'id,n\n1,""\n2,\n'}),
        (COPIED, {"a.csv": "id,n\n1,back\\slash\n"}),
        (COPIED, {"a.csv": "id,n\n1,a\n", "b.csv": "n;id\nb;2\n"}),
        (COPIED, {"a.csv": "id,größe\n1,Müller\n".encode("latin-1")}),
        (COPIED, {"a.csv": "id,größe\n1,Müller\n".encode("utf-16")}),
        (COPIED, {"a.csv": '"a,b",c\n1,2\n'}),
        (COPIED, {"a.csv": "id;n\n1;'a;b'\n"}),
        (COPIED, {"a.csv": "id\n1\n\n2\n"}),
        (COPIED, {"A.CSV.GZ": gzip.compress(b"id\n1\n", mtime=0)}),
        (LIES, {"a.jsonl": '{"id": 1, "Name": "é"}\n{"id":2.5,"b":true,"n":null}\n'}),
        (LIES, {"a.jsonl.gz": gzip.compress(b'{"id":"x"}\n', mtime=0), "b.jsonl": '{"id":-70}\n{}\n'}),
        (LIES, {"dt=1/a.jsonl": '{"id":123456789012345678901234567890}\n', "dt=2/a.jsonl": '{"id":0.1}\n'}),
        (COPIED, {"a.jsonl": '{"id":1.50}\n'}),
        (COPIED, {"a.jsonl": '{"id":1e5}\n{"id":-0.0}\n{"id":0.00001}\n'}),
        (COPIED, {"a.jsonl": '{"o": {"k": [1, "y"]}, "l": []}\n'}),
        (COPIED, {"a.jsonl": '{"q": "\\u00e9\\n"}\n'}),
        (COPIED, {"a.jsonl": '{"id":1}\n\n{"id":2}\n'}),
        (COPIED, {"a.jsonl": '{"a,b":1}\n'}),
        (COPIED, {"a.jsonl": '{"ID":1}\n{"id":2}\n'}),
        (COPIED, {"a.csv": "ID,n\n1,a\n", "b.csv": "id,N\n2,b\n"}),
        (COPIED, {"a.json": '[{"id": 1, "n": null}, {"id": 2}]', "b.json": '{\n"id": 3\n}'}),
        (COPIED, {"a.csv.bz2": bz2.compress(b"id,n\n1,\n"), "b.csv": "id,n\n2,b\n"}),
        (COPIED, {"a.xml": '<r><row id="1"><n/></row><row id="2"/></r>'}),
    ],
    ids=str,
)
def test_text(landed, way, files):
    landed.put(files)
    landed.check(way)


@pytest.mark.parametrize(
    ("way", "selects"),
    [
        (
            LIES,
            {
                "a.parquet": """SELECT 1::TINYINT t, 2::SMALLINT s, 3 AS "Id", 4::BIGINT b, 1.5::FLOAT f,
                    2.5::DOUBLE d, 1.25::DECIMAL(5,2) d5, 123.456::DECIMAL(38,3) d38, 'é' v, 'x'::BLOB bl, TRUE bo,
                    DATE '0001-01-05' da, TIMESTAMP '1500-01-05 01:02:03.123456' ts,
                    TIMESTAMP_MS '2024-01-05 01:02:03.123' tms, TIMESTAMPTZ '2024-01-05 01:02:03.5+01' tz"""
            },
        ),
        (
            LIES,
            {
                "a.parquet": "SELECT 1::INTEGER id, 1.5::FLOAT f, 1.25::DECIMAL(5,2) d",
                "b.parquet": "SELECT 10000000000::BIGINT id, 1.1::DOUBLE f, 1.255::DECIMAL(10,3) d, 'x' AS more",
            },
        ),
        (LIES, {"a[1].parquet": 'SELECT 1 AS "Id"', "a1.parquet": 'SELECT 2 AS "ID"'}),
        (LIES, {"dt=2024-01-05/a.parquet": "SELECT 1 AS id", "dt=2024-01-06/a.parquet": "SELECT 2 AS id"}),
        (LIES, {"a.parquet": "SELECT MAP {'k': 1.5::DOUBLE} AS m, [1, NULL] AS l"}),
        (COPIED, {"a.parquet": "SELECT 1 AS id", "b.parquet": "SELECT 'x' AS id"}),
        (
            COPIED,
            {
                "a.parquet": "SELECT DATE '2024-01-05' AS t",
                "b.parquet": "SELECT TIMESTAMP '2024-01-05 01:02:03' AS t",
            },
        ),
        (
            COPIED,
            {
                "a.parquet": """SELECT 18446744073709551615::UBIGINT u, 2::UTINYINT ut, 3::USMALLINT us,
                    4::UINTEGER ui, TIME '01:02:03.5' t, '2a4a1b1e-0000-4000-8000-000000000001'::UUID uu,
                    TIMESTAMP_NS '2024-01-05 01:02:03.123456' ns, '{"a": 1.50}'::JSON j"""
            },
        ),
        (COPIED, {"a.parquet": 'SELECT 1 AS "a,b"'}),
    ],
    ids=str,
)
def test_parquet(landed, tmp_path, way, selects):
    landed.put({file: parquet(tmp_path, select) for file, select in selects.items()})
    landed.check(way)


def test_excel(landed):
    header = ["id", "day", "moment", "share", "left", "note"]
    row = ["007", styled(45296, 1), styled(45296.5515625, 1), 0.1, True, 'Grüße, "x"\n']
    landed.put({"a.xlsx": workbook({"S": [header, row, [], ["8"]]}, number_formats=["yyyy-mm-dd hh:mm"])})
    landed.check(COPIED)
    assert landed.copied_because == "Trino cannot read Excel where it lies"


def test_orc(landed):
    sink = io.BytesIO()
    moment = pa.array([1704448800000000, None], pa.timestamp("us"))
    orc.write_table(pa.table({"id": [2**60, None], "at": moment, "words": [["a"], None]}), sink)
    landed.put({"a.orc": sink.getvalue()})
    landed.check(COPIED)


def test_avro(landed):
    sink = io.BytesIO()
    fields = [
        {"name": "id", "type": ["null", "long"]},
        {"name": "m", "type": {"type": "map", "values": "string"}},
    ]
    records = [{"id": 2**60, "m": {"k": "v"}}, {"id": None, "m": {}}]
    fastavro.writer(sink, {"type": "record", "name": "row", "fields": fields}, records)
    landed.put({"a.avro": sink.getvalue()})
    landed.check(COPIED)


def test_nested_values_are_read_by_position(landed, tmp_path):
    landed.put({"a.parquet": parquet(tmp_path, "SELECT {'A b': 1, 'c': [DATE '2024-01-05']} AS s")})
    external = landed.bind()
    assert external.columns == {"s": parse('STRUCT("A b" INTEGER, c DATE[])')}
    assert landed.ask(f"SELECT s.\"A b\", s.c[1] = DATE '2024-01-05' FROM {external.relation}") == [(1, True)]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"a.jsonl": '{"id": 1, "id": 2}\n'}, r"a\.jsonl, line 1: it has the key 'id' twice"),
        ({"a.json": '[{"id": 1},\n{"id": 2]'}, r"a\.json, line 2, column 9: "),
        ({"a.parquet": b"PAR1"}, r"a\.parquet: it is cut off"),
    ],
)
def test_damaged_files_are_told_as_on_duckdb(landed, files, words):
    landed.put(files)
    with pytest.raises(LandingError, match=words):
        landed.bind()


@pytest.mark.parametrize("broken", ["2,b,c", "2", '2,"b'])
def test_lines_that_cannot_be_read_are_left_out_of_a_copy(landed, broken):
    landed.put({"a.csv": f"id,n\n1,a\n{broken}\n3,c\n"})
    landed.check(COPIED)
    assert in_order(landed.ask(f"SELECT * FROM {landed.bind().relation}")) == [("1", "a"), ("3", "c")]
    assert landed.bind().is_copied


def test_json_lines_that_are_no_objects_are_left_out_of_a_copy(landed):
    landed.put({"dt=1/a.jsonl": '{"id":1}\n{"id":2\n{"id":3}\n', "dt=2/b.jsonl": '{"id":4}\n'})
    landed.check(COPIED)
    assert in_order(landed.ask(f"SELECT id FROM {landed.bind().relation}")) == [("1",), ("3",), ("4",)]


def test_columns_that_trino_cannot_tell_apart(landed, tmp_path):
    landed.put({"a.parquet": parquet(tmp_path, 'SELECT 1 AS "É", 2 AS "é"')})
    with pytest.raises(LandingError, match="are the same to Trino"):
        landed.bind()


def test_files_that_land_later_are_read_by_the_next_build_only(landed):
    before = landed.bind(landed.put({"dt=1/a.csv": "id\n1\n"}))
    dataset = landed.put({"dt=1/b.csv": "id\n2\n", "dt=2/a.csv": "id\n3\n"})
    after = landed.bind(dataset)
    assert in_order(landed.ask(f"SELECT * FROM {before.relation}")) == [("1", "1")]
    assert in_order(landed.ask(f"SELECT * FROM {after.relation}")) == [("1", "1"), ("2", "1"), ("3", "2")]


def test_a_build_goes_on_reading_what_it_was_given_when_the_files_change_in_kind(landed):
    first = landed.bind(landed.put({"a.csv": 'id,n\n1,"a\nb"\n'}))
    landed.bind(landed.put({"b.csv": "id,n\n2,b\n"}))
    third = landed.bind(landed.put({"a.csv": "id,n\n1,c\n"}))
    assert landed.ask(f"SELECT * FROM {first.relation}") == [("1", "a\nb")]
    assert in_order(landed.ask(f"SELECT * FROM {third.relation}")) == [("1", "c"), ("2", "b")]


def test_a_dataset_that_did_not_change_costs_one_query(landed):
    dataset = landed.put({"a.csv": "id\n1\n"})
    first = landed.bind(dataset)
    statements = []
    cursor = landed.trino.cursor

    class Recorded:
        def cursor(self):
            made = cursor()
            execute = made.execute
            made.execute = lambda sql: statements.append(sql) or execute(sql)
            return made

    assert bind_external_table(Recorded(), dataset, landed.settings) == first
    assert [statement.split()[0] for statement in statements] == ["SELECT"]


def test_two_builds_bind_at_once(landed):
    dataset = landed.put({"a.csv": "id\n1\n"})
    failures = []

    def bind():
        try:
            with closing(connect_trino(landed.settings.trino)) as trino:
                bind_external_table(trino, dataset, landed.settings)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=bind) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    landed.check(LIES)


def test_what_was_superseded_a_day_ago_is_dropped(landed):
    landed.bind(landed.put({"a.csv": 'id,n\n1,"a\nb"\n'}))
    copied = HiveCatalog(landed.trino, landed.name).bound().version
    landed.put({"a.csv": "id,n\n1,c\n"})
    landed.bind()
    table = HiveCatalog(landed.trino, landed.name).table(copied)
    yesterday = (datetime.now(UTC) - timedelta(days=1, seconds=1)).isoformat()
    landed.ask(f"COMMENT ON TABLE {table.sql} IS '{yesterday}'")
    landed.bind(landed.put({"b.csv": "id,n\n2,c\n"}))
    tables = [name for (name,) in landed.ask(f"SHOW TABLES FROM landing.{landed.name.domain}")]
    assert landed.name.dataset in tables
    assert table.dataset not in tables


def test_nothing_is_written_to_the_landing_zone(landed):
    place, store = f"{landed.settings.landing}/{landed.name.domain}", landed.store
    landed.put({"a.csv": 'id,n\n1,"a\nb"\n', "dt=1/b.csv": "id,n\n2,b\n"})
    landed.check(COPIED)
    store.remove([f"{place}/{landed.name.dataset}/dt=1/b.csv"])
    landed.put({"a.csv": "id,n\n1,a\n"})
    before = store.files(place)
    landed.check(LIES)
    landed.put({"a.csv": 'id,n\n1,"a\nb"\n'})
    landed.check(COPIED)
    assert [found.path for found in store.files(place)] == [found.path for found in before]


def test_datasets_that_are_gone_are_forgotten(landed, settings, trino, local):
    files = {"a.csv": 'n\n"a\\b"\n'}
    stays = Landed(DatasetName("engines", f"d_{uuid.uuid4().hex}"), settings, trino, local)
    zone = files_zone(settings)
    for each in (landed, stays):
        each.put(files)
        each.check(COPIED)
    forget_gone(trino, zone, settings, grace_seconds=0)  # what other tests left
    landed.store.remove([file.path for file in landed.dataset().files])
    assert forget_gone(trino, zone, settings, grace_seconds=3600) == 0
    assert forget_gone(trino, zone, settings, grace_seconds=0) == 1
    assert not [table for table in known_datasets(trino) if table[1] == landed.name.dataset]
    assert not landed.store.files(f"{settings.warehouse}/_landing/engines/{landed.name.dataset}")
    stays.check(COPIED)
    landed.put(files)
    landed.check(COPIED)


@pytest.mark.parametrize("engine", ["duckdb", "trino"])
def test_what_has_landed_is_asked_for_before_anything_is_adopted(tmp_path, endpoints, engine):
    mesh = ServerMesh(tmp_path / "mesh", endpoints, engine)
    mesh.products.rmdir()
    mesh.replace("shop/people/a.csv", "id\n1\n2\n")
    ended = mesh.process("sql", "SELECT count(*) AS n FROM landing.shop.people", "--json")
    assert (ended.facts, ended.err) == ([{"n": 2}], "")
