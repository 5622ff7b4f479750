"""Every option that ODCS 3.0 to 3.2 knows is obeyed, or refused or noted by its name: none is taken and ignored."""

from __future__ import annotations

import duckdb
import pytest

from meshlake.errors import ContractError
from meshlake.rules.pattern import FORMATS

_TYPED = "      - name: plan\n        logicalType: string\n"
_WITH = {
    "object": ", properties: [{name: a, logicalType: string}]",
    "array": ", items: {logicalType: string}",
}
# logical type, options, the rule they become and its arguments
HELD = [
    ("string", "minLength: 2", "x_length", {"minLength": 2}),
    ("string", "maxLength: 2", "x_length", {"maxLength": 2}),
    ("string", "pattern: ^a", "x_pattern", {"pattern": "^a"}),
    *(("string", f"format: {name}", "x_format", {"pattern": pattern}) for name, pattern in FORMATS.items()),
    ("array", "minItems: 1", "x_length", {"minLength": 1}),
    ("array", "maxItems: 3", "x_length", {"maxLength": 3}),
    ("integer", "minimum: 1", "x_range", {"minimum": 1}),
    ("integer", "maximum: 1", "x_range", {"maximum": 1}),
    ("number", "exclusiveMinimum: 1", "x_range", {"exclusiveMinimum": 1}),
    ("number", "exclusiveMaximum: 1", "x_range", {"exclusiveMaximum": 1}),
    # As ODCS 3.0 says it.
    ("integer", "minimum: 1, exclusiveMinimum: true", "x_range", {"exclusiveMinimum": 1}),
    ("integer", "maximum: 1, exclusiveMaximum: false", "x_range", {"maximum": 1}),
    ("integer", "format: i8", "x_range", {"minimum": -128, "maximum": 127}),
    ("integer", "format: i16", "x_range", {"minimum": -32768, "maximum": 32767}),
    ("integer", "format: i32", "x_range", {"minimum": -2147483648, "maximum": 2147483647}),
    ("integer", "format: u8", "x_range", {"minimum": 0, "maximum": 255}),
    ("integer", "format: u16", "x_range", {"minimum": 0, "maximum": 65535}),
    ("integer", "format: u32, maximum: 9", "x_range", {"minimum": 0, "maximum": 9}),
    ("integer", "format: u64", "x_range", {"minimum": 0}),
    ("integer", "format: u128", "x_range", {"minimum": 0}),
]
TYPED = [
    # logical type, options, the type of the column
    ("integer", "format: i64", "BIGINT"),
    ("integer", "format: i128", "BIGINT"),
    ("number", "format: f32", "FLOAT"),
    ("number", "format: f64", "DOUBLE"),
    ("timestamp", "timezone: true", "TIMESTAMP WITH TIME ZONE"),
    ("timestamp", "timezone: false", "TIMESTAMP"),
    ("timestamp", "timezone: true, defaultTimezone: UTC", "TIMESTAMP WITH TIME ZONE"),
    ("date", "format: yyyy-MM-dd", "DATE"),
    ("time", "format: 'HH:mm:ss'", "TIME"),
]
# logical type, options, what the error says
REFUSED = [
    ("integer", "multipleOf: 5", "'multipleOf'"),
    ("number", "multipleOf: 0.5", "'multipleOf'"),
    ("array", "uniqueItems: true", "'uniqueItems'"),
    ("object", "minProperties: 1", "'minProperties'"),
    ("object", "maxProperties: 1", "'maxProperties'"),
    ("object", "required: [a]", "'required'"),
    ("string", "dimensions: 3", "'dimensions'"),
    ("integer", "minLength: 2", "has no length"),
    ("integer", "pattern: ^a", "has no pattern"),
    ("array", "minimum: 2", "cannot be compared"),
    ("date", "timezone: true", "timezone is of moments"),
    ("time", "timezone: true", "timezone is of moments"),
    ("date", "defaultTimezone: Europe/Berlin", "defaultTimezone is of moments"),
    ("date", "format: 'dd/MM/yy'", "not understood"),
    ("time", "format: 'HH.mm'", "a time is read as ISO 8601 has it"),
    ("array, items: {logicalType: date, logicalTypeOptions: {format: dd.MM.yyyy}}", "", "'format' of a part"),
    (
        "array, items: {logicalType: timestamp, logicalTypeOptions: {timezone: true, defaultTimezone: Asia/Tokyo}}",
        "",
        "'defaultTimezone' of a part",
    ),
]
# logical type, options, the note
NOTED = [
    ("string", "format: password", "format 'password' is kept as a note: no VARCHAR is held to it"),
    ("string", "format: binary", "format 'binary' is kept as a note"),
    ("integer", "format: f32", "format 'f32' is kept as a note: no BIGINT is held to it"),
    ("number", "format: i32", "format 'i32' is kept as a note"),
    ("boolean", "format: yes/no", "format 'yes/no' is kept as a note"),
    ("number, physicalType: 'DECIMAL(9,2)'", "format: f64", "format 'f64' is kept as a note"),
    (
        "array, items: {logicalType: string, logicalTypeOptions: {format: email}}",
        "",
        "format 'email' of a part",
    ),
    ("timestamp, physicalType: TIMESTAMP", "timezone: true", "the column is TIMESTAMP, as physicalType says"),
    ("timestamp, physicalType: TIMESTAMPTZ", "timezone: false", "the column is TIMESTAMP WITH TIME ZONE"),
]


