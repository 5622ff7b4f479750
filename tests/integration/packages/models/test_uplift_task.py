"""A product of whom a call changes over landed rows: 600 customers, half of them called, and 60 who are new."""

from __future__ import annotations

import re
from random import Random

import duckdb
import numpy as np
import pandas as pd
import pytest
import yaml

from meshlake.errors import BuildError
from meshlake.ml_assets.retraining import why_retrain
from meshlake.ml_assets.uplift.matured import matured_uplift
from meshlake.ml_assets.uplift.spec import UpliftSpec
from meshlake.ml_assets.uplift.treating import to_be_treated
from meshlake.models.store import ModelStore
from meshlake.models.uplift import treated_select
from meshlake.names import ProductName
from support.small_mesh import SmallMesh

KEY = {"customer_id": {"logicalType": "integer", "primaryKey": True, "required": True}}
FEATURES = {
    **KEY,
    "plan": "string",
    "age": "integer",
    "worth": "number",
    "called": "boolean",
    "bought": "boolean",
}
SCORES = {
    **KEY,
    "uplift": "number",
    "expected_profit": "number",
    "is_to_be_treated": "boolean",
    "was_treated": {"logicalType": "boolean"},
    "is_labelled": "boolean",
    **dict.fromkeys(("reason_1", "reason_2", "reason_3", "model_version"), "string"),
}
MODEL = {
    "task": "uplift",
    "features": "shop.customers",
    "key": "customer_id",
    "label": "bought",
    "treatment": "called",
    "aim": "more",
    "policy": {
        "candidates": ["two_models"],
        "folds": 3,
        "profit": {"benefit": "worth", "cost": 2},
        "capacity": 100,
    },
}


def csv(
    *, is_chosen: bool = False, has_effect: bool = True, more: int = 60, known: int = 600, moved: str = "plus"
) -> str:
    """Half of them are called, and of those on the plan plus eight of ten buy, of all others three; `more` are new, and
    from the 600th on those on the plan `moved` buy. Of so many it is `known`."""
    draw = Random(7)  # noqa: S311 - the same rows each time
    lines = ["customer_id,plan,age,worth,called,bought"]
    for n in range(600 + more):
        plan, age = draw.choice(("basic", "plus", "max")), draw.randrange(20, 70)
        is_called = age > 45 if is_chosen else draw.random() < 0.5
        is_moved = has_effect and is_called and plan == (moved if n >= 600 else "plus")
        bought = draw.random() < (0.8 if is_moved else 0.3)
        came = f"{is_called},{bought}" if n < known else ","
        lines.append(f"{n},{plan},{age},{5 + n % 3 * 20},{came}".lower())
    return "\n".join(lines) + "\n"


def make(root, text: str, **changes) -> SmallMesh:
    folder = SmallMesh(root)
    folder.land("shop/customers/a.csv", text)
    folder.product("shop.customers", FEATURES)
    folder.product("shop.calls", SCORES, {"model.yaml": yaml.safe_dump({**MODEL, **changes})})
    folder.build_product("shop.customers")
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = make(tmp_path_factory.mktemp("uplift"), csv())
    return folder, folder.build_product("shop.calls")


def test_who_is_to_be_treated_is_published_with_uplifts_and_reasons(built):
    folder, result = built
    rows = folder.rows("shop.calls")
    assert len(rows) == 660
    treated = [row for row in rows if row["is_to_be_treated"]]
    assert len(treated) == 100
    assert min(row["expected_profit"] for row in treated) > 0
    others = [row["expected_profit"] for row in rows if not row["is_to_be_treated"]]
    assert max(others) <= min(row["expected_profit"] for row in treated)
    plans = {row["customer_id"]: row["plan"] for row in folder.rows("shop.customers")}
    assert {plans[row["customer_id"]] for row in treated} == {"plus"}
    assert {row["was_treated"] for row in rows if not row["is_labelled"]} == {None}
    assert sum(row["is_labelled"] for row in rows) == 600
    assert sum(bool(re.search(r"plan = \w+ .*: [+-][\d.]+$", str(row["reason_1"]))) for row in rows) > 250
    assert {row["model_version"] for row in rows} == {result.facts["model"]["version"]}
    assert result.facts["model"]["measured_on"] == "3 folds, out of fold"


def test_a_page_tells_whom_it_changes_and_who_is_to_be_treated(built):
    folder, _ = built
    report = folder.open().model_report("shop.calls")
    assert re.findall("<h2>(.*?)</h2>", report.page()) == [
        "How good it is",
        "Whom it changes",
        "Who is to be treated",
        "Whether the treatment was drawn",
        "What it depends on",
        "Candidates",
        "What it did not learn from",
        "Versions",
    ]
    assert re.match(
        r"Of 100 rows treated \(called\) [\d.]+ more have bought than of 100 others \(", report.verdict
    )
    assert "The policy treats 100 of 600." in report.verdict
    assert "tells who was treated with ROC AUC" in report.page()
    shown = folder.run("model", "show", "shop.calls").ended().out
    assert "qini" in shown
    champion = report.state.version
    same = folder.open().compare_versions("shop.calls", champion)
    assert (same.rows, same.qini.estimate, same.is_worse) == (600, 0.0, False)
    assert "Qini" in folder.run("model", "compare", "shop.calls", champion).ended().out


