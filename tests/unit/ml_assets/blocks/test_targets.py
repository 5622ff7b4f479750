"""What is learned may be yes or no, an amount or a class: each is searched, held and measured alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from meshlake.ml_assets.blocks.amounts import Amounts
from meshlake.ml_assets.blocks.block import Block
from meshlake.ml_assets.blocks.classes import Classes
from meshlake.ml_assets.blocks.encoded import Encoded
from meshlake.ml_assets.blocks.guards import suspects
from meshlake.ml_assets.blocks.held_out import HeldOut
from meshlake.ml_assets.blocks.screening import strengths
from meshlake.ml_assets.blocks.selection import ADDS_NOTHING, KEPT, select_blocks
from meshlake.ml_assets.blocks.target import Target, YesNo

if TYPE_CHECKING:
    from collections.abc import Callable

WHO, PERIODS = 500, 4
ROWS = WHO * PERIODS
Floats = npt.NDArray[np.float64]
NAMES = ("low", "middle", "high")


def yes_no(says: Floats) -> Target:
    return YesNo(says > 0.5)


def amounts(says: Floats) -> Target:
    """Of a few a thousand times what it is of others, and of a third nothing."""
    return Amounts(np.where(says < -0.4, 0.0, np.exp(3 * says)))


def classes(says: Floats) -> Target:
    return Classes(np.digitize(says, [-0.4, 0.6]), NAMES)


MAKERS = [yes_no, amounts, classes]


def made(of: Callable[[Floats], Target]) -> tuple[HeldOut, pd.DataFrame]:
    """Rows of which `helps` says what the label is, but for as much noise; later periods have more of it."""
    random = np.random.default_rng(3)
    rows = pd.DataFrame({f"noise_{n}": random.normal(size=ROWS) for n in range(3)})
    rows["helps"] = random.normal(size=ROWS)
    period = np.repeat(np.arange(PERIODS), WHO)
    says = rows["helps"].to_numpy() + random.normal(size=ROWS) + 0.2 * period
    rows["twin"] = says + 0.001
    who = np.tile(np.arange(WHO), PERIODS)
    return HeldOut(Encoded.of(rows, rows.columns), of(says), who, period), rows


@pytest.mark.parametrize("of", MAKERS)
def test_what_helps_is_kept_and_measured_on_rows_that_chose_nothing(of: Callable[[Floats], Target]) -> None:
    held, _ = made(of)
    blocks = [
        Block("good", ("helps", "noise_0"), held.groups),
        Block("noise", ("noise_1", "noise_2"), held.groups),
    ]
    found = select_blocks(held, [], blocks)
    assert {each.name: each.verdict for each in found.judged} == {"good": KEPT, "noise": ADDS_NOTHING}
    assert (found.final is not None, found.final_gain is not None and found.final_gain.t > 3) == (True, True)
    assert found.final is not None
    decides = next(iter(held.target.figures))
    assert found.final.gains[decides].is_better
    assert found.final.rows == WHO
    assert all({*[*held.target.figures][:2]} <= each.after.keys() for each in found.folds)


@pytest.mark.parametrize("of", MAKERS)
def test_a_glance_ranks_what_says_something_first(of: Callable[[Floats], Target]) -> None:
    held, _ = made(of)
    told = strengths(held.encoded, held.target.codes)
    assert sorted(told, key=lambda name: -told[name])[:2] == ["twin", "helps"]
    assert max(told[f"noise_{n}"] for n in range(3)) < 4 < told["helps"]


@pytest.mark.parametrize("of", MAKERS)
def test_a_column_that_is_the_label_in_other_words_is_suspect(of: Callable[[Floats], Target]) -> None:
    held, rows = made(of)
    assert suspects(held, rows, ["helps", "twin"], {})[0].keys() == {"twin"}


@pytest.mark.parametrize("of", MAKERS)
def test_a_shuffled_column_costs_what_its_model_says_worse(of: Callable[[Floats], Target]) -> None:
    class Reversed(np.random.Generator):
        def permutation(self, x: Any) -> Any:
            return x[::-1]

    held, _ = made(of)
    learned, tested = held.brief.splits[-1]
    columns = ("helps", "noise_0")
    model, values = held.brief.model(columns, learned), held.encoded.values[tested]
    costs = model.costs(values.copy(), tested, Reversed(np.random.PCG64(0)))
    before = held.target.losses(tested, model.said(values)).mean()
    for place in held.encoded.places(columns).tolist():
        shuffled = values.copy()
        shuffled[:, place] = values[::-1, place]
        after = held.target.losses(tested, model.said(shuffled)).mean()
        assert costs[place] == pytest.approx(after - before)


@pytest.mark.parametrize("of", MAKERS)
def test_what_is_said_is_moved_until_it_is_right_of_all_rows_together(
    of: Callable[[Floats], Target],
) -> None:
    held, _ = made(of)
    learned, tested = held.splits[0]
    target, said = held.target, held.predicted(("helps",), learned, tested)
    moved = target.at_level(tested, said)
    wanted: Any = {
        "churn": lambda: target.values[tested].mean(),
        "regression": lambda: target._normal_scores[tested].mean(),  # type: ignore[attr-defined]
        "classification": lambda: np.bincount(target.values[tested]) / tested.sum(),
    }[target.task]()
    np.testing.assert_allclose(moved.mean(axis=0), wanted, atol=1e-3)
    assert np.abs(said.mean(axis=0) - wanted).max() > 1e-3


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=40).filter(lambda each: len({*each}) > 1))
def test_amounts_are_learned_by_their_order_alone(values: list[int]) -> None:
    labels, rows = np.array(values, dtype=np.float64), np.arange(len(values))
    one, other = Amounts(labels), Amounts(np.exp(labels / 9))
    said = np.linspace(-1, 1, len(values))
    np.testing.assert_allclose(one.losses(rows, said), other.losses(rows, said))
    back = one.scores(rows, one._normal_scores)
    assert (back["mean_absolute_error"], back["r2"]) == (0.0, 1.0)
    assert back["rank_correlation"] == pytest.approx(1)
    assert one.scores(rows, said)["rank_correlation"] == pytest.approx(spearmanr(values, said).statistic)


def test_a_class_that_was_not_there_to_be_learned_is_least_likely() -> None:
    codes = np.array([0, 1] * 60 + [2] * 20)
    target, matrix = Classes(codes, NAMES), np.arange(140, dtype=np.float32)[:, np.newaxis] % 2
    learned = np.arange(120)
    fitted = target.fit(matrix[:120], learned, {"max_iter": 5})
    said = target.said(target.raw(fitted, matrix))
    assert (said[:, 2] < said[:, :2].min(axis=1)).all()
    assert np.isfinite(target.losses(np.arange(140), said)).all()
    assert target.outputs(fitted).tolist() == [1]
