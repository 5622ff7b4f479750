"""How commands end: the exit status that the README promises, and errors as JSON under --json."""

from __future__ import annotations

import io
import shlex
import sys

import duckdb
import pytest

from meshlake.cli.ending import run
from meshlake.errors import EXIT_FAILED, EXIT_STOPPED, EXIT_WRONG_USE
from support.commands import COMMANDS
from support.ran import run_apart
from support.small_mesh import SmallMesh

# (arguments, what is told): of every command, what it cannot do as it is asked.
WRONG_USE = [
    ("adopt crm.peeple", "'crm.peeple' has not landed"),
    ("adopt crm.people --as people", "'people' is not a product name"),
    ("boost crm.peeple --label left", "there is no product crm.peeple"),
    ("boost crm.people", "no label is named"),
    ("boost crm.people --accept", "is there already"),
    ("build crm.peeple", "there is no product crm.peeple"),
    ("build crm.people --days yesterday", "'yesterday' is no day"),
    ("check crm.peeple", "there is no product crm.peeple"),
    ("clean --all", "No such option: --all"),
    ("demo --customers many", "'many' is not a valid int"),
    ("discover crm.peeple", "crm.peeple"),
    ("doctor everything", "unexpected extra argument"),
    ("draft crm.peeple", "crm.peeple"),
    ("drop crm.peeple", "there is no product crm.peeple"),
    ("history crm.peeple", "there is no product crm.peeple"),
    ("history", "Missing argument"),
    ("search", "Missing argument"),
    ("init", "Missing argument"),
    ("land nowhere.csv --domain crm", "nowhere.csv"),
    ("land people.csv", "Missing option '--domain'"),
    ("lint crm.peeple", "crm.peeple"),
    ("list --jsno", "No such option: --jsno"),
    ("model churn crm.peeple --label left", "there is no product crm.peeple"),
    ("model churn crm.people --label left", "left"),
    ("model classification crm.peeple --label plan", "there is no product crm.peeple"),
    ("model multilabel crm.peeple --labels a,b", "there is no product crm.peeple"),
    ("model regression crm.peeple --label spent", "there is no product crm.peeple"),
    ("model segments crm.peeple", "there is no product crm.peeple"),
    ("model survival crm.peeple --label left --duration days", "there is no product crm.peeple"),
    ("model survival crm.people --duration days", "Missing option '--label'"),
    ("model uplift crm.peeple --treatment called --label bought", "there is no product crm.peeple"),
    ("model uplift crm.people --label bought", "Missing option '--treatment'"),
    ("model list crm.people", "crm.people is no model"),
    ("model show crm.people", "crm.people is no model"),
    ("model compare crm.people 1", "crm.people is no model"),
    ("model performance crm.people", "crm.people is no model"),
    ("model report crm.people", "crm.people is no model"),
    ("model pin crm.people", "crm.people is no model"),
    ("model promote crm.people 1", "crm.people is no model"),
    ("model rollback crm.people", "crm.people is no model"),
    ("model unpin crm.people", "crm.people is no model"),
    ("questions nowhere", "nowhere"),
    ("release crm.people", "crm.people is not held"),
    ("report everything", "unexpected extra argument"),
    ("rollback crm.people --to 1", "1"),
    ("schema modle", "Did you mean 'model'?"),
    ("services up mysql", "mysql"),
    ("services down mysql", "mysql"),
    ("services env", "no server of this mesh runs"),
    ("services status all", "unexpected extra argument"),
    ("show crm.peeple", "there is no product crm.peeple"),
    ("sql", "give one SELECT"),
    ("sql SELEC", "syntax error"),
    ("sql --format xml", "xml"),
    ("sql -f nowhere.sql", "nowhere.sql cannot be read"),
    ("test crm.peeple", "there is no product crm.peeple"),
    ("ui --port http", "'http' is not a valid int"),
    ("bild", "No such command 'bild'"),
    ("model", "Usage: mesh model"),
]
HAS_JSON = tuple(
    " ".join(name) for name, command in COMMANDS.items() if any("--json" in p.opts for p in command.params)
)


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> SmallMesh:
    """One product, published."""
    mesh = SmallMesh(tmp_path_factory.mktemp("ending"))
    mesh.land("crm/people/a.csv", "id,born\n1,1984\n2,1990\n")
    mesh.product("crm.people", {"id": "integer", "born": "integer"})
    mesh.run("build").ended()
    return mesh


