from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshlake.ml_assets import training_rows
from meshlake.ml_assets.spec import ChurnSpec

SPEC = ChurnSpec(key=("id",), label="is_churned")


def rows_of(labels, **columns):
    return pd.DataFrame({"id": range(len(labels)), "is_churned": labels, **columns})


@pytest.mark.parametrize(
    "labels",
    [
        pd.Series([True, False, None], dtype=object),
        pd.Series([True, False, None], dtype="boolean"),
        pd.Series([1, 0, None], dtype="Int64"),
        pd.Series([1.0, 0.0, None]),
    ],
)
def test_rows_without_a_label_are_left_out(labels):
    rows = training_rows.labelled_rows(rows_of(labels), SPEC)
    assert rows.to_dict("list") == {"id": [0, 1], "is_churned": [True, False]}


@pytest.mark.parametrize("value", ["maybe", 2, 0.5])
def test_a_label_that_is_no_yes_or_no_is_refused_with_its_values(value):
    with pytest.raises(ValueError, match=f"'is_churned' must be true, false or null; it holds .*{value}"):
        training_rows.labelled_rows(rows_of([value, value]), SPEC)


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        (replace(SPEC, label="churned"), "no column 'churned'. Did you mean 'is_churned'?"),
        (replace(SPEC, key=("customer",)), "no column 'customer'"),
        (replace(SPEC, cutoff="on"), "no column 'on'"),
        (replace(SPEC, exclude={"citty": "x"}), "no column 'citty'. Did you mean 'city'?"),
    ],
)
def test_columns_the_specification_names_must_be_there(spec, told):
    with pytest.raises(ValueError) as error:
        training_rows.labelled_rows(rows_of([True, False], city="x"), spec)
    assert told in str(error.value)


def test_a_labelled_row_must_have_its_cutoff():
    rows = rows_of([True, None, False], on=pd.to_datetime([None, None, "2024-01-01"]))
    with pytest.raises(ValueError, match="the cut-off 'on' is null in 1 labelled rows"):
        training_rows.labelled_rows(rows, replace(SPEC, cutoff="on"))


def test_the_order_rows_arrive_in_does_not_matter():
    rows = rows_of([True, False, True, False], on=["b", "a", "a", "b"])
    spec = replace(SPEC, cutoff="on")
    sorted_rows = training_rows.labelled_rows(rows, spec)
    assert sorted_rows["id"].tolist() == [1, 2, 0, 3]
    pd.testing.assert_frame_equal(training_rows.labelled_rows(rows[::-1], spec), sorted_rows)


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        ([], "is null in every row: nothing to learn from"),
        ([True] * 9, "is true in all 9 labelled rows"),
        ([False] * 9, "is false in all 9 labelled rows"),
        ([True] * 4 + [False] * 9, "is true in 4 and false in 9 rows; each needs at least 5"),
    ],
)
def test_a_label_nothing_can_be_learnt_from_is_refused(labels, told):
    with pytest.raises(ValueError, match=told):
        training_rows.assign_folds(rows_of(np.array(labels, dtype=bool)), SPEC)


MONTHS = pd.to_datetime([f"2024-0{month}-01" for month in (1, 2, 3, 4)])


@pytest.mark.parametrize(
    ("horizon", "ids"),
    [
        (None, ([0, 1, 2], [], [3])),
        (31, ([0, 1, 2], [], [3])),
        (32, ([0, 1], [2], [3])),
        (91, ([0], [1, 2], [3])),
        (92, ([0, 1, 2, 3], [], [])),
    ],
)
@pytest.mark.parametrize("days", [MONTHS, MONTHS.date])
def test_the_latest_cutoff_is_held_out_with_a_gap_of_the_horizon(horizon, ids, days):
    rows = rows_of([True, False, True, False], on=days)
    split = training_rows.split_by_cutoff(rows, replace(SPEC, cutoff="on", horizon_days=horizon))
    assert tuple(part["id"].tolist() for part in (split.earlier, split.between, split.held_out)) == ids


def test_a_horizon_is_counted_from_days():
    spec = replace(SPEC, cutoff="on", horizon_days=30)
    with pytest.raises(ValueError, match="'horizon_days' is counted from 'on', which holds no dates"):
        training_rows.split_by_cutoff(rows_of([True, False], on=[1, 2]), spec)


