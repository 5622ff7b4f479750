"""The entry `server: landing` of a contract."""

from __future__ import annotations

import pytest

from meshlake.errors import ContractError
from meshlake.names import DatasetName, ProductName
from meshlake.products.load import load_product, load_products
from meshlake.products.places import open_landing
from meshlake.sources import Place

TABLE = {
    "server": "landing",
    "type": "postgresql",
    "host": "db.example.com",
    "port": 5432,
    "database": "shop",
    "schema": "sales",
}
KEY = {"id": {"logicalType": "integer", "required": True}}


def test_a_dataset_is_the_table_of_its_name_in_the_schema_given(mesh):
    mesh.product("crm.people", KEY, servers=[TABLE], custom={"source": "landing.crm.Kunden"})
    products = load_products(mesh.products).products
    place = Place("postgresql", database="shop", schema="sales")
    assert products[ProductName("crm", "people")].contract.landing_place == place
    zone = open_landing(mesh.settings, products.values())
    assert zone.places == {DatasetName("crm", "Kunden"): place}
    assert "sales.Kunden" in zone.about(DatasetName("crm", "Kunden"))
    assert zone.datasets() == [DatasetName("crm", "Kunden")]


@pytest.mark.parametrize(
    "servers",
    [[], [{**TABLE, "server": "production"}], [{"server": "landing", "type": "s3", "location": "s3://b/"}]],
)
def test_other_servers_leave_the_dataset_to_its_files(mesh, servers):
    folder = mesh.product("crm.people", KEY, servers=servers)
    assert load_product(folder).contract.landing_place is None


@pytest.mark.parametrize(
    ("servers", "told"),
    [
        ([{**TABLE, "type": "oracle"}], "a dataset cannot land from 'oracle'"),
        ([{k: v for k, v in TABLE.items() if k != "schema"}], "server 'landing' names no schema"),
        ([TABLE, TABLE], "server 'landing' is given twice"),
    ],
)
def test_what_nothing_can_be_read_from_is_refused(mesh, servers, told):
    folder = mesh.product("crm.people", KEY, servers=servers)
    with pytest.raises(ContractError, match=told) as refused:
        load_product(folder)
    assert "contract.odcs.yaml:" in refused.value.message


def test_a_product_with_a_transform_has_no_table_of_its_own(mesh):
    folder = mesh.product("crm.people", KEY, {"transform.sql": "SELECT 1 AS id"}, servers=[TABLE])
    with pytest.raises(ContractError, match=r"has transform.sql"):
        load_product(folder)


def test_two_contracts_may_not_disagree_where_a_dataset_lives(mesh):
    source = {"source": "landing.crm.people"}
    mesh.product("crm.a", KEY, servers=[TABLE], custom=source)
    mesh.product("crm.b", KEY, custom=source)
    mesh.product("crm.c", KEY, servers=[TABLE], custom=source)
    found = load_products(mesh.products)
    assert [str(name) for name in found.products] == ["crm.a", "crm.c"]
    assert "lives elsewhere than crm.a says" in str(found.broken[ProductName("crm", "b")].error)
