"""Every command: its help, its JSON, its exit status, its errors."""

from __future__ import annotations

import re

import pytest

from meshlake.cli.printing import print_table
from meshlake.errors import UsageError
from support.commands import COMMANDS


@pytest.mark.parametrize("name", COMMANDS, ids=" ".join)
def test_help_has_an_example_of_the_very_command(mesh, name):
    told = mesh.run(*name, "--help")
    assert told.status == 0
    assert re.search(rf"Examples?:\s+mesh {' '.join(name)}\b", told.out)


@pytest.mark.parametrize("name", COMMANDS, ids=" ".join)
def test_every_option_is_explained(name):
    for parameter in COMMANDS[name].params:
        assert getattr(parameter, "help", None), f"mesh {' '.join(name)} {parameter.name}"


def test_without_a_command_help_is_shown(mesh):
    told = mesh.run()
    assert "build" in told.out + told.err
    assert told.status in (0, 2)


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (("run",), "there is no command 'run'", "mesh build"),
        (("compile", "--select", "crm"), "there is no command 'compile'", "mesh lint"),
        (("ls",), "there is no command 'ls'", "mesh list"),
        (("build", "--select", "crm"), "mesh build has no option --select", "mesh build crm.customers+"),
        (("test", "--exclude=crm"), "mesh test has no option --exclude", "mesh list"),
        (
            ("build", "crm", "--full-refresh"),
            "mesh build has no option --full-refresh",
            "mesh build D.P --force",
        ),
    ],
)
def test_what_dbt_calls_otherwise_is_told(mesh, arguments, message, hint):
    told = mesh.run(*arguments)
    assert (told.status, told.err.startswith(f"mesh: {message}\n")) == (2, True)
    assert hint in told.err


WRONG_USE = [
    (("build", "crm.peeple"), "there is no product crm.peeple", "Did you mean crm.people?"),
    (("build", "people"), "'people' is not a product name", "crm.customers"),
    (("show", "crm.pets"), "there is no product crm.pets", ""),
    (("history", "crm.people"), "crm.people was never published", "mesh build crm.people"),
    (("check", "crm.people"), "crm.people was never published", "mesh build crm.people"),
    (("rollback", "crm.people"), "crm.people was never published", "mesh build crm.people"),
    (("sql", "SELECT * FROM crm.people"), "nothing is published yet", "mesh build"),
    (("sql",), "give one SELECT", "mesh sql"),
    (("sql", "-f", "nowhere.sql"), "nowhere.sql cannot be read: No such file", ""),
    (("sql", "DELETE FROM crm.people"), "", ""),
]


@pytest.mark.parametrize(("arguments", "told", "hint"), WRONG_USE, ids=[" ".join(a) for a, _, _ in WRONG_USE])
def test_wrong_use_ends_with_2_and_says_what_to_do(crm, arguments, told, hint):
    answer = crm.run(*arguments)
    assert answer.status == 2
    assert answer.out == ""
    assert answer.err.startswith(f"mesh: {told}")
    assert hint in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    "arguments", [("bild",), ("build", "--frce"), ("show",), ("sql", "--format", "xml", "SELECT 1")]
)
def test_what_the_command_line_does_not_know_ends_with_2(crm, arguments):
    answer = crm.run(*arguments)
    assert answer.status == 2
    assert answer.err


def test_a_wrong_setting_ends_with_2(crm):
    answer = crm.run("list", MESH_HOEM="x")
    assert (answer.status, "Did you mean home?" in answer.err) == (2, True)


def test_an_engine_that_is_none_ends_with_2(crm):
    answer = crm.run("build", MESH_ENGINE="duckbd").ended(2)
    assert answer.err == "mesh: 'duckbd' is no engine\n      Did you mean 'duckdb'?\n"


def test_a_missing_products_folder_ends_with_2(crm):
    assert crm.run("list", MESH_PRODUCTS=str(crm.root / "nowhere")).status == 2


def test_a_traceback_is_shown_with_debug_alone(crm):
    with pytest.raises(UsageError):
        crm.run("build", "people", MESH_DEBUG="1")


def test_a_file_that_belongs_to_no_dataset_is_told_of(crm):
    (crm.landing / "crm" / "stray.csv").write_text("id\n1\n", encoding="utf-8")
    told = crm.run("discover")
    assert told.status == 0
    assert told.err.splitlines() == [
        "mesh: crm/stray.csv lies in no dataset's folder, so nothing reads it",
        "      Move it into <domain>/<dataset>/ of the landing zone.",
    ]
    assert crm.run("discover", "crm.people").err == ""


def test_values_that_look_like_markup_are_shown_as_they_are(capfd):
    print_table(("what", "[bold]"), [("meshlake[trino]", ":warning:")], "[red]title")
    out = capfd.readouterr().out
    assert "[red]title" in out
    assert "meshlake[trino]  :warning:" in out
    assert "[bold]" in out
