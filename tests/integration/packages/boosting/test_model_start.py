"""A search that starts from a model, by Dagster once data was discovered: it proposes, and publishes nothing.

Its file says what is looked for, learns from the draft when that is accepted, and the gain is there in the next build.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import dagster as dg
import numpy as np
import pytest

from meshlake.boosting.accepting import with_features
from meshlake.errors import UsageError
from meshlake.names import ProductName
from meshlake.orchestration.definitions import mesh_definitions
from support.churn_mesh import PREDICTIONS
from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from collections.abc import Iterator

CUSTOMERS, CUTOFFS, FIRST = 300, 3, date(2024, 3, 1)
ID = {"logicalType": "integer", "primaryKey": True, "primaryKeyPosition": 1}
DAY = {"logicalType": "date", "primaryKey": True, "primaryKeyPosition": 2}
BOOSTED = ProductName("crm", "labels_boosted")
LANDED, BOOST = dg.AssetKey(["landing", "crm", "labels"]), dg.AssetKey(["boost", "crm", "predictions"])
MODEL = """\
task: churn
# twice an age is an age
features: SELECT *, 2 * age AS double_age FROM crm.labels
key: customer_id
label: is_churned
cutoff: cutoff_date
exclude: {double_age: it says what age says}
policy: {candidates: [logistic_regression], folds: 2, seed: 7, flag_share: 0.2, boost_minutes: 9}
"""


def land(mesh: SmallMesh) -> None:
    """Who is old or orders less before a cut-off leaves after it; the last has no labels yet."""
    random = np.random.default_rng(5)
    orders, labels = [], []
    for cutoff in range(CUTOFFS + 1):
        day = FIRST + timedelta(days=60 * cutoff)
        for who in range(1000, 1000 + CUSTOMERS):
            count = int(random.poisson(2))
            left = random.random() < 1 / (1 + np.exp(1.8 * count - 2.2 - 0.06 * (who % 50 - 25)))
            labels.append(f"{who},{day},{20 + who % 50},{str(left).lower() if cutoff < CUTOFFS else ''}")
            orders += [f"{who},{day - timedelta(days=int(age))}" for age in random.integers(1, 28, count)]
    mesh.land_files("crm.labels", {"a.csv": "\n".join(["customer_id,cutoff_date,age,is_churned", *labels])})
    mesh.land_files("shop.orders", {"a.csv": "\n".join(["customer_id,ordered_on", *orders])})
    columns = {"customer_id": ID, "cutoff_date": DAY, "age": "integer", "is_churned": "boolean"}
    mesh.product("crm.labels", columns)
    mesh.product("crm.predictions", {**PREDICTIONS, "customer_id": ID}, {"model.yaml": MODEL})


@pytest.fixture(scope="module")
def mesh(tmp_path_factory: pytest.TempPathFactory) -> SmallMesh:
    made = SmallMesh(tmp_path_factory.mktemp("a mesh"))
    land(made)
    made.build_product("crm.labels", "crm.predictions")
    return made


@dataclass(frozen=True)
class Dagster:
    """The definitions of the mesh as Dagster has them, and where its events are kept."""

    definitions: dg.Definitions
    instance: dg.DagsterInstance

    def asked(self) -> list[dg.AssetKey]:
        """The assets that the sensor asks for now, each of whose requests has a state of its own."""
        sensor = next(each for each in self.definitions.sensors or () if each.name == "boost_from_new_data")
        repository = self.definitions.get_repository_def()
        with dg.build_sensor_context(instance=self.instance, repository_def=repository) as context:
            found = sensor.evaluate_tick(context)  # type: ignore[union-attr]
        return [key for request in found.run_requests or () for key in request.asset_selection or ()]

    def run(self, key: dg.AssetKey) -> dict[str, Any]:
        """What is told when one asset is made."""
        job = self.definitions.resolve_implicit_global_asset_job_def()
        result = job.execute_in_process(instance=self.instance, asset_selection=[key])
        (event,) = (each.materialization for each in result.get_asset_materialization_events())
        return {name: value.value for name, value in event.metadata.items()}


@pytest.fixture(scope="module")
def dagster(mesh: SmallMesh) -> Iterator[Dagster]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield Dagster(mesh_definitions(mesh.workspace, has_partitions=False), instance)


@pytest.fixture(scope="module")
def told(dagster: Dagster) -> dict[str, Any]:
    """What the search told that a sensor asked for once data had been discovered."""
    assert dagster.asked() == []
    dagster.run(LANDED)
    assert dagster.asked() == [BOOST]
    return dagster.run(BOOST)


def test_what_is_found_is_proposed_and_nothing_is_published(
    mesh: SmallMesh, told: dict[str, Any], dagster: Dagster
) -> None:
    assert [record.data["verdict"] for record in told["tables"].records] == ["kept"]
    assert [line for line in told["change"].splitlines() if line[:1] in {*"+-"}][2:] == [
        "-features: SELECT *, 2 * age AS double_age FROM crm.labels",
        "+features: crm.labels_boosted",
    ]
    draft = mesh.products / "crm/_labels_boosted"
    assert (told["draft"], told["accept"]) == (str(draft), "mesh boost crm.labels_boosted --accept")
    assert (mesh.products / "shop/_orders").is_dir()
    assert {str(each.product) for each in mesh.open().products} == {"crm.labels", "crm.predictions"}
    assert "+features: crm.labels_boosted" in (draft / "boost.html").read_text("utf-8")
    assert "waits to be accepted" in dagster.run(BOOST)["verdict"]


def test_accepted_the_model_learns_from_it_and_a_build_finds_the_gain_again(
    mesh: SmallMesh, told: dict[str, Any]
) -> None:
    opened = mesh.open()
    before = opened.model_versions("crm.predictions")[0]
    accepted = opened.accept("crm.labels_boosted")
    assert (str(accepted.model), (accepted.folder / "boost.yaml").exists()) == ("crm.predictions", False)
    model = (mesh.products / "crm/predictions/model.yaml").read_text("utf-8")
    assert "# twice an age is an age\nfeatures: crm.labels_boosted\nkey" in model
    mesh.build_product("shop.orders", "crm.labels_boosted", "crm.predictions")
    after = mesh.open().model_versions("crm.predictions")[0]
    area = next(each.data for each in told["figures"].records if each.data["figure"] == "ROC AUC")
    gain = float(str(area["with it"]).split(" ")[0]) - float(str(area["without"]))
    assert gain > 0.08
    assert after.metrics["roc_auc"] - before.metrics["roc_auc"] > gain - 0.08


@pytest.mark.parametrize(
    ("name", "told"),
    [("crm.labels", "no label is named"), ("crm.nowhere", "there is no product")],
)
def test_what_is_no_model_is_told(mesh: SmallMesh, name: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        mesh.open().boost_model(name)


def test_the_features_of_a_model_change_alone_however_they_are_written() -> None:
    text = "task: churn\nfeatures: |\n  SELECT *\n  FROM a.b\nkey: id  # ours\n"
    was = "SELECT *\nFROM a.b"
    assert with_features(text, was, BOOSTED) == "task: churn\nfeatures: crm.labels_boosted\nkey: id  # ours\n"
    assert (
        with_features('{features: "a.b", key: id}', "a.b", BOOSTED)
        == "{features: crm.labels_boosted, key: id}"
    )
    with pytest.raises(UsageError, match="model learns from"):
        with_features("features: a.c\n", "a.b", BOOSTED)
