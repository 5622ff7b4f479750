from __future__ import annotations

import subprocess
import sys

import pytest

from meshlake.column import Severity
from meshlake.contract.model import ServiceLevels
from meshlake.contract.read import read_contract
from meshlake.errors import ContractError
from meshlake.names import ProductName
from meshlake.rules.bounds import Bounds
from meshlake.rules.columns import Columns
from meshlake.rules.expectation import Expectation
from meshlake.rules.freshness import Freshness
from meshlake.rules.invalid_values import InvalidValues
from meshlake.rules.length import Length
from meshlake.rules.null_values import NullValues
from meshlake.rules.pattern import Pattern
from meshlake.rules.primary_key import PrimaryKey
from meshlake.rules.range import Range
from meshlake.rules.required import Required
from meshlake.rules.row_count import RowCount
from meshlake.rules.sql import Sql
from meshlake.rules.unique import Unique


def test_columns_hold_every_fact_of_their_property(read):
    contract = read()
    customer_id, age, plan, signed_up_on = contract.columns
    assert [str(c.type) for c in contract.columns] == ["VARCHAR", "BIGINT", "VARCHAR", "DATE"]
    assert customer_id.is_required
    assert customer_id.sources == ("Customer ID", "CustomerID")
    assert contract.primary_key == ("customer_id",)
    assert age.on_bad_value is Severity.WARNING
    assert plan.on_bad_value is Severity.ERROR
    assert signed_up_on.partition_position == 4


def test_every_fact_becomes_one_rule_with_a_stable_name(read):
    assert {rule.name: type(rule) for rule in read().rules} == {
        "columns": Columns,
        "primary_key": PrimaryKey,
        "customer_id_required": Required,
        "customer_id_length": Length,
        "customer_id_pattern": Pattern,
        "age_unique": Unique,
        "age_range": Range,
        "age_castable": InvalidValues,
        "plan_known": InvalidValues,
        "plan_null_values": NullValues,
        "row_count": RowCount,
        "adults": Sql,
        "mean_age": Expectation,
        "signed_up_on_required": Required,
        "signed_up_on_freshness": Freshness,
    }


def test_rules_carry_arguments_bounds_and_severity(read):
    rules = {rule.name: rule for rule in read().rules}
    assert rules["age_range"].arguments == {"minimum": 0, "maximum": 120}
    assert rules["plan_known"].arguments == {"validValues": ["basic", "plus"]}
    assert rules["plan_null_values"].bounds == Bounds(below=5, unit="percent")
    assert rules["plan_null_values"].severity is Severity.WARNING
    assert rules["row_count"].bounds == Bounds(above=0)
    assert rules["signed_up_on_freshness"].bounds == Bounds(at_most=30 * 86_400)


def test_the_rest_of_the_contract(read):
    contract = read()
    assert contract.service_levels == ServiceLevels(
        0.5, 90 * 86_400, 30 * 86_400, "signed_up_on", "0 3 * * *"
    )
    assert contract.owner == "ana@example.com"
    assert contract.grain == "One row per customer."
    assert contract.description == "Every customer"
    assert (contract.source, contract.row_filter) == ("landing.crm.demographics", "quantity > 0")
    assert contract.is_deduplicated


def test_v3_2_enum_becomes_valid_values(read):
    enum = "      - name: plan\n", "      - name: plan\n        enum: [{value: basic}, {value: plus}]\n"
    contract = read(*enum, version="v3.2.0")
    assert {r.name: r.arguments for r in contract.rules}["plan_enum"] == {"validValues": ["basic", "plus"]}


def test_unnamed_items_of_one_kind_take_numbers(read):
    twice = (
        "      - {metric: rowCount, mustBeGreaterThan: 0}\n      - {metric: rowCount, mustBeLessThan: 9}\n"
    )
    names = [r.name for r in read("      - {metric: rowCount, mustBeGreaterThan: 0}\n", twice).rules]
    assert names.count("row_count") == 1
    assert "row_count_2" in names


def test_names_are_made_of_letters_digits_and_underscores(read):
    contract = read("name: plan_known", 'name: "Plan: known!"')
    assert "Plan__known_" in {rule.name for rule in contract.rules}


