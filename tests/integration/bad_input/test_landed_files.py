"""Landed files that are damaged, drift or hold what the contract does not want."""

import pytest

HEADER = "Customer ID,Age,City\n"
FILE = "crm/customers/a.csv"
QUARANTINING = """name: customer_id, logicalType: string, primaryKey: true, transformSourceObjects: [Customer ID]
    name: age, logicalType: integer, transformSourceObjects: [Age], quality: [{metric: invalidValues, mustBe: 0, severity: warning}]
    name: city, logicalType: string, transformSourceObjects: [City]"""  # noqa: E501 - one property a line
READINGS = "name: reading_id, logicalType: integer, primaryKey: true\nname: kwh, logicalType: number"
SELECT_READINGS = "SELECT range AS reading_id, range * 0.5::DOUBLE AS kwh FROM range(5000)"


def test_required_column_that_has_not_landed(built_mesh):
    built_mesh.land(FILE, "CustomerId,Age,City\nc1,41,Oslo\n")
    built_mesh.fails(
        "crm.customers",
        "landing.crm.customers has no column 'Customer ID' (column customer_id is required)",
        "CustomerId",
    )


def test_optional_column_that_has_not_landed_is_null_and_told(built_mesh):
    built_mesh.land(FILE, "Customer ID,Age\nc1,41\n")
    ran = built_mesh.run("build")
    assert ran.status == 0
    assert "in the contract, but not landed and so null: city" in ran.err
    assert built_mesh.rows("SELECT * FROM crm.customers") == [["c1", "41", ""]]


def test_column_the_contract_does_not_know_is_left_out_and_told(built_mesh):
    built_mesh.land(FILE, "Customer ID,Age,City,Shoe Size\nc1,41,Oslo,44\n")
    ran = built_mesh.run("build")
    assert ran.status == 0
    assert "landed, but not in the contract: Shoe Size" in ran.err
    assert built_mesh.rows("SELECT * FROM crm.customers") == [["c1", "41", "Oslo"]]


def test_value_that_cannot_be_cast_fails_naming_file_row_column_and_value(built_mesh):
    built_mesh.land("crm/customers/b.csv", f"{HEADER}c8,30,Oslo\nc9,forty,Oslo\n")
    built_mesh.fails(
        "crm.customers",
        "1 value does not fit the contract",
        "crm/customers/b.csv, row 2, column age: 'forty' is no BIGINT",
        "{metric: invalidValues, mustBe: 0, severity: warning}",
        line_count=3,
    )


def test_at_most_twenty_bad_values_are_named_and_all_counted(built_mesh):
    rows = "".join(f"d{number},x{number},Oslo\n" for number in range(50))
    built_mesh.land("crm/customers/b.csv", HEADER + rows)
    built_mesh.fails("crm.customers", "50 values do not fit", "'x0'", "'x19'", line_count=22)


def test_value_that_cannot_be_cast_is_quarantined_where_the_contract_only_warns(built_mesh):
    built_mesh.describe("crm.customers", QUARANTINING)
    built_mesh.land("crm/customers/b.csv", f"{HEADER}c8,30,Oslo\nc9,forty,Oslo\n")
    ran = built_mesh.run("build")
    assert ran.status == 0, ran.err
    assert "landed rows quarantined since values do not fit: 1, see crm.customers__quarantine" in ran.err
    assert built_mesh.rows("SELECT count(*), count(*) FILTER (customer_id = 'c9') FROM crm.customers") == [
        ["4", "0"]
    ]
    quarantined = built_mesh.rows("SELECT * FROM crm.customers__quarantine")
    assert quarantined == [["crm/customers/b.csv", "2", "age", "forty", "BIGINT"]]


def test_quarantine_is_emptied_when_the_values_are_mended(built_mesh):
    built_mesh.describe("crm.customers", QUARANTINING)
    built_mesh.land("crm/customers/b.csv", f"{HEADER}c9,forty,Oslo\n")
    assert built_mesh.run("build").status == 0
    built_mesh.land("crm/customers/b.csv", f"{HEADER}c9,40,Oslo\n")
    assert built_mesh.run("build").status == 0
    assert built_mesh.rows("SELECT * FROM crm.customers__quarantine") == []
    assert built_mesh.rows("SELECT count(*) FROM crm.customers") == [["4"]]


def test_quarantine_numbers_rows_as_they_lie_in_a_large_file(built_mesh):
    built_mesh.describe("crm.customers", QUARANTINING)
    rows = (f"d{number},{'x' if number % 100_000 == 0 else 30},Oslo\n" for number in range(1, 300_001))
    built_mesh.land("crm/customers/b.csv", HEADER + "".join(rows))
    assert built_mesh.run("build", "crm.customers").status == 0
    numbered = built_mesh.rows('SELECT "row" FROM crm.customers__quarantine ORDER BY "row"')
    assert numbered == [["100000"], ["200000"], ["300000"]]


def test_parquet_that_is_cut_off(built_mesh):
    built_mesh.describe("meters.readings", READINGS)
    file = built_mesh.land_parquet("meters/readings/a.parquet", SELECT_READINGS)
    file.write_bytes(file.read_bytes()[:-40])
    built_mesh.fails(
        "landing.meters.readings", "meters/readings/a.parquet: it is cut off", "Land the file again"
    )


