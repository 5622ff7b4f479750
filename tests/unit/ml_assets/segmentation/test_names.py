from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshlake.ml_assets.segmentation.names import name_segments

RFM = ["recency_days", "frequency", "monetary_usd"]


def named(values, columns, **options):
    return name_segments(pd.DataFrame(values, columns=columns), np.ones(len(columns)), **options)


def test_recency_frequency_and_monetary_value_are_named_by_what_was_bought():
    assert named([[230.0, 3.0, 412.7], [4.0, 41.0, 12_345.0]], RFM) == [
        "last bought 230 days ago, bought 3 times, spent 410 USD",
        "last bought 4 days ago, bought 41 times, spent 12,000 USD",
    ]
    assert named([[1.0, 1.0, 12.0]], RFM) == ["last bought 1 day ago, bought once, spent 12 USD"]


@pytest.mark.parametrize(
    ("column", "value", "name"),
    [
        ("orders", 3.0, "3 orders"),
        ("orders", 1.0, "1 order"),
        ("tenure_months", 1.0, "tenure 1 month"),
        ("visits", 21.0, "21 visits"),
        ("age", 41.4, "age 41"),
        ("tenure_months", 14.0, "tenure 14 months"),
        ("spent_eur", 0.05, "spent 0.05 EUR"),
        ("voice_minutes_last_30_days", 121.0, "120 voice minutes last 30 days"),
        ("balance", -1250.0, "balance -1,200"),
        ("discount_percent", 0.0, "discount 0 %"),
        ("shoe {size}", 41.0, "shoe {size} 41"),
        ("income", np.nan, "income unknown"),
    ],
)
def test_a_column_says_its_value(column, value, name):
    assert named([[value]], [column]) == [name]


@pytest.mark.parametrize(
    ("column", "unit", "name"),
    [
        ("revenue", "EUR", "revenue 120 EUR"),
        ("Revenue", "EUR", "Revenue 120 EUR"),
        ("recency_days", "d", "recency 120 days"),
        ("days_since_last_order", "d", "120 days since last order"),
        ("orders", "orders", "120 orders"),
        ("paid_last_90_days", "GBP", "120 GBP paid last 90 days"),
        ("minutes_last_30_days", "min", "120 minutes last 30 days"),
        ("spent_eur", "USD", "spent eur 120 USD"),
        ("has {braces}", "{}", "has {braces} 120 {}"),
    ],
)
def test_a_unit_that_the_name_does_not_say_is_told_beside_the_value(column, unit, name):
    assert named([[120.0]], [column], units={column.lower(): unit}) == [name]


def test_recency_and_money_are_told_in_the_units_of_their_contract():
    units = {"recency": "weeks", "monetary": "EUR"}
    assert named([[1.0, 3.0, 120.0]], ["recency", "frequency", "monetary"], units=units) == [
        "last bought 1 week ago, bought 3 times, spent 120 EUR"
    ]


def test_the_owner_may_say_it_in_other_words():
    words = {"days": "last seen {} days ago"}
    assert named([[9.0, 2.0]], ["days", "visits"], words=words) == ["last seen 9 days ago, 2 visits"]


def test_of_what_is_yes_or_no_the_share_is_told():
    shares = [[0.8], [0.05]]
    assert named(shares, ["has_contract"], booleans=frozenset(["has_contract"])) == [
        "80 % has contract",
        "5 % has contract",
    ]


def test_the_columns_that_set_segments_apart_make_the_names():
    middles = pd.DataFrame([[1.0, 2.0, 3.0, 4.0]], columns=list("abcd"))
    assert name_segments(middles, [0.1, 3.0, 2.0, 1.0]) == ["b 2, c 3, d 4"]


def test_segments_alike_in_few_digits_or_columns_are_told_by_more():
    assert named([[1001.0], [1002.0]], ["age"]) == ["age 1,001", "age 1,002"]
    four = pd.DataFrame([[1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 5.0]], columns=list("abcd"))
    assert name_segments(four, [4.0, 3.0, 2.0, 1.0]) == ["a 1, b 2, c 3, d 4", "a 1, b 2, c 3, d 5"]
    assert named([[1.0], [1.0]], ["age"]) == ["age 1 (1)", "age 1 (2)"]


@settings(max_examples=40)
@given(st.lists(st.tuples(*[st.floats(-1e6, 1e6)] * 3), min_size=1, max_size=8))
def test_names_are_distinct_whatever_the_middles(middles):
    for columns in (RFM, ["a", "b", "c"]):
        names = named([list(each) for each in middles], columns)
        assert len(set(names)) == len(middles)
