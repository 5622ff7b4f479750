"""Product folders that cannot be read: each fails by itself, in one or two lines that name file and place."""

import pytest

# Each is the contract of a product of its own, and all are built at once.
CONTRACTS = {
    "open_bracket": (
        "apiVersion: v3.1.0\nkind: [DataContract\nid: x\n",
        ("contract.odcs.yaml:3: not YAML", "Mend the YAML"),
    ),
    "tab": ("apiVersion: v3.1.0\n\tkind: DataContract\n", ("contract.odcs.yaml:2: not YAML", "tab")),
    "empty": ("", ("contract.odcs.yaml:1: not a contract",)),
    "other_yaml": (
        "name: customers\nversion: 1\n",
        (
            "contract.odcs.yaml:1: kind is None",
            "contract.odcs.yaml:1: apiVersion is None",
            "kind: DataContract",
        ),
    ),
    "old_version": (
        "kind: DataContract\napiVersion: v2.0.0\n",
        ("contract.odcs.yaml:2: apiVersion is 'v2.0.0'", "v3.1.0"),
    ),
    "unknown_key": (
        "kind: DataContract\napiVersion: v3.1.0\nschemas: []\n",
        ("contract.odcs.yaml:3: key 'schemas' is unknown", "Did you mean 'schema'?"),
    ),
}
# Of a contract all faults are told, a line each.
FAULTS = {"other_yaml": 2, "unknown_key": 4}
# Each is the transform of a product with the columns city and customers.
COLUMNS = {"city": "string", "customers": "integer"}
LONG = "SELECT " + ", ".join(f"age AS age_{number}" for number in range(40))
TRANSFORMS = {
    "no_keyword": (
        "SELECT city,\n  count(*) AS customers\nFORM crm.customers\nGROUP BY city",
        ('line 3, column 1: syntax error at or near "FORM"', "Correct the SQL."),
    ),
    "template": (
        "SELECT city, customers\nFROM {{ ref('cities') }}",
        ("line 2, column 6: syntax error", "SQL has no templates here", "FROM shop.orders"),
    ),
    "no_bracket": ("SELECT city, count(* AS customers\nFROM crm.customers", ("line 1, column 22", '"AS"')),
    "open_quote": (
        "SELECT\n  'city FROM crm.customers",
        ("line 2, column 3: unterminated quoted string",),
    ),
    "unknown_column": (
        "\n-- ö\nSELECT city,\n  count(agee) AS customers\nFROM crm.customers\nGROUP BY city",
        ('line 4, column 9: Referenced column "agee" not found', 'Perhaps "age"?'),
    ),
    "unknown_column_far_right": (
        f"{LONG}, agee, city FROM crm.customers",
        (f"line 1, column {len(LONG) + 3}: Referenced column",),
    ),
    "unknown_function": (
        "SELECT city, cuont(age) AS customers FROM crm.customers GROUP BY city",
        ("line 1, column 14", 'Perhaps "count"?'),
    ),
    "bad_cast": (
        "SELECT city, age AS customers\nFROM crm.customers\nWHERE CAST(city AS INTEGER) > 1",
        ("line 3", "'Oslo'", "TRY_CAST"),
    ),
    "nothing": ("", ("holds no SELECT, or more than one statement", "Write one SELECT")),
    "two_selects": ("SELECT 1; SELECT 2", ("holds no SELECT, or more than one statement",)),
    "drops": ("DROP TABLE crm.customers", ("holds no SELECT, or more than one statement",)),
    "unknown_input": (
        "SELECT city, age AS customers FROM crm.custmers",
        ("reads crm.custmers, which is no product", "Did you mean crm.customers?"),
    ),
    "bare_name": (
        "SELECT city, age AS customers FROM customers",
        ("reads 'customers', which is no product", "<domain>.<product>"),
    ),
    "reads_file": ("SELECT * FROM read_csv('/etc/passwd')", ("which is no product",)),
    "missing_column": (
        "SELECT city, 1 AS customer FROM crm.customers",
        ("gives no column customers", "Did you mean customer?"),
    ),
    "more_columns": (
        "SELECT city, 1 AS customers, age FROM crm.customers",
        ("gives age, which the contract does not know", "Describe it in the contract"),
    ),
    "other_type": (
        "SELECT city, 'x' AS customers FROM crm.customers",
        ("customers is VARCHAR, the contract says BIGINT", "CAST(... AS BIGINT)"),
    ),
}


