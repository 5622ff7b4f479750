"""Which columns are protected: by their own contract, else by what they come from, through SQL."""

from __future__ import annotations

import pytest

from meshlake.drafting.feature_table import open_features
from meshlake.drafting.model_document import no_features
from meshlake.names import ProductName
from meshlake.products.load import ProductSet, load_products
from support.small_mesh import SmallMesh

PROTECTED = [{"property": "protected", "value": True}]
PEOPLE = {
    "id": "integer",
    "gender": {"logicalType": "string", "customProperties": PROTECTED},
    "city": "string",
}
NOT = {"logicalType": "string", "customProperties": [{"property": "protected", "value": False}]}


@pytest.fixture(scope="module")
def mesh(tmp_path_factory) -> SmallMesh:
    mesh = SmallMesh(tmp_path_factory.mktemp("protected") / "mesh")
    mesh.land("crm/people/a.csv", "id,gender,city\n1,f,Ulm\n2,m,Ulm\n")
    mesh.product("crm.people", PEOPLE)
    columns = {"is_female": "boolean", "both": "string", "city": "string", "many": "integer", "let": NOT}
    select = "SELECT gender = 'f' AS is_female, gender || city AS both, city, 1 AS many, gender AS let FROM crm.people"
    mesh.product("crm.features", columns, {"transform.sql": select})
    return mesh


@pytest.fixture(scope="module")
def loaded(mesh) -> ProductSet:
    found = load_products(mesh.root / "data_products")
    assert not found.broken
    return found


def test_it_flows_through_sql_to_all_that_shows_it(loaded):
    found = loaded.protected.of(ProductName("crm", "features"))
    assert found == {"is_female": "crm.people.gender", "both": "crm.people.gender"}


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("SELECT * FROM crm.features", {"is_female", "both"}),
        ("SELECT city, both AS x FROM crm.features", {"x"}),
        ("SELECT city, count(gender) AS n FROM crm.people GROUP BY city", set()),
        ("SELECT id, city FROM crm.people", set()),
    ],
)
def test_a_select_of_features_says_which_of_them_are(loaded, sql, columns):
    inputs = [ProductName("crm", "features"), ProductName("crm", "people")]
    assert set(loaded.protected.in_select(sql, inputs)) == columns


def test_a_drafted_model_leaves_them_out(mesh):
    with open_features(mesh.settings, ProductName("crm", "people")) as table:
        assert "is protected" in no_features(table, ["gender", "city"])["gender"]
