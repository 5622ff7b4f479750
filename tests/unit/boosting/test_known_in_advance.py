"""What a contract says is planned is known before its day; what comes of it is not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from meshlake.boosting.considered import Boosted

CUSTOMERS, CUTOFFS, FIRST = 300, 3, date(2024, 3, 1)
PLANNED = "knownInAdvance"


def land(mesh: SmallMesh) -> None:
    """Whoever has a visit planned soon after a cut-off stays; the grade of it says whether they did."""
    random = np.random.default_rng(3)
    visits, labels = [], []
    for cutoff in range(CUTOFFS):
        day = FIRST + timedelta(days=90 * cutoff)
        for who in range(1000, 1000 + CUSTOMERS):
            ahead = int(random.integers(1, 60))
            left = random.random() < (0.85 if ahead > 28 else 0.1)
            labels.append(f"{who},{day},{str(left).lower()}")
            visits.append(f"{who},{day + timedelta(days=ahead)},{9 - 5 * left + random.integers(0, 3)}")
    mesh.land_files("crm.labels", {"a.csv": "\n".join(["customer_id,cutoff_date,is_churned", *labels])})
    mesh.land_files("care.visits", {"a.csv": "\n".join(["customer_id,visits_on,grade", *visits])})


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Boosted:
    mesh = SmallMesh(tmp_path_factory.mktemp("a mesh"))
    land(mesh)
    opened = mesh.open()
    opened.adopt("crm.labels", owner="ana@example.com")
    contract = opened.adopt("care.visits", owner="ana@example.com").folder / "contract.odcs.yaml"
    text = contract.read_text("utf-8")
    name = "      - name: visits_on\n"
    assert name in text
    contract.write_text(
        text.replace(name, f"{name}        customProperties: [{{property: {PLANNED}, value: true}}]\n"),
        "utf-8",
    )
    return mesh.open().boost("crm.labels", "is_churned", key="customer_id", cutoff="cutoff_date")


def test_a_plan_tells_what_is_to_come_and_what_comes_of_it_is_known_once_it_came(found: Boosted) -> None:
    (visits,) = found.considered
    assert (visits.verdict, visits.withheld) == ("kept", {})
    assert "visits_on_days_until_next" in visits.features
    cells = dict(visits.source.cells)
    assert cells["grade"] == 'CASE WHEN "visits"."visits_on" < {cutoff} THEN "visits"."grade" END'
    assert found.selection is not None
    assert found.selection.boosted["roc_auc"].estimate > 0.8
    assert visits.known_at == "visits_on (planned)"
