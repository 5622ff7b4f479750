"""A model's product: who is scored, by which version, and when a new one is trained."""

from __future__ import annotations

import time

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from meshlake.drafting.segments_draft import draft_segments
from meshlake.engines.duckdb import session as engine
from meshlake.errors import BuildError
from meshlake.lake.draft import rollback
from meshlake.mesh.mesh import Mesh
from meshlake.ml_assets.honest import honest_by_row, published_scores
from meshlake.ml_assets.persistence import load_model
from meshlake.models.churn import ChurnTask
from meshlake.models.honest import HONEST_FILE, honest_predictions
from meshlake.models.scoring import MOST_AT_ONCE, in_order
from meshlake.models.store import MODEL_FILE, ModelStore
from meshlake.names import ProductName
from support.churn_mesh import csv

PREDICTIONS = ProductName("crm", "predictions")


def csv_rows(*rows: str) -> str:
    return "customer_id,usage,plan,is_churned\n" + "".join(f"{row}\n" for row in rows)


def versions(folder) -> list[str]:
    return [v.version for v in ModelStore(folder.settings.models).versions(PREDICTIONS)]


def scores(folder) -> dict[str, float]:
    return {key: row["churn_probability"] for key, row in folder.predictions().items()}


def test_every_customer_is_scored_once_labelled_or_not(trained):
    folder, _ = trained
    rows = folder.predictions()
    assert len(rows) == len(folder.rows("crm.predictions")) == 200
    assert sum(not row["is_labelled"] for row in rows.values()) == 20
    assert all(0 <= row["churn_probability"] <= 1 for row in rows.values())


def test_a_score_tells_its_version_and_time(trained):
    folder, result = trained
    version = result.facts["model"]["version"]
    assert {row["model_version"] for row in folder.predictions().values()} == {version}
    assert result.snapshot.properties["model_version"] == version
    assert len({row["scored_at"] for row in folder.predictions().values()}) == 1


def test_the_model_was_never_shown_those_without_a_label(trained):
    folder, _ = trained
    record = ModelStore(folder.settings.models).versions(PREDICTIONS)[0].record
    assert record["inputs"] == {
        "crm.features": str(folder.workspace.lake.head(("crm", "features")).snapshot_id)
    }
    (version,) = versions(folder)
    honest = pq.read_table(folder.home / f"models/crm.predictions/{version}/honest_predictions.parquet")
    assert honest.num_rows == 180


def test_a_labelled_customer_gets_the_honest_prediction(trained):
    folder, result = trained
    version = result.facts["model"]["version"]
    honest = pq.read_table(
        folder.home / f"models/crm.predictions/{version}/honest_predictions.parquet"
    ).to_pylist()
    published = folder.predictions()
    for row in honest:
        given = published[row["customer_id"]]
        assert given["churn_probability"] == pytest.approx(row["churn_probability"], abs=1e-12)
        assert given["is_predicted_churn"] == row["is_predicted_churn"]
        assert given["is_labelled"]


def test_just_those_predicted_to_churn_have_reasons(trained):
    folder, _ = trained
    rows = folder.predictions().values()
    assert {key for key in folder.predictions() if folder.predictions()[key]["reason_1"]} == {
        row["customer_id"] for row in rows if row["is_predicted_churn"]
    }
    assert sum(row["is_predicted_churn"] for row in rows) >= 36
    assert not any(row["reason_2"] or row["reason_3"] for row in rows if not row["reason_1"])


def test_a_labelled_customer_whose_features_changed_is_scored_anew_by_the_champion(champion):
    first = champion.first
    before = scores(champion)
    text = (champion.landing / "crm/features/a.csv").read_text()
    assert "c00002,74,basic,false\n" in text
    champion.land("crm/features/a.csv", text.replace("c00002,74,basic,", "c00002,4,basic,"))
    again = champion.build_model()
    assert again.facts["model"]["version"] == first.facts["model"]["version"]
    moved = champion.predictions()["c00002"]
    assert moved["is_labelled"]
    assert moved["churn_probability"] > before["c00002"] + 0.2
    assert (moved["is_predicted_churn"], moved["reason_1"]) == (True, "usage = 4 (usually 49)")
    others = {key: score for key, score in scores(champion).items() if key != "c00002"}
    assert others == {key: score for key, score in before.items() if key != "c00002"}