@pytest.mark.slow
@pytest.mark.parametrize(("arguments", "told"), WRONG_USE, ids=[arguments for arguments, _ in WRONG_USE])
def test_wrong_use_ends_with_2(built, arguments, told):
    ended = built.run(*arguments.split()).ended(EXIT_WRONG_USE)
    assert ended.out == ""
    assert told in ended.err


@pytest.mark.parametrize("arguments", [a for a, _ in WRONG_USE if a.startswith(HAS_JSON)])
def test_under_json_standard_output_is_the_error(built, arguments):
    ended = built.run(*arguments.split(), "--json").ended(EXIT_WRONG_USE)
    error = ended.facts["error"]
    assert error["exit_status"] == EXIT_WRONG_USE
    assert error["message"] in ended.err
    assert error["hint"] is None or error["hint"].removesuffix(" -h") in ended.err


@pytest.mark.parametrize("arguments", ["list", "build", "sql VALUES(1)", "report --json", "check"])
def test_wrong_settings_end_with_2(built, arguments):
    for wrong in ({"MESH_HOEM": "x"}, {"MESH_ENGINE": "duckbd"}):
        assert "Did you mean" in built.run(*arguments.split(), **wrong).ended(EXIT_WRONG_USE).err


def test_no_command_is_left_out():
    asked = [arguments.split() for arguments, _ in WRONG_USE]
    missing = [name for name in COMMANDS if not any(tuple(words[: len(name)]) == name for words in asked)]
    assert missing == []


@pytest.mark.slow
def test_a_failed_check_and_a_failed_build_end_with_1(crm):
    crm.run("build").ended()
    crm.product(
        "crm.people", {"id": "integer", "born": "integer"}, {"checks/old.sql": "SELECT * FROM crm.people"}
    )
    assert "FAILED" in crm.run("check").ended(EXIT_FAILED).out
    assert crm.run("check", "--json").ended(EXIT_FAILED).facts[-1]["is_passed"] is False
    crm.run("build").ended(EXIT_FAILED)


@pytest.mark.slow
def test_the_facts_of_what_failed_are_the_one_document(crm):
    crm.land("crm/people/b.csv", "id,born\n2,1999\n")
    assert set(crm.run("build", "--json").ended(EXIT_FAILED).facts) == {"built", "failed", "skipped"}


FAILS_AT = "SELECT CAST(if(range = {}, 'x', range::VARCHAR) AS INT) AS n FROM range(500000)"


def test_an_answer_that_breaks_off_early_leaves_its_error_alone(built):
    ended = built.run("sql", "--json", FAILS_AT.format(4)).ended(EXIT_WRONG_USE)
    assert "Could not convert string 'x' to INT32" in ended.facts["error"]["message"]


def test_an_answer_that_breaks_off_late_gets_nothing_added(built):
    ended = built.run("sql", "--json", FAILS_AT.format(400000)).ended(EXIT_WRONG_USE)
    assert ended.out.startswith('[\n\t{"n":0},')
    assert "error" not in ended.out


def test_a_long_answer_in_json_is_whole(built):
    facts = built.run("sql", "--json", "SELECT range AS n FROM range(200000)").ended().facts
    assert facts == [{"n": n} for n in range(200000)]