def test_nothing_is_held_out_of_one_cutoff_or_none():
    rows = rows_of([True, False], on="2024-01-01")
    for spec in (SPEC, replace(SPEC, cutoff="on")):
        split = training_rows.split_by_cutoff(rows, spec)
        assert (len(split.earlier), len(split.held_out)) == (2, 0)


def test_rows_of_a_group_are_in_one_fold_and_those_of_none_go_by_their_key():
    homes = [f"h{number // 3}" if number < 60 else None for number in range(90)]
    rows = rows_of([number % 2 == 0 for number in range(90)], home=homes)
    folds = training_rows.assign_folds(rows, replace(SPEC, group=("home",)))
    assert rows.assign(fold=folds).groupby("home")["fold"].nunique().eq(1).all()
    assert set(folds[60:]) == {0, 1, 2, 3, 4}


def test_too_many_rows_are_sampled_at_equal_churn_rate(monkeypatch):
    monkeypatch.setattr(training_rows, "MAX_TRAINING_ROWS", 100)
    rows = rows_of(np.arange(1000) % 10 == 0)
    sample = training_rows.cap_rows(rows, SPEC)
    assert len(sample) == 100
    assert sample["is_churned"].mean() == pytest.approx(0.1)
    assert sample["id"].is_monotonic_increasing
    pd.testing.assert_frame_equal(sample, training_rows.cap_rows(rows, SPEC))


@pytest.mark.slow
@given(st.integers(5, 60), st.integers(5, 60), st.integers(2, 5))
def test_fold_churn_rates_are_equal_within_one_row(churned, stayed, folds):
    rows = rows_of(np.array([True] * churned + [False] * stayed))
    numbers = training_rows.assign_folds(rows, replace(SPEC, folds=folds))
    for is_churned in (True, False):
        counts = np.bincount(numbers[rows["is_churned"] == is_churned], minlength=folds)
        assert counts.max() - counts.min() <= 1


def test_a_key_with_several_rows_stays_in_one_fold():
    rows = pd.concat([rows_of(np.arange(60) % 3 == 0)] * 3, ignore_index=True)
    folds = training_rows.assign_folds(rows, SPEC)
    assert pd.Series(folds).groupby(rows["id"]).nunique().eq(1).all()
    assert set(folds) == {0, 1, 2, 3, 4}


@pytest.mark.slow
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)).filter(any), min_size=12), st.integers(2, 4))
def test_every_fold_is_dealt_both_classes_and_nearly_as_many_rows_of_each(keys, folds):
    """Each key with how many churned rows and how many others it has."""
    keys = [*keys, *[(1, 1)] * folds]
    labels = [churned for left, stayed in keys for churned in [True] * left + [False] * stayed]
    rows = rows_of(np.array(labels)).assign(id=np.repeat(np.arange(len(keys)), [sum(key) for key in keys]))
    numbers = training_rows.assign_folds(rows, replace(SPEC, folds=folds))
    assert pd.Series(numbers).groupby(rows["id"]).nunique().eq(1).all()
    # Keys with churned rows are of two kinds, of up to 4; with others, of one and, by their churned rows, of four.
    for is_churned, most in ((True, 2 * 4), (False, 5 * 9)):
        counts = np.bincount(numbers[rows["is_churned"] == is_churned], minlength=folds)
        assert counts.min() > 0
        assert counts.max() - counts.min() <= most


def test_too_few_different_keys_for_the_folds_are_refused():
    rows = rows_of(np.array([True] * 8 + [False] * 20)).assign(id=[0] * 8 + list(range(1, 21)))
    with pytest.raises(ValueError, match="too few different keys"):
        training_rows.assign_folds(rows, SPEC)


def test_folds_are_the_same_for_one_seed_and_their_hash_shows_it():
    rows = rows_of(np.arange(50) % 2 == 0)
    same, again, other = (
        training_rows.folds_hash(training_rows.assign_folds(rows, replace(SPEC, seed=seed)))
        for seed in (1, 1, 2)
    )
    assert same == again != other
