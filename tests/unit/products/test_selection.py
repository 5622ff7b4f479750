"""Selectors, held against a plain graph: what each selects, whatever the products are and read."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from meshlake.errors import UsageError
from meshlake.names import ProductName
from meshlake.products.load import ProductSet
from meshlake.products.selection import select


def products(tags=None, broken=(), **reads):
    """A set of products, `crm__customers="crm.people crm.plans"` by what they read."""
    made = {}
    for key, read in reads.items():
        name = ProductName.parse(key.replace("__", "."))
        upstream = tuple(map(ProductName.parse, read.split()))
        contract = SimpleNamespace(tags=tuple((tags or {}).get(str(name), ())))
        made[name] = SimpleNamespace(name=name, upstream=upstream, contract=contract)
    apart = {name: made.pop(name, None) for name in map(ProductName.parse, broken)}
    return ProductSet(made, {name: SimpleNamespace(product=product) for name, product in apart.items()})


SHOP = products(
    tags={"crm.customers": ["pii", "telco"], "usage.daily": ["telco"], "retention.churn": ["predictions"]},
    broken=["billing.invoices"],
    crm__customers="",
    crm__plans="",
    usage__daily="crm.customers",
    retention__features="crm.customers usage.daily billing.invoices",
    retention__churn="retention.features",
)
CHANGED = {"crm.plans", "usage.daily"}


def chosen(*selectors):
    return [str(name) for name in select(selectors, SHOP, lambda name: str(name) in CHANGED)]


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        ("crm.customers", "crm.customers"),
        ("crm", "crm.customers crm.plans"),
        ("billing", "billing.invoices"),
        ("crm.*", "crm.customers crm.plans"),
        ("*.c*", "crm.customers retention.churn"),
        ("*", "billing.invoices crm.customers crm.plans retention.churn retention.features usage.daily"),
        ("+usage.daily", "crm.customers usage.daily"),
        ("usage.daily+", "retention.churn retention.features usage.daily"),
        ("+usage.daily+", "crm.customers retention.churn retention.features usage.daily"),
        ("+retention.features", "billing.invoices crm.customers retention.features usage.daily"),
        ("billing.invoices+", "billing.invoices retention.churn retention.features"),
        ("tag:telco", "crm.customers usage.daily"),
        ("+tag:predictions,crm", "crm.customers"),
        ("tag:p*", "crm.customers retention.churn"),
        ("state:modified", "crm.plans usage.daily"),
        ("state:modified+", "crm.plans retention.churn retention.features usage.daily"),
        ("crm, state:modified", "crm.plans"),
        ("retention.churn,state:modified", ""),
        ("usage crm.plans usage.daily", "crm.plans usage.daily"),
    ],
)
def test_what_a_selector_selects(selectors, expected):
    asked = [selectors] if ", " in selectors else selectors.split()
    assert chosen(*asked) == expected.split()


@pytest.mark.parametrize(
    ("selector", "message", "hint"),
    [
        ("crm.custmers", "there is no product crm.custmers", "Did you mean crm.customers?"),
        ("+crm.custmers+", "there is no product crm.custmers", "Did you mean crm.customers?"),
        ("usage.z*", "there is no product usage.z*", "Did you mean usage.daily?"),
        ("churn", "'churn' is not a product name, nor a domain", "Did you mean retention.churn? Write"),
        ("retentoin", "'retentoin' is not a product name, nor a domain", "Did you mean retention? Write"),
        ("tags:pii", "'tags:pii' is not a product name, nor a domain", "Did you mean tag:pii? Write"),
        ("qqq", "'qqq' is not a product name, nor a domain", "Write <domain>.<product>"),
        ("", "'' is not a product name, nor a domain", "Write <domain>.<product>"),
        ("tag:predictons", "no contract has the tag 'predictons'", "Did you mean predictions?"),
        ("tag:x", "no contract has the tag 'x'", "There are tag:pii, tag:predictions, tag:telco."),
        ("state:new", "'state:new' is no state", "state:modified"),
        ("crm,usage", "'crm,usage' selects nothing: no product is in all of its parts", "`mesh list`"),
    ],
)
def test_a_selector_that_selects_nothing_says_what_there_is(selector, message, hint):
    with pytest.raises(UsageError) as told:
        chosen("crm", selector)
    assert told.value.message == message
    assert hint in told.value.hint


def test_names_of_which_nothing_more_is_known_are_selected_too():
    gone = ProductName("crm", "gone")
    assert select(["crm"], SHOP, lambda name: name == gone, [gone])[1] == gone
    assert select(["state:modified"], SHOP, lambda name: name == gone, [gone]) == [gone]


def test_what_is_known_of_a_product_that_cannot_be_built_counts():
    there = products({"crm.b": ["pii"]}, broken=["crm.b"], crm__a="", crm__b="crm.a", crm__c="crm.b")
    assert [str(name) for name in select(["crm.a+"], there, bool)] == ["crm.a", "crm.b", "crm.c"]
    assert [str(name) for name in select(["tag:pii"], there, bool)] == ["crm.b"]


def test_the_state_is_asked_of_nobody_who_did_not_ask():
    assert select(["crm.plans"], SHOP, lambda name: 1 / 0) == [ProductName("crm", "plans")]
