"""A whole build: order, what a failure keeps from being built and what not, and what is not built again."""

from __future__ import annotations

import os

import dagster as dg
import pytest

from meshlake.errors import UsageError
from meshlake.names import ProductName
from meshlake.orchestration.history import instance
from meshlake.orchestration.keys import BUILD_JOB, asset_key


def names(results) -> set[str]:
    return {str(result.name) for result in results}


def test_everything_is_built_after_what_it_reads(shop_built_once):
    shop, outcome = shop_built_once, shop_built_once.outcome
    assert outcome.is_complete
    assert names(outcome.results) == {"shop.orders", "shop.totals", "shop.pets"}
    assert shop.heard.done_names.index("shop.orders") < shop.heard.done_names.index("shop.totals")
    assert shop.rows("shop.totals") == [{"total": 30.0}]
    assert ("shop.totals", "writing rows") in shop.heard.steps


def test_only_what_changed_is_built_again(shop):
    shop.build()
    shop.land("shop/pets/b.csv", "id\n2\n")
    outcome = shop.build()
    assert names(r for r in outcome.results if r.is_rebuilt) == {"shop.pets"}
    assert names(outcome.results) == {"shop.orders", "shop.totals", "shop.pets"}


def test_a_changed_input_builds_what_reads_it(shop):
    shop.build()
    shop.land("shop/orders/b.csv", "id,price\n3,30\n")
    outcome = shop.build()
    assert names(r for r in outcome.results if r.is_rebuilt) == {"shop.orders", "shop.totals"}
    assert shop.rows("shop.totals") == [{"total": 60.0}]


def test_forcing_builds_everything_asked_for(built_shop):
    assert names(r for r in built_shop.build(is_forced=True).results if r.is_rebuilt) == {
        "shop.orders",
        "shop.totals",
        "shop.pets",
    }


@pytest.mark.parametrize(
    ("selectors", "is_only", "products"),
    [
        (["shop.totals"], False, {"shop.orders", "shop.totals"}),
        (["shop.totals", "shop.pets"], True, {"shop.totals", "shop.pets"}),
        (["+shop.totals,state:modified"], True, {"shop.orders"}),
    ],
)
def test_dagster_runs_exactly_what_is_selected(shop, selectors, is_only, products):
    shop.build_product("shop.orders", "shop.totals", "shop.pets")
    shop.land("shop/orders/b.csv", "id,price\n3,30\n")
    assert names(shop.build(*selectors, is_only=is_only).results) == products
    with instance(shop.settings) as dagster:
        (run,) = dagster.get_runs()
        built = {asset_key(ProductName.parse(name)) for name in products}
        steps = {s.step_key for s in dagster.get_run_step_stats(run.run_id)}
        assert {key for key in run.asset_selection if key.path[0] != "landing"} == built
        assert {step for step in steps if not step.startswith("landing__")} == {
            "__".join(key.path) for key in built
        }


def test_a_failed_check_keeps_back_what_reads_it_and_is_kept_by_dagster(shop):
    shop.land("shop/orders/b.csv", "id,price\n3,100\n")
    outcome = shop.build()
    assert [str(name) for name in outcome.failures] == ["shop.orders"]
    assert [str(name) for name in outcome.skipped] == ["shop.totals"]
    assert names(outcome.results) == {"shop.pets"}
    assert shop.heard.failed_names == ["shop.orders"]
    assert shop.rows("shop.orders") == shop.rows("shop.totals") == []
    orders = ProductName("shop", "orders")
    key, rules = asset_key(orders), shop.workspace.products.get(orders).rules
    with instance(shop.settings) as dagster:
        records = dagster.event_log_storage.get_latest_asset_check_execution_by_key(
            [dg.AssetCheckKey(key, rule.name) for rule in rules]
        )
        assert dagster.get_latest_materialization_event(key) is None
    evaluations = {k.name: r.event.dagster_event.event_specific_data for k, r in records.items()}
    assert evaluations.keys() == {rule.name for rule in rules}
    assert not evaluations["is_cheap"].passed
    assert evaluations["is_cheap"].severity == dg.AssetCheckSeverity.ERROR
    assert all(evaluation.passed for name, evaluation in evaluations.items() if name != "is_cheap")


def test_a_folder_that_cannot_be_read_does_not_stop_the_others(shop):
    (shop.products / "shop/orders/contract.odcs.yaml").write_text("schema: [")
    outcome = shop.build()
    assert [str(name) for name in outcome.failures] == ["shop.orders"]
    assert [str(name) for name in outcome.skipped] == ["shop.totals"]
    assert names(outcome.results) == {"shop.pets"}


def test_asking_for_a_folder_that_cannot_be_read_tells_why(shop):
    (shop.products / "shop/pets/contract.odcs.yaml").write_text("schema: [")
    (error,) = shop.build("shop.pets").failures.values()
    assert "contract.odcs.yaml" in error.message


def test_a_dataset_that_cannot_be_read_keeps_back_its_reader_alone(shop):
    (shop.landing / "shop/pets/a.csv").write_text("")
    (shop.landing / "shop/pets/b.parquet").write_text("no parquet")
    outcome = shop.build()
    assert {str(name) for name in outcome.failures} <= {"landing.shop.pets", "shop.pets"}
    assert outcome.failures
    assert names(outcome.results) == {"shop.orders", "shop.totals"}


def test_products_that_read_each_other_do_not_stop_the_others(shop):
    for one, other in [("a", "b"), ("b", "a")]:
        shop.product(f"ring.{one}", {"id": "integer"}, {"transform.sql": f"SELECT id FROM ring.{other}\n"})
    outcome = shop.build()
    assert {str(name) for name in outcome.failures} == {"ring.a", "ring.b"}
    assert names(outcome.results) == {"shop.orders", "shop.totals", "shop.pets"}


def test_an_unknown_name_is_refused_before_anything_is_built(shop):
    with pytest.raises(UsageError, match=r"no product shop\.order\b"):
        shop.build("shop.pets", "shop.order")
    assert shop.workspace.lake.products() == []


def test_what_a_step_says_is_not_lost_when_the_step_is_quick(shop, tmp_path):
    """Dagster would copy it by a `tail`, and end that with the step; this one begins too late."""
    tail = tmp_path / "tail"
    tail.write_text('#!/bin/sh\nsleep 5\nexec /usr/bin/tail "$@"\n')
    tail.chmod(0o755)
    for file in (shop.landing / "shop/orders").iterdir():
        file.write_bytes(b"\x1f\x8b\x08\x00")  # packed, whatever its name says
    ended = shop.process("build", PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert "x landing.shop.orders" in ended.err


def test_a_product_is_built_with_all_it_needs_as_a_run_of_the_code_location_of_the_pages(shop):
    """Dagster's timeline leaves out the runs of none."""
    assert names(shop.build("shop.totals").results) == {"shop.orders", "shop.totals"}
    assert shop.rows("shop.pets") == []
    with instance(shop.settings) as dagster:
        (run,) = dagster.get_runs()
        filter_of_its_page = dg.RunsFilter(tags={".dagster/repository": "__repository__@mesh"})
        assert dagster.get_runs_count(filter_of_its_page) == 1
    origin = run.remote_job_origin
    assert origin is not None
    assert (run.job_name, origin.job_name) == (BUILD_JOB, BUILD_JOB)
    assert origin.repository_origin.get_label() == "__repository__@mesh"
