"""A model whose features have moved is trained again by Dagster, with the reason, after a week at the soonest."""

from __future__ import annotations

from datetime import timedelta

import dagster as dg
import yaml

from meshlake.building.retraining import retraining_due
from meshlake.names import ProductName
from meshlake.orchestration.automation import retraining_sensor

from .conftest import FILE, MODEL, csv

NAME = ProductName("crm", "predictions")


def moved() -> str:
    """The same customers, more of them without a label, all of whom use far more than any did."""
    header, *lines = csv(unlabelled=120).splitlines()
    split = [line.split(",") for line in lines]
    rows = [f"{key},{usage if label else 400},{plan},{label}" for key, usage, plan, label in split]
    return "\n".join([header, *rows]) + "\n"


def due(folder):
    mesh = folder.workspace
    return retraining_due(mesh, mesh.products.get(NAME))


def test_moved_features_are_answered_after_a_week_and_once(churn, monkeypatch):
    churn.build_model()
    churn.land(FILE, moved())
    version = churn.build_model().facts["model"]["version"]
    assert due(churn) is None
    monkeypatch.setattr("meshlake.building.retraining._BETWEEN", timedelta(0))
    found = due(churn)
    assert found.version == version
    assert found.why[0].startswith("the rows scored are unlike those learned from in usage (")

    mesh = churn.workspace
    (sensor,) = retraining_sensor(mesh, [mesh.products.get(NAME)])
    with dg.DagsterInstance.ephemeral() as instance, dg.build_sensor_context(instance) as context:
        (request,) = sensor.evaluate_tick(context).run_requests
    assert request.asset_selection == [dg.AssetKey(["crm", "predictions"])]
    assert request.run_config == {
        "ops": {"crm__predictions": {"config": {"is_forced": True, "keeps_hold": True}}}
    }
    assert request.tags["mesh/why"] == "; ".join(found.why)

    asked = {**MODEL, "policy": {**MODEL["policy"], "retrain_when_off": False}}
    (churn.settings.products / "crm/predictions/model.yaml").write_text(yaml.safe_dump(asked))
    assert due(churn) is None
