"""What was written after the event is not yet there where the event is to come, and an honest feature is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from meshlake.ml_assets.leaks.scored import vanishing_leaks

SIZE, LABELLED = 6_000, 4_000
RANDOM = np.random.default_rng(3)
WILL_LEAVE = RANDOM.random(SIZE) < 0.25
# What has happened by the day of scoring.
HAS_LEFT = WILL_LEAVE & (np.arange(SIZE) < LABELLED)
NOISE = RANDOM.normal(size=SIZE)
HONEST = {"usage": NOISE - 1.5 * WILL_LEAVE, "is_new": RANDOM.random(SIZE) < np.where(WILL_LEAVE, 0.5, 0.2)}


def leaks(values, known=LABELLED):
    rows = pd.DataFrame({**HONEST, "planted": values})
    return vanishing_leaks(rows[:known], rows[LABELLED:], list(rows), WILL_LEAVE[:known])


@pytest.mark.parametrize(
    "values",
    [
        RANDOM.normal(size=SIZE) + 1.5 * HAS_LEFT,
        RANDOM.random(SIZE) < np.where(HAS_LEFT, 0.5, 0.05),
        np.where(HAS_LEFT & (RANDOM.random(SIZE) < 0.4), None, "a note of the agent"),
    ],
)
def test_what_was_written_after_the_event_is_told(values):
    (told,) = leaks(values).items()
    assert told[0] == "planted"
    assert "of the rows to be scored are so, the other columns that" in told[1]


@pytest.mark.parametrize(
    "values",
    [
        RANDOM.normal(size=SIZE) + 1.5 * WILL_LEAVE,
        # A tariff that nobody has any more, and prices that rose.
        np.where(np.arange(SIZE) < LABELLED, RANDOM.random(SIZE) < np.where(WILL_LEAVE, 0.5, 0.2), False),
        NOISE + 1.5 * WILL_LEAVE + 2 * (np.arange(SIZE) >= LABELLED),
    ],
)
def test_an_honest_feature_is_not(values):
    assert leaks(values) == {}


def test_where_fewer_will_leave_all_columns_say_so():
    stay = ~WILL_LEAVE | (np.arange(SIZE) < LABELLED)
    rows = pd.DataFrame(HONEST).assign(tickets=np.random.default_rng(5).normal(size=SIZE) + 1.5 * WILL_LEAVE)
    scored = rows[stay][LABELLED:]
    assert vanishing_leaks(rows[:LABELLED], scored, list(rows), WILL_LEAVE[:LABELLED]) == {}
