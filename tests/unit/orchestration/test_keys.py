"""What Dagster calls what the mesh holds: whatever a folder of a bucket is called, no name stops another's asset."""

from __future__ import annotations

import re

import dagster as dg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshlake.names import DatasetName, ProductName
from meshlake.orchestration.keys import (
    asset_key,
    misplaced_key,
    misplaced_op_name,
    name_of,
    name_of_op,
    op_name,
    owner,
    schedule_name,
    shown,
    tag_key,
)

WORDS = st.from_regex(r"[a-z][a-z0-9]{0,3}(_[a-z0-9]{1,3}){0,2}", fullmatch=True)
PRODUCTS = st.builds(ProductName, WORDS.filter(lambda word: word not in {"temp", "main", "mesh"}), WORDS)
# Few letters, so that names are near each other; then any text, halves of surrogates among it.
NEAR = st.text(alphabet="a_-. 2fA~/é", max_size=6)
ANY = st.text(st.characters(), max_size=300)
DATASETS = st.builds(DatasetName, NEAR | ANY, NEAR | ANY)
NAMES = PRODUCTS | DATASETS


@pytest.mark.parametrize(
    ("name", "key", "op"),
    [
        (ProductName("crm", "customers"), "crm/customers", "crm__customers"),
        (DatasetName("crm", "web_visits"), "landing/crm/web_visits", "landing__crm__web_visits"),
        (DatasetName("CRM", "Visits2"), "landing/CRM/Visits2", "landing__CRM__Visits2"),
        (DatasetName("crm", "Calls 2"), "landing/crm/Calls 2", "landing__crm___Calls_20_2"),
        (DatasetName("crm", "Größe"), "landing/crm/Größe", "landing__crm___Gr_f6__df_e"),
        (DatasetName("crm", "a-b"), "landing/crm/a-b", "landing__crm___a_2d_b"),
        (DatasetName("crm", "a__b"), "landing/crm/a__b", "landing__crm___a_5f__5f_b"),
        (DatasetName("v1.2", "x"), "landing/v1.2/x", "landing___v1_2e_2__x"),
        (DatasetName("a/b", ""), "landing/a~2f~b/~~", "landing___a_2f_b___"),
    ],
)
def test_plain_names_stay_as_they_are_and_others_can_be_read_back(name, key, op):
    assert (asset_key(name).to_user_string(), op_name(name)) == (key, op)
    assert name_of(asset_key(name)) == name_of_op(op) == name


@pytest.mark.slow
@given(NAMES)
def test_a_name_is_told_by_its_key_and_by_its_op(name):
    assert name_of(asset_key(name)) == name
    assert name_of_op(op_name(name)) == name
    assert re.fullmatch("[A-Za-z0-9_]+", op_name(name))
    asset_key(name).to_user_string().encode()


@pytest.mark.slow
@given(NAMES, NAMES)
def test_no_two_names_are_called_the_same(one, other):
    assert (one == other) == (asset_key(one).to_user_string() == asset_key(other).to_user_string())
    assert (one == other) == (op_name(one) == op_name(other))


@given(NEAR | ANY, NEAR | ANY, NAMES)
def test_misplaced_files_are_told_apart_too(one, other, name):
    assert (one == other) == (misplaced_key(one) == misplaced_key(other))
    assert (one == other) == (misplaced_op_name(one) == misplaced_op_name(other))
    assert misplaced_key(one) != asset_key(name)
    assert misplaced_op_name(one) != op_name(name)


@pytest.mark.parametrize(
    "op", ["", "crm", "clean", "landing__crm", "landing__crm__a__b", "crm__", "_x", "a__b__c"]
)
def test_what_is_no_op_of_a_product_or_dataset_is_refused(op):
    with pytest.raises(ValueError, match=r"is no op|of no product"):
        name_of_op(op)


@given(NEAR | ANY, NEAR | ANY)
def test_any_tag_of_a_contract_is_one_of_dagsters(one, other):
    assert (one == other) == (tag_key(one) == tag_key(other))
    dg.AssetSpec("x", tags={tag_key(one): ""}, owners=[owner(one or "crm")])


def test_an_owner_is_a_person_or_a_team():
    assert [owner(text) for text in ("ana@example.com", "crm", "the team @ crm", "a@b", "caf\udce9")] == [
        "ana@example.com",
        "team:crm",
        "team:the team @ crm",
        "team:a@b",
        "team:caf\\udce9",
    ]
    assert shown("Größe\udcff") == "Größe\\udcff"


def test_a_schedule_says_what_it_does():
    assert schedule_name("retrain", ProductName("crm", "churn")) == "retrain__crm__churn"
