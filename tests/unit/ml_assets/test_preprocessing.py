from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from meshlake.ml_assets.features import infinite_counts
from meshlake.ml_assets.preprocessing import (
    MAX_CATEGORIES,
    MISSING,
    FeatureFrame,
    FeaturePlan,
    Kind,
    plan_features,
)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (pd.Series([1, 2]), Kind.NUMBER),
        (pd.Series([1.5, None]), Kind.NUMBER),
        (pd.Series([1, None], dtype="Int64"), Kind.NUMBER),
        (pd.Series([Decimal("1.5"), None], dtype=object), Kind.NUMBER),
        (pd.Series([True, False]), Kind.BOOLEAN),
        (pd.Series([True, None], dtype=object), Kind.BOOLEAN),
        (pd.Series([True, None], dtype="boolean"), Kind.BOOLEAN),
        (pd.Series(["a", "b"]), Kind.TEXT),
        (pd.Series(["a", None], dtype=object), Kind.TEXT),
        (pd.Series(["a", "b"], dtype="category"), Kind.TEXT),
        (pd.Series(pd.to_datetime(["2024-01-01", None])), Kind.DATETIME),
        (pd.Series([dt.date(2024, 1, 1), None], dtype=object), Kind.DATETIME),
    ],
)
def test_a_column_is_what_its_type_says(values, kind):
    rows = pd.DataFrame({"feature": values, "on": pd.Timestamp("2024-06-01")})
    assert plan_features(rows, ["feature"], cutoff="on").kinds == {"feature": kind}


def test_columns_that_teach_nothing_are_dropped_with_the_reason():
    count = MAX_CATEGORIES + 1
    rows = pd.DataFrame(
        {
            "used": [1.5, 2.0] * 50 + [None],
            "empty": None,
            "constant": 7,
            "row": range(7, count + 7),
            "iban": [f"DE{i:08}" for i in range(count)],
            "name": [f"Ann Other {i}" for i in range(count)],
            "tags": [[i] for i in range(count)],
            "waited": pd.to_timedelta(range(count), unit="h"),
        }
    )
    plan = plan_features(rows, rows.columns)
    assert plan.kinds == {"used": Kind.NUMBER}
    assert plan.dropped == {
        "empty": "has no value in any row",
        "constant": "has the same value in every row",
        "row": "numbers the rows: 101 whole numbers in a row, none twice",
        "iban": "tells rows apart: 101 different values in 101 rows",
        "name": "tells rows apart: 101 different values in 101 rows",
        "tags": "is neither number, text, yes/no nor date",
        "waited": "is neither number, text, yes/no nor date",
    }


def test_text_of_many_values_free_text_and_codes_are_told_apart():
    rows = pd.DataFrame(
        {
            "city": [f"city {i % 101}" for i in range(303)],
            "note": [f"called again about bill {i}" for i in range(303)],
            "region": [1, 2, 3] * 101,
            "share": [0.25, 0.5, 0.75] * 101,
            "is_new": [0, 1, 1] * 101,
        }
    )
    plan = plan_features(rows, rows.columns)
    assert (plan.many_valued, plan.free_text, plan.codes) == (["city"], ["note"], ("region",))
    assert plan.numeric == ["region", "share", "is_new"]


def test_amounts_whose_values_differ_by_chance_number_no_rows():
    salary = np.random.default_rng(1).choice(np.arange(20_000, 90_000), 300, replace=False)
    assert plan_features(pd.DataFrame({"salary": salary}), ["salary"]).numeric == ["salary"]


def test_without_a_cut_off_a_date_is_an_age_against_the_newest_and_parts_of_the_calendar():
    days = pd.date_range("2021-01-01", "2023-12-31")
    rows = pd.DataFrame({"joined": days, "ends": [dt.date(9999, 12, 31), None, None] * 365})
    plan = plan_features(rows, rows.columns)
    assert plan.newest == {"joined": "2023-12-31T00:00:00", "ends": "9999-12-31T00:00:00"}
    later = pd.DataFrame({"joined": pd.to_datetime(["2024-01-01", None]), "ends": None})
    assert plan.frame().transform(later).replace({np.nan: None}).to_dict("list") == {
        "joined": [-1.0, None],
        "ends": [None, None],
        "joined (month)": ["January", MISSING],
        "joined (weekday)": ["Monday", MISSING],
    }
    assert list(plan_features(rows[:90], ["joined"]).parts) == [
        "joined (weekday)"
    ]  # months are the age again


def test_a_column_known_for_some_rows_only_is_kept_for_what_its_nulls_say():
    assert plan_features(pd.DataFrame({"reason": ["moved", None]}), ["reason"]).kinds == {"reason": Kind.TEXT}


def test_without_any_usable_column_there_is_nothing_to_learn_from():
    with pytest.raises(ValueError, match=r"no feature column is left.*constant: has the same value"):
        plan_features(pd.DataFrame({"constant": [1, 1]}), ["constant"])


