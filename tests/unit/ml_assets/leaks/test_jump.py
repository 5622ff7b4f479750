"""Columns that tell the label together are found, copies of one another too; strong honest ones are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from meshlake.ml_assets.leaks.jump import find_jumps
from meshlake.ml_assets.spec import ChurnSpec

SIZE = 400
RANDOM = np.random.default_rng(4)
HAS_LEFT = RANDOM.random(SIZE) < 0.3
FEE = RANDOM.normal(size=SIZE)
FOLDS = np.arange(SIZE) % 5
HONEST = pd.DataFrame(
    {
        "id": np.arange(SIZE),
        "usage": RANDOM.normal(size=SIZE) - 0.8 * HAS_LEFT,
        "fee": FEE,
        "has_left": HAS_LEFT,
    }
)
# Only beside the fee does it say who has left, and both say nothing by themselves.
REFUND = np.where(HAS_LEFT, FEE, -FEE) * 2
SPEC = ChurnSpec(("id",), "has_left")


def suspects(rows, **changes):
    spec = ChurnSpec(("id",), "has_left", **changes)
    found = find_jumps(rows, [name for name in rows if name != "has_left"], FOLDS, spec)
    return {name: suspect.told for name, suspect in found.suspects.items()}


def test_a_column_that_tells_the_label_beside_another_is_found_by_the_jump():
    (told,) = suspects(HONEST.assign(refund=REFUND)).values()
    assert told.startswith("with it a quick model of the others goes from ROC AUC 0.")
    assert float(told.rsplit(" ", 1)[1]) > 0.95


def test_two_copies_of_a_leak_do_not_hide_each_other():
    vouched = {"fee": "on each bill", "usage": "measured daily"}
    rows = HONEST.assign(refund=REFUND, refund_in_cents=REFUND * 100)
    assert suspects(rows, known_before=vouched).keys() == {"refund", "refund_in_cents"}


def test_what_the_owner_vouches_for_is_no_suspect():
    vouched = dict.fromkeys(["usage", "fee", "refund"], "known on the day")
    assert suspects(HONEST.assign(refund=REFUND), known_before=vouched) == {}


@pytest.mark.parametrize("strength", [0, 1.3])
def test_an_honest_feature_is_no_jump(strength):
    tickets = np.random.default_rng(5).normal(size=SIZE) + strength * HAS_LEFT
    assert suspects(HONEST.assign(tickets=tickets)) == {}


def test_a_column_that_holds_what_the_model_knows_is_told_but_not_sure():
    drawn = np.random.default_rng(1)
    usage, call = drawn.normal(size=SIZE) - HAS_LEFT, drawn.normal(size=SIZE) + 1.6 * HAS_LEFT
    rows = HONEST.assign(usage=usage, call=call)
    found = find_jumps(rows, ["usage", "fee", "call"], FOLDS, SPEC)
    ((name, suspect),) = found.suspects.items()
    assert (name, suspect.is_sure) == ("call", False)
    assert suspect.told.startswith("without it a quick model of the others reaches ROC AUC 0.")
    vouched = ChurnSpec(("id",), "has_left", known_before={"call": "made each spring"})
    assert find_jumps(rows, ["usage", "fee", "call"], FOLDS, vouched).suspects == {}


def test_what_there_was_no_time_for_is_said():
    found = find_jumps(
        HONEST.assign(refund=REFUND), ["usage", "fee", "refund"], FOLDS, SPEC, iter([0, 99]).__next__
    )
    assert not found.is_complete
