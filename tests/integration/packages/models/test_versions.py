"""The versions of models, as Python and the commands show them."""

from __future__ import annotations

import pytest
import yaml

from meshlake.errors import UsageError
from meshlake.mesh.mesh import Mesh
from meshlake.models.segment_evaluation import evaluate_segments
from support.churn_mesh import PREDICTIONS


def test_each_version_is_told_newest_first_with_what_became_of_it(challenged):
    challenger, champion = challenged.run("model", "list", "crm.predictions", "--json").facts
    assert (challenger["state"], champion["state"]) == ("not promoted", "champion")
    assert challenger["decision"].startswith("no better than the base rate")
    assert champion["metrics"]["roc_auc"] > 0.7
    assert [each["version"] for each in challenged.run("model", "list", "--json").facts] == [
        challenger["version"],
        champion["version"],
    ]
    listed = challenged.run("model", "list").out
    assert champion["version"] in listed
    assert "not promoted" in listed


def test_they_are_rows_of_a_table_of_the_mesh(challenged):
    select = "SELECT product, version, state, algorithm, roc_auc, decision FROM mesh.model_versions ORDER BY trained_at"
    champion, challenger = challenged.run("sql", select, "--json").facts
    listed = challenged.run("model", "list", "--json").facts
    assert [champion["version"], challenger["version"]] == [each["version"] for each in reversed(listed)]
    assert (champion["state"], challenger["state"]) == ("champion", "not promoted")
    assert champion["roc_auc"] == listed[1]["metrics"]["roc_auc"]


def test_one_is_shown_the_champion_if_none_is_named(challenged):
    challenger, champion = challenged.run("model", "list", "--json").facts
    told = challenged.run("model", "show", "crm.predictions")
    assert champion["version"] in told.out
    assert "logistic_regression" in told.out
    assert "usage" in told.out
    shown = challenged.run("model", "show", "crm.predictions", challenger["version"], "--json").facts
    assert (shown["state"], shown["record"]["decision"]["is_promoted"]) == ("not promoted", False)


def test_two_are_compared_on_the_rows_that_both_predicted(challenged):
    challenger, champion = challenged.run("model", "list", "--json").facts
    found = challenged.run("model", "compare", "crm.predictions", challenger["version"], "--json").facts
    assert found["roc_auc"]["estimate"] < 0
    turned = challenged.run("model", "compare", "crm.predictions", champion["version"], challenger["version"])
    assert "better" in turned.out
    assert "ROC AUC" in turned.out


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("show crm.features", "crm.features is no model"),
        ("show crm.predictions 20200101T000000-000000000000", "has no version 20200101T000000-000000000000"),
        ("compare crm.predictions nothing", "has no version nothing"),
        ("list crm.nobody", "crm.nobody"),
    ],
)
def test_what_is_not_there_is_told_in_two_lines(challenged, asked, told):
    ended = challenged.run("model", *asked.split())
    assert ended.status == 2
    assert told in ended.err
    assert ended.err.count("\n") <= 2


def test_a_model_that_scores_nothing_yet_has_no_champion(churn):
    assert churn.run("model", "list").ended().out.startswith("No model was trained yet")
    told = churn.run("model", "show", "crm.predictions")
    assert "Build it: mesh build crm.predictions" in told.err


def test_segmentations_are_listed_and_not_compared(churn):
    segments = {
        "task": "segments",
        "features": "crm.features",
        "key": "customer_id",
        "columns": {"usage": "linear"},
        "policy": {"candidates": ["k_means"], "k_max": 4},
    }
    churn.product(
        "crm.segments",
        {"customer_id": PREDICTIONS["customer_id"], "segment": "integer"},
        {"model.yaml": yaml.safe_dump(segments)},
    )
    churn.build_product("crm.features")
    churn.build_product("crm.segments")
    (state,) = churn.run("model", "list", "crm.segments", "--json").facts
    assert (state["state"], state["algorithm"]) == ("champion", "k_means")
    report = Mesh(churn.settings).model_report("crm.segments")
    assert report.verdict.startswith(f"{report.record['k']} segments, which ")
    assert report.page().count("<img ") == 7
    before = [{"k": 3, "silhouette": 0.5, "rand_index_mean": 0.9, "rand_index_min": 0.8, "inertia": 9.0}]
    told = evaluate_segments({**report.record, "curve": before}, None)
    assert told.verdict.startswith(
        f"{report.record['k']} segments, stored before figures of all that was tried"
    )
    with pytest.raises(UsageError, match="is a model of segments; models that learn a label can be compared"):
        Mesh(churn.settings).compare_versions("crm.segments", state["version"])
