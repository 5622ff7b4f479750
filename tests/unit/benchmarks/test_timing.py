import pytest
from benchmarks.timing import Times, interleave, ratio_figure


def test_arms_take_turns_and_every_other_round_goes_backwards():
    done: list[str] = []
    times = interleave({"a": lambda: done.append("a"), "b": lambda: done.append("b")}, 3)
    assert "".join(done) == "abbaab"
    assert [len(times[arm].wall) for arm in "ab"] == [3, 3]
    assert [len(times[arm].cpu) for arm in "ab"] == [3, 3]


def test_ratios_are_taken_round_by_round():
    ours, bare = Times([2.0, 30.0, 4.0], [1.0, 1.0, 1.0]), Times([1.0, 10.0, 4.0], [2.0, 2.0, 2.0])
    figure = ratio_figure("f", ours, bare)
    assert (figure.low, figure.value, figure.high) == pytest.approx((1.0, 2.0, 3.0))
    assert figure.detail == "4.00 s (2.00-30.00) against 4.00 s (1.00-10.00); in CPU seconds 0.50 x"
