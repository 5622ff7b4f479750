"""Which columns say what came after their row's day: what a model learns, what that is passed on from and made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from meshlake.boosting.outcomes import Outcome, Outcomes
from meshlake.names import ProductName
from meshlake.products.load import load_products
from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from pathlib import Path

ID = {"logicalType": "integer", "primaryKey": True, "primaryKeyPosition": 1}
LEARNS = "a label that crm.scores learns"
KNOWN_AT_ONCE = {
    "logicalType": "boolean",
    "customProperties": [{"property": "knownAfterDays", "value": 0}],
}


@pytest.fixture(scope="module")
def mesh(tmp_path_factory: pytest.TempPathFactory) -> SmallMesh:
    """Labels as they landed, features with them, and what is made of these."""
    mesh = SmallMesh(tmp_path_factory.mktemp("a mesh"))
    columns = {"id": ID, "day": "date", "is_lost": "boolean", "visits": "integer"}
    mesh.land_files("crm.ends", {"a.csv": "id,day,is_lost,visits\n1,2024-01-01,true,3\n"})
    mesh.product("crm.ends", columns)
    renamed = {"id": ID, "day": "date", "has_left": "boolean", "visits": "integer"}
    select = "SELECT id, day, is_lost AS has_left, visits FROM crm.ends\n"
    mesh.product("crm.features", renamed, {"transform.sql": select})
    select = "SELECT id, bool_or(has_left) AS ever, count(*) AS n FROM crm.features GROUP BY id\n"
    mesh.product("crm.totals", {"id": ID, "ever": "boolean", "n": "integer"}, {"transform.sql": select})
    select = "SELECT id, day, lag(has_left) OVER (PARTITION BY id ORDER BY day) AS before FROM crm.features\n"
    mesh.product("crm.past", {"id": ID, "day": "date", "before": KNOWN_AT_ONCE}, {"transform.sql": select})
    return mesh


def named(mesh: SmallMesh, root: Path, more: str) -> dict[str, dict[str, Outcome]]:
    copy = mesh.copied_to(root / "a copy")
    model = f"task: churn\nfeatures: crm.features\nkey: id\nlabel: has_left\n{more}"
    copy.product("crm.scores", {"id": ID, "score": "integer"}, {"model.yaml": model})
    loaded = load_products(copy.products)
    assert not loaded.broken
    outcomes = Outcomes(loaded)
    return {str(each): dict(outcomes.of(each)) for each in sorted(loaded.products, key=str)}


def test_a_label_is_one_where_it_is_passed_on_from_and_in_what_is_made_of_it(
    mesh: SmallMesh, tmp_path: Path
) -> None:
    label = Outcome(LEARNS, 90)
    assert named(mesh, tmp_path, "cutoff: day\nhorizon_days: 90\n") == {
        "crm.ends": {"is_lost": label},
        "crm.features": {"has_left": label},
        "crm.past": {},
        "crm.scores": {},
        "crm.totals": {"ever": Outcome(f"made of crm.features.has_left, {LEARNS}")},
    }


def test_the_label_of_a_model_without_cutoffs_is_of_no_day(mesh: SmallMesh, tmp_path: Path) -> None:
    assert named(mesh, tmp_path, "")["crm.features"] == {"has_left": Outcome(LEARNS, is_of_no_day=True)}


def test_of_no_product_nothing_is_known(mesh: SmallMesh) -> None:
    assert Outcomes(load_products(mesh.products)).of(ProductName("crm", "nothing")) == {}
