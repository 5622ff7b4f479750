"""A mesh beside what a Dagster deployment has already: neither touches the other's assets."""

from __future__ import annotations

import dagster as dg
import pytest

from meshlake.dagster import definitions

LETTER = dg.AssetKey("letter")


@dg.asset(deps=[dg.AssetKey(["shop", "totals"])], automation_condition=dg.AutomationCondition.eager())
def letter() -> None:
    """An asset of the user's own that reads a product."""


@pytest.fixture
def merged(shop) -> dg.RepositoryDefinition:
    own = dg.Definitions(assets=[letter], jobs=[dg.define_asset_job("send", [letter])])
    both = dg.Definitions.merge(definitions(shop.open()), own)
    dg.Definitions.validate_loadable(both)
    return both.get_repository_def()


def test_the_mesh_s_job_and_sensor_keep_to_its_own_assets(merged):
    built = merged.get_job("build").asset_layer.executable_asset_keys
    assert LETTER not in built
    assert dg.AssetKey(["shop", "totals"]) in built
    watched = merged.get_sensor_def("rebuild_what_changed").asset_selection.resolve(merged.asset_graph)
    assert LETTER not in watched
    assert dg.AssetKey(["shop", "totals"]) in watched


def test_what_reads_a_product_hangs_below_it_in_the_graph(merged):
    assert merged.asset_graph.get(LETTER).parent_keys == {dg.AssetKey(["shop", "totals"])}


def test_the_user_s_own_automation_is_dagster_s_default_sensor(merged):
    sensor = merged.get_sensor_def("default_automation_condition_sensor")
    assert sensor.asset_selection.resolve(merged.asset_graph) == {LETTER}


def test_a_name_that_both_have_is_told_by_dagster(shop):
    own = dg.Definitions(assets=[letter], jobs=[dg.define_asset_job("build", [letter])])
    with pytest.raises(dg.DagsterInvalidDefinitionError, match="build"):
        dg.Definitions.validate_loadable(dg.Definitions.merge(definitions(shop.open()), own))
