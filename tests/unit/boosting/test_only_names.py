"""Which columns name things."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from meshlake.boosting.only_names import is_code, is_free_text, only_names
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


@pytest.mark.parametrize(
    ("kind", "rows", "distinct", "personal", "is_of_a_kind"),
    [
        (Scalar.INTEGER, 4_000, 14, None, True),
        (Scalar.VARCHAR, 4_000, 200, None, True),
        (Scalar.VARCHAR, 4_000, 201, None, False),
        (Scalar.INTEGER, 250, 14, None, False),  # not so many rows of each
        (Scalar.INTEGER, 4_000, 14, "phone", False),
        (Scalar.DOUBLE, 4_000, 14, None, False),
        (Scalar.INTEGER, 4_000, 1, None, False),
    ],
)
def test_an_id_of_few_kinds_says_of_which_kind_a_row_is(
    kind: Type, rows: int, distinct: int, personal: str | None, is_of_a_kind: bool
) -> None:
    described = SimpleNamespace(name="status_id", distinct_count=distinct, personal=personal)
    profile = SimpleNamespace(keys=(), row_count=rows)
    table = SimpleNamespace(columns={"status_id": kind}, profile=profile, described=lambda _: described)
    assert is_code(cast("Table", table), "status_id") is is_of_a_kind


@pytest.mark.parametrize(("distinct", "is_free"), [(990, True), (90, False)])
def test_text_that_is_written_anew_for_each_row_is_free(distinct: int, is_free: bool) -> None:
    described = SimpleNamespace(distinct_count=distinct)
    table = SimpleNamespace(profile=SimpleNamespace(row_count=1_000), described=lambda _: described)
    assert is_free_text(cast("Table", table), "body") is is_free