def test_a_defect_is_told_as_one(built, monkeypatch):
    monkeypatch.setattr("meshlake.mesh.Mesh.clean", lambda *_, **__: 1 // 0)
    error = built.run("clean", "--json").ended(EXIT_FAILED).facts["error"]
    assert error["message"] == "ZeroDivisionError: integer division or modulo by zero"
    assert "--debug" in error["hint"]


def test_a_command_that_fails_after_ctrl_c_was_stopped_by_it(monkeypatch, capsys):
    """What is raised in the middle of an import a library turns into an error of its own, and a step into a failure."""
    monkeypatch.setattr("meshlake.cli.ending._run_command", lambda _: EXIT_FAILED)
    assert [run([], lambda: True), run([], lambda: False)] == [EXIT_STOPPED, EXIT_FAILED]
    assert capsys.readouterr().err == "mesh: stopped\n"


@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.jsonl", "a.parquet", "A.PARQUET"])
def test_a_file_is_written_as_its_name_ends(built, name):
    built.run("sql", "SELECT id FROM crm.people ORDER BY id", "-o", name).ended()
    reader = "read_csv" if name == "a.csv" else "read_parquet" if name.lower() == "a.parquet" else "read_json"
    assert duckdb.sql(f"FROM {reader}('{built.root / name}')").fetchall() == [(1,), (2,)]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("-o", "a.txt"), "a.txt: nothing says what '.txt' is"),
        (("-o", "answer"), "answer: nothing says in which format"),
        (("-o", "b.csv", "--format", "parquet"), "b.csv is named as csv, and parquet is asked for"),
        (("-o", "b.jsonl", "--json"), "b.jsonl is named as jsonl, and json is asked for"),
        (("-o", "b.csv", "--format", "table"), "a table is for the screen"),
    ],
)
def test_a_file_whose_format_is_in_doubt_is_not_written(built, options, told):
    assert told in built.run("sql", "SELECT 1", *options).ended(EXIT_WRONG_USE).err
    assert not (built.root / options[1]).exists()


def test_a_format_may_go_into_a_file_of_any_name(built):
    built.run("sql", "SELECT 1 AS a", "-o", "answer.txt", "--format", "csv").ended()
    assert (built.root / "answer.txt").read_text() == "a\n1\n"


@pytest.mark.parametrize(
    ("content", "status", "told"),
    [
        (b"SELECT count(*) AS n\nFROM crm.people -- all\n", 0, '"n":2'),
        (b"SELECT '\xff'", EXIT_WRONG_USE, "standard input is not UTF-8 at byte 8"),
        (b"", EXIT_WRONG_USE, ""),
    ],
)
def test_a_query_may_come_from_standard_input(built, monkeypatch, content, status, told):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    ended = built.run("sql", "-f", "-", "--json").ended(status)
    assert told in ended.out + ended.err


def completed(mesh, line, shell="bash") -> list[str]:
    """What the shell is told when somebody presses the tabulator at the end of `line`."""
    words = {
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split(" ")) - 1),
        "_MESH_COMPLETE": f"complete_{shell}",
    }
    return mesh.run(**words).ended().out.split()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("mesh buil", ["build"]),
        ("mesh sql --form", ["--format"]),
        ("mesh sql --format p", ["parquet"]),
        ("mesh build crm.", ["crm.people"]),
        ("mesh build crm.people +c", ["+crm", "+crm.people"]),
        ("mesh check ", ["crm", "crm.people"]),
        ("mesh show crm.p", ["crm.people"]),
        ("mesh show billing.", []),
    ],
)
def test_the_shell_completes(built, line, offered):
    assert completed(built, line) == offered


def test_completion_is_shown_for_the_shell_that_asks(built):
    mesh = (
        f"{shlex.quote(sys.executable)} -m meshlake --show-completion; exit $?"  # `;` keeps bash the parent
    )
    shown = run_apart(["bash", "-c", mesh], built.environment, built.root).ended().out
    assert "_MESH_COMPLETE=complete_bash" in shown


def test_nothing_is_completed_where_settings_are_wrong(built):
    words = {"COMP_WORDS": "mesh show ", "COMP_CWORD": "2", "_MESH_COMPLETE": "complete_bash"}
    assert built.run(MESH_HOEM="x", **words).ended().out.split() == []
