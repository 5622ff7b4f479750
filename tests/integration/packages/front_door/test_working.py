"""`Mesh` at work: what building, checking, rolling back and cleaning give, and how failures reach Python code."""

from __future__ import annotations

from datetime import date

import pytest

import meshlake

TWICE = "id,plan,fee,has_left\n1,basic,1,no\n"


def test_a_build_tells_what_came_of_each_product(shop_built_once, rebuilt_shop):
    outcome, new_shop = shop_built_once.outcome, rebuilt_shop.open()
    assert {str(result.name): result.is_rebuilt for result in outcome.results} == {
        "shop.customers": True,
        "shop.plans": True,
    }
    assert not any(result.is_rebuilt for result in shop_built_once.build().results)
    assert [str(r.name) for r in new_shop.build("shop.customers", is_forced=True).results] == [
        "shop.customers"
    ]


def test_a_product_that_fails_is_an_error_with_the_outcome(new_shop, mesh):
    mesh.land("shop/customers/b.csv", TWICE)
    with pytest.raises(
        meshlake.IncompleteBuildError, match=r"0 published, 1 failed, 1 not tried.*check"
    ) as told:
        new_shop.build()
    (error,) = told.value.outcome.failures.values()
    assert isinstance(error, meshlake.AuditError)
    outcome = new_shop.build(has_to_be_complete=False)
    assert not outcome.is_complete
    assert outcome.as_dict()["skipped"] == ["shop.plans"]


def test_days_are_for_products_that_are_named(new_shop):
    with pytest.raises(meshlake.UsageError, match="days are for products that are named"):
        new_shop.build(days=[date(2024, 1, 1)])


def test_checks_are_run_on_what_is_published(rebuilt_shop):
    new_shop, mesh = rebuilt_shop.open(), rebuilt_shop
    (results,) = new_shop.check("shop.plans").values()
    assert all(result.is_passed for result in results)
    assert set(new_shop.check()) == {"shop.customers", "shop.plans"}
    check = mesh.products / "shop/plans/checks/many.sql"
    check.parent.mkdir()
    check.write_text("SELECT * FROM shop.plans WHERE customers < 20\n")
    product = new_shop.product("shop.plans")
    assert {result.rule.name: result.is_passed for result in product.check()}["many"] is False
    first = product.checks().dicts()[0]
    assert (first["check_name"], first["is_passed"], first["failing_rows"]) == ("many", False, 1)


def test_versions_can_be_gone_back_to(rebuilt_shop):
    new_shop, mesh = rebuilt_shop.open(), rebuilt_shop
    mesh.land("shop/customers/b.csv", "id,plan,fee,has_left\n41,basic,1,no\n")
    mesh.build_product("shop.customers", "shop.plans")
    product = new_shop.product("shop.customers")
    newest, oldest = product.history()
    assert (len(product.rows()), len(product.rows(as_of=oldest.snapshot_id))) == (41, 40)
    assert product.rollback().snapshot_id == oldest.snapshot_id
    assert new_shop.product("shop.customers").state.rows == len(product.rows()) == 40
    assert new_shop.rollback("shop.customers", newest.snapshot_id).row_count == 41
    assert new_shop.clean().removed.files == 0


def test_what_was_never_published_says_so(new_shop):
    product = new_shop.product("shop.plans")
    assert product.snapshot is None
    assert product.state.state == "not built yet"
    for ask in (product.rows, product.history, product.checks, product.check, product.rollback):
        with pytest.raises(meshlake.UsageError, match="mesh build"):
            ask()


def test_a_product_that_is_not_there_names_the_nearest(shop):
    with pytest.raises(meshlake.UsageError, match=r"Did you mean shop\.plans\?"):
        shop.product("shop.plan")


def test_lineage_goes_all_the_way(new_shop, mesh):
    key = {"logicalType": "string", "primaryKey": True, "required": True}
    most = {"transform.sql": "SELECT plan FROM shop.plans\n"}
    mesh.product("shop.most", {"plan": key}, most)
    lineage = new_shop.product("shop.customers").lineage()
    assert lineage.upstream == ("landing.shop.customers",)
    assert lineage.downstream == ("shop.most", "shop.plans")
    assert new_shop.product("shop.most").lineage().upstream == (
        "landing.shop.customers",
        "shop.customers",
        "shop.plans",
    )


def test_states_of_what_is_broken_or_gone(rebuilt_shop):
    new_shop, mesh = rebuilt_shop.open(), rebuilt_shop
    (mesh.products / "shop/plans").rename(mesh.products / "shop/_plans")
    (mesh.products / "shop/customers/contract.odcs.yaml").write_text("schema: [")
    states = {state.product: state.state for state in new_shop.products}
    assert states["shop.plans"] == "published, its folder is gone"
    assert states["shop.customers"].startswith("cannot be read: ")
    with pytest.raises(meshlake.ContractError):
        new_shop.product("shop.customers")


def test_every_error_is_of_one_family_and_at_the_top():
    for name in meshlake.__all__:
        if name.endswith("Error") or name == "SystemFailure":
            assert issubclass(getattr(meshlake, name), meshlake.MeshError)
    assert set(meshlake.__all__) <= set(dir(meshlake))
    with pytest.raises(AttributeError, match="has no attribute 'oppen'"):
        _ = meshlake.oppen