def test_the_model_finds_what_is_there_and_the_facts_say_so(trained):
    _, result = trained
    metrics = result.facts["model"]["metrics"]
    assert 0.7 < metrics["roc_auc"] < 1
    assert metrics["log_loss"] < 0.69
    assert result.facts["model"]["algorithm"] == "logistic_regression"


def test_nothing_changed_is_nothing_done(churn):
    first = churn.build_model()
    again = churn.build_model()
    assert not again.is_rebuilt
    assert again.snapshot.snapshot_id == first.snapshot.snapshot_id


def test_new_rows_alone_are_scored_by_the_champion(champion):
    first = champion.first
    before = scores(champion)
    champion.land("crm/features/b.csv", csv_rows("new,5,basic,"))
    again = champion.build_model()
    assert again.is_rebuilt
    assert versions(champion) == [first.facts["model"]["version"]] == [again.facts["model"]["version"]]
    assert len(champion.predictions()) == 201
    assert {key: score for key, score in scores(champion).items() if key != "new"} == pytest.approx(
        before, abs=1e-12
    )


def test_a_linear_champion_scores_in_the_engine_as_it_would_in_python(churn, monkeypatch):
    asked = []
    select = ChurnTask.scored_select
    monkeypatch.setattr(ChurnTask, "scored_select", lambda *given: asked.append(select(*given)) or asked[-1])
    churn.build_model()
    by_sql = churn.predictions()
    monkeypatch.setattr(ChurnTask, "scored_select", lambda _self, _version, rows_sql, _columns: rows_sql)
    contract = churn.products / "crm/predictions/contract.odcs.yaml"
    contract.write_text(f"{contract.read_text()}\ntags: [told otherwise]\n")
    assert churn.build_model().is_rebuilt
    assert "exp(" in asked[0]
    for key, row in churn.predictions().items():
        assert by_sql[key].pop("churn_probability") == pytest.approx(row.pop("churn_probability"), abs=1e-6)
        assert by_sql[key] | {"scored_at": None} == row | {"scored_at": None}


@pytest.mark.parametrize("rows_at_once", [1, 200])
def test_a_score_can_be_made_again_to_the_bit_from_what_its_snapshot_names(trained, rows_at_once):
    folder, result = trained
    named = result.snapshot.properties["model_version"]
    version = ModelStore(folder.settings.models).load(PREDICTIONS, named)
    features = folder.workspace.lake.table(("crm", "features"))
    rows = features.scan(snapshot_id=int(version.record["inputs"]["crm.features"])).to_pandas()
    model = load_model(version.read(MODEL_FILE), version.record["algorithm"])
    honest = honest_by_row(honest_predictions(version.read(HONEST_FILE)))
    batches = (rows.iloc[n : n + rows_at_once] for n in range(0, len(rows), rows_at_once))
    again = pd.concat([published_scores(model, honest, batch, ["customer_id"], None) for batch in batches])
    assert dict(again.itertuples(index=False)) == scores(folder)


def test_forcing_trains_anew_and_the_same_rows_give_the_same_version(champion):
    first = champion.first
    before = scores(champion)
    again = champion.build_model(is_forced=True)
    assert again.facts["model"]["version"] == first.facts["model"]["version"]
    assert versions(champion) == [first.facts["model"]["version"]]
    assert scores(champion) == before


def test_the_wording_of_the_contract_trains_nothing(churn):
    first = churn.build_model()
    contract = churn.products / "crm/predictions/contract.odcs.yaml"
    contract.write_text(f"{contract.read_text()}\ntags: [told otherwise]\n")
    again = churn.build_model()
    assert again.is_rebuilt
    assert versions(churn) == [first.facts["model"]["version"]]


def test_a_changed_definition_trains_anew(champion):
    champion.describe(exclude={"plan": "tells nothing"})
    champion.build_model()
    assert len(versions(champion)) == 2


