"""Columns that are known only after a label: told with evidence; what is known before, and what is merely good, not."""

from __future__ import annotations

from tests.unit.discovery.test_leaks import _csv, _rows, _told


def test_rows_in_the_order_of_the_label_are_drawn_from_all(profile) -> None:
    rows = sorted(_rows(60_000), key=lambda row: row.endswith("yes"))
    assert _told(profile(_csv(rows))).keys() == {"closed_on", "last_working_day", "agent_note"}
