"""What was predicted, held against the labels that became known after it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import yaml

from meshlake.building.retraining import retraining_due
from meshlake.names import ProductName
from support.churn_mesh import FEATURES, FILE, MODEL, PREDICTIONS, csv


def with_cutoffs(*labelled: tuple[str, int], more: int = 0) -> str:
    """The same customers at each cut-off; of so many of them the label is known, and where it is not usage is more."""
    rows = ["customer_id,usage,plan,cutoff,is_churned"]
    for cutoff, known in labelled:
        for number, line in enumerate(csv(200, unlabelled=200 - known).splitlines()[1:]):
            customer, usage, plan, label = line.split(",")
            rows.append(
                f"{customer},{(int(usage) + number) % 100 + more if known == 0 else usage},{plan},{cutoff},{label}"
            )
    return "\n".join(rows) + "\n"


def test_what_was_predicted_is_measured_as_labels_become_known(churn):
    amounts = {"benefit": 100, "cost": 10, "success_rate": 0.5}
    churn.describe(policy={**MODEL["policy"], "profit": amounts})
    first = churn.build_model()
    before = churn.predictions()
    assert not {"matured", "drift"} & first.facts.keys()
    assert "0 of 20" in churn.run("model", "performance", "crm.predictions").out
    (row,) = churn.run("sql", "SELECT * FROM mesh.model_performance", "--json").facts
    assert (row["predicted_rows"], row["matured_rows"], row["shifted_features"]) == (20, 0, "{}")

    churn.land(FILE, csv(unlabelled=5))
    told = churn.build_model().facts["matured"]
    (row,) = churn.run("model", "performance", "crm.predictions", "--json").facts
    outcomes = {line.split(",")[0]: line.endswith("true") for line in csv(unlabelled=0).splitlines()[1:]}
    known = [f"c{number:05}" for number in range(180, 195)]
    flagged = [each for each in known if before[each]["is_predicted_churn"]]
    assert row["model_version"] == first.facts["model"]["version"]
    assert (row["predicted_rows"], row["matured_rows"]) == (20, 15)
    assert row["churned_share"] == pytest.approx(sum(outcomes[each] for each in known) / 15)
    assert row["predicted_share"] == pytest.approx(
        sum(before[each]["churn_probability"] for each in known) / 15
    )
    assert row["flagged_rows"] == len(flagged)
    assert row["precision"] == pytest.approx(sum(outcomes[each] for each in flagged) / len(flagged))
    assert row["realised_profit"] == 50 * sum(outcomes[each] for each in flagged) - 10 * len(flagged)
    assert row["expected_profit"] == pytest.approx(
        sum(50 * before[each]["churn_probability"] - 10 for each in flagged)
    )
    assert row["label_drift"] < 0.25
    assert told.startswith(f"of 20 predictions of {row['period']} 15 are known")

    churn.land(FILE, csv(unlabelled=0))
    assert "20 are known" in churn.build_model().facts["matured"]
    (row,) = churn.run("sql", "SELECT * FROM mesh.model_performance", "--json").facts
    assert (row["predicted_rows"], row["matured_rows"]) == (20, 20)
    assert "matured" not in churn.build_product("crm.predictions", is_forced=True).facts


def test_a_model_with_cut_offs_is_measured_by_each(churn, monkeypatch):
    churn.land(FILE, with_cutoffs(("2026-01-01", 200), ("2026-02-01", 200), ("2026-03-01", 0)))
    churn.product("crm.features", {**FEATURES, "customer_id": "string", "cutoff": "date"})
    model = yaml.safe_dump({**MODEL, "cutoff": "cutoff"})
    churn.product("crm.predictions", {**PREDICTIONS, "cutoff": "date"}, {"model.yaml": model})
    churn.build_model()
    labelled = [(f"2026-0{month}-01", 200) for month in (1, 2, 3)]
    churn.land(FILE, with_cutoffs(*labelled, ("2026-04-01", 0), more=60))
    assert "unlike those learned from in usage (" in churn.build_model().facts["drift"]
    _, row = churn.run("model", "performance", "crm.predictions", "--json").facts
    assert (row["period"], row["predicted_rows"], row["matured_rows"]) == ("2026-03-01", 200, 200)
    assert row["roc_auc_low"] <= row["roc_auc"] <= row["roc_auc_high"]
    assert "ROC AUC" in churn.run("model", "performance", "crm.predictions").out
    monkeypatch.setattr("meshlake.building.retraining._BETWEEN", timedelta(0))
    mesh = churn.workspace
    due = retraining_due(mesh, mesh.products.get(ProductName("crm", "predictions")))
    moved, worse = due.why
    assert moved.startswith("the rows scored are unlike those learned from in usage (")
    assert worse.startswith(f"of 2026-03-01 the ROC AUC was {row['roc_auc_high']:.4g} at most, where 0.")
