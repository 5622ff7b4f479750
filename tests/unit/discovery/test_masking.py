"""What is shown of personal data: shapes, never values."""

from __future__ import annotations

import json
from dataclasses import asdict

from hypothesis import given
from hypothesis import strategies as st

from meshlake.discovery.masking import masked, masked_text

ROWS = "email,city\n" + "".join(f"anna{i}@example.org,Bonn\n" for i in range(30)) + "anna3@example.org,Bonn\n"


@given(st.text(max_size=60))
def test_no_letter_or_digit_of_a_value_is_shown(value: str) -> None:
    shown = masked_text(value)
    assert {sign for sign in shown if sign.isalnum()} <= set("xX9")
    assert len(shown) <= 43


def test_a_masked_profile_tells_no_personal_value_anywhere(profile) -> None:
    shown = masked(profile({"a.csv": ROWS}))
    assert "anna" not in json.dumps(asdict(shown), default=str)
    email, city = shown.columns
    assert (email.minimum, city.minimum) == ("xxxx9@xxxxxxx.xxx", "Bonn")
    assert city.values == (("Bonn", 31),)
    assert email.distinct_count > 20