def test_parquet_that_is_damaged_inside(built_mesh):
    built_mesh.describe("meters.readings", READINGS)
    file = built_mesh.land_parquet("meters/readings/a.parquet", SELECT_READINGS)
    content = file.read_bytes()
    file.write_bytes(content[:100] + bytes(1000) + content[1100:])
    built_mesh.fails("landing.meters.readings", "meters/readings/a.parquet: it is cut off, damaged")


def test_parquet_of_no_bytes(built_mesh):
    built_mesh.describe("meters.readings", READINGS)
    built_mesh.land("meters/readings/a.parquet", b"")
    built_mesh.fails(
        "landing.meters.readings", "meters/readings/a.parquet: it is empty", "Land the file again"
    )


def test_parquet_without_rows_is_a_product_without_rows(built_mesh):
    built_mesh.describe("meters.readings", READINGS)
    built_mesh.land_parquet("meters/readings/a.parquet", f"{SELECT_READINGS} LIMIT 0")
    assert built_mesh.run("build").status == 0
    assert built_mesh.rows("SELECT count(*), max(kwh) FROM meters.readings") == [["0", ""]]


@pytest.mark.parametrize(
    ("rows", "line", "says"),
    [
        ('c1,41,"Oslo\nc2,29,Bergen\n', 2, "a quote that is never closed"),
        ('c1,41,Oslo\nc2,29,"Bergen"x\n', 3, "text after a closing quote"),
        ("c1,41,Oslo\nc2,29\n", 3, "has 2 values where the header has 3 columns"),
        ("c1,41,Oslo\nc2,29,Bergen,Norway\n", 3, "has 4 values where the header has 3 columns"),
    ],
)
def test_csv_that_is_broken_is_told_by_file_and_line(built_mesh, rows, line, says):
    built_mesh.land(FILE, HEADER + rows)
    built_mesh.fails("landing.crm.customers", f"{FILE}, line {line}: ", says, "Correct that line")


def test_csv_with_broken_quotes_is_told_to_who_queries_it(mesh):
    mesh.land(FILE, f'{HEADER}c1,41,"Oslo\n')
    mesh.refuses("sql", "SELECT * FROM landing.crm.customers", says=(f"{FILE}, line 2",), status=1)


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADER}c1,41,Tromsø\n".replace(",", ";").encode(),
        f"{HEADER}c1,41,Tromsø\n".replace(",", "\t").encode(),
        f"{HEADER}c1,41,Tromsø\n".replace(",", "|").encode(),
        f"{HEADER}c1,41,Tromsø\n".encode("utf-8-sig"),
        f"{HEADER}c1,41,Tromsø\n".encode("latin-1"),
        f"{HEADER}c1,41,Tromsø\n".replace("\n", "\r\n").encode(),
        f'{HEADER}"c1","41","Tromsø"\n'.encode(),
    ],
    ids=["semicolons", "tabs", "bars", "byte-order-mark", "latin-1", "crlf", "quotes"],
)
def test_csv_in_another_manner_reads_the_same(built_mesh, content):
    built_mesh.land(FILE, content)
    assert built_mesh.run("build").status == 0
    assert built_mesh.rows("SELECT * FROM crm.customers") == [["c1", "41", "Tromsø"]]


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("crm/customers/b.csv", b"PK\x03\x04workbook", "it is a ZIP archive or Excel workbook"),
        ("crm/customers/b.xlsx", b"PK\x03\x04workbook", "is of no format that can be read"),
        ("crm/customers/b.parquet", b"PAR1", "mixes formats"),
    ],
)
def test_file_of_another_format(built_mesh, file, content, says):
    built_mesh.land(file, content)
    built_mesh.fails("landing.crm.customers", file, says)


def test_dataset_of_empty_files(built_mesh):
    built_mesh.land(FILE, "")
    built_mesh.fails("landing.crm.customers", "landing.crm.customers is empty", "at least a header")


def test_dataset_of_a_header_alone_is_a_product_without_rows(built_mesh):
    built_mesh.land(FILE, HEADER)
    assert built_mesh.run("build").status == 0
    assert built_mesh.rows("SELECT * FROM crm.customers") == []


def test_dataset_whose_files_are_gone(built_mesh):
    (built_mesh.landing / FILE).unlink()
    built_mesh.fails(
        "landing.crm.customers", "landing.crm.customers has not landed in", "landing.shop.orders"
    )


def test_all_null_and_constant_columns_are_kept_as_they_are(built_mesh):
    built_mesh.land(FILE, f"{HEADER}c1,,Oslo\nc2,,Oslo\n")
    assert built_mesh.run("build").status == 0
    assert built_mesh.rows("SELECT * FROM crm.customers ORDER BY 1") == [
        ["c1", "", "Oslo"],
        ["c2", "", "Oslo"],
    ]


def test_file_names_with_spaces_quotes_and_wildcards(built_mesh):
    built_mesh.land('crm/customers/it\'s a "file" [1]*?.csv', f"{HEADER}c9,forty,Oslo\n")
    built_mesh.fails("crm.customers", "it's a \"file\" [1]*?.csv, row 1, column age: 'forty'", line_count=3)
    built_mesh.land('crm/customers/it\'s a "file" [1]*?.csv', f"{HEADER}c9,40,Oslo\n")
    assert built_mesh.run("build").status == 0
    assert built_mesh.rows("SELECT count(*) FROM crm.customers") == [["4"]]
