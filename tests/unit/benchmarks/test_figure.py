import pytest
from benchmarks.figure import Figure, Verdict
from benchmarks.report import figure_line


@pytest.mark.parametrize(
    ("value", "aim", "limit", "verdict"),
    [
        (1.10, 1.10, 1.25, Verdict.MET),
        (1.11, 1.10, 1.25, Verdict.WITHIN_LIMIT),
        (1.25, 1.10, 1.25, Verdict.WITHIN_LIMIT),
        (1.26, 1.10, 1.25, Verdict.LIMIT_MISSED),
        (3.1, 3.0, None, Verdict.AIM_MISSED),
        (1.05, None, 1.05, Verdict.MET),
        (1.06, None, 1.05, Verdict.LIMIT_MISSED),
        (99.0, None, None, Verdict.NONE),
    ],
)
def test_a_figure_is_held_against_aim_and_limit(value, aim, limit, verdict):
    assert Figure("f", value, "x", aim=aim, limit=limit).verdict is verdict


def test_a_line_tells_figure_extremes_aim_and_verdict():
    line = figure_line(Figure("publish", 1.2, "x", 1.1, 1.3, 1.1, 1.25, "1.20 s against 1.00 s"))
    assert " ".join(line.split()) == (
        "publish 1.20 x (1.10-1.30) aim 1.10; at most 1.25 aim missed, within limit 1.20 s against 1.00 s"
    )


def test_large_figures_are_told_whole():
    assert "29,538 rows/s" in figure_line(Figure("scoring", 29_538.4, "rows/s"))
