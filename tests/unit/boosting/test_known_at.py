"""Since when a row is known of which several dates say something."""

from __future__ import annotations

import pytest

from meshlake.boosting.known_at import known_since


@pytest.mark.parametrize(
    ("means", "since"),
    [
        ({"happened_on": 1, "reported_on": 2}, "reported_on"),
        ({"ordered_on": 2, "customer_since": 1}, "ordered_on"),
        ({"issued_on": 1, "due_on": 2}, "issued_on"),
        ({"due_on": 1, "paid_on": 2}, "paid_on"),
        ({"valid_from": 1, "valid_to": 2}, "valid_from"),
        ({"booked_at": 1, "expected_arrival": 3, "geplant_am": 4}, "booked_at"),
        ({"due_on": 1, "expires_on": 2}, "expires_on"),
        ({}, None),
    ],
)
def test_rows_are_known_once_all_is_past_but_what_is_planned(
    means: dict[str, float], since: str | None
) -> None:
    assert known_since(means) == since


def test_what_has_one_row_for_each_thing_is_known_since_its_first_date() -> None:
    assert known_since({"joined_on": 1, "last_seen_on": 2}, is_one_row=True) == "joined_on"