WRONG = [
    # what is wrong, text to replace, its replacement, line, words of the message, words of the hint
    ("not YAML", "kind: DataContract", "kind: [", 4, "not YAML", "Mend"),
    ("a tab", "kind: DataContract", "\tkind: DataContract", 2, "not YAML", "Mend"),
    (
        "template",
        "id: crm.customers",
        "id: {{ id }}",
        3,
        "a key is a mapping or a list",
        "Fill a template in",
    ),
    ("key twice", "name: Customers", "id: crm.customers", 4, "'id' is given twice", "Keep one"),
    ("wrong kind", "kind: DataContract", "kind: Table", 2, "kind is 'Table'", "kind: DataContract"),
    ("old version", "v3.1.0", "v2.2.0", 1, "apiVersion is 'v2.2.0'", "v3.1.0, v3.2.0"),
    ("unknown top key", "status: active", "statu: active", 6, "key 'statu' is unknown", "'status'"),
    ("number as text", "version: 1.0.0", "version: 1.0", 5, "version", "quotes"),
    ("domain", "domain: crm", "domain: sales", 7, "domain is 'sales'", "domain: crm"),
    (
        "product",
        "dataProduct: customers",
        "dataProduct: x",
        8,
        "dataProduct is 'x'",
        "dataProduct: customers",
    ),
    ("object name", "  - name: customers", "  - name: clients", 13, "called 'clients'", "name: customers"),
    ("two objects", "slaProp", "  - name: b\nslaProp", 12, "schema has 2 objects", "split"),
    (
        "no owner",
        "name: crm, members: [{username: ana@example.com, role: owner}]",
        "tags: [a]",
        10,
        "no owner",
        "team",
    ),
    ("custom property", "rowFilter", "rowfilter", 19, "'rowfilter' is unknown", "'rowFilter'"),
    ("custom value", "deduplicate, value: true", "deduplicate, value: maybe", 20, "'maybe'", ""),
    (
        "custom property of a column",
        "unique: true",
        "customProperties: [{property: rowkey, value: true}]",
        31,
        "'rowkey' is unknown",
        "'rowKey'",
    ),
    (
        "custom value of a column",
        "unique: true",
        "customProperties: [{property: rowKey, value: row}]",
        31,
        "rowKey is 'row', not true or false",
        "",
    ),
    (
        "unit of a column that is no text",
        "unique: true",
        "customProperties: [{property: unit, value: 5}]",
        31,
        "unit is 5, not text",
        "",
    ),
    (
        "known before its day",
        "unique: true",
        "customProperties: [{property: knownAfterDays, value: -5}]",
        31,
        "knownAfterDays is -5, less than 0",
        "knownInAdvance",
    ),
    (
        "row key that is a number",
        "unique: true",
        "customProperties: [{property: rowKey, value: true}]",
        31,
        "'age' of type BIGINT is no rowKey",
        "string",
    ),
    (
        "row key of nothing",
        "logicalType: string\n        quality",
        "logicalType: string\n        customProperties: [{property: rowKey, value: true}]\n        quality",
        37,
        "of what is not told",
        "transformSourceObjects",
    ),
    ("logical type", "logicalType: integer", "logicalType: int", 30, "'int' is unknown", "'integer'"),
    (
        "physical type",
        "logicalType: integer",
        "physicalType: INTEGR",
        30,
        "'INTEGR' is not a DuckDB type",
        "DuckDB",
    ),
    ("Iceberg", "logicalType: integer", "physicalType: HUGEINT", 30, "Iceberg", "DuckDB"),
    ("column twice", "- name: age", "- name: Customer_ID", 29, "'Customer_ID' is given twice", "Keep one"),
    ("property key", "unique: true", "uniqe: true", 31, "key 'uniqe' is unknown", "'unique'"),
    ("option", "{minimum: 0, ", "{minimun: 0, ", 32, "'minimun' is not supported", "'minimum'"),
    ("range of text", 'pattern: "^C[0-9]+$"', "minimum: 1", 28, "VARCHAR has no range", ""),
    ("bound of wrong type", "minimum: 0", "minimum: zero", 32, "'zero' is not a number", ""),
    ("pattern", '"^C[0-9]+$"', '"(C"', 28, "not a regular expression", ""),
    ("look-ahead", '"^C[0-9]+$"', '"(?=C)"', 28, "look-around", ""),
    ("metric", "metric: nullValues", "metric: nulValues", 39, "'nulValues' is unknown", "'nullValues'"),
    ("metric argument", "validValues:", "validvalues:", 38, "no argument 'validvalues'", "'validValues'"),
    ("YAML boolean", "[basic, plus]", "[yes, no]", 38, "put it in quotes", ""),
    ("no bound", "metric: rowCount, mustBeGreaterThan: 0", "metric: rowCount", 44, "no bound", "mustBe"),
    ("two bounds", "mustBeGreaterThan: 0", "mustBe: 1, mustNotBe: 2", 44, "more than one bound", ""),
    ("bound not a number", "mustBeLessThan: 5", "mustBe: some", 39, "'some' is not a number", ""),
    (
        "severity",
        "mustBe: 0, severity: warning",
        "mustBe: 0, severity: warn",
        34,
        "severity 'warn'",
        "warning",
    ),
    ("unit", "unit: percent", "unit: permille", 39, "unit 'permille'", "percent"),
    ("rule name twice", "name: adults", "name: plan_known", 38, "'plan_known' is given twice", "Rename"),
    ("rule name taken", "name: adults", "name: age_range", 45, "'age_range'", "Rename"),
    ("quality type", "type: text", "type: prose", 50, "quality type 'prose'", "library"),
    ("expectation", "expect_column_mean_to", "expect_column_main_to", 49, "does not run", ""),
    ("expectation's column", "{column: age, max", "{column: ages, max", 49, "'ages' is no column", ""),
    ("expectation's list", "{column: age, max", "{column_list: 5, max", 49, "5 is not a list", ""),
    ("kwargs", "kwargs: {column: age, max_value: 90}", "kwargs: [age]", 49, "no mapping", "kwargs"),
    ("members", "[{username: ana@example.com, role: owner}]", "5", 10, "not ODCS: team", "quotes"),
    ("level", "latency", "latencey", 52, "'latencey' is unknown", "'latency'"),
    ("duration", "retention, value: 90", "retention, value: soon", 53, "'soon' is not a duration", "30"),
    ("time unit", "90, unit: d", "90, unit: fortnights", 53, "'fortnights'", "ms, s"),
    ("cron", "0 3 * * *", "0 25 * * *", 54, "'25' is not a hour", "0 3 * * *"),
    ("cron fields", "0 3 * * *", "@sometimes", 54, "1 fields, not 5", ""),
    (
        "partition of text",
        "partitioned: true",
        "physicalType: VARCHAR,\n         partitioned: true",
        43,
        "VARCHAR",
        "DATE",
    ),
    (
        "partition with nulls",
        "{name: signed_up_on, required: true",
        "{name: signed_up_on",
        42,
        "null",
        "DATE",
    ),
    (
        "second partition",
        "      - name: plan\n",
        "      - {name: day, logicalType: date, required: true, partitioned: true}\n      - name: plan\n",
        43,
        "is a second",
        "one DATE",
    ),
    ("lookback", "deduplicate, value: true", "lookbackDays, value: -1", 20, "less than 0", ""),
    ("lookback as text", "deduplicate, value: true", "lookbackDays, value: a", 20, "not a whole number", ""),
    ("freshness column", "customers.signed_up_on", "customers.signed_on", 52, "'signed_on'", "signed_up_on"),
    ("freshness type", "customers.signed_up_on", "customers.age", 52, "not a date or timestamp", ""),
]


