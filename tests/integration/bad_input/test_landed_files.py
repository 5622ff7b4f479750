"""Landed files that are damaged, drift or hold what the contract does not want."""

import pytest

from .conftest import CUSTOMERS, HEADER

FILE = "crm/customers/a.csv"
QUARANTINE = {"metric": "invalidValues", "mustBe": 0, "severity": "warning"}
QUARANTINING = {**CUSTOMERS, "age": {**CUSTOMERS["age"], "quality": [QUARANTINE]}}
ROWS = 'SELECT \'c\' || range AS "Customer ID", range AS "Age", \'Oslo\' AS "City" FROM range(5000)'
AGAIN = "Land the file again, whole"
CORRECT = "Correct that line"

# Each is a dataset whose only file has this content; none can be read, and all are built at once.
DAMAGED = {
    "no_bytes": ("a.csv", "", ("is empty", "Land a file that has at least a header.")),
    "workbook": (
        "a.csv",
        "PK\x03\x04workbook",
        ("a.csv: ", "a ZIP archive or Excel workbook", "right ending"),
    ),
    "other_ending": ("a.bin", "Obj\x01", ("a.bin is of no format that can be read", "Parquet")),
    "workbook_cut_off": ("a.xlsx", "PK\x03\x04workbook", ("a.xlsx: it is cut off, damaged", AGAIN)),
    "parquet_of_no_bytes": ("a.parquet", "", ("a.parquet: it is empty", AGAIN)),
    "parquet_cut_off": ("a.parquet", None, ("a.parquet: it is cut off", AGAIN)),
    "parquet_overwritten": ("a.parquet", None, ("a.parquet: it is cut off, damaged", AGAIN)),
}


# Of these a line cannot be read, which is more than the contract lets be kept aside.
LINES = {
    "open_quote": (
        f'{HEADER}c1,41,"Oslo\nc2,29,Bergen\n',
        ("a.csv, line 2: ", "never closed", CORRECT, "maxUnreadablePercent"),
    ),
    "many_values": (
        f"{HEADER}c1,41,Oslo,Norway\n",
        ("a.csv, line 2: it has 4 values where the header has 3 columns: c1,41,Oslo,Norway", CORRECT),
    ),
}
# Of these every line is a row; what was made of one is told to who looks.
ODD_LINES = {
    "text_after_quote": (f'{HEADER}c1,41,Oslo\nc2,29,"Bergen"x\n', ["c2", "29", '"Bergen"x']),
    "few_values": (f"{HEADER}c1,41,Oslo\nc2,29\n", ["c2", "29", ""]),
}


@pytest.fixture(scope="module")
def told(shared_mesh):
    """One build of all of them."""
    lines = {dataset: ("a.csv", content) for dataset, (content, _) in (LINES | ODD_LINES).items()}
    for dataset, (file, content, *_) in (DAMAGED | lines).items():
        shared_mesh.product(f"damaged.{dataset}", CUSTOMERS)
        if content is not None:
            shared_mesh.land(f"damaged/{dataset}/{file}", content)
    whole = shared_mesh.land_rows("damaged/parquet_cut_off/a.parquet", ROWS).read_bytes()
    shared_mesh.land("damaged/parquet_cut_off/a.parquet", whole[:-40])
    shared_mesh.land("damaged/parquet_overwritten/a.parquet", whole[:100] + bytes(1000) + whole[1100:])
    return shared_mesh.failing_build()


@pytest.mark.parametrize("dataset", DAMAGED)
def test_damaged_file_is_named(told, dataset):
    told.tells(f"landing.damaged.{dataset}", f"damaged{'.' if dataset == 'no_bytes' else '/'}{dataset}")
    told.tells(f"landing.damaged.{dataset}", *DAMAGED[dataset][2])
    assert f"damaged.{dataset}" in told.err.partition("not built since they read what failed (")[2]


@pytest.mark.parametrize("dataset", LINES)
def test_line_that_cannot_be_read_is_named(told, dataset):
    told.tells(f"damaged.{dataset}", *LINES[dataset][1], line_count=3)


@pytest.mark.parametrize("dataset", ODD_LINES)
@pytest.mark.usefixtures("told")
def test_line_that_can_be_read_in_one_way_is_a_row_and_told(shared_mesh, dataset):
    assert (
        shared_mesh.cells(f"SELECT * FROM damaged.{dataset} ORDER BY customer_id")[1] == ODD_LINES[dataset][1]
    )
    facts = shared_mesh.run("discover", f"damaged.{dataset}", "--json").ended().facts
    assert "line 3" in str(facts)


def test_damaged_files_are_told_to_who_queries_them_before_anything_is_built(mesh):
    mesh.land(FILE, f'{HEADER}c1,41,"Oslo\n')
    # Warnings are of the log, which pytest holds in this process.
    assert "1 line cannot be read" in mesh.process("sql", "SELECT * FROM landing.crm.customers").err
    assert f"{FILE}, line 2" in mesh.run("discover", "crm.customers").out
    file = mesh.land_rows("crm/visits/a.parquet", ROWS)
    file.write_bytes(file.read_bytes()[:-40])
    mesh.refuses(
        "sql", "SELECT * FROM landing.crm.visits", says=("crm/visits/a.parquet: it is cut", AGAIN), status=1
    )
    assert mesh.run("sql", "SELECT * FROM landing.shop.orders").status == 0