def test_a_rollback_takes_the_model_back(champion):
    first = champion.first
    champion.land("crm/features/b.csv", csv(rows=600, unlabelled=0, offset=300, is_turned=True))
    turned = champion.build_model(is_forced=True)
    assert turned.facts["model"]["version"] != first.facts["model"]["version"]
    rollback(champion.workspace.lake, ("crm", "predictions"), first.snapshot.snapshot_id)
    champion.land("crm/features/b.csv", csv_rows("new,5,basic,"))
    again = champion.build_model()
    assert again.facts["model"]["version"] == first.facts["model"]["version"]
    assert len(versions(champion)) == 2


def test_a_label_that_comes_later_does_not_change_how_a_row_is_scored(champion):
    """The champion never saw it: its prediction is honest as it is."""
    late = "c00199"
    before = champion.predictions()[late]
    text = (champion.landing / "crm/features/a.csv").read_text()
    assert text.endswith(f"{late},63,basic,\n")
    champion.land("crm/features/a.csv", f"{text.rstrip()}true\n")
    champion.build_model()
    after = champion.predictions()[late]
    assert (before["is_labelled"], after["is_labelled"]) == (False, True)
    assert after["churn_probability"] == pytest.approx(before["churn_probability"], abs=1e-12)


def test_in_batches_as_at_once(churn, monkeypatch):
    churn.build_model()
    at_once = scores(churn)
    monkeypatch.setattr(engine, "BATCH_ROWS", 7)
    churn.land("crm/features/b.csv", csv_rows("new,5,basic,"))
    churn.build_model()
    in_batches = scores(churn)
    del in_batches["new"]
    assert in_batches == pytest.approx(at_once, abs=1e-12)


# --- cut-offs ---

CUT = {
    "cutoff": "cutoff_date",
    "features": """
        SELECT *, DATE '2024-01-01' AS cutoff_date FROM crm.features WHERE is_churned IS NOT NULL
        UNION ALL
        SELECT * REPLACE (NULL::BOOLEAN AS is_churned), DATE '2024-02-01' FROM crm.features
    """,
}


def test_with_cut_offs_the_latest_is_scored_and_published(churn):
    churn.describe(**CUT)
    churn.build_model()
    rows = churn.predictions()
    assert len(rows) == len(churn.rows("crm.predictions")) == 200
    assert not any(row["is_labelled"] for row in rows.values())


# --- what cannot be ---


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"label": "has_left"}, "has_left"),
        ({"key": "customer"}, "customer"),
        ({"exclude": {"usage": "x", "plan": "y"}}, "feature"),
    ],
)
def test_a_definition_that_allows_no_model_says_what_is_wrong(churn, changes, told):
    churn.describe(**changes)
    with pytest.raises(BuildError, match=told) as caught:
        churn.build_model()
    assert caught.value.hint


def test_a_label_with_one_class_allows_no_model(churn):
    churn.land("crm/features/a.csv", csv_rows(*(f"c{i},{i},basic,false" for i in range(50))))
    with pytest.raises(BuildError, match="is_churned"):
        churn.build_model()
    assert churn.rows("crm.predictions") == []
    assert versions(churn) == []


# --- segments ---

SEGMENTS = {
    "customer_id": {"logicalType": "string", "primaryKey": True, "required": True},
    "segment": "integer",
    "segment_name": "string",
    "distance": "number",
}
SEGMENT_MODEL = (
    "task: segments\nfeatures: SELECT customer_id, usage, usage * usage AS spend FROM crm.features\nkey: customer_id\n"
    "columns: {usage: linear, spend: log}\npolicy: {k_min: 3, k_max: 3, seed: 7, candidates: [k_means]}\n"
)


def test_segments_cover_every_customer_and_stay_the_same(churn):
    churn.product("crm.segments", SEGMENTS, {"model.yaml": SEGMENT_MODEL})
    churn.build_product("crm.features", "crm.segments")
    first = {row["customer_id"]: (row["segment"], row["segment_name"]) for row in churn.rows("crm.segments")}
    assert len(first) == 200
    assert len(set(first.values())) == 3
    churn.build_product("crm.segments", is_forced=True)
    again = {row["customer_id"]: (row["segment"], row["segment_name"]) for row in churn.rows("crm.segments")}
    assert again == first


