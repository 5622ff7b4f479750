"""A model of several labels as a product: built, published, reported, compared, and kept when labels go wrong."""

from __future__ import annotations

import json
from math import log

import pytest
import yaml

from meshlake.errors import BuildError
from meshlake.mesh.mesh import Mesh
from support.small_mesh import SmallMesh

FILE = "crm/customers/a.csv"
KEY = {"logicalType": "string", "primaryKey": True, "required": True}
COLUMNS = {"customer_id": KEY, "fee": "number", "tickets": "integer", "leaves": "boolean", "pays": "boolean"}
SCORES = {
    "customer_id": KEY,
    "leaves_probability": "number",
    "pays_probability": "number",
    "wanted_probability": "number",
    "is_labelled": "boolean",
    "reason_1": "string",
    "model_version": "string",
}
MODEL = {
    "task": "multilabel",
    "features": "crm.customers",
    "key": "customer_id",
    "labels": ["leaves", "pays"],
    "policy": {"candidates": ["logistic_regression", "classifier_chain"], "folds": 2},
}


def csv(rows: int = 240, unlabelled: int = 30, moved: int = 0) -> str:
    """Of a high fee those leave, of many tickets those pay, all but every fifth; `moved` deals labels to other rows."""
    lines = ["customer_id,fee,tickets,leaves,pays"]
    for number in range(rows):
        fee, tickets = (number * 37) % 100, (number * 13) % 11
        of = (number * 71) % rows if moved else number
        leaves = ((of * 37) % 100 >= 60) != (of % 5 == 0)
        pays = ((of * 13) % 11 >= 6) != (of % 5 == 2)
        labels = "," if number >= rows - unlabelled else f"{leaves},{pays}"
        lines.append(f"c{number:05},{fee},{tickets},{labels}".lower())
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def labels(tmp_path_factory) -> SmallMesh:
    folder = SmallMesh(tmp_path_factory.mktemp("labels"))
    folder.land(FILE, csv())
    folder.product("crm.customers", COLUMNS)
    folder.product("crm.labels", SCORES, {"model.yaml": yaml.safe_dump(MODEL)})
    folder.build_product("crm.customers", "crm.labels")
    return folder


def test_each_label_and_all_together_are_published(labels):
    rows = labels.rows("crm.labels")
    assert len(rows) == 240
    new = [row for row in rows if not row["is_labelled"]]
    assert len(new) == 30
    assert all(row["reason_1"] for row in new)
    for row in rows:
        apart = row["leaves_probability"], row["pays_probability"]
        assert sum(apart) - 1 - 1e-5 <= row["wanted_probability"] <= min(apart) + 1e-5


def test_the_report_tells_of_each_label_and_of_chains(labels):
    report = Mesh(labels.settings).model_report("crm.labels")
    assert "Of the tenth likeliest to be what is wanted (leaves yes, pays yes)" in report.verdict
    page = report.page()
    for told in (
        "Each label by itself",
        "Chains of labels",
        "2 orders of the labels",
        "were not",
    ):
        assert told in page
    state, record = Mesh(labels.settings).model_version("crm.labels")
    assert {"log_loss", "accuracy"} <= set(state.metrics)
    assert (state.algorithm, record["chained"]["is_taken"]) == ("logistic_regression", False)


def test_labels_that_came_are_held_against_those_predicted(labels):
    before = {row["customer_id"]: row for row in labels.rows("crm.labels") if not row["is_labelled"]}
    # Who is new has far more tickets than any had.
    more = "".join(f"n{number},{number % 100},{40 + number},,\n" for number in range(300))
    labels.land(FILE, csv(unlabelled=0) + more)
    labels.build_product("crm.customers")
    facts = labels.build_product("crm.labels").facts
    (row,) = labels.open().model_performance("crm.labels")
    assert (row["task"], row["predicted_rows"], row["matured_rows"]) == ("multilabel", 330, 30)
    came = {each["customer_id"]: each for each in labels.rows("crm.customers")}
    pairs = [
        (came[key][name], each[f"{name}_probability"])
        for key, each in before.items()
        for name in ("leaves", "pays")
    ]
    assert row["accuracy"] == pytest.approx(sum((said >= 0.5) == is_so for is_so, said in pairs) / 60)
    losses = [-log(said if is_so else 1 - said) for is_so, said in pairs]
    assert row["log_loss"] == pytest.approx(sum(losses) / 60)
    assert row["log_loss_low"] < row["log_loss"] < row["log_loss_high"]
    of_leaves, of_pays, of_both = json.loads(row["levels"])
    assert of_leaves["came"] == pytest.approx(sum(came[key]["leaves"] for key in before) / 30)
    assert of_pays["expected"] == pytest.approx(
        sum(each["pays_probability"] for each in before.values()) / 30
    )
    both = sum(came[key]["leaves"] and came[key]["pays"] for key in before) / 30
    assert (of_both["came"], of_both["came_told"]) == (
        pytest.approx(both),
        f"what is wanted came of {both:.1%}",
    )
    assert facts["drift"].startswith("the rows scored are unlike those learned from in tickets (")
    assert json.loads(row["shifted_features"]).keys() == {"tickets"}
    assert "'leaves' came of " in facts["matured"]


def test_labels_that_say_nothing_take_no_ones_place(labels):
    before = labels.rows("crm.labels")
    labels.land(FILE, csv(moved=1))
    labels.build_product("crm.customers")
    result = labels.build_product("crm.labels", is_forced=True)
    challenger = result.facts["model"]["challenger"]
    assert challenger["reason"].startswith("no better than the shares of the outcomes")
    assert {row["model_version"] for row in labels.rows("crm.labels")} == {before[0]["model_version"]}
    found = Mesh(labels.settings).compare_versions("crm.labels", challenger["version"])
    assert found.log_loss.estimate < 0
    # Of which both were told the same.
    assert 20 <= found.rows < 210


def test_one_value_of_a_label_publishes_nothing(tmp_path):
    folder = SmallMesh(tmp_path / "mesh")
    folder.land(FILE, csv().replace(",false\n", ",true\n"))
    folder.product("crm.customers", COLUMNS)
    folder.product("crm.labels", SCORES, {"model.yaml": yaml.safe_dump(MODEL)})
    with pytest.raises(BuildError, match="the label 'pays' is true in all 210 labelled rows"):
        folder.build_product("crm.customers", "crm.labels")
