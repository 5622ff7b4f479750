"""A product of amounts over landed features: 150 customers at two cut-offs, and at a third that is to be scored."""

from __future__ import annotations

import re
from datetime import timedelta

import pandas as pd
import pytest
import yaml

from meshlake.building.retraining import retraining_due
from meshlake.errors import BuildError
from meshlake.ml_assets.regression.spec import RegressionDocument
from meshlake.models.honest import HONEST_FILE
from meshlake.models.regression import RegressionTask
from meshlake.models.store import ModelStore, ModelVersion
from meshlake.models.task import Trained
from meshlake.names import ProductName
from support.small_mesh import SmallMesh

FILE = "shop/features/a.csv"
KEYS = {
    "customer_id": {"logicalType": "integer", "primaryKey": True, "required": True},
    "as_of": {"logicalType": "date", "primaryKey": True, "primaryKeyPosition": 2, "required": True},
}
FEATURES = {**KEYS, "orders": "integer", "spent_before": "number", "spent": "number"}
PREDICTIONS = {
    **KEYS,
    **dict.fromkeys(("predicted_spent", "lower_spent", "upper_spent"), "number"),
    "is_labelled": "boolean",
    **dict.fromkeys(("reason_1", "reason_2", "reason_3", "model_version"), "string"),
}
MODEL = {
    "task": "regression",
    "features": "shop.features",
    "key": "customer_id",
    "label": "spent",
    "cutoff": "as_of",
    "last_period": "spent_before",
    "policy": {"candidates": ["ridge"], "folds": 3, "coverage": 0.8},
}


