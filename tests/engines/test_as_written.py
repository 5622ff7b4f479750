"""Files as people have them, landed, drafted and built by the front door: what is published is what was written.

Each dataset was published with wrong values or lost rows once, with every check green. All are built in one mesh; where
no contract is given, it is the one that `adopt` drafts, untouched.
"""

from __future__ import annotations

import bz2
import datetime as dt
import io
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from meshlake.errors import MeshError
from support.server_mesh import ServerMesh
from support.small_mesh import SmallMesh

ID = {"logicalType": "integer", "primaryKey": True}


def _parquet(**columns: Any) -> bytes:
    sink = io.BytesIO()
    parquet.write_table(pa.table(columns), sink)
    return sink.getvalue()


@dataclass(frozen=True)
class Way:
    """A dataset and what has to become of it: `rows`, each value as text, or an error that says `failing`.

    `told` is said when it is adopted; `contract` is given instead of a draft.
    """

    files: dict[str, str | bytes]
    rows: list[str] = field(default_factory=list)
    told: str = ""
    failing: str = ""
    contract: dict[str, Any] | None = None
    custom: dict[str, Any] | None = None


WAYS = {
    "an array of any physical type": Way(
        {"a.csv": 'id,tags\n1,"[""a"", ""b""]"\n'},
        ["1|['a', 'b']"],
        contract={
            "id": ID,
            "tags": {"logicalType": "array", "physicalType": "array", "items": {"logicalType": "string"}},
        },
    ),
    "a broken file among others": Way(
        {
            "a.json": '[{"id": 1, "name": "a"}, {"id": 2, "name": " "}]',
            "b.json": '[{"id": 3, "name": "b}]',
            "c.json": '[{"id": 4, "name": "c"}]',
        },
        ["1|a", "2| ", "4|c"],
        contract={"id": ID, "name": "string"},
        custom={"maxUnreadablePercent": 50},
    ),
    "a page and a packed file that is cut off among others": Way(
        {
            "a.csv": "id,name\n1,a\n",
            "b.csv": "<!DOCTYPE html><html><body>503</body></html>",
            "c.csv.bz2": bz2.compress(b"id,name\n3,c\n")[:20],
            "d.csv": "id,name\n4,d\n",
        },
        ["1|a", "4|d"],
        contract={"id": ID, "name": "string"},
        custom={"maxUnreadablePercent": 90},
    ),
    "a broken file that is much of what landed": Way(
        {"a.json": '[{"id": 1, "name": "a"}]', "b.json": '[{"id": 3, "name": "b}]'},
        told="/b.json, line 1, column 20: unexpected",
        failing="is in files that are broken, more than 1 %",
    ),
    "identifiers of 20 digits": Way(
        {"a.csv": "sim_id,iccid\n1,89490200001234567890\n2,89490200001234567891\n"},
        ["1|89490200001234567890", "2|89490200001234567891"],
    ),
    "numbers of 24 digits in JSON": Way(
        {
            "a.jsonl": '{"id": 1, "hash": 123456789012345678901234}\n{"id": 2, "hash": 123456789012345678901235}\n'
        },
        ["1|123456789012345678901234", "2|123456789012345678901235"],
    ),
    "prices in two currencies": Way(
        {"a.csv": "order_id,price_eur\n1,10.00\n2,20.50\n", "b.csv": "order_id,price_usd\n3,11.00\n"},
        ["1|10.00|None", "2|20.50|None", "3|None|11.00"],
        told="are these one column? price_eur (in a.csv), price_usd (in b.csv)",
    ),
    "net and gross": Way(
        {"a.csv": "order_id,net_amount\n1,10.00\n", "b.csv": "order_id,gross_amount\n2,11.90\n"},
        ["1|10.00|None", "2|None|11.90"],
        told="are these one column? net_amount",
    ),
    "decimal commas": Way(
        {"a.csv": "id;weight_kg\n1;0,500\n2;1,250\n3;12,375\n"}, ["1|0.5", "2|1.25", "3|12.375"]
    ),
    "amounts as people write them": Way(
        {
            "a.csv": "id;price;fee;share;booked;size\n1;$1,234.50;5,00 €;12 %;5.25-;1 234\n"
            "2;($5);1.234,50 €;7,5 %;1.10;12\n3;-$0.99;-2,00 €;0 %;(2.00);1 000 000\n"
        },
        ["1|1234.50|5.00|12.0|-5.25|1234", "2|-5.00|1234.50|7.5|1.10|12", "3|-0.99|-2.00|0.0|-2.00|1000000"],
    ),
    "days and words as people write them": Way(
        {
            "a.csv": "id;day;since;due;born;left;opens;agreed;on_site\n"
            "1;20240105;Jan 5, 2024;5. Januar 2024;07.11.22;Mon 04 Dec 2023;08:30;ja;on\n"
            "2;20231231;Mar 31, 2023;31. März 2023;31.12.98;Tue 12 Dec 2023;17:05;nein;off\n"
        },
        [
            "1|2024-01-05|2024-01-05|2024-01-05|2022-11-07|2023-12-04|08:30:00|True|True",
            "2|2023-12-31|2023-03-31|2023-03-31|1998-12-31|2023-12-12|17:05:00|False|False",
        ],
        told="years have two digits",
    ),
    "halves of a day": Way(
        {"a.csv": "id,at\n1,2023-01-31 12:05 AM\n2,2023-02-01 01:30 PM\n"},
        ["1|2023-01-31 00:05:00", "2|2023-02-01 13:30:00"],
    ),
    "words for no value": Way(
        {"a.csv": "id,n,day,ok,fee\n1,NA,2024-01-05,yes,$5\n2,7,-,no,\n3,8,2024-01-06,?,n/a\n4,?,-,no,$1\n"},
        [
            "1|None|2024-01-05|True|5.00",
            "2|7|None|False|None",
            "3|8|2024-01-06|None|None",
            "4|None|None|False|1.00",
        ],
        told="'?' in 1 row and 'NA' in 1 row stand for no value",
    ),
    "no names": Way(
        {"a.csv": "1,ann,2024-01-05\n2,bob,2024-01-06\n"},
        ["1|ann|2024-01-05", "2|bob|2024-01-06"],
        told="its first line holds values, no names",
    ),
    "names in the first part alone": Way(
        {"part-0000.csv": "id,name,amount\n1,ann,10\n", "part-0001.csv": "3,cid,30\n4,dan,40\n"},
        ["1|ann|10", "3|cid|30", "4|dan|40"],
        told="part-0001.csv: its first line holds values, no names",
    ),
    "the delimiter in the first line": Way(
        {"a.csv": "sep=;\nid;name\n1;ann\n"}, ["1|ann"], told="says the delimiter"
    ),
    "a title": Way(
        {"a.csv": "Customer report 2024\nid;name;city\n1;ann;Rome\n"},
        ["1|ann|Rome"],
        told="a line above the table is left out: Customer report 2024",
    ),
    "a comment": Way(
        {"a.csv": "# exported 2024-01-05\nid,name\n1,ann\n"}, ["1|ann"], told="left out: # exported"
    ),
    "Hive's text": Way({"a.csv": "id\x01name\x01city\n1\x01ann\x01Rome\n"}, ["1|ann|Rome"], told=r"'\x01'"),
    "codes in a column of numbers": Way(
        {"a.csv": "zip\n80331\n", "b.csv": "zip\n01067\n1E4\n0x1F\n6_0311\n"},
        failing="4 values do not fit the contract",
        contract={"zip": "integer"},
    ),
    "text that looks like numbers": Way(
        {"a.csv": "phone,sku,version\n+4915112345678,12E4,1.1\n+12025550123,120E3,1.10\n"},
        ["+12025550123|120E3|1.10", "+4915112345678|12E4|1.1"],
    ),
    "days that may be months": Way(
        {"a.csv": "id,signup\n1,01/05/2024\n2,02/05/2024\n"},
        ["1|2024-05-01", "2|2024-05-02"],
        told="signup: read as %d/%m/%Y, and could be %m/%d/%Y",
    ),
    "offsets": Way(
        {
            "a.csv": "id,at\n1,2024-01-05T23:30:00-05:00\n2,2024-01-05T23:30:00+02:00\n3,2024-01-05T23:30:00Z\n"
        },
        ["1|2024-01-06 04:30:00+00:00", "2|2024-01-05 21:30:00+00:00", "3|2024-01-05 23:30:00+00:00"],
    ),
    "offsets that no clock has": Way(
        {
            "a.csv": "id,at\n1,2024-01-05T23:30:00+46:00\n2,2024-01-05T23:30:00+14:00\n3,2024-01-05 23:30:00.5-99\n"
        },
        failing="row 1, column at: '2024-01-05T23:30:00+46:00' is no TIMESTAMP WITH TIME ZONE",
        contract={
            "id": ID,
            "at": {"logicalType": "timestamp", "logicalTypeOptions": {"timezone": True}},
        },
    ),
    "CP1251": Way({"a.csv": "id,city\n1,Москва\n".encode("cp1251")}, ["1|Москва"], told="1251"),
    "Latin-2": Way({"a.csv": "id,city\n1,Łódź\n".encode("iso8859-2")}, ["1|Łódź"], told="a.csv"),
    "GBK": Way({"a.csv": "id,city\n1,北京\n".encode("gbk")}, ["1|北京"], told="a.csv"),
    "Shift-JIS": Way({"a.csv": "id,city\n1,東京\n".encode("shift_jis")}, ["1|東京"], told="a.csv"),
    "BIGINT beside DOUBLE": Way(
        {"a.parquet": _parquet(p=[1234567890123456789]), "b.parquet": _parquet(p=[1.0, None])},
        failing="column p is BIGINT in it and DOUBLE with other files, which does not hold 1234567890123456789",
    ),
    "decimals that would be rounded": Way(
        {"a.csv": "id,amount,n\n1,10.999,15e-1\n2,0.005,3\n"},
        failing="row 1, column amount: '10.999' is no DECIMAL(12,2)",
        contract={
            "id": ID,
            "amount": {"logicalType": "number", "physicalType": "DECIMAL(12,2)"},
            "n": "integer",
        },
    ),
    "a zone and a format that the contract gives": Way(
        {"a.csv": "id,at,d\n1,2024-07-05 12:00:00,2024-02-05\n"},
        ["1|2024-07-05 10:00:00+00:00|2024-05-02"],
        contract={
            "id": ID,
            "at": {
                "logicalType": "timestamp",
                "logicalTypeOptions": {"timezone": True, "defaultTimezone": "Europe/Berlin"},
            },
            "d": {"logicalType": "date", "logicalTypeOptions": {"format": "yyyy-dd-MM"}},
        },
    ),
    "text that is too long": Way(
        {"a.csv": "id,s\n1,abcdefgh\n"},
        failing="s_length",
        contract={"id": ID, "s": {"logicalType": "string", "physicalType": "VARCHAR(3)"}},
    ),
    "columns called _file and _row": Way(
        {"a.csv": "id,_file,_row\n1,x,y\nbad,y,z\n"},
        failing="a.csv, row 2, column id: 'bad' is no BIGINT",
        contract={"id": ID, "_file": "string", "_row": "string"},
    ),
    "text without its mark": Way(
        {"a.parquet": _parquet(id=[1, 2], name=[b"Anna", "Müller".encode()])},
        ["1|Anna", "2|Müller"],
        told="name: bytes, all of them text in UTF-8",
    ),
    "empty text, of a format that tells it from none": Way(
        {"a.parquet": _parquet(id=[1, 2, 3, 4], note=["a", "", None, " "])}, ["1|a", "2|", "3|None", "4| "]
    ),
    "empty text in JSON": Way(
        {"a.jsonl": '{"id": 1, "note": "a"}\n{"id": 2, "note": ""}\n{"id": 3, "note": null}\n'},
        ["1|a", "2|", "3|None"],
    ),
    "a quoted empty cell": Way({"a.csv": 'id,note\n1,a\n2,""\n3,\n'}, ["1|a", "2|None", "3|None"]),
    "a division by zero": Way(
        {"a.csv": "id,amount,pieces\n1,10,4\n2,10,0\n3,,0\n"},
        failing="a.csv, row 2, column left_over: '10, 0'",
        contract={
            "id": ID,
            "left_over": {
                "logicalType": "integer",
                "transformLogic": "CAST(amount AS INTEGER) % CAST(pieces AS INTEGER)",
            },
        },
    ),
    "a filter on landed text": Way(
        {"a.csv": "id,quantity\n1,10\n2,\n3,-5\n"},
        ["1|10"],
        contract={"id": ID, "quantity": "integer"},
        custom={"rowFilter": "quantity > 0"},
    ),
    "local times beside times with an offset": Way(
        {
            "a.parquet": _parquet(at=pa.array([dt.datetime(2024, 1, 5)], pa.timestamp("us", "UTC"))),  # noqa: DTZ001
            "b.parquet": _parquet(at=pa.array([dt.datetime(2024, 1, 5)], pa.timestamp("us"))),  # noqa: DTZ001
        },
        failing="b.parquet: column at is TIMESTAMP in it and TIMESTAMP WITH TIME ZONE with other files",
    ),
}


