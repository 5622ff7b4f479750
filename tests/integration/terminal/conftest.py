"""One mesh of long names, large counts and failures, for all that is shown of it."""

from __future__ import annotations

import pytest

from support.small_mesh import SmallMesh

PEOPLE = "customer_relations.people_of_every_region"
AGES = "retention_and_marketing.ages_of_people_by_region"
INVOICES = "billing.invoices_that_were_never_paid"
ROWS = 1_234_567
EXAMPLE = """- name: whoever was born in 1984 is 40 years old in 2024, whatever the region
  inputs: {customer_relations.people_of_every_region: [{identification_number_of_the_person: 1, year_of_birth: 1984}]}
  expected: [{identification_number_of_the_person: 1, age_in_years: 40}]
"""
QUESTION = """-- question: How many people are there of each age, in all of the regions together?
-- promised_seconds: 30
SELECT age_in_years, count(*) AS people FROM retention_and_marketing.ages_of_people_by_region GROUP BY ALL
"""


@pytest.fixture(scope="module")
def mesh(tmp_path_factory) -> SmallMesh:
    """Two products published twice, and one whose check fails."""
    mesh = SmallMesh(tmp_path_factory.mktemp("screens"))
    number = {"logicalType": "integer", "primaryKey": True, "required": True}
    mesh.land_rows(
        "customer_relations/people_of_every_region/rows.parquet",
        f"SELECT range AS identification_number_of_the_person, 1924 + range % 90 AS year_of_birth FROM range({ROWS})",
    )
    mesh.product(PEOPLE, {"identification_number_of_the_person": number, "year_of_birth": "integer"})
    mesh.product(
        AGES,
        {"identification_number_of_the_person": number, "age_in_years": "integer"},
        {
            "transform.sql": "SELECT identification_number_of_the_person, 2024 - year_of_birth AS age_in_years\n"
            f"FROM {PEOPLE}",
            "examples.yaml": EXAMPLE,
        },
    )
    mesh.land("billing/invoices_that_were_never_paid/a.csv", "invoice,cents\n7045384213609441282,1\n2,-3\n")
    checks = {"checks/no_invoice_of_less_than_nothing.sql": f"SELECT * FROM {INVOICES} WHERE cents < 0\n"}
    mesh.product(INVOICES, {"invoice": "integer", "cents": "integer"}, checks)
    (mesh.root / "people.csv").write_text("id\n1\n", encoding="utf-8")
    questions = mesh.root / "sql" / "questions"
    questions.mkdir(parents=True)
    (questions / "how_many_people_there_are_of_each_age.sql").write_text(QUESTION, encoding="utf-8")
    mesh.run("build").ended(1)
    mesh.run("build", AGES, "--force").ended()
    return mesh
