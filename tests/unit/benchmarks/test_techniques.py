"""The list of techniques: what is tried is on the list, lives where it says, and a trial that breaks is told."""

from __future__ import annotations

import csv
from importlib import import_module, util
from pathlib import Path

import pytest
from benchmarks.techniques import __main__ as techniques
from benchmarks.techniques.data import Data
from benchmarks.techniques.row import BENCHMARK_ONLY, ROWS, CannotRunError, Row, Shown

LIST = Path(__file__).parents[4] / "shared/ml-techniques.csv"


@pytest.fixture(scope="module", autouse=True)
def _chapters():
    for chapter in techniques.CHAPTERS:
        import_module(f"benchmarks.techniques.{chapter}")


def test_each_technique_lives_where_it_says():
    modules = {row.where for row in ROWS.values()} - {BENCHMARK_ONLY}
    assert len(modules) > 20
    assert [name for name in modules if util.find_spec(f"meshlake.{name}") is None] == []


@pytest.mark.skipif(not LIST.is_file(), reason="../shared/ml-techniques.csv is not there")
def test_what_is_tried_is_on_the_list():
    with LIST.open(encoding="utf-8", newline="") as file:
        listed = [line["technique"] for line in csv.DictReader(file)]
    assert techniques.techniques() == listed
    assert set(ROWS) <= set(listed)


def test_without_a_list_what_is_written_is_tried(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(techniques, "_LIST", tmp_path / "ml-techniques.csv")
    assert techniques.techniques() == list(ROWS)
    assert "is not there" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "verdict", "told"),
    [
        ("holds", "works", "works: 3 of 3 [benchmark only"),
        ("does not hold", "not works", "not works: 2 of 3"),
        ("cannot run", "not works", "not works: not run: not installed"),
        ("breaks", "BROKE", "BROKE: ZeroDivisionError"),
        ("never written", "not works", "not works: not written"),
    ],
)
def test_a_technique_works_only_if_its_criterion_holds(monkeypatch, capsys, tmp_path, name, verdict, told):
    def cannot(_):
        raise CannotRunError("not installed: extra deep")

    trials = {
        "holds": lambda _: Shown("3 of 3", holds=True),
        "does not hold": lambda _: Shown("2 of 3", holds=False),
        "cannot run": cannot,
        "breaks": lambda _: 1 / 0,
    }
    rows = {each: Row(each, BENCHMARK_ONLY, trial) for each, trial in trials.items()}
    monkeypatch.setattr(techniques, "ROWS", rows)
    assert techniques._tried(name, Data(tmp_path)) == verdict
    assert told in capsys.readouterr().out
