"""Product folders that cannot be read: each fails by itself, in one or two lines that name file and place."""

import pytest

CITIES = "name: city, logicalType: string\nname: customers, logicalType: integer"


def _cities(mesh, sql, name="crm.cities"):
    mesh.describe(name, CITIES)
    return mesh.write(name, "transform.sql", sql)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "apiVersion: v3.1.0\nkind: [DataContract\nid: x\n",
            ("contract.odcs.yaml:3: not YAML", "Mend the YAML"),
        ),
        ("apiVersion: v3.1.0\n\tkind: DataContract\n", ("contract.odcs.yaml:2: not YAML", "tab")),
        ("", ("contract.odcs.yaml:1: not a contract",)),
        ("name: customers\nversion: 1\n", ("contract.odcs.yaml:1: kind is None", "kind: DataContract")),
        (
            "kind: DataContract\napiVersion: v2.0.0\n",
            ("contract.odcs.yaml:2: apiVersion is 'v2.0.0'", "v3.1.0"),
        ),
        (
            "kind: DataContract\napiVersion: v3.1.0\nschemas: []\n",
            ("contract.odcs.yaml:3: key 'schemas' is unknown", "Did you mean 'schema'?"),
        ),
    ],
)
def test_contract_that_is_not_yaml_or_not_odcs(built_mesh, text, says):
    built_mesh.write("crm.customers", "contract.odcs.yaml", text)
    built_mesh.fails("crm.customers", *says)


def test_contract_that_is_not_utf8(built_mesh):
    path = built_mesh.products / "crm/customers/contract.odcs.yaml"
    path.write_bytes(path.read_bytes().replace(b"status: active", "status: läuft".encode("latin-1")))
    built_mesh.fails("crm.customers", "contract.odcs.yaml: not UTF-8 at byte", "Save")


def test_folder_without_a_contract(built_mesh):
    (built_mesh.products / "crm/customers/contract.odcs.yaml").unlink()
    built_mesh.fails("crm.customers", "contract.odcs.yaml: there is no such file")


def test_folder_whose_name_is_no_product_name(built_mesh):
    built_mesh.write("crm.Customers 2024", "contract.odcs.yaml", "kind: DataContract\n")
    ran = built_mesh.run("build")
    assert ran.status == 1
    assert "'Customers 2024' is not lower snake_case" in ran.err
    assert "Rename the folder." in ran.err
    assert "= crm.customers" in ran.err


def test_two_transforms(built_mesh):
    built_mesh.write("crm.customers", "transform.sql", "SELECT 1")
    built_mesh.write("crm.customers", "model.yaml", "task: churn")
    built_mesh.fails("crm.customers", "has transform.sql and model.yaml", "Remove all but one.")


def test_no_transform_and_no_landed_dataset_of_that_name(built_mesh):
    built_mesh.describe("crm.customer", "name: city, logicalType: string")
    built_mesh.fails(
        "landing.crm.customer",
        "landing.crm.customer has not landed in",
        "Did you mean landing.crm.customers?",
    )
    assert "crm.customer)" in built_mesh.run("build").err  # among those not built


def test_cycle_names_its_products_and_spares_the_others(built_mesh):
    _cities(built_mesh, "SELECT city, customers FROM crm.second", "crm.first")
    _cities(built_mesh, "SELECT city, customers FROM crm.first", "crm.second")
    built_mesh.fails("crm.first", "crm.first, crm.second", "Let one of them read something else.")


def test_product_that_reads_itself(built_mesh):
    _cities(built_mesh, "SELECT city, customers FROM crm.cities")
    built_mesh.fails("crm.cities", "crm.cities reads itself")