def land(folder, text: str):
    """The newest row of `mesh.model_performance` once customers are these."""
    folder.land("shop/customers/a.csv", text)
    folder.build_product("shop.customers")
    told = folder.build_product("shop.calls").facts.get("matured")
    return told, folder.open().model_performance("shop.calls")[0]


def test_what_a_treatment_brought_later_is_held_against_uplifts_where_it_was_drawn(built):
    folder, _ = built
    land(folder, csv(more=400, moved="max"))
    before = {row["customer_id"]: row["uplift"] for row in folder.rows("shop.calls")}
    told, row = land(folder, csv(more=400, known=1000, moved="max"))
    assert (row["task"], row["predicted_rows"], row["matured_rows"]) == ("uplift", 400, 400)
    came = {each["customer_id"]: each for each in folder.rows("shop.customers") if each["customer_id"] >= 600}
    rates = [
        sum(each["bought"] for each in some) / len(some)
        for some in ([c for c in came.values() if c["called"] is side] for side in (True, False))
    ]
    assert row["average_effect"] == pytest.approx(rates[0] - rates[1], abs=0.02)
    # The call changes those on another plan now, and the order that was promised is one no more.
    assert row["qini_low"] < row["qini"] < row["qini_high"] < 0.02
    expected = sum(before[key] for key in came) / 400
    assert f"{100 * expected:.1f} were expected, Qini " in told
    (due,) = why_retrain(row, folder.open().model_version("shop.calls")[1])
    assert re.match(
        rf"of {row['period']} the Qini was [-.\d]+ at most, where 0\.0\d+ at least was promised", due
    )


def test_nothing_is_told_of_a_treatment_that_uplifts_chose():
    spec = UpliftSpec.from_mapping(MODEL)
    uplift = pd.DataFrame({"uplift": np.arange(200) / 200})
    rows = pd.DataFrame({"customer_id": range(200), "called": np.arange(200) >= 100})
    found = matured_uplift(rows.assign(bought=np.arange(200) % 2 == 0), uplift, spec)
    assert found.remark.startswith(
        "100 of 200 were treated, by their uplift and not at random (ROC AUC 1.000)"
    )
    assert (found.figures, found.levels) == ({}, ())
    few = matured_uplift(rows[:90].assign(bought=True), uplift[:90], spec)
    assert few.remark == "0 of 90 were treated: too few to tell what that changed"


@pytest.mark.parametrize("aim", ["more", "less"])
@pytest.mark.parametrize(
    "policy",
    [{"capacity": 7}, {"treat_share": 0.05}, {"profit": {"benefit": "worth", "cost": 4}}, {}],
)
def test_the_policy_in_sql_treats_the_same_rows_as_training_does(aim, policy):
    spec = UpliftSpec.from_mapping({**MODEL, "aim": aim, "policy": policy})
    uplift = np.arange(200) * 7 % 20 / 20 - 0.5
    rows = pd.DataFrame({"customer_id": range(200), "uplift": uplift, "worth": np.arange(200) % 3 * 10.0})
    scores = rows.assign(mesh_benefit=rows["worth"])  # noqa: F841 - DuckDB reads it
    found = duckdb.sql(f"SELECT * FROM ({treated_select(spec, 'scores')}) ORDER BY customer_id").df()
    expected = to_be_treated(spec, rows, spec.sign * uplift)
    assert found["is_to_be_treated"].tolist() == expected.tolist()
    assert 0 < expected.sum() < 200


def test_a_treatment_that_somebody_chose_publishes_nothing(tmp_path):
    folder = make(tmp_path, csv(is_chosen=True))
    with pytest.raises(BuildError, match=r"'called' was not drawn at random: .* best by age \(") as told:
        folder.build_product("shop.calls")
    assert "model.yaml" in str(told.value.hint)


def test_no_better_than_treating_at_random_publishes_nothing(tmp_path):
    folder = make(tmp_path, csv(has_effect=False))
    with pytest.raises(BuildError, match="not promoted: no better than treating at random: Qini coefficient"):
        folder.build_product("shop.calls")
    (version,) = ModelStore(folder.settings.models).versions(ProductName("shop", "calls"))
    report = folder.open().model_report("shop.calls", version.version)
    assert report.verdict.startswith("Not to act on: beyond noise it says no better than chance whom called")
