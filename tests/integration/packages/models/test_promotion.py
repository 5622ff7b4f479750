"""The whole way of a challenger, from landed rows to published scores: what is worse never scores."""

from __future__ import annotations

import pytest
import yaml

from meshlake.errors import BuildError
from meshlake.models.store import MODEL_FILE, ModelStore
from meshlake.names import ProductName
from support.churn_mesh import FEATURES, FILE, MODEL, PREDICTIONS, csv, shuffled

LET = {"protected_features": {"plan": "a tariff is no ground of discrimination"}}


def scores(folder) -> dict[str, float]:
    return {key: row["churn_probability"] for key, row in folder.predictions().items()}


def versions(folder):
    return ModelStore(folder.settings.models).versions(ProductName("crm", "predictions"))


def test_shuffled_labels_publish_nothing_where_nothing_was(churn):
    churn.land(FILE, shuffled(csv()))
    with pytest.raises(BuildError, match="not promoted: no better than the base rate") as caught:
        churn.build_model()
    assert "Nothing was published" in caught.value.hint
    assert churn.rows("crm.predictions") == []


def test_shuffled_labels_promote_nothing_and_the_champion_goes_on_scoring(champion):
    first = champion.first
    before = scores(champion)
    champion.land(FILE, shuffled(csv()))
    again = champion.build_model(is_forced=True)
    told = again.facts["model"]
    assert told["version"] == again.snapshot.properties["model_version"] == first.facts["model"]["version"]
    assert not told["challenger"]["is_promoted"]
    assert told["challenger"]["reason"].startswith("no better than the base rate")
    assert scores(champion) == before
    assert [v.record["decision"]["is_promoted"] for v in versions(champion)] == [True, False]


def test_a_command_says_that_and_why_a_challenger_is_not_promoted(champion):
    champion.land(FILE, shuffled(csv()))
    told = champion.run("build", "--force", "crm.features", "crm.predictions").ended().err
    assert "was trained and not promoted: no better than the base rate" in told


def test_a_planted_leak_is_neither_learned_from_nor_does_it_move_a_score(champion):
    before = scores(champion)
    header, *lines = csv().splitlines()
    leaking = [f"{line},{int(line.endswith('true'))},{len(line) % 5}" for line in lines]
    champion.land(FILE, "\n".join([f"{header},tickets_after,churn_score", *leaking]) + "\n")
    champion.product("crm.features", {**FEATURES, "tickets_after": "integer", "churn_score": "integer"})
    told = champion.build_model(is_forced=True).facts["model"]
    (version, *others) = versions(champion)
    assert "tickets_after" not in version.record["needed_columns"]
    assert all("tickets_after" in other.record["dropped"] for other in others)
    # Its values say next to nothing here, and what it is called does.
    assert all("named like" in other.record["dropped"]["churn_score"] for other in others)
    assert told["version"] == version.version
    assert scores(champion) == before


def test_shifted_behaviour_is_learned_and_its_challenger_promoted(champion):
    first = champion.first
    champion.land("crm/features/b.csv", csv(rows=600, unlabelled=20, offset=300, is_turned=True))
    told = champion.build_model(is_forced=True).facts["model"]
    assert told["version"] == told["challenger"]["version"] != first.facts["model"]["version"]
    assert told["challenger"]["reason"].startswith("better beyond noise")
    against = told["challenger"]["figures"]["against_champion"]
    assert against["log_loss"]["low"] > 0
    assert told["challenger"]["figures"]["champion"] == first.facts["model"]["version"]


def test_a_number_that_became_a_date_is_refused_and_what_was_published_stays(champion):
    before = scores(champion)
    dated = csv().splitlines()
    rows = [line.split(",") for line in dated[1:]]
    text = "\n".join([dated[0], *(f"{k},2024-01-{int(u) % 28 + 1:02},{p},{c}" for k, u, p, c in rows)])
    champion.land(FILE, f"{text}\n")
    champion.product("crm.features", {**FEATURES, "usage": "date"})
    with pytest.raises(BuildError, match="cannot score: usage is a date, and was a number"):
        champion.build_model()
    assert scores(champion) == before


def test_a_feature_that_is_gone_does_not_promote_what_is_worse_without_it(champion):
    before = scores(champion)
    champion.describe(features="SELECT customer_id, plan, is_churned, 1 AS one FROM crm.features")
    with pytest.raises(BuildError, match="no better than the base rate"):
        champion.build_model()
    assert scores(champion) == before


def test_a_tampered_model_scores_nothing(champion):
    before = scores(champion)
    (version,) = versions(champion)
    file = champion.home / f"models/crm.predictions/{version.version}/{MODEL_FILE}"
    file.write_bytes(file.read_bytes() + b"\0")
    champion.land("crm/features/b.csv", "customer_id,usage,plan,is_churned\nnew,5,basic,\n")
    with pytest.raises(BuildError, match=f"{MODEL_FILE}: is not the file that was stored"):
        champion.build_model()
    assert scores(champion) == before


def test_a_version_names_all_that_its_scores_come_of(trained):
    folder, _ = trained
    (version,) = versions(folder)
    assert set(version.record["files"]) == {MODEL_FILE, "honest_predictions.parquet", "scoring.sql"}
    assert version.record["feature_kinds"] == {"plan": "VARCHAR", "usage": "a number"}
    assert {"python", "scikit-learn", "numpy", "ml_assets"} <= set(version.record["environment"])
    assert version.record["inputs"].keys() == {"crm.features"}
    assert version.record["decision"]["reason"].startswith("the first version")


def test_what_a_contract_marks_as_protected_is_measured_by_and_no_feature_unless_its_owner_says_so(champion):
    first = champion.first
    protected = {"logicalType": "string", "customProperties": [{"property": "protected", "value": True}]}
    champion.product("crm.features", {**FEATURES, "plan": protected})
    told = champion.build_model().facts["model"]
    assert told["version"] != first.facts["model"]["version"]
    record = versions(champion)[-1].record
    assert record["protected"] == {"plan": "crm.features.plan"}
    assert "plan" not in record["features"]
    assert "is protected" in record["dropped"]["plan"]
    assert [(each["feature"], each["value"]) for each in record["fairness"]] == [
        ("plan", "basic"),
        ("plan", "plus"),
    ]
    champion.land("crm/features/b.csv", "customer_id,usage,plan,is_churned\nnew,5,basic,\n")
    assert champion.build_model().facts["model"]["version"] == told["version"]
    page = champion.run("model", "show", "crm.predictions").ended().out
    assert "Groups by protected columns" in page

    champion.product("crm.predictions", PREDICTIONS, {"model.yaml": yaml.safe_dump({**MODEL, **LET})})
    champion.build_product("crm.predictions")
    assert "plan" in versions(champion)[-1].record["features"]
    assert versions(champion)[-1].record["fairness"]
