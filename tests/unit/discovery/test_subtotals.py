"""Rows that are sums of others are named, and stay rows."""

from __future__ import annotations

import pytest

ROWS = "region,person,n\nNorth,Ann,10\nNorth,Bob,20\n{}South,Cleo,5\nSouth,Dan,7\n{}"


@pytest.mark.parametrize(
    ("between", "below", "told"),
    [
        (
            "Subtotal North,,31\n",
            "Grand total,,41\n",
            ["row 3 of {} ('Subtotal North')", "row 6 of {} ('Grand total')"],
        ),
        ("North Total,,30\n", ",Summe,42\n", ["row 3 of {} ('North Total')", "row 6 of {} ('Summe')"]),
        ("Zwischensumme,x,30\n", "Total,x,12\n", ["row 3 of {} ('Zwischensumme')", "row 6 of {} ('Total')"]),
        ("Total Energies,Ann,31\n", "Sum,Wong,41\n", []),
    ],
)
def test_rows_that_may_be_sums_of_others_are_named(profile, between, below, told) -> None:
    made = profile({"a.csv": ROWS.format(between, below)})
    notes = [note for note in made.notes if "may be a sum of others" in note]
    assert made.row_count == 6
    assert [part.format("crm/people/a.csv") in note for note in notes for part in told] == [True] * len(told)


def test_one_text_beside_numbers_is_a_sum_only_if_it_is_one(profile) -> None:
    files = {
        "a.csv": "week,n\nW1,1.50\nW2,2.50\nTotal,4.00\nW3,3.10\nTotal,7.10\n",
        "b.csv": "week,n\nW4,1.00\nTotal,2.00\n",
    }
    assert profile(files).notes[-1] == (
        "2 rows may be a sum of others, and would count twice: row 3 of crm/people/a.csv ('Total'), "
        "row 5 of crm/people/a.csv ('Total'); a rowFilter in the contract leaves them out"
    )
