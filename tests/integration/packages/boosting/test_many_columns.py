"""Of a table with more columns than are counted those are that say most, as rows tell that choose nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from pathlib import Path

    from meshlake.boosting.considered import Considered

CUSTOMERS, CUTOFFS, NOISE = 500, 5, 9
FIRST = date(2024, 3, 1)


def landed(root: Path, *, is_other_later: bool = False) -> SmallMesh:
    """Who pays late leaves, as the last of ten kinds of each payment says, and the last of thirteen amounts; where
    `is_other_later`, of the later cut-offs the first of both say it."""
    random, mesh = np.random.default_rng(23), SmallMesh(root)
    payments, labels = [], []
    for cutoff in range(CUTOFFS):
        day = FIRST + timedelta(days=30 * cutoff)
        late = random.random((CUSTOMERS, 3)) < random.beta(1, 1, CUSTOMERS)[:, None]
        for who in range(CUSTOMERS):
            place = 0 if is_other_later and cutoff else NOISE
            for age, is_late in zip(random.integers(1, 29, 3), late[who], strict=True):
                kinds = random.choice(["a", "b", "c"], NOISE + 1).tolist()
                kinds[place] = "late" if is_late else "on time"
                amounts = random.integers(1, 99, NOISE + 4).tolist()
                amounts[place + 3 if place else 0] += 60 * int(is_late)
                cells = ",".join(map(str, (*kinds, *amounts)))
                payments.append(f"{1000 + who},{day - timedelta(days=int(age))},{cells}")
            left = random.random() < (0.1 + 0.8 * late[who].mean())
            labels.append(f"{1000 + who},{day},{str(bool(left)).lower()}")
    head = ",".join([*(f"kind_{n}" for n in range(NOISE + 1)), *(f"amount_{n}" for n in range(NOISE + 4))])
    for name, header, lines in (
        ("crm.labels", "customer_id,cutoff_date,is_churned", labels),
        ("shop.payments", f"customer_id,paid_on,{head}", payments),
    ):
        mesh.land_files(name, {"a.csv": "\n".join([header, *lines]) + "\n"})
    mesh.open().adopt("crm.labels", owner="ana@example.com")
    return mesh


def searched(mesh: SmallMesh) -> Considered:
    found = mesh.open().boost("crm.labels", "is_churned", key="customer_id", cutoff="cutoff_date")
    (payments,) = found.considered
    return payments


def read_of(payments: Considered) -> set[str]:
    """The columns that features are made of."""
    text = " ".join(each.sql for each in payments.source.features)
    return {name for name, _ in payments.source.cells if f'"{name}"' in text}


@pytest.fixture(scope="module")
def payments(tmp_path_factory: pytest.TempPathFactory) -> Considered:
    return searched(landed(tmp_path_factory.mktemp("a mesh")))


def test_the_columns_that_say_most_are_counted_wherever_they_stand(payments: Considered) -> None:
    assert payments.verdict == "kept"
    assert {f"kind_{NOISE}", f"amount_{NOISE + 3}"} <= read_of(payments)
    assert len(payments.columns) <= 60
    kept = {name for name in payments.features if f"kind_{NOISE}_is_" in name}
    assert {"payments_kind_9_is_late_share", "payments_kind_9_is_on_time_share"} <= kept
    (share,) = (e for e in payments.source.features if e.name == "payments_kind_9_is_late_share")
    assert "'late'" in share.sql  # a constant, whatever rows come later


def test_later_rows_choose_no_columns(payments: Considered, tmp_path: Path) -> None:
    other = searched(landed(tmp_path, is_other_later=True))
    assert [each.name for each in other.source.features] == [each.name for each in payments.source.features]