def test_a_drafted_contract_holds_where_an_algorithm_leaves_rows_out(churn):
    use = [number % 9 + (100 if number % 2 else 0) for number in range(120)]
    churn.land("crm/features/a.csv", csv_rows(*(f"c{i},{n},basic,false" for i, n in enumerate([*use, 900]))))
    folder = draft_segments(
        churn.settings, ProductName("crm", "features"), ProductName("crm", "groups")
    ).folder
    drafted = yaml.safe_load((folder / "model.yaml").read_text(encoding="utf-8"))
    asked = {**drafted, "policy": {"k_min": 2, "candidates": ["dbscan"]}}
    (folder / "model.yaml").write_text(yaml.safe_dump(asked), encoding="utf-8")
    churn.build_product("crm.features", "crm.groups", "crm.groups_profile")
    segments = {row["customer_id"]: row["segment"] for row in churn.rows("crm.groups")}
    assert segments["c120"] == -1
    profile = {row["segment"]: row["segment_name"] for row in churn.rows("crm.groups_profile")}
    assert profile[-1] == "unlike any segment"
    assert set(profile) == set(segments.values()) == {-1, 0, 1}


def test_segments_stay_where_an_algorithm_leaves_every_row_out(churn):
    asked = SEGMENT_MODEL.replace("k_means", "{dbscan: {eps: %s, min_samples: 3}}")
    use = [number % 9 + (100 if number % 2 else 0) for number in range(60)]
    churn.land("crm/features/a.csv", csv_rows(*(f"c{i},{n},basic,false" for i, n in enumerate(use))))
    churn.product("crm.segments", SEGMENTS, {"model.yaml": asked % 0.5})
    churn.build_product("crm.features", "crm.segments")
    before = churn.rows("crm.segments")
    churn.land("crm/features/a.csv", csv_rows(*(f"c{i},{i * 1.1},basic,false" for i in range(60))))
    churn.product("crm.segments", SEGMENTS, {"model.yaml": asked % 0.000001})
    churn.build_product("crm.features")
    with pytest.raises(BuildError, match="not promoted: all rows are left out") as caught:
        churn.build_product("crm.segments")
    assert caught.value.hint == (
        "Nothing was published, and what was before stays. Dbscan leaves out all rows: its parameters ask for more "
        "rows closer together than there are. Mend model.yaml, the features or the label."
    )
    assert churn.rows("crm.segments") == before
    assert {row["segment"] for row in before} == {0, 1}


def test_batches_are_scored_at_once_and_come_in_their_order_few_being_read_ahead():
    read: list[int] = []

    def batches():
        for number in range(40):
            read.append(number)
            yield pa.record_batch({"n": [number]})

    def score(batch):
        time.sleep(0.002 * (batch["n"][0].as_py() % 3 == 0))  # some take longer than those after them
        return pa.Table.from_batches([batch])

    ahead = []
    for count, table in enumerate(in_order(score, batches())):
        assert table["n"].to_pylist() == [count]
        ahead.append(len(read) - count)
    assert len(ahead) == 40
    assert max(ahead) <= MOST_AT_ONCE + 1


def test_a_batch_that_cannot_be_scored_ends_the_scoring():
    def score(batch):
        raise ValueError(f"row {batch['n'][0]}")

    with pytest.raises(ValueError, match="row 0"):
        list(in_order(score, iter([pa.record_batch({"n": [number]}) for number in range(3)])))


ANOMALIES = {
    "customer_id": {"logicalType": "string", "primaryKey": True, "required": True},
    "is_anomaly": "boolean",
    "log_density": "number",
    "robust_distance": "number",
    "reason_1": "string",
}
ANOMALY_MODEL = "task: anomalies\nfeatures: crm.features\nkey: customer_id\ncolumns: {usage: linear}\n"


def test_unusual_customers_are_published_with_what_makes_them_so(churn):
    churn.product("crm.oddities", ANOMALIES, {"model.yaml": ANOMALY_MODEL})
    churn.build_product("crm.features", "crm.oddities")
    rows = churn.rows("crm.oddities")
    odd = [row for row in rows if row["is_anomaly"]]
    assert len(rows) == 200
    assert 1 <= len(odd) <= 8
    assert all(row["reason_1"].startswith("usage = ") for row in odd)
    report = Mesh(churn.settings).model_report("crm.oddities")
    assert f"{len(odd)} of 200 rows are unusual" in report.verdict
    assert odd[0]["customer_id"] in report.page()
