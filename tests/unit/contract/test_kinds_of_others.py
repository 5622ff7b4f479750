"""What other houses' contracts have, kind by kind: read, noted by name, or refused in a sentence with its line."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from meshlake.column import Severity
from meshlake.contract.read import gather_contract, read_contract
from meshlake.errors import ContractError
from meshlake.faults import Gathering
from meshlake.names import ProductName

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from meshlake.contract.model import Contract

    Read = Callable[..., Contract]

NAME = ProductName("shop", "orders")
# Every line can be replaced; the id is none that we give.
BASE = """\
apiVersion: v3.1.0
kind: DataContract
id: 53581432-6c55-4ba2-a65f-72344a91553a
version: 1.10.0
status: active
servers: [{server: prod, type: SYSTEM, host: db}]
schema:
  - name: orders
    physicalName: dbo.Orders
    properties:
      - {name: id, logicalType: integer, primaryKey: true}
      - {name: x, COLUMN}
    quality: [QUALITY]
slaProperties: [LEVEL]
"""


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def _read(
        old: str = "", new: str = "", *, column: str = "logicalType: string", system: str = "custom"
    ) -> Contract:
        text = BASE.replace(old, new, 1) if old else BASE
        for word, given in (("COLUMN", column), ("SYSTEM", system), ("QUALITY", ""), ("LEVEL", "")):
            text = text.replace(word, given)
        path = tmp_path / "contract.odcs.yaml"
        path.write_text(text, encoding="utf-8")
        return read_contract(path, NAME)

    return _read


@pytest.mark.parametrize(
    ("system", "column", "type_"),
    [
        ("bigquery", "logicalType: number, physicalType: NUMERIC", "DECIMAL(38,9)"),
        ("bigquery", "logicalType: string, physicalType: BYTES", "BLOB"),
        ("databricks", "logicalType: number, physicalType: DOUBLE", "DOUBLE"),
        ("redshift", "logicalType: string, physicalType: SUPER", "VARCHAR"),
        ("sqlserver", "logicalType: string, physicalType: uniqueidentifier", "UUID"),
        ("oracle", "logicalType: string, physicalType: INTERVAL YEAR TO MONTH", "VARCHAR"),
        ("oracle", "physicalType: INTERVAL DAY TO SECOND", "VARCHAR"),
        ("glue", "logicalType: integer, physicalType: bigint", "BIGINT"),
        (
            "athena",
            "logicalType: timestamp, physicalType: timestamp(3) with time zone",
            "TIMESTAMP WITH TIME ZONE",
        ),
        ("kafka", "logicalType: integer, physicalType: long", "BIGINT"),
        ("kafka", "logicalType: timestamp, physicalType: timestamp-millis", "TIMESTAMP WITH TIME ZONE"),
        ("kafka", "logicalType: string, physicalType: enum", "VARCHAR"),
        ("iceberg", "physicalType: timestamp_ntz", "TIMESTAMP"),
        ("custom", "logicalType: integer, physicalType: unsignedByte", "INTEGER"),
        ("custom", "physicalType: record", "VARCHAR"),
        ("custom", "logicalType: decimal", "DECIMAL(18,3)"),
        ("custom", "logicalType: datetime", "TIMESTAMP"),
        ("custom", "logicalType: uuid", "UUID"),
        ("custom", "logicalType: geometry", "VARCHAR"),
        ("custom", "properties: [{name: a, logicalType: date}]", 'STRUCT("a" DATE)'),
        ("custom", "items: {logicalType: integer}", "BIGINT[]"),
        ("custom", "logicalType: vector, logicalTypeOptions: {dimensions: 3}", "DOUBLE[]"),
        (
            "custom",
            "logicalType: vector, logicalTypeOptions: {dimensions: 3, elementType: int8}",
            "INTEGER[]",
        ),
    ],
)
def test_types_of_other_systems(read: Read, system: str, column: str, type_: str) -> None:
    assert str(read(column=column, system=system).column("x").type) == type_


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("apiVersion: v3.1.0", "apiVersion: 3.1"),
        ("apiVersion: v3.1.0", "apiVersion: v3.0.3"),
        ("version: 1.10.0", "version: 1.10"),
        ("version: 1.10.0\n", "version: 1.10\ncontractCreatedTs: 2024-01-05T10:00:00Z\n"),
        ("status: active\n", ""),
        ("status: active", "status: active\nteam: {owner: me@example.com}"),
        ("status: active", "status: active\nteam: [{username: a, dateIn: 2024-01-05}]"),
        ("status: active", "status: active\nprice: {priceAmount: free}\nroles: [{role: r, access: 5}]"),
        (
            "status: active",
            "status: active\nsupport: {channel: x}\nauthoritativeDefinitions: [{url: u, type: t}]",
        ),
        ("host: db", "host: db, port: '${PORT}', colour: blue"),
        ("    quality:", "    relationships: [{type: foreignKey, from: a.b, to: [c.d]}]\n    quality:"),
        ("    quality:", "    customProperties: [{property: source, value: SAP}]\n    quality:"),
        ("    quality:", "    customProperties: [{property: deduplicate, value: hourly}]\n    quality:"),
    ],
)
def test_what_only_people_read_keeps_nothing_from_being_read(read: Read, old: str, new: str) -> None:
    assert old in BASE
    assert [column.name for column in read(old, new).columns] == ["id", "x"]


def test_a_number_for_a_text_is_the_text_that_is_written(read: Read) -> None:
    assert read("version: 1.10.0", "version: 1.10").version == "1.10"


@pytest.mark.parametrize(
    ("column", "note"),
    [
        ("logicalType: string, logicalTypeOptions: {encoding: ascii}", "'encoding' is not supported"),
        ("logicalType: number, logicalTypeOptions: {multipleOf: 5}", "'multipleOf' is not supported"),
        ("logicalType: number, logicalTypeOptions: {maximum: .inf}", "inf is not a number"),
        ("logicalType: string, logicalTypeOptions: {pattern: '^(?!x)'}", "look-around"),
        ("logicalType: integer, enum: [{value: some}]", "'some' is not a number"),
        ("items: {logicalType: string, logicalTypeOptions: {maxLength: 3}}", "'maxLength' of a part of x"),
        ("logicalType: date, logicalTypeOptions: {format: 'QQ'}", "format 'QQ' is not understood"),
        ("logicalType: string, isNullable: false", "key 'isNullable' is unknown"),
        ("logicalType: string, exampels: [a]", "key 'exampels' is unknown"),
        ("logicalType: geometry", "'geometry' is none of ODCS's: the column is VARCHAR"),
    ],
)
def test_what_is_said_of_a_column_and_not_held_to_is_noted(read: Read, column: str, note: str) -> None:
    contract = read(column=column)
    assert any(note in each.message and each.line == 12 for each in contract.notes), contract.notes
    assert "primary_key" in {rule.name for rule in contract.rules}


def test_an_option_that_is_not_held_to_leaves_the_others(read: Read) -> None:
    contract = read(
        column="logicalType: number, required: true, logicalTypeOptions: {multipleOf: 5, minimum: 0}"
    )
    assert {"x_required", "x_range"} <= {rule.name for rule in contract.rules}


def test_a_measure_is_no_column(read: Read) -> None:
    contract = read(column="semanticType: measure, logicalType: number, transformLogic: SUM(y)")
    assert [column.name for column in contract.columns] == ["id"]
    assert "'x' is a measure" in contract.notes[-2].message + contract.notes[-1].message


@pytest.mark.parametrize(
    ("item", "note"),
    [
        ("{type: custom, engine: soda, implementation: {a: b}}", "engine 'soda' is not run"),
        ("{type: library, metric: nullValues, mustBe: 0}", "is of a column, not of the table"),
        ("{type: library, metric: rowCount}", "no bound"),
        ("{type: library, metric: rowCount, mustBe: 0, unit: pieces}", "unit 'pieces'"),
        ("{type: library, metric: rowCount, mustBe: 0, severity: P1}", "severity 'P1'"),
        ("{type: library, metric: rowCount, mustBeBetween: [1]}", "mustBeBetween"),
        ("{type: mine, metric: a}", "quality type 'mine' is unknown"),
        ("{type: sql, query: SELECT count(*) FROM other, mustBe: 0}", "which is not this table"),
        ("{type: sql, query: 'SELECT count(*) FROM ${TABLE} WHERE', mustBe: 0}", "holds a variable"),
        (
            "{type: sql, query: \"SELECT count(*) FROM {object} WHERE x > '${D:-a}'\", mustBe: 0}",
            "holds a variable",
        ),
        ("{type: sql, query: 'SELECT count(*) FROM orders WHERE x > :start', mustBe: 0}", "holds a variable"),
        ("{type: sql, query: 'SELECT count(*) FROM orders WHERE', mustBe: 0}", "not understood"),
        ("{type: sql, query: DELETE FROM orders, mustBe: 0}", "no single SELECT"),
        ("{type: sql, query: SELECT 1; DROP TABLE orders, mustBe: 0}", "no single SELECT"),
        ("{type: sql, query: WITH a AS (DELETE FROM orders) SELECT 1, mustBe: 0}", "no single SELECT"),
    ],
)
def test_rules_of_other_tools_are_noted(read: Read, item: str, note: str) -> None:
    contract = read("QUALITY", item)
    assert any(note in each.message and each.line == 13 for each in contract.notes), contract.notes


@pytest.mark.parametrize("written", ["dbo.Orders", "orders", "{object}", "${table}", "[dbo].[Orders]"])
def test_a_query_calls_the_table_as_its_system_does(read: Read, written: str) -> None:
    item = (
        f"{{type: sql, name: q, query: 'SELECT COUNT(*) FROM {written} WHERE id < 0', mustBe: 0, unit: '%'}}"
    )
    (rule,) = [rule for rule in read("QUALITY", item, system="sqlserver").rules if rule.name == "q"]
    assert "FROM {object}" in rule.arguments["query"]
    assert rule.severity is Severity.ERROR


@pytest.mark.parametrize(
    "level",
    [
        "{property: latency, value: 4, unit: d, element: tab1.txn_ref_dt}",
        "{property: latency, value: 4, unit: d, element: orders.id}",
        "{property: latency, value: soon}",
        "{property: retention, value: 3, unit: moons}",
        "{property: retention, value: 1, unit: y}, {property: retention, value: 2, unit: y}",
        "{property: refreshFrequency, value: daily}",
        "{property: timeOfAvailability, value: 09:00-08:00, driver: regulatory}",
        "{property: generalAvailability, value: 2022-05-12T09:30:10-08:00}",
        "{property: availability, value: 99.9%}",
        "{property: frequency, value: 1, valueExt: 1, unit: d}",
    ],
)
def test_service_levels_of_any_kind(read: Read, level: str) -> None:
    assert read("LEVEL", level).service_levels.schedule_cron is None


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("id: x\ndataContractSpecification: 1.2.1\nmodels: {}\n", 2, "Data Contract Specification 1.2.1"),
        (
            "kind: DataContract\napiVersion: v2.2.2\ndatasetDomain: x\ndataset: []\n",
            2,
            "ODCS v2.2.2, whose columns",
        ),
        ("kind: DataContract\napiVersion: v3.9.0\n", 2, "apiVersion is 'v3.9.0'"),
    ],
)
def test_other_formats_are_told_by_name(tmp_path: Path, text: str, line: int, message: str) -> None:
    path = tmp_path / "contract.odcs.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContractError) as caught:
        read_contract(path, NAME)
    (fault,) = caught.value.faults
    assert (fault.line, message in fault.message) == (line, True)
    assert "v3.1.0" in str(fault.hint) or "odcs" in str(fault.hint)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("primaryKey: true", "primarKey: true"),
        ("logicalType: integer", "logicalType: intger"),
        ("QUALITY", "{metric: rowCuont, mustBe: 1}"),
        ("LEVEL", "{property: latencey, value: 1, unit: d}"),
        ("schema:", "shema:"),
    ],
)
def test_a_slip_of_the_keyboard_is_an_error_there_too(read: Read, old: str, new: str) -> None:
    with pytest.raises(ContractError):
        read(old, new)


def test_keys_of_editors_and_tools_are_no_slip(read: Read) -> None:
    contract = read("kind: DataContract", "$schema: https://x/odcs.json\nx-kind: y\nkind: DataContract")
    assert [(note.line, note.message) for note in contract.notes[:2]] == [
        (2, "key '$schema' is unknown"),
        (3, "key 'x-kind' is unknown"),
    ]


def test_what_an_anchor_names_stands_for_itself_at_each_place(read: Read) -> None:
    items = "&one {metric: rowCount, mustBe: 0, validValues: [a], name: a}, {<<: *one, name: b}, *one"
    contract = read("QUALITY", items.replace(", *one", ", &two {type: text, code: x}, *two"))
    assert sum("key 'validValues' is unknown" in note.message for note in contract.notes) == 2
    assert sum("key 'code' is unknown" in note.message for note in contract.notes) == 2
    assert {"a", "b"} <= {rule.name for rule in contract.rules}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a0: &a0 [x]\n"
            + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)),
            "anchors stand for more than",
        ),
        ("a: &a [*a]\n", "nests too deeply"),
        ("a: " + "[" * 5000 + "]" * 5000 + "\n", "nests too deeply"),
    ],
    ids=["laughs", "circle", "depth"],
)
def test_yaml_that_unfolds_to_too_much_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "contract.odcs.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContractError, match=message):
        read_contract(path, NAME)


def test_a_large_broken_contract_is_told_whole_in_under_a_second(tmp_path: Path) -> None:
    columns = "".join(f"      - {{name: c{n}, logicalTpe: string}}\n" for n in range(300))
    path = tmp_path / "contract.odcs.yaml"
    path.write_text(
        BASE.partition("    quality")[0].replace("COLUMN", "logicalType: date") + columns, encoding="utf-8"
    )
    found, begun = Gathering(path), time.process_time()
    gather_contract(path, NAME, found)
    assert time.process_time() - begun < 1
    assert [fault.line for fault in found.faults if "logicalTpe" in fault.message] == list(range(13, 313))
