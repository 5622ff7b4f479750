"""Which columns name things."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from meshlake.boosting.only_names import only_names
from meshlake.types.tree import Decimal, Scalar

if TYPE_CHECKING:
    from meshlake.boosting.tables import Table
    from meshlake.types.tree import Type


@pytest.mark.parametrize(
    ("kind", "rows", "least", "greatest", "is_name"),
    [
        (Scalar.INTEGER, 20, "1", "190001", False),  # incomes at which bands begin
        (Scalar.INTEGER, 20, "101", "120", True),  # one after the other
        (Scalar.INTEGER, 500, "1", "190001", True),  # five hundred that are all different
        (Scalar.VARCHAR, 20, "A", "T", True),
        (Decimal(9, 2), 500, "1.05", "99.10", False),
        (Decimal(9, 0), 500, "1", "99000", True),
        (Scalar.DATE, 500, "2024-01-01", "2025-09-01", False),
    ],
)
def test_what_is_different_in_each_row_may_measure(
    kind: Type, rows: int, least: str, greatest: str, is_name: bool
) -> None:
    described = SimpleNamespace(name="lower", minimum=least, maximum=greatest, personal=None)
    profile = SimpleNamespace(keys=(("band",), ("lower",)), row_count=rows)
    table = SimpleNamespace(columns={"lower": kind}, profile=profile, described=lambda _: described)
    assert only_names(cast("Table", table), "lower") is is_name