@pytest.fixture
def with_options(read):
    """The contract with a column `x` of a logical type with options."""

    def contract(logical: str, options: str):
        given = f", logicalTypeOptions: {{{options}}}" if options else ""
        column = f"      - {{name: x, logicalType: {logical}{_WITH.get(logical, '')}{given}}}\n"
        return read(_TYPED, column + _TYPED)

    return contract


@pytest.mark.parametrize(("logical", "options", "name", "arguments"), HELD)
def test_an_option_is_a_rule(with_options, logical, options, name, arguments):
    contract = with_options(logical, options)
    assert next(rule.arguments for rule in contract.rules if rule.name == name) == arguments
    assert not [note for note in contract.notes if "'x'" in note.message]


@pytest.mark.parametrize(("logical", "options", "kind"), TYPED)
def test_an_option_is_a_type(with_options, logical, options, kind):
    contract = with_options(logical, options)
    assert str(contract.column("x").type) == kind
    assert not [note for note in contract.notes if "'x'" in note.message]


@pytest.mark.parametrize(("logical", "options", "message"), REFUSED)
def test_an_option_that_nothing_holds_is_refused_by_name(with_options, logical, options, message):
    with pytest.raises(ContractError) as caught:
        with_options(logical, options)
    assert message in caught.value.message


@pytest.mark.parametrize(("logical", "options", "message"), NOTED)
def test_an_option_that_nothing_holds_and_means_no_harm_is_a_note(with_options, logical, options, message):
    (note,) = [note for note in with_options(logical, options).notes if "column 'x'" in note.message]
    assert message in note.message


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("email", ["a@b.de", "a.b+c@d-e.co.uk"], ["a", "a@b", "@b.de", "a b@c.de", "a@b@c.de", ""]),
        ("uuid", ["3f2504e0-4f89-11d3-9a0c-0305E82C3301"], ["3f2504e0", "g" * 36]),
        ("uri", ["https://a.de/b?c", "urn:isbn:1", "mailto:a@b.de"], ["a.de/b", "https:", "http ://a"]),
        ("hostname", ["localhost", "a-b.example.com", "a.de."], ["-a.de", "a..de", "a_b", ""]),
        ("ipv4", ["127.0.0.1", "255.255.255.255"], ["256.0.0.1", "1.2.3", "1.2.3.4.5"]),
        ("ipv6", ["::1", "2001:db8::ff00:42:8329", "::ffff:192.0.2.1"], ["1", "12345::", "1:2", "g::"]),
        ("byte", ["YQ==", "YWI=", "YWJj", ""], ["YQ=", "Y", "YQ==YQ==", "Y-Jj"]),
    ],
)
def test_formats_of_text_are_those_that_their_names_say(name, right, wrong):
    with duckdb.connect() as connection:
        found = {
            text: connection.execute("SELECT regexp_matches($1, $2)", [text, FORMATS[name]]).fetchone()[0]
            for text in (*right, *wrong)
        }
    assert found == dict.fromkeys(right, True) | dict.fromkeys(wrong, False)


@pytest.mark.parametrize(
    "physical",
    ["VARCHAR(3)[]", "text[15]", "ENUM('a','b')", "TIMESTAMP(3)", "TIME(0)", "varbinary(16)"],
)
def test_what_a_physical_type_says_more_than_the_columns_type_is_a_note(with_options, physical):
    logical = "array" if physical.endswith("]") else "string"
    contract = with_options(f'{logical}, physicalType: "{physical}"', "")
    assert any(f"all that '{physical}' says" in note.message for note in contract.notes)


@pytest.mark.parametrize(
    ("physical", "options", "limits"),
    [
        ("SMALLINT", "", {"minimum": -32768, "maximum": 32767}),
        ("smallint unsigned", "", {"minimum": 0, "maximum": 65535}),
        ("TINYINT", "minimum: 0", {"minimum": 0, "maximum": 255}),
        ("INTEGER", "", None),
        ("int8", "", None),  # eight bytes to PostgreSQL
    ],
)
def test_whole_numbers_are_held_to_a_physical_type_narrower_than_the_columns(
    with_options, physical, options, limits
):
    contract = with_options(f'integer, physicalType: "{physical}"', options)
    assert [r.arguments for r in contract.rules if r.name == "x_range"] == ([limits] if limits else [])


@pytest.mark.parametrize(
    ("physical", "kind", "length"),
    [
        ("VARCHAR(3)", "VARCHAR", 3),
        ("CHAR(3)", "VARCHAR", 3),
        ("VARCHAR2(3 BYTE)", "VARCHAR", 3),
        ("nvarchar(max)", "VARCHAR", None),
        ("NUMERIC(10,2)", "DECIMAL(10,2)", None),
        ("TIMESTAMP(6)", "TIMESTAMP", None),
        ("INT(11)", "INTEGER", None),
    ],
)
def test_what_a_physical_type_says_is_the_columns_type_or_a_rule(with_options, physical, kind, length):
    contract = with_options(f'string, physicalType: "{physical}"', "")
    assert str(contract.column("x").type) == kind
    assert [r.arguments for r in contract.rules if r.name == "x_length"] == (
        [{"maxLength": length}] if length else []
    )
    assert not [note for note in contract.notes if "'x'" in note.message]