# Reading or drafting settles these, or another way asks of Trino what they would.
ON_DUCKDB_ALONE = {
    "a broken file that is much of what landed",
    "identifiers of 20 digits",
    "net and gross",
    "decimal commas",
    "a title",
    "a comment",
    "text that looks like numbers",
    "days that may be months",
    "Latin-2",
    "GBK",
    "Shift-JIS",
}
CAME = [
    *(pytest.param("duckdb", name, id=f"duckdb-{name}") for name in WAYS),
    *(
        pytest.param("trino", name, id=f"trino-{name}", marks=pytest.mark.services)
        for name in WAYS
        if name not in ON_DUCKDB_ALONE
    ),
]


@dataclass(frozen=True)
class Came:
    """What came of a dataset."""

    rows: list[str]
    told: str = ""
    failed: str = ""


@pytest.fixture(scope="module")
def came(request, tmp_path_factory):
    """What came of each dataset on one engine, made when it is asked for; all in one mesh."""
    root = tmp_path_factory.mktemp("as written")
    if request.param == "duckdb":
        mesh = SmallMesh(root / "mesh")
    else:
        mesh = ServerMesh(root / "mesh", request.getfixturevalue("endpoints"), "trino")
    return lambda name: _came(mesh, root, f"d_{list(WAYS).index(name)}", WAYS[name])


def _came(mesh: SmallMesh, root: Any, dataset: str, way: Way) -> Came:
    product, source = f"ways.{dataset}", root / dataset
    source.mkdir()
    for file, content in way.files.items():
        (source / file).write_bytes(content.encode() if isinstance(content, str) else content)
    opened = mesh.open()
    opened.land(source, "ways", dataset)
    told = ""
    try:
        if way.contract:
            mesh.product(product, way.contract, custom=way.custom)
        else:
            told = "\n".join(opened.adopt(product, owner="ana").notes)
        mesh.build_product(product)
    except MeshError as error:
        return Came([], told, str(error))
    return Came(["|".join(map(str, row.values())) for row in mesh.rows(product)], told)


@pytest.mark.parametrize(("came", "name"), CAME, indirect=["came"])
def test_what_is_published_is_what_was_written(came, name):
    way, found = WAYS[name], came(name)
    assert sorted(found.rows) == way.rows, found.failed
    assert way.told in found.told
    assert way.failing in found.failed
    assert bool(found.failed) == bool(way.failing)
