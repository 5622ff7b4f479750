"""Profiles of landed files against what is known to be in them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.unit.discovery.test_profile import column, one_column

from meshlake.discovery import landed_view


def test_a_column_may_be_called_as_engines_call_the_number_of_a_row(profile) -> None:
    rows = "".join(f"{n * 2},a{n},{n}\n" for n in range(3_000))
    made = profile({"a.csv": f"rowid,select,file_row_number\n{rows}"})
    assert [(column.name, column.found_type) for column in made.columns] == [
        ("rowid", "integer"),
        ("select", "string"),
        ("file_row_number", "integer"),
    ]


@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.one_of(st.none(), st.integers(-(10**12), 10**12).map(str), st.sampled_from(["a", "b c", "x,y"])),
        min_size=1,
        max_size=40,
    )
)
def test_counts_are_exact_whatever_the_cells(profile, cells) -> None:
    made = profile({"a.csv": one_column(*(cell or "" for cell in cells))})
    x = column(made, "x")
    assert made.row_count == len(cells)
    assert x.null_count == sum(cell is None for cell in cells)
    is_whole = all(cell is None or cell.lstrip("-").isdigit() for cell in cells) and any(cells)
    assert (x.found_type == "integer") == is_whole


@pytest.mark.parametrize(
    ("ending", "row", "broken"),
    [("csv", "id,name\n{0},p{0}\n", "id,name\n"), ("jsonl", '{{"id": {0}, "name": "p{0}"}}\n', "")],
)
def test_many_small_files_are_told_as_large_ones_are(profile, monkeypatch, ending, row, broken) -> None:
    many = {f"{n}.{ending}": row.format(n) for n in range(150)} | {f"broken.{ending}": f'{broken}"\n'}
    small = profile(many)
    monkeypatch.setattr(landed_view, "_MANY_FILES", 1_000)
    assert (small.row_count, small.unreadable_count) == (150, 1)
    assert small == replace(profile(many), fingerprint=small.fingerprint)
