"""What a reviewer is told: on the page, in the sentence that begins it, and what stands beside a draft."""

from __future__ import annotations

from dataclasses import replace

import pytest

from meshlake.boosting.page import boost_page
from meshlake.boosting.told import (
    apart_told,
    boost_facts,
    considered_rows,
    doubt_rows,
    heads,
    verdict,
    withheld_rows,
)
from meshlake.ml_assets.comparison import Difference
from support.boosted import a_search, without_gain


def test_the_page_tells_gain_tables_features_and_the_two_questions() -> None:
    page = boost_page(a_search())
    assert page.count("<img") == 3
    for told in (
        "on the last cut-off (2024-07-01), which chose nothing, log loss",
        "less by 0.0500 (95 %: 0.0300 to 0.0700)",
        "0.0614 (t 8.6)",
        "<td>0.0003 (t 0.5)</td>",
        "says who, not what",
        "undated",
        "not reached",
        "shop.orders: is this join real, and was this known then?",
        "Its rows, of 2023-12-02 to 2024-10-28, are known from ordered_on on.",
        "<td>2024-02-27</td><td>2024-03-03</td>",
        "Sum of &lt;amount&gt; of shop.orders in the last 28 days.",
        "is written over, as its name says",
        "<td>orders_count</td><td>was this known then? Alone it says more than all other tables</td>",
    ):
        assert told in page, told
    assert "orders_amount_sd" not in page
    assert 'src="http' not in page
    assert "<script" not in page


def test_a_search_that_found_nothing_has_a_page_too() -> None:
    page = boost_page(without_gain())
    assert "Nothing makes is_churned of crm.labels better known: 2 tables tried." in page
    assert "<img" not in page


def test_the_verdict_says_what_is_no_more_than_noise_and_what_could_not_be_measured() -> None:
    found = a_search()
    assert found.selection is not None
    assert found.selection.final is not None
    noise = replace(found.selection.final, gains={"log_loss": Difference(0.001, -0.01, 0.012)})
    assert verdict(replace(found, selection=replace(found.selection, final=noise))).endswith(
        "(95 %: -0.0100 to 0.0120): no more than noise."
    )
    unmeasured = replace(found.selection, final=None)
    assert "too few rows of one kind" in verdict(replace(found, selection=unmeasured))
    assert boost_facts(found)["verdict"] == verdict(found)


def test_what_gains_alone_and_nothing_beside_what_was_kept_is_told_so_with_both_figures() -> None:
    found = a_search()
    rows = {row[1]: dict(zip(heads(found), row, strict=True)) for row in considered_rows(found)}
    assert rows["shop.lines"]["less log loss alone"] == "0.0614 (t 8.6)"
    assert rows["shop.lines"]["beside those kept"] == "0.0003 (t 0.5)"
    assert rows["shop.lines"]["why"] == "adds nothing beside what was kept before it"
    assert (rows["shop.orders"]["beside those kept"], rows["shop.orders"]["why"]) == ("", "")
    facts = {each["table"]: each for each in boost_facts(found)["tables"]}
    assert [facts["shop.lines"][name] for name in ("added", "added_t")] == [0.0003, pytest.approx(0.5)]
    assert facts["shop.orders"]["added"] is None


def test_columns_left_out_for_the_same_reason_are_told_together() -> None:
    found = a_search()
    left = replace(found.considered[0], withheld={"a": "too late", "b": "leaks", "c": "too late"})
    other = replace(found.considered[1], withheld={"a": "too late"})
    assert withheld_rows(replace(found, considered=(left, other))) == [
        (left.table, "a, c", "too late"),
        (left.table, "b", "leaks"),
        (other.table, "a", "too late"),
    ]


def test_what_is_in_doubt_is_asked_by_name_for_whoever_reads_it_and_for_programs() -> None:
    found = a_search()
    asked = "was this known then? Alone it says more than all other tables"
    assert doubt_rows(found) == [("shop.orders", "orders_count", asked)]
    facts = {each["table"]: each["doubts"] for each in boost_facts(found)["tables"]}
    assert facts["shop.orders"] == {"orders_count": "alone it says more than all other tables"}
    assert facts["shop.lines"] == {}


def test_tables_that_no_join_leads_to_are_named_lest_they_seem_to_say_nothing() -> None:
    found = a_search()
    assert apart_told(found) == ""
    apart = replace(found, apart=tuple(f"shop.t{number}" for number in range(14)))
    told = apart_told(apart)
    assert told.startswith("No join leads to shop.t0, shop.t1,")
    assert "shop.t11 and 2 others: no ids in common" in told
    assert told in boost_page(apart)
    assert boost_facts(apart)["apart"][-1] == "shop.t13"