@pytest.mark.parametrize(
    ("sql", "place", "says"),
    [
        (
            "SELECT city,\n  count(*) AS customers\nFORM crm.customers\nGROUP BY city",
            "line 3, column 1",
            'syntax error at or near "FORM"',
        ),
        ("SELECT city, count(* AS customers\nFROM crm.customers", "line 1, column 22", '"AS"'),
        ("SELECT\n  'city FROM crm.customers", "line 2, column 3", "unterminated quoted string"),
        (
            "\n-- ö\nSELECT city,\n  count(agee) AS customers\nFROM crm.customers\nGROUP BY city",
            "line 4, column 9",
            'Perhaps "age"?',
        ),
        (
            "SELECT city, cuont(age) AS customers FROM crm.customers GROUP BY city",
            "line 1, column 14",
            'Perhaps "count"?',
        ),
        (
            "SELECT city, age AS customers\nFROM crm.customers\nWHERE CAST(city AS INTEGER) > 1",
            "line 3",
            "'Oslo'",
        ),
    ],
)
def test_sql_typo_is_placed_in_the_file_of_its_author(built_mesh, sql, place, says):
    path = _cities(built_mesh, sql)
    built_mesh.fails("crm.cities", f"{path}: {place}", says)


def test_sql_that_is_long_in_one_line_is_placed_too(built_mesh):
    columns = ", ".join(f"age AS age_{number}" for number in range(40))
    path = _cities(built_mesh, f"SELECT {columns}, agee, city FROM crm.customers")
    column = len(f"SELECT {columns}, ") + 1
    built_mesh.fails("crm.cities", f"{path}: line 1, column {column}: ", '"agee" not found')


@pytest.mark.parametrize("sql", ["", "SELECT 1; SELECT 2", "DROP TABLE crm.customers"])
def test_sql_that_is_not_one_select(built_mesh, sql):
    path = _cities(built_mesh, sql)
    built_mesh.fails("crm.cities", f"{path}: holds no SELECT, or more than one statement", "Write one SELECT")


def test_sql_that_is_not_utf8(built_mesh):
    path = _cities(built_mesh, "")
    path.write_bytes("SELECT 'Tromsø' AS city, 1 AS customers".encode("latin-1"))
    built_mesh.fails("crm.cities", f"{path}: not UTF-8 at byte", "Save the file as UTF-8.")


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("crm.custmers", ("reads crm.custmers, which is no product", "Did you mean crm.customers?")),
        ("customers", ("reads 'customers', which is no product", "<domain>.<product>")),
        ("read_csv('/etc/passwd')", ("which is no product",)),
    ],
)
def test_unknown_input(built_mesh, table, says):
    path = _cities(built_mesh, f"SELECT city, count(*) AS customers FROM {table} GROUP BY city")
    built_mesh.fails("crm.cities", str(path), *says)


def test_unknown_landed_input(built_mesh):
    _cities(built_mesh, "SELECT City AS city, 1 AS customers FROM landing.crm.custmers")
    built_mesh.fails("landing.crm.custmers", "has not landed in", "Did you mean landing.crm.customers?")


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        (
            "SELECT city, 1 AS customer FROM crm.customers",
            ("gives no column customers", "Did you mean customer?"),
        ),
        ("SELECT city, 1 AS customers, age FROM crm.customers", ("gives age", "Describe it in the contract")),
        (
            "SELECT city, 'x' AS customers FROM crm.customers",
            ("customers is VARCHAR, the contract says BIGINT", "CAST(... AS BIGINT)"),
        ),
    ],
)
def test_transform_whose_columns_are_not_the_contracts(built_mesh, sql, says):
    path = _cities(built_mesh, sql)
    built_mesh.fails("crm.cities", str(path), *says)


def test_broken_input_keeps_its_readers_from_being_built_even_by_name(built_mesh):
    _cities(built_mesh, "SELECT city, count(*) AS customers FROM crm.customers GROUP BY city")
    built_mesh.write("crm.customers", "contract.odcs.yaml", "kind: [")
    ran = built_mesh.run("build", "crm.cities")
    assert ran.status == 1
    assert "1 failed, 1 not built since they read what failed (crm.cities)" in ran.err


def test_broken_product_is_told_by_list_and_show(built_mesh):
    built_mesh.write("crm.customers", "contract.odcs.yaml", "kind: [")
    listed = built_mesh.run("list")
    assert listed.status == 0
    assert "cannot be read: " in listed.out
    built_mesh.refuses("show", "crm.customers", says=("contract.odcs.yaml:2: not YAML",), status=1)