def csv(*, to_come: int = 3, times: int = 1) -> str:
    """Who ordered spends ten for each order, give or take; a third of all spend nothing. What they spend in the period
    `to_come` is not known yet, and in the third it is so many `times` that."""
    lines = ["customer_id,as_of,orders,spent_before,spent"]
    for period in range(1, max(3, to_come) + 1):
        for number in range(150):
            orders = (number * 5 + number // 13 + period) % 13
            spent = 0 if number % 3 == 0 else 10 * orders + (number * 31 + period * 17) % 9
            spent *= times if period == 3 else 1
            before = (number * 13 + period) % 100
            lines.append(f"{number},2024-0{period}-01,{orders},{before},{'' if period == to_come else spent}")
    return "\n".join(lines) + "\n"


def make(root, **changes) -> SmallMesh:
    folder = SmallMesh(root)
    folder.land(FILE, csv())
    folder.product("shop.features", FEATURES)
    folder.product("shop.spending", PREDICTIONS, {"model.yaml": yaml.safe_dump({**MODEL, **changes})})
    folder.build_product("shop.features")
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = make(tmp_path_factory.mktemp("amounts"))
    return folder, folder.build_product("shop.spending")


def test_the_latest_cutoff_is_published_with_intervals_and_reasons(built):
    folder, result = built
    rows = folder.rows("shop.spending")
    assert len(rows) == 150
    assert {str(row["as_of"]) for row in rows} == {"2024-03-01"}
    assert all(0 <= row["lower_spent"] <= row["predicted_spent"] <= row["upper_spent"] for row in rows)
    assert not any(row["is_labelled"] for row in rows)
    told = [row["reason_1"] for row in rows if row["reason_1"] != "no single feature: several together"]
    assert len(told) > 100
    assert all(re.search(r": [+-][\d.]+$", reason) for reason in told)
    assert {row["model_version"] for row in rows} == {result.facts["model"]["version"]}
    assert result.facts["model"]["measured_on"] == "cut-off 2024-02-01, held out"


def test_a_page_tells_how_far_off_it_is_beside_rules_of_thumb(built):
    folder, _ = built
    report = folder.open().model_report("shop.spending")
    page = report.page()
    assert re.findall("<h2>(.*?)</h2>", page) == [
        "How good it is",
        "How far off it is",
        "Whether its intervals hold",
        "What it depends on",
        "Candidates",
        "Versions",
    ]
    assert re.match(r"It is off by [\d.]+ on average and explains \d+% of the differences", report.verdict)
    assert "the same as spent_before is off by " in report.verdict
    assert "No prediction is below 0, since no label was." in page
    shown = folder.run("model", "show", "shop.spending").ended().out
    assert "mean_absolute_error" in shown
    assert "last_period" in shown
    champion = report.state.version
    compared = folder.run("model", "compare", "shop.spending", champion, champion).ended().out
    assert "R²" in compared
    assert "no difference" in compared


def test_a_build_of_the_same_rows_comes_to_the_same_model(built):
    folder, result = built
    again = folder.build_product("shop.spending", is_forced=True)
    assert again.facts["model"]["version"] == result.facts["model"]["version"]


def test_a_label_of_words_is_told_in_a_line_and_nothing_is_published(tmp_path):
    words = "SELECT customer_id, as_of, orders, spent_before, 'much' AS spent FROM shop.features"
    folder = make(tmp_path, features=words)
    with pytest.raises(BuildError) as told:
        folder.build_product("shop.spending")
    assert told.value.message == "shop.spending: the label 'spent' must be a number or null; it holds 'much'"
    assert "model.yaml" in str(told.value.hint)


def test_a_champion_of_another_task_predicted_nothing_to_be_compared_with(built):
    folder, _ = built
    (version,) = ModelStore(folder.settings.models).versions(ProductName("shop", "spending"))
    task = RegressionTask(RegressionDocument.model_validate(MODEL))
    challenger = Trained(version.record, {HONEST_FILE: version.read(HONEST_FILE)})
    churn = ModelVersion("v1", "nowhere", {"definition": {"task": "churn"}})
    decision = task.decide(challenger, pd.DataFrame(), churn, can_score=True, is_replaced=True)
    assert decision.is_promoted
    assert decision.reason.startswith("the first version; ")


def test_amounts_that_came_are_held_against_those_predicted_and_call_for_a_training(built, monkeypatch):
    folder, _ = built
    before = {row["customer_id"]: row for row in folder.rows("shop.spending")}
    folder.land(FILE, csv(to_come=4, times=3))
    folder.build_product("shop.features")
    told = folder.build_product("shop.spending").facts["matured"]
    came = {
        row["customer_id"]: row["spent"]
        for row in folder.rows("shop.features")
        if str(row["as_of"]) == "2024-03-01"
    }
    new, row = folder.open().model_performance("shop.spending")
    assert (new["period"], new["matured_rows"], new["mean_absolute_error"]) == ("2024-04-01", 0, None)
    assert (row["task"], row["period"], row["matured_rows"]) == ("regression", "2024-03-01", 150)
    off = [before[key]["predicted_spent"] - spent for key, spent in came.items()]
    assert row["bias"] == pytest.approx(sum(off) / 150)
    assert row["mean_absolute_error"] == pytest.approx(sum(map(abs, off)) / 150)
    assert row["root_mean_squared_error"] == pytest.approx((sum(each**2 for each in off) / 150) ** 0.5)
    held = [each["lower_spent"] <= came[key] <= each["upper_spent"] for key, each in before.items()]
    assert row["coverage"] == pytest.approx(sum(held) / 150)
    assert row["mean_absolute_error_low"] < row["mean_absolute_error"] < row["mean_absolute_error_high"]
    assert row["label_drift"] > 0.25
    mean = sum(came.values()) / 150
    assert told.startswith(
        f"of 150 predictions of 2024-03-01 150 are known: spent was {mean:.4g} on average, "
    )
    assert "mean absolute error" in folder.run("model", "performance", "shop.spending").out

    monkeypatch.setattr("meshlake.building.retraining._BETWEEN", timedelta(0))
    mesh = folder.workspace
    due = retraining_due(mesh, mesh.products.get(ProductName("shop", "spending")))
    assert [each.partition(" was ")[0] for each in due.why] == [
        "of 2024-03-01 spent",
        "of 2024-03-01 the root mean squared error",
    ]
    assert due.in_words.endswith("; its next build trains it")
    again = folder.build_product("shop.spending").facts["model"]
    assert again["retrained"] == {"why": list(due.why), "failure": None}
