"""A model of classes as a product: built, published, reported, and told of classes it does not know."""

from __future__ import annotations

import json
from math import log

import pytest
import yaml

from meshlake.errors import BuildError
from meshlake.mesh.mesh import Mesh
from support.small_mesh import SmallMesh

FILE = "crm/leavers/a.csv"
KEY = {"logicalType": "string", "primaryKey": True, "required": True}
COLUMNS = {"customer_id": KEY, "fee": "number", "tickets": "integer", "reason": "string"}
SCORES = {
    "customer_id": KEY,
    "predicted_class": "string",
    "predicted_probability": "number",
    "second_class": "string",
    "second_probability": "number",
    "other_probability": "number",
    "is_labelled": "boolean",
    "reason_1": "string",
    "model_version": "string",
}
MODEL = {
    "task": "classification",
    "features": "crm.leavers",
    "key": "customer_id",
    "label": "reason",
    "policy": {"candidates": ["logistic_regression"], "folds": 2},
}


def csv(rows: int = 240, unlabelled: int = 30, last: str = "moved") -> str:
    """Of a high fee those leave for the price, of many tickets for the service, all but every ninth."""
    lines = ["customer_id,fee,tickets,reason"]
    for number in range(rows):
        fee, tickets = (number * 37) % 100, (number * 13) % 11
        reason = "price" if fee >= 60 else "service" if tickets >= 6 else "competitor"
        reason = "service" if number % 9 == 0 else reason
        reason = last if number < 4 else reason
        lines.append(f"c{number:05},{fee},{tickets},{'' if number >= rows - unlabelled else reason}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def reasons(tmp_path_factory) -> SmallMesh:
    folder = SmallMesh(tmp_path_factory.mktemp("reasons"))
    folder.land(FILE, csv())
    folder.product("crm.leavers", COLUMNS)
    folder.product("crm.reasons", SCORES, {"model.yaml": yaml.safe_dump(MODEL)})
    folder.build_product("crm.leavers", "crm.reasons")
    return folder


def test_the_likeliest_classes_are_published(reasons):
    rows = reasons.rows("crm.reasons")
    assert len(rows) == 240
    assert {row["predicted_class"] for row in rows} == {"competitor", "price", "service"}
    assert sum(not row["is_labelled"] for row in rows) == 30
    new = [row for row in rows if not row["is_labelled"]]
    assert all(row["reason_1"] for row in new)
    sums = [sum(row[f"{which}_probability"] for which in ("predicted", "second", "other")) for row in rows]
    assert max(abs(each - 1) for each in sums) < 1e-5


def test_the_report_tells_what_is_taken_for_what(reasons):
    report = Mesh(reasons.settings).model_report("crm.reasons")
    assert "always saying" in report.verdict
    page = report.page()
    for told in ("What is taken for what", "macro F1", "Precision: of those", "&#x27;moved&#x27; 4", "top-3"):
        assert (told in page) is (told != "top-3"), told
    state, record = Mesh(reasons.settings).model_version("crm.reasons")
    same = Mesh(reasons.settings).compare_versions("crm.reasons", state.version)
    assert (same.rows, same.log_loss.estimate, same.is_worse) == (206, 0.0, False)
    assert {"log_loss", "accuracy", "macro_f1"} <= set(state.metrics)
    assert record["set_aside"] == [["moved", 4]]


def test_classes_that_came_are_held_against_those_predicted(reasons):
    before = {row["customer_id"]: row for row in reasons.rows("crm.reasons") if not row["is_labelled"]}
    # Of the thirty who had no reason yet, two left for one that no version knows.
    told = csv(unlabelled=0).splitlines()
    told[-2:] = [f"{line.rpartition(',')[0]},merger" for line in told[-2:]]
    reasons.land(FILE, "\n".join(told) + "\n")
    reasons.build_product("crm.leavers")
    told = reasons.build_product("crm.reasons").facts["matured"]
    (row,) = reasons.open().model_performance("crm.reasons")
    assert (row["task"], row["predicted_rows"], row["matured_rows"]) == ("classification", 30, 30)
    came = {each["customer_id"]: each["reason"] for each in reasons.rows("crm.leavers")}
    known = [each for key, each in before.items() if came[key] != "merger"]
    assert len(known) == 28
    right = [each["predicted_class"] == came[each["customer_id"]] for each in known]
    losses = [-log(_own(each, came[each["customer_id"]])) for each in known]
    assert row["accuracy"] == pytest.approx(sum(right) / 28)
    assert row["log_loss"] == pytest.approx(sum(losses) / 28)
    assert row["log_loss_low"] <= row["log_loss"] <= row["log_loss_high"]
    sure = sum(each["predicted_probability"] for each in known) / 28
    of_said, unknown = json.loads(row["levels"])
    assert (of_said["came"], of_said["expected"]) == (
        pytest.approx(sum(right) / 28),
        pytest.approx(sure),
    )
    assert unknown["came_told"] == "6.7% were of classes that the version does not know"
    assert unknown["expected"] == pytest.approx(4 / 210)
    assert 0 < row["label_drift"] < 0.5
    assert told.startswith(
        f"of 30 predictions of {row['period']} 30 are known: {sum(right) / 28:.1%} were of the "
    )
    assert "macro F1" in reasons.run("model", "performance", "crm.reasons").out


def _own(row: dict, name: str) -> float:
    """The probability of a class, of what is published."""
    own = {row[f"{which}_class"]: row[f"{which}_probability"] for which in ("predicted", "second")}
    return max(own.get(name, row["other_probability"]), 5e-7)


def test_a_class_that_appears_later_is_told_when_rows_are_scored(reasons):
    reasons.land(FILE, csv(last="merger"))
    reasons.build_product("crm.leavers")
    result = reasons.build_product("crm.reasons")
    facts = result.facts["model"]
    assert any("'merger' 4" in told for told in facts["warnings"])


def test_labels_that_say_nothing_publish_nothing(tmp_path):
    folder = SmallMesh(tmp_path / "mesh")
    lines = csv(200, 0).splitlines()
    labels = [line.rsplit(",", 1)[1] for line in lines[1:]]
    dealt = [f"{line.rsplit(',', 1)[0]},{labels[(n * 71) % 200]}" for n, line in enumerate(lines[1:])]
    folder.land(FILE, "\n".join([lines[0], *dealt]) + "\n")
    folder.product("crm.leavers", COLUMNS)
    folder.product("crm.reasons", SCORES, {"model.yaml": yaml.safe_dump(MODEL)})
    with pytest.raises(BuildError, match="no better than the shares of the classes"):
        folder.build_product("crm.leavers", "crm.reasons")
