"""A linear model says as SQL what it says in Python, on DuckDB; Trino is given the same SELECT in its dialect."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshlake.engines.trino.transpiling import transpile_select
from meshlake.ml_assets.calibration import Curve, calibrated
from meshlake.ml_assets.cross_validation import fit
from meshlake.ml_assets.honest import honest_by_row, key_fingerprints, published_scores, row_fingerprints
from meshlake.ml_assets.persistence import load_model
from meshlake.ml_assets.preprocessing import plan_features
from meshlake.ml_assets.scoring import churn_probability, score_churn
from meshlake.ml_assets.spec import ChurnDocument, ChurnSpec
from meshlake.models.churn import SQL_FILE, ChurnTask
from meshlake.models.linear_sql import MOST_WRITTEN, scoring_sql
from meshlake.models.store import MODEL_FILE

SPEC = ChurnSpec(("id",), "is_churned")
CURVES = {
    "none": None,
    "sigmoid": Curve(1.3, -0.2),
    "lines": Curve(said=(-1.5, 0.0, 2.0), meant=(0.1, 0.4, 0.9)),
}


def customers(count: int) -> pd.DataFrame:
    random = np.random.default_rng(5)
    amount = random.gamma(2, 1e6, count)
    amount[::7], amount[3] = np.nan, np.inf
    plan = random.choice(["O'Neill's", "monthly", "yearly", None], count).astype(object)
    joined = pd.Timestamp("1969-06-01 06:30") + pd.to_timedelta(random.integers(0, 2_000, count), unit="D")
    rows = pd.DataFrame(
        {
            "id": np.arange(count) * 11,
            "amount": amount,
            "rate in %": random.normal(0, 1e-6, count),
            "region": random.integers(1, 5, count),
            "is_member": pd.array(random.choice([True, False, None], count), dtype="boolean"),
            "plan": plan,
            "town": [f"t{n % 130}" for n in random.integers(0, 500, count)],
            "joined": joined,
        }
    )
    rows.loc[::9, "joined"] = pd.NaT
    return rows.assign(is_churned=random.random(count) < np.where(plan == "monthly", 0.7, 0.2))


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return customers(600)


@pytest.fixture(scope="module", params=["logistic_regression", "linear_svm"])
def model(request, rows):
    plan = plan_features(rows, [name for name in rows.columns if name not in ("id", "is_churned")])
    assert (plan.codes, plan.many_valued, list(plan.parts)) == (
        ("region",),
        ["town"],
        ["joined (month)", "joined (weekday)"],
    )
    return fit(request.param, plan, rows, SPEC)


@pytest.mark.parametrize("curve", CURVES)
def test_duckdb_says_what_python_says(model, rows, curve):
    strange = rows.head(4).assign(
        id=[-1, -2, -3, -4],
        region=[9, 0, 1, 2],
        plan=["never seen", "(missing)", "", "x\x00y"],
        amount=[-np.inf, 1e12, -1e12, 0.0],
        town=[None, "t1", "elsewhere", "t2"],
    )
    given = pd.concat([rows, strange], ignore_index=True)
    asked = calibrated(model, CURVES[curve])
    sql = scoring_sql(asked, "SELECT * FROM given", ["id"])
    with duckdb.connect() as connection:
        connection.register("given", given)
        said = dict(connection.sql(sql).fetchall())
    expected = churn_probability(asked.pipeline, given)
    np.testing.assert_allclose([said[key] for key in given["id"]], expected, rtol=0, atol=1e-9)


def test_trino_is_given_the_same_in_its_dialect(model):
    sql = scoring_sql(model, "SELECT * FROM (VALUES (1, 2)) AS t (id, amount)", ["id"])
    said = transpile_select(sql, {}, "a test")
    assert "E0" in said.upper()
    assert "DATE_DIFF('MILLISECOND'" in said.upper()


def test_what_is_no_sum_of_its_features_is_not_written(rows):
    plan = plan_features(rows, ["amount", "plan"])
    assert scoring_sql(fit("decision_tree", plan, rows, SPEC), "SELECT 1", ["id"]) is None
    squares = ChurnSpec(("id",), "is_churned", parameters={"logistic_regression": {"degree": 2}})
    assert scoring_sql(fit("logistic_regression", plan, rows, squares), "SELECT 1", ["id"]) is None


def test_a_linear_version_has_its_select_and_another_has_none(rows):
    rows = rows.replace(np.inf, np.nan)
    said = {"task": "churn", "features": "crm.features", "key": "id", "label": "is_churned"}

    def files(candidate: str):
        document = ChurnDocument.model_validate(said | {"policy": {"candidates": [candidate], "folds": 2}})
        return ChurnTask(document).train(rows, lambda _: None, None).files

    linear = files("logistic_regression")
    model = load_model(linear[MODEL_FILE], "logistic_regression")
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA crm")
        connection.execute("CREATE TABLE crm.features AS FROM rows")
        scored = dict(connection.sql(linear[SQL_FILE].decode()).fetchall())
    expected = score_churn(model, rows)["churn_probability"]
    np.testing.assert_allclose([scored[key] for key in rows["id"]], expected, rtol=0, atol=1e-6)
    assert SQL_FILE not in files("decision_tree")


@given(seed=st.integers(0, 10_000))
@settings(max_examples=4, deadline=None)
def test_what_is_published_is_the_same_by_sql_and_in_python(model, rows, seed):
    """Of rows learned from, some of them changed since, and of others, scores, flags and reasons."""
    random = np.random.default_rng(seed)
    drawn = rows.iloc[random.integers(0, len(rows), 40)].drop_duplicates("id").reset_index(drop=True)
    is_changed = random.random(len(drawn)) < 0.5
    drawn["amount"] = drawn["amount"].where(~is_changed, random.normal(0, 1e6, len(drawn)))
    drawn["id"] = drawn["id"].where(random.random(len(drawn)) < 0.5, -drawn["id"] - 1)
    honest = rows[["id"]].assign(
        churn_probability=0.123456,
        reason_1=None,
        reason_2=None,
        reason_3=None,
        row_fingerprint=row_fingerprints(model, rows, ["id"]),
        key_fingerprint=key_fingerprints(rows, ["id"]),
    )
    with duckdb.connect() as connection:
        connection.register("drawn", drawn)
        sql = scoring_sql(model, "SELECT * FROM drawn", list(drawn.columns), "said", MOST_WRITTEN)
        engine = connection.sql(sql).df().set_index("id").loc[drawn["id"], "said"].to_numpy()
    both = [
        published_scores(model, honest_by_row(honest), drawn, ["id"], lambda p: (p > 0.3).to_numpy(), said)
        for said in (engine, None)
    ]
    by_sql, in_python = (each.pop("churn_probability") for each in both)
    np.testing.assert_allclose(by_sql, in_python, rtol=0, atol=1e-6)
    pd.testing.assert_frame_equal(*both)
    is_known = ~is_changed & (drawn["id"] >= 0)
    assert ((by_sql == 0.123456) == is_known).all()


def test_what_weighs_too_many_values_is_scored_in_python(model):
    assert scoring_sql(model, "SELECT 1", ["id"], most_values=10) is None
