"""What goes on counting under a name that does not say so: asked of by name, and what merely differs by age is not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from meshlake.boosting.told import doubt_rows
from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from meshlake.boosting.considered import Boosted

CUSTOMERS, CUTOFFS, FIRST = 1_500, 4, date(2024, 3, 1)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Boosted:
    """Who joined have points, which they go on earning while they stay, so that whoever leaves has fewer today; how
    long a form took to fill in, which was shorter of late, and their income, which says a little."""
    random, mesh = np.random.default_rng(31), SmallMesh(tmp_path_factory.mktemp("a mesh"))
    joined = random.integers(1, 900, CUSTOMERS)
    rate, income = random.gamma(2, 1, CUSTOMERS), random.gamma(4, 500, CUSTOMERS)
    labels, left_after = [], np.full(CUSTOMERS, CUTOFFS * 60)
    for cutoff in range(CUTOFFS):
        day = FIRST + timedelta(days=60 * cutoff)
        for who in np.flatnonzero(left_after > 60 * cutoff):
            leaves = random.random() < 1 / (1 + np.exp(income[who] / 1000 - 0.5))
            labels.append(f"{1000 + who},{day},{str(bool(leaves)).lower()}")
            left_after[who] = 60 * cutoff if leaves else left_after[who]
    points = (rate * (joined + left_after)).astype(int) + 1
    took = (60 + 0.05 * joined + random.normal(0, 9, CUSTOMERS)).astype(int)
    newest = (FIRST - timedelta(days=int(joined[n])) for n in range(CUSTOMERS))
    people = [f"{1000 + n},{day},{points[n]},{took[n]},{income[n]:.0f}" for n, day in enumerate(newest)]
    later = [
        f"{9000 + n},{FIRST + timedelta(days=n)},{int(random.gamma(2, 1) * (240 - n))},55,2000"
        for n in range(240)
    ]
    for name, header, lines in (
        ("crm.labels", "customer_id,cutoff_date,is_churned", labels),
        ("crm.people", "customer_id,joined_on,points,took_seconds,income", [*people, *later]),
    ):
        mesh.land_files(name, {"a.csv": "\n".join([header, *lines]) + "\n"})
    mesh.open().adopt("crm.labels", owner="ana@example.com")
    return mesh.open().boost("crm.labels", "is_churned", key="customer_id", cutoff="cutoff_date")


def test_a_reviewer_is_asked_of_what_grows_with_the_age_of_its_row_from_nothing_on(found: Boosted) -> None:
    (people,) = found.considered
    assert {"people_points", "people_income"} <= {*people.features}
    ((table, column, question),) = doubt_rows(found)
    assert (table, column) == ("crm.people", "people_points")
    begin = "was this known then? Points grows with the age of its row since joined_on, from nothing on"
    assert question.startswith(begin)
