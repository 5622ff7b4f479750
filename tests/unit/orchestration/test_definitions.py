"""What Dagster shows: an asset per product and dataset, with owners, checks, order and automation."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from meshlake.names import ProductName
from meshlake.orchestration.definitions import mesh_definitions
from meshlake.orchestration.keys import asset_key
from meshlake.settings import load_settings
from meshlake.workspace import open_workspace

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    return open_workspace(
        load_settings({"MESH_HOME": str(home), "MESH_PRODUCTS": str(REPOSITORY / "data_products")})
    )


@pytest.fixture(scope="module")
def definitions(demo) -> dg.Definitions:
    loaded = mesh_definitions(demo)
    dg.Definitions.validate_loadable(loaded)
    return loaded


@pytest.fixture(scope="module")
def graph(definitions):
    return definitions.resolve_asset_graph()


def key(name: str) -> dg.AssetKey:
    return dg.AssetKey(name.split("."))


@pytest.mark.slow
def test_every_product_and_every_dataset_it_reads_is_an_asset(demo, graph):
    products = {asset_key(name) for name in demo.products.products}
    datasets = {asset_key(name) for product in demo.products.products.values() for name in product.reads}
    assert demo.products.products
    assert products | datasets == set(graph.get_all_asset_keys())


def test_an_asset_says_what_its_contract_says(demo, graph):
    for name, product in demo.products.products.items():
        node = graph.get(asset_key(name))
        assert node.group_name == name.domain
        assert node.code_version == product.code_version
        assert node.owners
        assert product.contract.description in node.description
        columns = node.metadata["dagster/column_schema"].columns
        assert [(c.name, c.type) for c in columns] == [
            (c.name, str(c.type)) for c in product.contract.columns
        ]


def test_the_graph_is_that_of_the_sql(graph):
    assert graph.get(key("retention.churn_predictions")).parent_keys >= {key("retention.churn_features")}
    assert graph.get(key("crm.customers")).parent_keys == {key("landing.crm.customers")}
    assert key("retention.churn_features") in graph.get(key("usage.daily_usage")).child_keys


def test_every_rule_is_a_check_and_errors_block(demo, graph):
    for name, product in demo.products.products.items():
        checks = graph.get(asset_key(name)).check_keys
        assert {check.name for check in checks} == {rule.name for rule in product.all_rules}
        for rule in product.rules:
            node = graph.get(dg.AssetCheckKey(asset_key(name), rule.name))
            assert node.blocking is (rule.severity.value == "error")


def test_every_product_rebuilds_itself_when_what_it_reads_changed(demo, graph):
    for name in demo.products.products:
        assert graph.get(asset_key(name)).automation_condition is not None


def test_models_have_a_schedule_that_trains_anew(definitions):
    schedule = next(s for s in definitions.schedules if s.name == "retrain__retention__churn_predictions")
    assert schedule.cron_schedule == "0 4 * * 1"
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING


def test_sensors_run_without_being_switched_on(definitions):
    assert {sensor.name for sensor in definitions.sensors} == {
        "new_files",
        "rebuild_what_changed",
        "retrain_what_is_off",
    }
    assert all(sensor.default_status == dg.DefaultSensorStatus.RUNNING for sensor in definitions.sensors)


def test_a_folder_that_cannot_be_read_is_an_asset_that_says_why(mesh):
    mesh.product("shop.orders", {"id": "integer"}, {"transform.sql": "SELEC 1"})
    graph = mesh_definitions(mesh.workspace).resolve_asset_graph()
    assert graph.get(key("shop.orders")).description.startswith("Cannot be read: ")


def test_an_empty_mesh_loads(mesh):
    assert mesh_definitions(mesh.workspace).resolve_asset_graph().get_all_asset_keys() == set()


def test_a_name_s_key_is_its_parts():
    assert asset_key(ProductName("crm", "customers")) == dg.AssetKey(["crm", "customers"])
