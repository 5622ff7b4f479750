"""What is asked for by itself: by the landing sensor until it is profiled, by a product's frequency when it is due."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import dagster as dg
import pytest

from meshlake.orchestration import automation
from meshlake.orchestration.day_partitions import RELOAD_VARIABLE, ask_for_reload, day_partitions
from meshlake.orchestration.definitions import mesh_definitions
from meshlake.orchestration.history import instance

ORDERS = dg.AssetKey(["landing", "shop", "orders"])
PETS = dg.AssetKey(["landing", "shop", "pets"])
MODEL = """
task: churn
features: SELECT id, usage, is_churned FROM shop.churn_features
key: id
label: is_churned
policy: {retrain_cron: "* * * * *"}
"""


@pytest.fixture
def tick():
    """One tick of a mesh's sensor: what it requests, or why nothing."""

    def evaluate(shop):
        definitions = mesh_definitions(shop.workspace)
        sensor = next(each for each in definitions.sensors if each.name == "new_files")
        with (
            instance(shop.settings) as dagster_instance,
            dg.build_sensor_context(
                instance=dagster_instance, repository_def=definitions.get_repository_def()
            ) as context,
        ):
            found = sensor.evaluate_tick(context)
        return found.run_requests[0] if found.run_requests else found.skip_message

    return evaluate


def test_files_are_new_until_they_are_profiled(shop, tick):
    first = tick(shop)
    assert set(first.asset_selection) == {ORDERS, PETS}
    shop.build("shop.orders")
    assert tick(shop).asset_selection == [PETS]
    shop.build("shop.pets")
    assert tick(shop) == "no new files"
    shop.land("shop/orders/b.csv", "id,price\n3,30\n")
    later = tick(shop)
    assert later.asset_selection == [ORDERS]
    assert later.run_key != first.run_key


def test_both_sensors_look_as_often_as_is_set(shop):
    often = shop.having(watch_seconds="2")
    sensors = mesh_definitions(often.workspace).sensors
    assert [each.minimum_interval_seconds for each in sensors] == [2, 2]


def test_files_whose_profile_fails_are_asked_for_again_but_not_at_every_tick(shop, tick, monkeypatch):
    shop.build()
    for file in (shop.landing / "shop/pets").iterdir():
        file.write_bytes(b"\x1f\x8b\x08\x00")  # packed, whatever its name says
    keys = []
    for seconds in (0, 30, automation.RETRY_SECONDS):
        monkeypatch.setattr(automation, "time", SimpleNamespace(time=lambda now=seconds: now))
        request = tick(shop)
        assert request.asset_selection == [PETS]
        keys.append(request.run_key)
        monkeypatch.undo()
        assert not shop.build("shop.pets").is_complete
    assert keys[0] == keys[1] != keys[2]


def test_what_is_being_profiled_is_not_asked_for_again(shop, tick):
    run = dg.DagsterRun(
        job_name="__ASSET_JOB",
        status=dg.DagsterRunStatus.STARTED,
        tags={"dagster/sensor_name": "new_files"},
    )
    with instance(shop.settings) as dagster_instance:
        dagster_instance.add_run(run)
    assert tick(shop) == "what was found before is being profiled"


def test_trainings_do_not_pile_up(mesh):
    mesh.product("shop.churn_features", {"id": "integer", "usage": "number", "is_churned": "boolean"})
    mesh.product(
        "shop.churn",
        {
            "id": {"logicalType": "integer", "primaryKey": True, "required": True},
            "churn_probability": "number",
            "is_predicted_churn": "boolean",
            "model_version": "string",
        },
        {"model.yaml": MODEL},
    )
    definitions = mesh_definitions(mesh.workspace)
    (schedule,) = (each for each in definitions.schedules if each.name == "retrain__shop__churn")
    run = dg.DagsterRun(
        job_name="__ASSET_JOB",
        status=dg.DagsterRunStatus.STARTED,
        tags={"dagster/schedule_name": "retrain__shop__churn"},
    )
    with (
        instance(mesh.settings) as dagster_instance,
        dg.build_schedule_context(
            dagster_instance, repository_def=definitions.get_repository_def()
        ) as context,
    ):
        (request,) = schedule.evaluate_tick(context).run_requests
        dagster_instance.add_run(run)
        tick = schedule.evaluate_tick(context)
    assert request.run_config == {"ops": {"shop__churn": {"config": {"is_forced": True, "keeps_hold": True}}}}
    assert (tick.run_requests, tick.skip_message) == ([], "the training before has not ended")


@pytest.fixture
def asked():
    """The products that automation asks for of a mesh since it was asked last, on its own history."""
    cursor = None

    def evaluate(shop):
        nonlocal cursor
        definitions = mesh_definitions(shop.workspace)
        with instance(shop.settings) as dagster_instance:
            found = dg.evaluate_automation_conditions(
                definitions, dagster_instance, asset_selection=dg.AssetSelection.all(), cursor=cursor
            )
        cursor = found.cursor
        keys = definitions.resolve_asset_graph().get_all_asset_keys()
        return {key.to_user_string() for key in keys if found.get_num_requested(key)}

    return evaluate


def test_a_day_that_lands_has_the_pages_loaded_anew(shop, tmp_path, monkeypatch):
    """Dagster keeps to the days that it has loaded."""
    day = {"logicalType": "date", "required": True, "partitioned": True}
    shop.product("usage.calls", {"dt": day, "minutes": "integer"})
    shop.land("usage/calls/dt=2024-01-01/a.csv", "minutes\n10\n")
    asked = tmp_path / "reload"
    monkeypatch.setenv(RELOAD_VARIABLE, str(asked))
    loaded = day_partitions(shop.workspace)
    ask_for_reload(shop.workspace, loaded)
    assert not asked.exists()
    shop.land("usage/calls/dt=2024-01-02/a.csv", "minutes\n20\n")
    ask_for_reload(shop.workspace, loaded)
    assert asked.exists()


def test_what_was_looked_at_again_and_had_not_changed_sets_nothing_off(shop, asked):
    shop.build()
    asked(shop)
    shop.build("shop.orders")
    assert asked(shop) == set()


def test_what_has_other_rows_than_before_sets_off_what_reads_it(built_shop, asked):
    shop = built_shop
    asked(shop)
    shop.land("shop/orders/b.csv", "id,price\n3,30\n")
    shop.build("shop.orders")
    assert asked(shop) == {"shop/totals"}


@pytest.mark.filterwarnings("ignore::dagster_shared.utils.warnings.BetaWarning")
def test_a_frequency_builds_a_product_when_it_is_due_even_if_nothing_it_reads_was_seen_to_change(mesh):
    mesh.land("shop/orders/a.csv", "id\n1\n")
    nightly = [{"property": "frequency", "value": "0 3 * * *", "unit": "cron"}]
    mesh.product("shop.orders", {"id": "integer"}, slaProperties=nightly)
    definitions = mesh_definitions(mesh.workspace)
    cursor, asked = None, []
    with dg.DagsterInstance.ephemeral() as ephemeral:
        for hour in (1, 2, 4, 5):
            found = dg.evaluate_automation_conditions(
                definitions, ephemeral, evaluation_time=datetime(2024, 1, 5, hour, tzinfo=UTC), cursor=cursor
            )
            cursor = found.cursor
            asked.append(found.get_num_requested(dg.AssetKey(["shop", "orders"])))
    assert asked == [0, 0, 1, 0]
