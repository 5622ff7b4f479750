"""Selectors by the front door and the command line: the same in every method and command that takes products."""

from __future__ import annotations

import pytest

import meshlake

MORE = "id,plan,fee,has_left\n41,basic,1,no\n"
BOTH, PLANS = ["shop.customers", "shop.plans"], ["shop.plans"]


def built(outcome):
    return sorted(str(result.name) for result in outcome.results)


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        (["shop"], BOTH),
        (["shop.p*"], PLANS),
        (["shop.customers+,shop.plans"], PLANS),
        (["+shop.plans"], BOTH),
    ],
)
def test_every_method_that_takes_products_selects_the_same(shop, built_shop, selectors, expected):
    assert shop.select(*selectors) == expected
    assert [state.product for state in shop.states(*selectors)] == expected
    assert list(shop.check(*selectors)) == expected
    assert {run.product for run in shop.test(*selectors)} == {"shop.plans"}
    assert shop.lint(*selectors) == []
    assert [p["product"] for p in built_shop.run("list", *selectors, "--json").ended().facts] == expected
    assert sorted({c["product"] for c in built_shop.run("check", *selectors, "--json").facts}) == expected


def test_what_is_modified_is_what_a_build_would_make(new_shop, mesh):
    assert new_shop.select("state:modified") == BOTH  # never published
    mesh.build_product(*BOTH)
    assert new_shop.select("state:modified") == []
    mesh.land("shop/customers/b.csv", MORE)
    assert new_shop.select("state:modified") == ["shop.customers"]
    mesh.build_product("shop.customers")
    assert new_shop.select("state:modified") == PLANS
    mesh.build_product("shop.plans")
    mesh.write(
        "shop.plans", "transform.sql", "SELECT plan, 1 AS customers FROM shop.customers GROUP BY ALL\n"
    )
    assert new_shop.select("state:modified") == PLANS
    mesh.write("shop.plans", "contract.odcs.yaml", "schema: [")
    assert new_shop.select("state:modified") == PLANS
    (mesh.landing / "shop/customers/a.csv").unlink()
    (mesh.landing / "shop/customers/b.csv").unlink()
    assert new_shop.select("state:modified") == BOTH


def test_nothing_modified_is_nothing_to_do_and_not_everything(new_shop, mesh):
    mesh.build_product(*BOTH)
    assert new_shop.build("state:modified").results == []
    assert new_shop.check("state:modified") == {}
    assert new_shop.test("state:modified") == []
    assert new_shop.lint("state:modified") == []
    assert mesh.run("build", "state:modified").ended(0).out == ""


def test_only_builds_what_is_selected_and_nothing_that_it_needs(new_shop, mesh):
    mesh.build_product(*BOTH)
    mesh.land("shop/customers/b.csv", MORE)
    assert built(new_shop.build("shop.plans", is_only=True)) == PLANS
    assert built(new_shop.build("state:modified+", is_only=True)) == BOTH
    assert new_shop.select("state:modified") == []


def test_only_what_is_selected_needs_what_it_reads_published(new_shop):
    outcome = new_shop.build("shop.plans", is_only=True, has_to_be_complete=False)
    (error,) = outcome.failures.values()
    assert error.message == "shop.plans reads shop.customers, which was never published"
    assert "mesh build shop.customers" in error.hint
    assert (outcome.results, outcome.skipped) == ([], [])


def test_only_is_for_products_that_are_named(new_shop, mesh):
    with pytest.raises(meshlake.UsageError, match="--only is for products that are named"):
        new_shop.build(is_only=True)
    assert mesh.run("build", "--only").status == 2


def test_a_domain_is_checked_as_far_as_it_is_published(new_shop, mesh):
    with pytest.raises(meshlake.UsageError, match="nothing of shop is published"):
        new_shop.check("shop")
    mesh.build_product("shop.customers")
    assert list(new_shop.check("shop")) == ["shop.customers"]
    with pytest.raises(meshlake.UsageError, match=r"shop\.plans was never published"):
        new_shop.check("shop", "shop.plans")


def test_a_product_that_cannot_be_read_fails_with_its_domain_and_not_in_silence(new_shop, mesh):
    mesh.write("shop.plans", "contract.odcs.yaml", "schema: [")
    outcome = new_shop.build("shop", has_to_be_complete=False)
    assert [str(name) for name in outcome.failures] == PLANS
    assert built(outcome) == ["shop.customers"]
