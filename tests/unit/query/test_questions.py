from pathlib import Path

import pytest

from meshlake.engines.duckdb.answer import DuckDBAnswer
from meshlake.engines.duckdb.confined import open_mesh_file
from meshlake.errors import UsageError
from meshlake.query.questions import Question, Timing, read_questions, time_question

GOOD = """-- question: How many customers are there in each city?
-- promised_seconds: 0.5
-- A comment of the author's.
SELECT city, count(*) FROM crm.customers GROUP BY city;
"""


def test_questions_are_read_by_name(tmp_path: Path):
    (tmp_path / "b.sql").write_text(GOOD, encoding="utf-8")
    (tmp_path / "a.sql").write_text(GOOD.replace("0.5", "2"), encoding="utf-8")
    (tmp_path / "readme.md").write_text("not a question", encoding="utf-8")
    first, second = read_questions(tmp_path)
    assert (first.name, first.promised_seconds) == ("a", 2.0)
    assert (second.name, second.text) == ("b", "How many customers are there in each city?")
    assert str(next(iter(second.query.products))) == "crm.customers"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("-- question: How", "-- How", "no line '-- question: ...'"),
        ("-- promised_seconds: 0.5\n", "", "no line '-- promised_seconds: ...'"),
        ("0.5", "soon", "promised_seconds is 'soon', not a number"),
        ("SELECT", "SELEC", "syntax error"),
        ("SELECT city, count(*) FROM crm.customers GROUP BY city", "COPY (SELECT 1) TO 'x'", "only reads"),
    ],
)
def test_a_wrong_question_is_named_with_its_file(tmp_path: Path, old, new, message):
    (tmp_path / "wrong.sql").write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_questions(tmp_path)
    assert caught.value.message.startswith(f"{tmp_path / 'wrong.sql'}: ")
    assert message in caught.value.message


def test_answers_are_timed_against_the_promise(tmp_path: Path, mesh_file, confined_to):
    (tmp_path / "q.sql").write_text(GOOD.replace("0.5", "60"), encoding="utf-8")
    (question,) = read_questions(tmp_path)
    with open_mesh_file(mesh_file, confined_to) as connection:
        timing = time_question(DuckDBAnswer(connection, question.query), question, 3)
    assert len(timing.run_seconds) == 3
    assert timing.row_count == 2
    assert timing.is_kept


@pytest.mark.parametrize(
    ("run_seconds", "p95_seconds", "is_kept"),
    [
        ((0.1,), 0.1, True),
        ((0.9, 0.1), 0.9, False),
        (tuple(n / 100 for n in range(1, 21)), 0.19, True),
        (tuple(n / 10 for n in range(1, 21)), 1.9, False),
    ],
)
def test_p95_is_by_nearest_rank(tmp_path: Path, run_seconds, p95_seconds, is_kept):
    (tmp_path / "q.sql").write_text(GOOD, encoding="utf-8")
    question: Question = read_questions(tmp_path)[0]
    timing = Timing(question, run_seconds, 1)
    assert timing.p95_seconds == p95_seconds
    assert timing.is_kept is is_kept