@pytest.mark.parametrize(
    ("old", "new", "line", "message", "hint"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG]
)
def test_a_wrong_fact_is_one_plain_line_at_its_place(read, old, new, line, message, hint):
    with pytest.raises(ContractError) as caught:
        read(old, new)
    first = str(caught.value.faults[0])
    assert f"contract.odcs.yaml:{line}: " in first
    assert message in first
    assert "\n" not in first
    assert caught.value.message == "\n".join(map(str, caught.value.faults))  # what follows of it is told, too
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words", "5"])
def test_a_file_without_a_mapping_is_no_contract(read, text):
    with pytest.raises(ContractError, match="not a contract"):
        read(text=text)


def test_a_missing_file_and_one_that_is_not_utf8(tmp_path):
    name = ProductName("crm", "customers")
    with pytest.raises(ContractError, match="no such file"):
        read_contract(tmp_path / "none.yaml", name)
    latin = tmp_path / "contract.odcs.yaml"
    latin.write_bytes("name: Müller".encode("latin-1"))
    with pytest.raises(ContractError, match="not UTF-8 at byte 7"):
        read_contract(latin, name)


def test_reading_contracts_needs_no_heavy_package():
    code = (
        "import sys, meshlake.contract.read, meshlake.rules.violating_rows;"
        "print({'great_expectations', 'duckdb', 'pandas', 'pyarrow', 'dagster'} & set(sys.modules))"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "set()\n"
    )


ALL_AT_ONCE = [
    # text to replace, its replacement, the line and the words of its one fault
    ("kind: DataContract", "kind: Table", 2, "kind is 'Table'"),
    ("version: 1.0.0", "version: 1.0", 5, "not ODCS: version"),
    ("status: active", "staus: active", 6, "key 'staus' is unknown"),
    ("schema:", "schemas:", 12, "key 'schemas' is unknown"),
    ("  - name: customers", "  - name: clients", 13, "called 'clients'"),
    ("rowFilter", "rowfilter", 19, "customProperty 'rowfilter' is unknown"),
    ("deduplicate, value: true", "deduplicate, value: maybe", 20, "deduplicate is 'maybe'"),
    ("minLength: 2", "minLength: two", 28, "'two'"),
    ("logicalType: integer", "logicalType: int", 30, "'int' is unknown"),
    ("[basic, plus]", "[yes, no]", 38, "put it in quotes"),
    ("unit: percent", "unit: permille", 39, "unit 'permille'"),
    ("required: true,\n         logicalType", "requird: true,\n         logicalType", 40, "key 'requird'"),
    ("metric: rowCount", "metric: rowCuont", 44, "'rowCuont' is unknown"),
    ("latency", "latencey", 52, "'latencey' is unknown"),
    ("retention, value: 90", "retention, value: soon", 53, "'soon' is not a duration"),
    ("0 3 * * *", "0 25 * * *", 54, "'25' is not a hour"),
]


