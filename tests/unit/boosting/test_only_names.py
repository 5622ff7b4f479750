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
        (
            Scalar.INTEGER,
            77,
            "27341",
            "892017",
            False,
        ),  # inhabitants of districts, of which no two are the same
        (
            Scalar.INTEGER,
            500,
            "1",
            "90001",
            True,
        ),  # five hundred that are all different, which chance would not have
        (Scalar.INTEGER, 5_000, "1", "190000001", True),  # numbers of customers
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


@pytest.mark.parametrize(
    ("kind", "personal", "is_name"),
    [
        (Scalar.DATE, "date of birth", False),
        (Scalar.INTEGER, "date of birth", False),
        (Scalar.VARCHAR, "date of birth", True),
        (Scalar.INTEGER, "phone", True),
    ],
)
def test_when_somebody_was_born_is_an_age_and_no_name(kind: Type, personal: str, is_name: bool) -> None:
    described = SimpleNamespace(name="born", personal=personal)
    table = SimpleNamespace(
        columns={"born": kind}, profile=SimpleNamespace(keys=()), described=lambda _: described
    )
    assert only_names(cast("Table", table), "born") is is_name
