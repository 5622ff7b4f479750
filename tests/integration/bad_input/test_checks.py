"""Checks that fail: what is published stays, and the failing rows are counted, sampled and found by the SQL told."""

import json
import re
import shlex

from .conftest import HEADER


def test_duplicate_keys_are_counted_sampled_and_found_by_the_command_told(built_mesh):
    built_mesh.land("crm/customers/b.csv", f"{HEADER}c1,50,Oslo\n,60,Oslo\n")
    built_mesh.fails(
        "crm.customers", "check primary_key failed: 3 failing rows, such as customer_id", "untouched"
    )
    told = re.search("mesh (sql --as-of .*)", built_mesh.run("build").err)
    assert told is not None
    found = built_mesh.run(*shlex.split(told[1]), "--json")
    assert found.status == 0, found.err
    rows = sorted(json.loads(found.out), key=lambda row: row["age"])
    assert [(row["customer_id"], row["age"]) for row in rows] == [("c1", 41), ("c1", 50), (None, 60)]


def test_at_most_twenty_rows_are_sampled_and_all_counted(built_mesh):
    built_mesh.write("crm.customers", "checks/of_age.sql", "SELECT * FROM crm.customers WHERE age < 18")
    built_mesh.land("crm/customers/b.csv", HEADER + "".join(f"d{n},{n % 18},Oslo\n" for n in range(50)))
    ran = built_mesh.run("build", "--json")
    assert ran.status == 1
    failed = json.loads(ran.out)["failed"]
    assert [failure["product"] for failure in failed] == ["crm.customers"]
    (check,) = failed[0]["checks"]
    assert (check["check"], check["failing_rows"], len(check["samples"])) == ("of_age", 50, 20)
    assert check["failing_sql"] == "SELECT * FROM crm.customers WHERE age < 18"
    recorded = built_mesh.cells(
        "SELECT failing_rows, json_array_length(samples) FROM mesh.quality_results "
        "WHERE check_name = 'of_age' AND NOT is_passed"
    )
    assert recorded == [["50", "20"]]


def test_check_that_only_warns_does_not_block(built_mesh):
    sql = "-- severity: warning\n-- Children are rare.\nSELECT * FROM crm.customers WHERE age < 18"
    built_mesh.write("crm.customers", "checks/of_age.sql", sql)
    built_mesh.land("crm/customers/b.csv", f"{HEADER}c9,7,Oslo\n")
    ran = built_mesh.run("build")
    assert ran.status == 0
    assert "warning: of_age: 1 failing row" in ran.err
    assert built_mesh.cells("SELECT count(*) FROM crm.customers") == [["4"]]


def test_check_with_a_column_that_is_not_there(built_mesh):
    path = built_mesh.write(
        "crm.customers",
        "checks/of_age.sql",
        "-- Nobody is a child.\nSELECT * FROM crm.customers\nWHERE agee < 18",
    )
    built_mesh.fails("crm.customers", "check of_age failed", f"{path}: line 3, column 7", 'Perhaps "age"?')


def test_check_that_does_not_parse(built_mesh):
    path = built_mesh.write("crm.customers", "checks/of_age.sql", "SELECT *\nFORM crm.customers")
    built_mesh.fails("crm.customers", f"{path}: line 2, column 6", "syntax error")


def test_check_of_unknown_severity(built_mesh):
    path = built_mesh.write(
        "crm.customers", "checks/of_age.sql", "-- severity: fatal\nSELECT * FROM crm.customers"
    )
    built_mesh.fails("crm.customers", f"{path}:1: severity 'fatal'", "-- severity: warning")


def test_check_on_an_unknown_product(built_mesh):
    built_mesh.write("crm.customers", "checks/of_age.sql", "SELECT * FROM crm.custmers")
    built_mesh.fails(
        "crm.customers",
        "checks/of_age.sql: line 1, column 15: reads crm.custmers, which is no product",
        "Did you mean crm.customers?",
    )


def test_mesh_check_names_what_fails_in_what_is_published(built_mesh):
    built_mesh.write("crm.customers", "checks/of_age.sql", "SELECT * FROM crm.customers WHERE age < 30")
    ran = built_mesh.run("check", "crm.customers")
    assert ran.status == 1
    assert re.search(r"of_age +error +FAILED +1 +1", ran.out)
    assert "SELECT * FROM crm.customers WHERE age < 30" in ran.out