KINDS = {"amount": "number", "is_member": "boolean", "joined_on": "datetime", "plan": "text"}


def test_a_frame_is_the_same_whatever_types_a_batch_arrives_with():
    expected = {
        "amount": [1.5, np.nan],
        "is_member": [1.0, np.nan],
        "joined_on": [31.0, np.nan],
        "plan": ["basic", MISSING],
    }
    typed = pd.DataFrame(
        {
            "on": pd.to_datetime(["2024-02-01", "2024-02-01"]),
            "plan": pd.Series(["basic", None], dtype="category"),
            "joined_on": pd.to_datetime(["2024-01-01", None]),
            "is_member": pd.Series([True, None], dtype="boolean"),
            "amount": [1.5, np.inf],
        }
    )
    plain = pd.DataFrame(
        {
            "amount": [Decimal("1.5"), None],
            "is_member": [True, None],
            "joined_on": [dt.date(2024, 1, 1), None],
            "plan": ["basic", None],
            "on": [dt.date(2024, 2, 1)] * 2,
            "of_no_use": 1,
        },
        dtype=object,
    )
    arrow = pa.Table.from_pandas(plain.drop(columns="of_no_use")).to_pandas(types_mapper=pd.ArrowDtype)
    frame = FeatureFrame(KINDS, "on")
    for batch in (typed, plain, arrow):
        assert frame.transform(batch).replace({np.nan: None}).to_dict("list") == (
            pd.DataFrame(expected).replace({np.nan: None}).to_dict("list")
        )


def test_time_zones_are_counted_in_utc():
    batch = pd.DataFrame(
        {"seen_at": pd.to_datetime(["2024-01-31T23:00-01:00"]), "on": pd.to_datetime(["2024-02-02"])}
    )
    assert FeatureFrame({"seen_at": "datetime"}, "on").transform(batch)["seen_at"].tolist() == [1.0]


def test_a_batch_without_a_single_value_is_all_null():
    frame = FeatureFrame(KINDS, "on").transform(pd.DataFrame({name: [None] for name in [*KINDS, "on"]}))
    assert frame[["amount", "is_member", "joined_on"]].isna().all(axis=None)
    assert frame["plan"].tolist() == [MISSING]


def test_missing_columns_are_named():
    with pytest.raises(ValueError, match="lack the feature columns: joined_on, plan, on"):
        FeatureFrame(KINDS, "on").transform(pd.DataFrame({"amount": [1], "is_member": [True]}))


@pytest.mark.parametrize(
    ("kind", "value"), [("number", "many"), ("boolean", "perhaps"), ("datetime", "soon")]
)
def test_a_value_that_does_not_fit_is_named_with_its_column(kind, value):
    batch = pd.DataFrame({"feature": pd.Series([value], dtype=object), "on": pd.Timestamp("2024-01-01")})
    with pytest.raises(ValueError, match=f"column 'feature' should hold {kind} values"):
        FeatureFrame({"feature": kind}, "on").transform(batch)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("number", pd.to_datetime(["2024-01-01", None])),
        ("number", pd.Series([dt.date(2024, 1, 1)], dtype=object)),
        ("text", pd.to_datetime(["2024-01-01"])),
        ("datetime", [1.7e9, None]),
        ("datetime", pd.Series([Decimal("20240101")], dtype=object)),
    ],
)
def test_a_date_is_no_number_and_a_number_no_date(kind, values):
    batch = pd.DataFrame({"feature": values}).assign(on=pd.Timestamp("2024-01-01"))
    with pytest.raises(ValueError, match=f"column 'feature' should hold {kind} values, and holds"):
        FeatureFrame({"feature": kind}, "on").transform(batch)


def test_infinite_values_are_counted_where_a_model_takes_numbers():
    rows = pd.DataFrame(
        {"amount": [np.inf, -np.inf, 1], "calls": [1, 2, 3], "fee": [1.0, np.nan, 2.0], "of_no_use": np.inf}
    ).assign(price=[Decimal("Infinity"), Decimal(1), None])
    plan = FeaturePlan(dict.fromkeys(["amount", "calls", "fee", "price"], Kind.NUMBER), {})
    assert infinite_counts(rows, plan) == {"amount": 2, "price": 1}


def test_a_number_that_few_rows_know_is_no_feature():
    """Training parts without any of its values could not be learned from, and an infinite one is none."""
    rows = pd.DataFrame({"usage": range(200)}).assign(usage=lambda rows: rows["usage"] % 9)
    rows["fee"] = np.where(rows.index % 2, np.inf, -np.inf)
    rows["refund"] = pd.Series([1.0, 2.0])
    assert plan_features(rows, rows.columns).dropped == {
        "fee": "is known in only 0 of 200 rows",
        "refund": "is known in only 2 of 200 rows",
    }
