"""Labels of another task on the same cut-offs: known only once what they say has come, and no fact of their day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from meshlake.boosting.told import doubt_rows, why, withheld_rows
from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from meshlake.boosting.considered import Boosted, Considered

CUSTOMERS, CUTOFFS, DAYS = 500, 7, 30
ID = {"logicalType": "integer", "primaryKey": True, "primaryKeyPosition": 1}
DAY = {"logicalType": "date", "primaryKey": True, "primaryKeyPosition": 2}
MODEL = "task: churn\nfeatures: crm.activity\nkey: customer_id\nlabel: is_active\ncutoff: cutoff_date\n"
BOOL, NUMBER = "boolean", {"logicalType": "number", "physicalType": "DOUBLE"}


def day(cutoff: int) -> date:
    return date(2024, 1, 10) + timedelta(days=DAYS * cutoff)


def landed(root: Path, newest: int = CUTOFFS, did: str = "did", known: int = CUTOFFS - 1) -> SmallMesh:
    """Who does less than usual in the month after a cut-off is lost, sooner if it was so two months ago; who does more
    in the 60 days after it is active, which nobody knows before, and of cut-offs from `newest` on nobody has written
    down. What customers `did` in the month before is told beside it. The label is known before the cut-off `known`."""
    random, mesh = np.random.default_rng(11), SmallMesh(root)
    does = random.normal(size=(CUTOFFS + 3, CUSTOMERS))
    lost = does[2:] + 0.5 * does[:-2] + 0.4 * random.normal(size=(CUTOFFS + 1, CUSTOMERS)) < -0.5
    labels, others = [], []
    for cutoff in range(CUTOFFS):
        for who in range(CUSTOMERS):
            so = str(bool(lost[cutoff][who])).lower() if cutoff < known else ""
            labels.append(f"{1000 + who},{day(cutoff)},{so}")
            is_active = bool(does[cutoff + 2][who] + does[cutoff + 3][who] > 0)
            active = str(is_active).lower() if cutoff < newest else ""
            others.append(f"{1000 + who},{day(cutoff)},{active},{does[cutoff + 1][who]:.2f}")
    for name, header, lines in (
        ("crm.labels", "customer_id,cutoff_date,is_lost", labels),
        ("crm.activity", f"customer_id,cutoff_date,is_active,{did}", others),
    ):
        mesh.land_files(name, {"a.csv": "\n".join([header, *lines]) + "\n"})
    mesh.product("crm.labels", {"customer_id": ID, "cutoff_date": DAY, "is_lost": BOOL})
    return mesh


def told(mesh: SmallMesh, column: str | dict[str, Any] = BOOL, **files: str) -> None:
    """A product of the other labels, of which `column` is what its contract says of the label."""
    columns = {"customer_id": ID, "cutoff_date": DAY, "is_active": column, "did": NUMBER}
    mesh.product("crm.activity", columns)
    scores = {"customer_id": ID, "cutoff_date": DAY, "score": NUMBER}
    for model in filter(None, files.values()):
        mesh.product("crm.activity_scores", scores, {"model.yaml": model})


def boosted(mesh: SmallMesh) -> tuple[Boosted, Considered]:
    found = mesh.open().boost("crm.labels", "is_lost", key="customer_id", cutoff="cutoff_date")
    return found, next(each for each in found.considered if each.table == "crm.activity")


def reads_label(each: Considered) -> list[str]:
    """The features that are made of the other label."""
    return [feature.name for feature in each.source.features if '"is_active"' in feature.sql]


def roc_auc(found: Boosted) -> float:
    assert found.selection is not None
    if found.selection.final is None:
        return 0.5
    return found.selection.final.after["roc_auc"].estimate


def test_a_reviewer_is_asked_of_what_says_more_than_all_else_on_the_days_of_the_cutoffs(
    tmp_path: Path,
) -> None:
    found, activity = boosted(landed(tmp_path, known=CUTOFFS))
    assert activity.verdict == "kept"
    ((_, column, question),) = doubt_rows(found)
    assert column in reads_label(activity)
    assert "was this known then? Alone it says more than the product's own columns and all other" in question


def test_a_reviewer_is_asked_of_what_is_called_like_what_is_to_come(tmp_path: Path) -> None:
    found, activity = boosted(landed(tmp_path, newest=CUTOFFS - 2, did="did_next"))
    asked = {column: question for _, column, question in doubt_rows(found)}
    assert activity.features
    assert asked.keys() == {name for name in activity.features if "did_next" in name}
    assert {*asked.values()} == {
        "was this known then? Did_next is called like what came of a day, and its days are the cut-offs"
    }


def test_what_has_no_value_yet_at_the_newest_cutoffs_counts_so_much_later(tmp_path: Path) -> None:
    found, activity = boosted(landed(tmp_path, newest=CUTOFFS - 2))
    assert why(activity).endswith(
        "is_active has no value yet on the newest days, so it counts 90 days after its own"
    )
    assert dict(activity.source.cells)["is_active"] == (
        """CASE WHEN (CAST("activity"."cutoff_date" AS DATE) + INTERVAL '90' DAY) <= {cutoff} """
        """THEN "activity"."is_active" END"""
    )
    assert (roc_auc(found) < 0.72, doubt_rows(found)) == (True, [])


@pytest.mark.parametrize(
    ("describe", "expected"),
    [
        (lambda mesh: told(mesh, model=MODEL), "is a label that crm.activity_scores learns, and nobody says"),
        (lambda mesh: told(mesh, model=MODEL + "horizon_days: 60\n"), 60),
        (
            lambda mesh: told(
                mesh, {"logicalType": BOOL, "customProperties": [{"property": "knownAfterDays", "value": 60}]}
            ),
            60,
        ),
        (
            lambda mesh: told(
                mesh,
                {"logicalType": BOOL, "customProperties": [{"property": "knownAfterDays", "value": 0}]},
                model=MODEL,
            ),
            None,
        ),
    ],
    ids=["model", "horizon", "contract", "known at once"],
)
def test_what_models_and_contracts_say_of_a_label_decides_since_when_it_counts(
    tmp_path: Path, describe: Callable[[SmallMesh], None], expected: str | int | None
) -> None:
    mesh = landed(tmp_path)
    describe(mesh)
    found, activity = boosted(mesh)
    cells = dict(activity.source.cells)
    if isinstance(expected, str):
        assert activity.withheld["is_active"].startswith(expected)
        assert reads_label(activity) == []
    elif expected:
        assert f"INTERVAL '{expected}' DAY) <= {{cutoff}}" in cells["is_active"]
    else:
        assert cells["is_active"] == '"activity"."is_active"'
    assert (roc_auc(found) > 0.75) is (expected is None)


def test_a_label_of_another_model_in_the_same_rows_is_no_feature_of_theirs(tmp_path: Path) -> None:
    mesh = landed(tmp_path)
    told(mesh, model=MODEL + "horizon_days: 30\n")
    found = mesh.open().boost("crm.activity", "did", key="customer_id", cutoff="cutoff_date")
    assert found.base == ()
    assert ("crm.activity", "is_active", "is a label that crm.activity_scores learns") in withheld_rows(found)
