"""A model whose features have moved is trained again by the next build, and told why, after a week at the soonest."""

from __future__ import annotations

from datetime import timedelta

import dagster as dg
import pytest
import yaml

from meshlake.building.outdated import is_outdated
from meshlake.building.retraining import retraining_due
from meshlake.mesh.states import product_state
from meshlake.names import ProductName
from meshlake.orchestration.automation import retraining_sensor
from support.churn_mesh import FILE, MODEL, csv

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


def is_modified(folder) -> bool:
    return is_outdated(folder.workspace, NAME)


@pytest.fixture(scope="module")
def moved_once(trained, tmp_path_factory):
    """Only to be copied: the champion has scored rows that have moved."""
    folder = trained[0].copied_to(tmp_path_factory.mktemp("moved") / "mesh")
    folder.land(FILE, moved())
    folder.build_model()
    return folder


@pytest.fixture
def churn(moved_once, tmp_path):
    return moved_once.copied_to(tmp_path / "mesh")


@pytest.fixture
def later(churn, monkeypatch):
    """Scored rows have moved, and a week has passed since the training; the call goes back to now."""
    assert (due(churn), is_modified(churn)) == (None, False)
    with monkeypatch.context() as patch:
        patch.setattr("meshlake.building.retraining._BETWEEN", timedelta(0))
        yield patch.undo


def test_evidence_is_told_and_acted_on_by_the_next_build_once(churn, later):
    found = due(churn)
    assert found.why[0].startswith("the rows scored are unlike those learned from in usage (")
    assert found.in_words == f"due for retraining: {found.why[0]}; its next build trains it"
    assert product_state(churn.workspace, NAME).retraining == found.in_words
    assert is_modified(churn)

    mesh = churn.workspace
    (sensor,) = retraining_sensor(mesh, [mesh.products.get(NAME)])
    with dg.DagsterInstance.ephemeral() as instance, dg.build_sensor_context(instance) as context:
        (request,) = sensor.evaluate_tick(context).run_requests
    assert request.asset_selection == [dg.AssetKey(["crm", "predictions"])]
    assert request.tags["mesh/why"] == "; ".join(found.why)

    again = churn.build_model()
    later()
    # What is labelled is the same, and so is the model: that was tried, and is not tried again at once.
    assert again.facts["model"]["retrained"] == {"why": list(found.why), "failure": None}
    assert (again.facts["model"]["version"], again.is_rebuilt) == (found.version, True)
    assert (due(churn), is_modified(churn), churn.build_model().is_rebuilt) == (None, False, False)


def test_a_policy_may_have_it_told_alone(churn, later):
    asked = {**MODEL, "policy": {**MODEL["policy"], "retrain_when_off": False}}
    (churn.settings.products / "crm/predictions/model.yaml").write_text(yaml.safe_dump(asked))
    built, unchanged = churn.build_model(), churn.build_model()
    assert "retrained" not in built.facts["model"]
    assert not unchanged.is_rebuilt
    assert unchanged.facts["retraining"].endswith("; train it: mesh build crm.predictions --force")
    assert not is_modified(churn)


def test_where_such_a_training_fails_the_champion_goes_on(churn, later):
    version = due(churn).version
    churn.land(FILE, moved().replace(",false", ",true"))
    built = churn.build_model()
    later()
    told = built.facts["model"]
    assert told["version"] == version
    assert "is_churned" in told["retrained"]["failure"]
    assert not churn.build_model().is_rebuilt