def test_required_column_that_has_not_landed(built_mesh):
    built_mesh.land(FILE, "CustomerId,Age,City\nc1,41,Oslo\n")
    built_mesh.fails(
        "crm.customers",
        "landing.crm.customers has no column 'Customer ID' (column customer_id is required)",
        "CustomerId",
    )


def test_columns_missing_from_and_added_to_landing_are_told(built_mesh):
    built_mesh.land(FILE, "Customer ID,Age,Shoe Size\nc1,41,44\n")
    ran = built_mesh.run("build")
    assert ran.status == 0
    assert "in the contract, but not landed and so null: city" in ran.err
    assert "landed, but not in the contract: Shoe Size" in ran.err
    assert built_mesh.cells("SELECT * FROM crm.customers") == [["c1", "41", ""]]


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
    built_mesh.product("crm.customers", QUARANTINING)
    built_mesh.land("crm/customers/b.csv", f"{HEADER}c8,30,Oslo\nc9,forty,Oslo\n")
    ran = built_mesh.run("build")
    assert ran.status == 0, ran.err
    assert "landed rows quarantined since values do not fit: 1, see crm.customers__quarantine" in ran.err
    assert built_mesh.cells("SELECT count(*), count(*) FILTER (customer_id = 'c9') FROM crm.customers") == [
        ["4", "0"]
    ]
    quarantined = built_mesh.cells(
        "SELECT file, row, column_name, value, wanted_type FROM crm.customers__quarantine"
    )
    assert quarantined == [["crm/customers/b.csv", "2", "age", "forty", "BIGINT"]]
    built_mesh.land("crm/customers/b.csv", f"{HEADER}c8,30,Oslo\nc9,40,Oslo\n")
    assert built_mesh.run("build").status == 0
    assert built_mesh.cells("SELECT * FROM crm.customers__quarantine") == []
    assert built_mesh.cells("SELECT count(*) FROM crm.customers") == [["5"]]


def test_quarantine_numbers_rows_as_they_lie_in_a_large_file(built_mesh):
    built_mesh.product("crm.customers", QUARANTINING)
    rows = (f"d{number},{'x' if number % 100_000 == 0 else 30},Oslo\n" for number in range(1, 300_001))
    built_mesh.land("crm/customers/b.csv", HEADER + "".join(rows))
    assert built_mesh.run("build", "crm.customers").status == 0
    numbered = built_mesh.cells('SELECT "row" FROM crm.customers__quarantine ORDER BY "row"')
    assert numbered == [["100000"], ["200000"], ["300000"]]


def test_csv_in_another_manner_reads_the_same(built_mesh):
    text = f"{HEADER}c1,41,Tromsø\n"
    manners = {
        "semicolons": text.replace(",", ";").encode(),
        "tabs": text.replace(",", "\t").encode(),
        "bars": text.replace(",", "|").encode(),
        "byte_order_mark": text.encode("utf-8-sig"),
        "latin_1": text.encode("latin-1"),
        "crlf": text.replace("\n", "\r\n").encode(),
        "quotes": f'{HEADER}"c1","41","Tromsø"\n'.encode(),
    }
    for manner, content in manners.items():
        built_mesh.product(f"manners.{manner}", CUSTOMERS)
        built_mesh.land(f"manners/{manner}/a.csv", content)
    ran = built_mesh.run("build")
    assert ran.status == 0, ran.err
    read = {manner: built_mesh.cells(f"SELECT * FROM manners.{manner}") for manner in manners}
    assert read == {manner: [["c1", "41", "Tromsø"]] for manner in manners}


def test_dataset_of_several_formats(built_mesh):
    built_mesh.land_rows("crm/customers/b.parquet", ROWS)
    built_mesh.fails(
        "landing.crm.customers", "mixes formats", "b.parquet is parquet", "a dataset folder of its own"
    )


def test_dataset_whose_files_are_gone(built_mesh):
    (built_mesh.landing / FILE).unlink()
    built_mesh.fails(
        "landing.crm.customers", "landing.crm.customers has not landed in", "landing.shop.orders"
    )


def test_datasets_without_rows_are_products_without_rows(built_mesh):
    built_mesh.land(FILE, HEADER)
    built_mesh.product("crm.visitors", CUSTOMERS)
    built_mesh.land_rows("crm/visitors/a.parquet", f"{ROWS} LIMIT 0")
    assert built_mesh.run("build").status == 0
    assert built_mesh.cells("SELECT * FROM crm.customers UNION ALL FROM crm.visitors") == []


def test_all_null_and_constant_columns_are_kept_as_they_are(built_mesh):
    built_mesh.land(FILE, f"{HEADER}c1,,Oslo\nc2,,Oslo\n")
    assert built_mesh.run("build").status == 0
    assert built_mesh.cells("SELECT * FROM crm.customers ORDER BY 1") == [
        ["c1", "", "Oslo"],
        ["c2", "", "Oslo"],
    ]


def test_file_names_with_spaces_quotes_and_wildcards(built_mesh):
    built_mesh.land('crm/customers/it\'s a "file" [1]*?.csv', f"{HEADER}c9,forty,Oslo\n")
    built_mesh.fails("crm.customers", "it's a \"file\" [1]*?.csv, row 1, column age: 'forty'", line_count=3)
    built_mesh.land('crm/customers/it\'s a "file" [1]*?.csv', f"{HEADER}c9,40,Oslo\n")
    assert built_mesh.run("build").status == 0
    assert built_mesh.cells("SELECT count(*) FROM crm.customers") == [["4"]]