@pytest.fixture(scope="module")
def told(shared_mesh):
    """One build of all of them."""
    for product, (text, _) in CONTRACTS.items():
        shared_mesh.write(f"contracts.{product}", "contract.odcs.yaml", text)
    for product, (sql, _) in TRANSFORMS.items():
        shared_mesh.product(f"transforms.{product}", COLUMNS, {"transform.sql": sql})
    return shared_mesh.failing_build()


@pytest.mark.parametrize("product", CONTRACTS)
def test_contract_that_is_not_yaml_or_not_odcs(told, product):
    line_count = 1 + FAULTS.get(product, 1)
    told.tells(f"contracts.{product}", f"contracts/{product}/", *CONTRACTS[product][1], line_count=line_count)


@pytest.mark.parametrize("product", TRANSFORMS)
def test_transform_is_told_by_the_place_in_the_file_of_its_author(told, product):
    told.tells(f"transforms.{product}", f"transforms/{product}/transform.sql: ", *TRANSFORMS[product][1])


def test_files_that_are_not_utf8(built_mesh):
    path = built_mesh.products / "crm/customers/contract.odcs.yaml"
    path.write_bytes(path.read_bytes().replace(b"status: active", "status: läuft".encode("latin-1")))
    built_mesh.product("crm.cities", COLUMNS)
    latin_1 = "SELECT 'Tromsø' AS city, 1 AS customers".encode("latin-1")
    sql = built_mesh.write("crm.cities", "transform.sql", latin_1)
    ran = built_mesh.failing_build()
    ran.tells("crm.customers", f"{path}: not UTF-8 at byte", "Save the file as UTF-8.")
    ran.tells("crm.cities", f"{sql}: not UTF-8 at byte", "Save the file as UTF-8.")


def test_folder_without_a_contract_and_one_whose_name_is_no_name(built_mesh):
    (built_mesh.products / "crm/customers/contract.odcs.yaml").unlink()
    built_mesh.write("crm.Customers 2024", "contract.odcs.yaml", "kind: DataContract\n")
    ran = built_mesh.failing_build()
    ran.tells("crm.customers", "contract.odcs.yaml: there is no such file")
    assert "'Customers 2024' is not lower snake_case" in ran.err
    assert "Rename the folder." in ran.err


def test_two_transforms_and_none_without_a_landed_dataset(built_mesh):
    built_mesh.write("crm.customers", "transform.sql", "SELECT 1")
    built_mesh.write("crm.customers", "model.yaml", "task: churn")
    built_mesh.product("crm.customer", {"city": "string"})
    ran = built_mesh.failing_build()
    ran.tells("crm.customers", "has transform.sql and model.yaml", "Remove all but one.")
    ran.tells("landing.crm.customer", "has not landed in", "Did you mean landing.crm.customers?")
    assert "1 not built since they read what failed (crm.customer)" in ran.err


def test_cycle_names_its_products_and_spares_the_others(built_mesh):
    for product, read in {"first": "second", "second": "first", "narcissus": "narcissus"}.items():
        sql = f"SELECT city, customers FROM crm.{read}"
        built_mesh.product(f"crm.{product}", COLUMNS, {"transform.sql": sql})
    ran = built_mesh.failing_build()
    ran.tells("crm.first", "crm.first, crm.second", "Let one of them read something else.")
    ran.tells("crm.second", "crm.first, crm.second")
    ran.tells("crm.narcissus", "crm.narcissus reads itself")


def test_broken_input_keeps_its_readers_from_being_built_even_by_name(built_mesh):
    sql = "SELECT city, age AS customers FROM crm.customers"
    built_mesh.product("crm.cities", COLUMNS, {"transform.sql": sql})
    built_mesh.write("crm.customers", "contract.odcs.yaml", "kind: [")
    ran = built_mesh.run("build", "crm.cities")
    assert ran.status == 1
    assert "1 failed, 1 not built since they read what failed (crm.cities)" in ran.err
    listed = built_mesh.run("list")
    assert listed.status == 0
    assert "cannot be read: " in listed.out
    built_mesh.refuses("show", "crm.customers", says=("contract.odcs.yaml:2: not YAML",), status=1)
