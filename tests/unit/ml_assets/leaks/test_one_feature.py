from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from meshlake.ml_assets.leaks.one_feature import drawn_rows, single_roc_aucs, suspected_leaks
from meshlake.ml_assets.leaks.regions import purest
from meshlake.ml_assets.leaks.values import FEWEST

SIZE = 2_000
NUMBERS = np.random.default_rng(7)
HAS_LEFT = NUMBERS.random(SIZE) < 0.25
NOISE = NUMBERS.normal(size=SIZE)
DAYS = pd.Timestamp("2024-01-01") + pd.to_timedelta(NUMBERS.integers(0, 300, SIZE), unit="D")
PLAN = NUMBERS.choice(["basic", "plus", "pro"], SIZE)
SOME = HAS_LEFT & (NUMBERS.random(SIZE) < 0.3)


def evidence(values, **options):
    """What is told of one column beside a label that a quarter of the rows have; empty where nothing is."""
    leaks = suspected_leaks(pd.DataFrame({"feature": values}), ["feature"], HAS_LEFT, **options)
    return leaks["feature"].told if leaks else ""


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (np.where(HAS_LEFT, 2.0, 1.0), "tells the label by itself (ROC AUC 1.000)"),
        (np.where(HAS_LEFT, 1.0, 2.0), "tells the label by itself (ROC AUC 1.000)"),
        (NOISE + 3 * HAS_LEFT, "tells the label by itself (ROC AUC 0.9"),
        (np.where(NOISE > 2.9, np.inf, NOISE + 3 * HAS_LEFT), "tells the label by itself (ROC AUC 0.9"),
        (pd.array(np.where(HAS_LEFT, "gone", "here"), dtype="string"), "tells the label by itself"),
        (
            np.where(
                HAS_LEFT, "the customer asked to cancel her contract", "a friendly call " + pd.Series(PLAN)
            ),
            "tells",
        ),
        (
            pd.Series(DAYS).where(HAS_LEFT),
            "is filled in 100.0% of the rows that are so",
        ),
        (np.where(HAS_LEFT, None, DAYS.date.astype(object)), "is filled in 0.0% of the rows that are so"),
        (
            np.where(HAS_LEFT, "reason " + pd.Series(np.arange(SIZE) % 900).astype(str), None),
            "and in 0.0% of the",
        ),
        (SOME, "100.0% of the rows with certain values are so"),
        (np.where(SOME, "retention offer", PLAN), "100.0% of the rows with certain values are so"),
        (np.where(SOME, 99.0, NOISE), "of the rows with certain values are so"),
    ],
)
def test_what_is_known_only_after_the_label_is_told_with_its_evidence(values, told):
    assert told in evidence(values)


@pytest.mark.parametrize(
    "values",
    [
        NOISE,
        NOISE + 1.3 * HAS_LEFT,
        DAYS,
        PLAN,
        pd.Series(np.arange(SIZE)).astype(str),
        pd.Series(np.arange(SIZE) // 2),
        np.full(SIZE, np.nan),
        np.full(SIZE, "same"),
        np.where(NUMBERS.random(SIZE) < 0.5, None, PLAN),
        np.where(HAS_LEFT & (NUMBERS.random(SIZE) < 0.01), "rare", PLAN),
    ],
)
def test_what_was_known_before_is_no_suspect(values):
    assert evidence(values) == ""


FEW = HAS_LEFT & (NUMBERS.random(SIZE) < 0.08)


@pytest.mark.parametrize(
    ("values", "is_sure"),
    [(FEW, False), (np.where(FEW, 0.0, NOISE + 9), False), (HAS_LEFT & (NUMBERS.random(SIZE) < 0.15), True)],
)
def test_a_value_of_few_rows_with_which_the_label_is_sure_is_told(values, is_sure):
    found = suspected_leaks(pd.DataFrame({"f": values}), ["f"], HAS_LEFT, has_unsure=True)
    assert found["f"].is_sure is is_sure
    assert ("f" in suspected_leaks(pd.DataFrame({"f": values}), ["f"], HAS_LEFT)) is is_sure


def test_of_few_rows_odds_tell_a_leak_and_no_chance():
    is_so = np.arange(2_000) % 5 == 0
    of_few = np.flatnonzero(is_so)[:15]
    flag = np.zeros(2_000, dtype=int)
    flag[of_few] = 1
    found = purest(np.arange(2_000), flag, is_so, 10)
    assert (found.so, found.rows, found.is_pure) == (15, 15, False)
    flag[of_few[8:]] = 0
    assert purest(np.arange(2_000), flag, is_so, 10) is None
    # Where most are so, a value of which nearly all are has no such odds.
    assert purest(np.arange(2_000), np.arange(2_000) // 25, ~is_so | (np.arange(2_000) < 100), 10) is None


@pytest.mark.parametrize("seed", range(20))
def test_noise_of_many_values_is_never_a_suspect(seed):
    numbers = np.random.default_rng(seed)
    rows = pd.DataFrame({f"c{n}": numbers.integers(0, 2 + n * 20, 300).astype(str) for n in range(20)})
    assert suspected_leaks(rows, rows.columns, numbers.random(300) < 0.2, has_unsure=True) == {}


def test_dates_after_the_cutoff_are_told():
    cutoff = pd.Timestamp("2024-09-01")
    rows = pd.DataFrame({"last_day": DAYS, "cutoff": cutoff, "signed_on": np.minimum(DAYS, cutoff)})
    leaks = suspected_leaks(rows, ["last_day", "signed_on"], HAS_LEFT, cutoff="cutoff")
    late = int((cutoff < DAYS).sum())
    assert {name: leak.told for name, leak in leaks.items()} == {
        "last_day": f"lies after the cut-off in {late:,} of {SIZE:,} rows"
    }


def test_too_few_of_one_kind_tell_nothing():
    is_so = np.arange(100) < FEWEST - 1
    assert suspected_leaks(pd.DataFrame({"feature": is_so}), ["feature"], is_so) == {}
    is_so = np.arange(100) < FEWEST
    assert list(suspected_leaks(pd.DataFrame({"feature": is_so}), ["feature"], is_so)) == ["feature"]


def test_of_very_many_rows_that_come_in_turns_each_kind_is_drawn():
    drawn = drawn_rows(1_000, 500)
    assert len(np.unique(drawn)) == 500
    assert 200 < (drawn % 2).sum() < 300
    assert drawn_rows(3, 5).tolist() == [0, 1, 2]


def test_what_tells_rows_of_the_same_customer_by_who_they_are_is_no_leak():
    customers = np.repeat(np.arange(100), 12)
    is_so = np.random.default_rng(1).integers(0, 2, 100)[customers] == 1
    rows = pd.DataFrame({"street": [f"Street {n}" for n in customers], "told": is_so.astype(float)})
    assert suspected_leaks(rows, ["street"], is_so).keys() == {"street"}
    assert suspected_leaks(rows, ["street", "told"], is_so, groups=customers).keys() == {"told"}
    assert abs(single_roc_aucs(rows, ["street"], is_so, customers)["street"] - 0.5) < 0.1
