"""A search that starts from a model: its file says what is looked for, learns from the draft, and the gain is there."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.unit.models.conftest import PREDICTIONS

from meshlake.boosting.accepting import with_features
from meshlake.errors import UsageError
from meshlake.names import ProductName
from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from meshlake.boosting.considered import Boosted

CUSTOMERS, CUTOFFS, FIRST = 300, 3, date(2024, 3, 1)
ID = {"logicalType": "integer", "primaryKey": True, "primaryKeyPosition": 1}
DAY = {"logicalType": "date", "primaryKey": True, "primaryKeyPosition": 2}
BOOSTED = ProductName("crm", "labels_boosted")
MODEL = """\
task: churn
# twice an age is an age
features: SELECT *, 2 * age AS double_age FROM crm.labels
key: customer_id
label: is_churned
cutoff: cutoff_date
exclude: {double_age: it says what age says}
policy: {candidates: [logistic_regression], folds: 2, seed: 7, flag_share: 0.2}
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


@pytest.fixture(scope="module")
def found(mesh: SmallMesh) -> Boosted:
    return mesh.open().boost_model("crm.predictions", owner="ana@example.com")


def test_the_base_is_what_the_model_learns_from_and_what_changes_is_shown(
    mesh: SmallMesh, found: Boosted
) -> None:
    assert (str(found.product), found.label, found.cutoff, found.key) == (
        *("crm.labels", "is_churned", "cutoff_date"),
        ("customer_id",),
    )
    assert {each.table: each.verdict for each in found.considered} == {"shop.orders": "kept"}
    assert [line for line in found.change.splitlines() if line[0] in "+-"][2:] == [
        "-features: SELECT *, 2 * age AS double_age FROM crm.labels",
        "+features: crm.labels_boosted",
    ]
    waiting = {str(each.name): each.folder.name for each in found.drafted}
    assert waiting == {"shop.orders": "_orders", "crm.labels_boosted": "_labels_boosted"}
    assert {str(each.product) for each in mesh.open().products} == {"crm.labels", "crm.predictions"}
    page = (found.drafted[-1].folder / "boost.html").read_text("utf-8")
    assert "+features: crm.labels_boosted" in page


def test_accepted_the_model_learns_from_it_and_a_build_finds_the_gain_again(
    mesh: SmallMesh, found: Boosted
) -> None:
    opened = mesh.open()
    before = opened.model_versions("crm.predictions")[0]
    accepted = opened.accept("crm.labels_boosted")
    assert (str(accepted.model), (accepted.folder / "boost.yaml").exists()) == ("crm.predictions", False)
    model = (mesh.products / "crm/predictions/model.yaml").read_text("utf-8")
    assert "# twice an age is an age\nfeatures: crm.labels_boosted\nkey" in model
    mesh.build_product("shop.orders", "crm.labels_boosted", "crm.predictions")
    after = mesh.open().model_versions("crm.predictions")[0]
    assert found.selection is not None
    gain = found.selection.boosted["roc_auc"].estimate - found.selection.base["roc_auc"].estimate
    assert gain > 0.1
    assert after.metrics["roc_auc"] - before.metrics["roc_auc"] > gain - 0.1


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