def test_all_that_is_wrong_is_found_at_once_and_nothing_else(read, good):
    text = good
    for old, new, _, _ in ALL_AT_ONCE:
        assert old in text
        text = text.replace(old, new, 1)
    with pytest.raises(ContractError) as caught:
        read(text=text)
    found = sorted(caught.value.faults, key=lambda fault: fault.line or 0)
    assert [fault.line for fault in found] == [line for _, _, line, _ in ALL_AT_ONCE]
    for fault, (_, _, _, words) in zip(found, ALL_AT_ONCE, strict=True):
        assert words in fault.message
    assert sorted(caught.value.message.splitlines()) == sorted(map(str, found))
    assert caught.value.message.startswith(str(next(fault for fault in found if fault.line == 2)))
    told = f"mesh lint crm.customers tells all {len(ALL_AT_ONCE)}, and what to do."
    assert caught.value.hint == f"Write kind: DataContract. {told}"


@pytest.mark.parametrize("other", ["element: customers", "state: b", "x-ours: 1"])
def test_a_key_that_is_like_none_is_a_note(read, other):
    (note,) = read("status: active", f"status: active\n{other}").notes
    assert (note.line, note.message) == (7, f"key '{other.partition(':')[0]}' is unknown")


def test_keys_given_twice_are_all_told(read):
    with pytest.raises(ContractError) as caught:
        read("id: crm.customers\nname: Customers", "kind: x\napiVersion: y")
    assert [(fault.line, fault.message) for fault in caught.value.faults] == [
        (3, "key 'kind' is given twice"),
        (4, "key 'apiVersion' is given twice"),
    ]


_TYPED = "      - name: plan\n        logicalType: string\n"


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        (
            "logicalType: date, logicalTypeOptions: {format: 'yyyy-QQ'}",
            "format 'yyyy-QQ' is not understood at 'QQ'",
        ),
        ("logicalType: date, logicalTypeOptions: {format: 'dd/MM/yy'}", "not understood at 'yy'"),
        (
            "logicalType: timestamp, logicalTypeOptions: {timezone: true, defaultTimezone: Mars/Olympus}",
            "'Mars/Olympus' is no time zone",
        ),
        (
            "logicalType: timestamp, logicalTypeOptions: {defaultTimezone: Europe/Berlin}",
            "defaultTimezone is of moments",
        ),
        ("logicalType: number, logicalTypeOptions: {multipleOf: 5}", "'multipleOf' is not supported"),
        (
            "logicalType: array, items: {logicalType: string, logicalTypeOptions: {maxLength: 3}}",
            "'maxLength' of a part of day is not held to",
        ),
        (
            "logicalType: array, items: {logicalType: string}, logicalTypeOptions: {uniqueItems: true}",
            "uniqueItems",
        ),
    ],
)
def test_an_option_that_cannot_be_obeyed_is_refused_by_name(read, facts, message):
    with pytest.raises(ContractError) as caught:
        read(_TYPED, f"      - {{name: day, {facts}}}\n{_TYPED}")
    assert message in caught.value.message
    assert "contract.odcs.yaml:35: " in caught.value.message


def test_an_option_of_odcs_is_no_other_one_mistyped(read):
    items = "logicalType: array, items: {logicalType: string}, logicalTypeOptions: {uniqueItems: true}"
    with pytest.raises(ContractError) as caught:
        read(_TYPED, f"      - {{name: day, {items}}}\n{_TYPED}")
    told = f"{caught.value.message} {caught.value.hint}"
    assert "State it as a quality item of type sql" in told
    assert "minItems" not in told


def test_how_dates_are_written_is_the_columns(read):
    options = (
        "logicalTypeOptions: {timezone: true, defaultTimezone: Europe/Berlin, format: 'dd.MM.yyyy HH:mm'}"
    )
    contract = read(_TYPED, f"      - {{name: at, logicalType: timestamp, {options}}}\n{_TYPED}")
    column = contract.column("at")
    assert (column.format, column.zone) == ("dd.MM.yyyy HH:mm", "Europe/Berlin")


@pytest.mark.parametrize("written", ["VARCHAR(3)", "char(3)", "character varying(3)", "nvarchar(3)"])
def test_the_length_of_a_physical_type_is_held_to(read, written):
    contract = read(_TYPED, f"{_TYPED}        physicalType: {written}\n")
    length = next(rule for rule in contract.rules if rule.name == "plan_length")
    assert length.arguments == {"maxLength": 3}
