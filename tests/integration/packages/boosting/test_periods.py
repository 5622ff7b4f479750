"""Which period each cut-off is in: what is learned from comes before what is predicted, and no cut-off is in both."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from meshlake.boosting.labelled import PERIOD, labelled
from meshlake.drafting.feature_table import open_features
from meshlake.names import ProductName
from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("cutoffs", "periods"), [(3, 3), (12, 12), (13, 6), (40, 6)])
def test_the_rows_of_a_cutoff_are_in_one_period(tmp_path: Path, cutoffs: int, periods: int) -> None:
    """Of later cut-offs there are more rows, and their number is no multiple of that of the periods."""
    mesh = SmallMesh(tmp_path)
    lines = [
        f"{who},{date(2024, 1, 1) + timedelta(days=7 * cutoff)},{'yes' if who % 3 else 'no'}"
        for cutoff in range(cutoffs)
        for who in range(20 + 3 * cutoff)
    ]
    mesh.land_files("crm.labels", {"a.csv": "\n".join(["customer_id,cutoff_date,is_churned", *lines]) + "\n"})
    mesh.open().adopt("crm.labels", owner="ana@example.com")
    with open_features(mesh.settings, ProductName("crm", "labels")) as table:
        rows = labelled(table, "is_churned", "cutoff_date", "customer_id", None).take_rows()
    found = rows.groupby("cutoff_date")[PERIOD].agg(["min", "max"])
    assert (found["min"] == found["max"]).all()
    assert found["min"].is_monotonic_increasing
    assert sorted(set(rows[PERIOD])) == list(range(periods))
