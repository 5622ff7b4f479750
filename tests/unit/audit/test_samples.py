from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from meshlake.audit.samples import jsonable


@pytest.mark.parametrize(
    ("value", "held"),
    [
        (None, None),
        (True, True),
        (7, 7),
        (1.5, 1.5),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        ("ü", "ü"),
        (Decimal("1.50"), "1.50"),
        (date(2024, 1, 5), "2024-01-05"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (b"\x00\xff", "00ff"),
        ([1, (2, None)], [1, [2, None]]),
        ({"a": {1: date(2024, 1, 5)}}, {"a": {"1": "2024-01-05"}}),
    ],
)
def test_any_value_is_held_by_json(value, held):
    assert jsonable(value) == held
    assert json.loads(json.dumps(held, allow_nan=False)) == held
