"""What is known of plans and of aggregates at a cut-off: days that were said to come, months once they are over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from meshlake.boosting.hops import Hop
from meshlake.engines.trino.dialect import Relation, transpile
from meshlake.types.tree import Scalar
from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from meshlake.boosting.considered import Boosted, Considered

CUSTOMERS, CUTOFFS, FIRST = 300, 3, date(2024, 3, 11)
PLAN = {"logicalType": "date", "customProperties": [{"property": "knownInAdvance", "value": True}]}
ID = {"logicalType": "integer", "primaryKey": True, "primaryKeyPosition": 1}
DAY = {"logicalType": "date", "primaryKey": True, "primaryKeyPosition": 2}


def land(mesh: SmallMesh) -> None:
    """Whoever has a visit planned soon after a cut-off stays; the grade of it says whether they did."""
    random = np.random.default_rng(3)
    visits, labels, calls = [], [], []
    for cutoff in range(CUTOFFS):
        day = FIRST + timedelta(days=90 * cutoff)
        for who in range(1000, 1000 + CUSTOMERS):
            ahead = int(random.integers(1, 60))
            left = random.random() < (0.85 if ahead > 28 else 0.1)
            labels.append(f"{who},{day},{str(left).lower()}")
            visits.append(f"{who},{day + timedelta(days=ahead)},{9 - 5 * left + random.integers(0, 3)}")
            ages = random.integers(-20, 80, 3)
            calls += [f"{who},{day - timedelta(days=int(age))},{random.integers(1, 9)}" for age in ages]
    for name, header, lines in (
        ("crm.labels", "customer_id,cutoff_date,is_churned", labels),
        ("care.visits", "customer_id,visits_on,grade", visits),
        ("care.calls", "customer_id,called_on,minutes", calls),
    ):
        mesh.land_files(name, {"a.csv": "\n".join([header, *lines])})


def describe(mesh: SmallMesh) -> None:
    mesh.product("crm.labels", {"customer_id": ID, "cutoff_date": DAY, "is_churned": "boolean"})
    mesh.product("care.visits", {"customer_id": "integer", "visits_on": PLAN, "grade": "integer"})
    mesh.product("care.calls", {"customer_id": "integer", "called_on": "date", "minutes": "integer"})
    for name, columns, select in (
        (
            "care.monthly",
            {"customer_id": ID, "month": DAY, "minutes": "integer"},
            "customer_id, CAST(date_trunc('month', called_on) AS DATE) AS month, "
            "CAST(sum(minutes) AS BIGINT) AS minutes FROM care.calls GROUP BY ALL",
        ),
        (
            "care.totals",
            {"customer_id": ID, "first_on": "date", "calls": "integer"},
            "customer_id, min(called_on) AS first_on, count(*) AS calls FROM care.calls GROUP BY ALL",
        ),
        (
            "crm.outcomes",
            {"customer_id": ID, "left": "boolean"},
            'customer_id, bool_or(is_churned) AS "left" FROM crm.labels GROUP BY ALL',
        ),
    ):
        mesh.product(name, columns, {"transform.sql": f"SELECT {select}\n"})


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Boosted:
    mesh = SmallMesh(tmp_path_factory.mktemp("a mesh"))
    land(mesh)
    describe(mesh)
    mesh.build_product("crm.labels", "care.calls", "care.monthly", "care.totals", "crm.outcomes")
    return mesh.open().boost("crm.labels", "is_churned")


def of(found: Boosted, table: str) -> Considered:
    (only,) = (each for each in found.considered if each.table == table)
    return only


def test_a_plan_tells_what_is_to_come_and_what_comes_of_it_is_known_once_it_came(found: Boosted) -> None:
    visits = of(found, "care.visits")
    assert (visits.verdict, visits.withheld) == ("kept", {})
    assert "visits_on_days_until_next" in visits.features
    cells = dict(visits.source.cells)
    assert cells["grade"] == 'CASE WHEN "visits"."visits_on" < {cutoff} THEN "visits"."grade" END'
    assert found.selection is not None
    assert found.selection.final is not None
    assert found.selection.final.after["roc_auc"].estimate > 0.8
    assert visits.known_at == "visits_on (planned)"


def test_published_aggregates_are_tables_too_known_once_the_month_of_their_key_is_over(
    found: Boosted,
) -> None:
    verdicts = {each.table: each.verdict for each in found.considered}
    assert verdicts.keys() == {"care.visits", "care.calls", "care.monthly", "care.totals"}
    assert verdicts["care.totals"] == "undated"
    assert of(found, "care.monthly").known_at == "month and 1 month"
    assert of(found, "care.monthly").source.moments[0].moment_sql == (
        """(CAST("monthly"."month" AS DATE) + INTERVAL '1' MONTH)"""
    )


def test_when_a_month_is_over_is_said_to_trino() -> None:
    hop = replace(Hop("care.monthly", "monthly", "", "month"), period="'1' MONTH")
    tables = {("care", "monthly"): Relation("care.monthly", {"month": Scalar.DATE})}
    said = transpile(
        f"SELECT 1 AS one FROM care.monthly WHERE {hop.known_sql()} < DATE '2024-03-01'", tables.get
    )
    assert "INTERVAL '1' MONTH" in said
