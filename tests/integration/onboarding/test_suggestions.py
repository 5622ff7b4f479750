"""Every command that an output suggests works as it stands, in whatever state the mesh is."""

from __future__ import annotations

import re
import shlex

import pytest

from meshlake.errors import AuditError
from support.small_mesh import SmallMesh

ID = {"logicalType": "integer", "primaryKey": True, "required": True}
QUESTION = (
    "-- question: Who is old?\n-- promised_seconds: 30\nSELECT id FROM crm.people ORDER BY born LIMIT 1\n"
)
# Whatever a newcomer may try; what it prints, and what it complains of, is searched for commands.
ASKED = [
    ["list"],
    ["report"],
    ["discover"],
    ["discover", "crm.people"],
    ["show", "crm.people"],
    ["history", "crm.people"],
    ["history"],
    ["check"],
    ["check", "crm.people"],
    ["questions"],
    ["lint"],
    ["doctor"],
    ["sql"],
    ["sql", ""],
    ["sql", "SELECT * FROM crm.people"],
    ["sql", "SELECT * FROM crm.peeple"],
    ["sql", "SELECT * FROM crm.people", "--as-of", "yesterday"],
    ["rollback", "crm.people"],
    ["build", "--days", "2024-01-01"],
    ["build", "--only"],
]
_WORD = r"(?:'[^']*'|\"[^\"]*\"|[^\s;(),`'\"]+)"
_COMMAND = re.compile(rf"(?:`|: |; |then |^ *)mesh ((?:[a-z]+)(?: {_WORD})*)", re.MULTILINE)
# What stands for something of the reader's own, and what serves until it is stopped.
_TO_BE_FILLED_IN = re.compile(r"\b(?:PATH|FILE|FOLDER|DOMAIN|NAME|D\.[PN])\b")
_SERVES = {"ui", "services"}


@pytest.fixture
def mesh(tmp_path) -> SmallMesh:
    """A mesh run in this process, as it takes a hundred commands."""
    return SmallMesh(tmp_path / "mesh")


def suggested(text: str) -> set[tuple[str, ...]]:
    """The commands that `text` names, without those that have to be filled in."""
    found = set()
    for command in _COMMAND.findall(text):
        words = tuple(shlex.split(command.partition("   #")[0].rstrip(".")))
        if words[0] not in _SERVES and not _TO_BE_FILLED_IN.search(command):
            found.add(words)
    return found


def landed(mesh):
    mesh.land("crm/people/a.csv", "id,born\n1,1984\n2,1990\n")


def described(mesh):
    landed(mesh)
    mesh.product("crm.people", {"id": ID, "born": "integer"})


def failed(mesh):
    described(mesh)
    bad = mesh.land("crm/people/b.csv", "id,born\n2,1999\n")
    with pytest.raises(AuditError):
        mesh.build_product("crm.people")
    bad.unlink()


def built(mesh):
    described(mesh)
    mesh.build_product("crm.people")


def asked_often(mesh):
    built(mesh)
    questions = mesh.root / "sql" / "questions"
    questions.mkdir(parents=True)
    (questions / "who_is_old.sql").write_text(QUESTION, encoding="utf-8")


def empty(mesh):
    mesh.products.rmdir()


# The state, and commands that have to be suggested in it.
STATES = {
    empty: set(),
    landed: {("discover", "crm.people"), ("adopt", "crm.people")},
    described: {("build",), ("build", "crm.people")},
    failed: {("build", "crm.people")},
    built: {("sql", "SELECT * FROM mesh.products LIMIT 10"), ("show", "crm.people")},
    asked_often: {("questions",)},
}


def test_commands_are_found_in_text():
    text = "mesh: no\n      Run `mesh build crm.people`.\nNext: mesh discover 'a b'\n  mesh sql \"SELECT 1\"   # ask\n"
    assert suggested(text) == {("build", "crm.people"), ("discover", "a b"), ("sql", "SELECT 1")}
    assert suggested("Land files first: mesh land PATH --domain DOMAIN; or see `mesh ui`") == set()


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_what_is_suggested_works(mesh, state):
    state(mesh)
    told = {}
    if state is landed:
        (mesh.root / "people.csv").write_text("id,born\n3,1990\n", encoding="utf-8")
        told["land"] = mesh.run("land", "people.csv", "--domain", "crm")
    for arguments in ASKED:
        told[" ".join(arguments)] = mesh.run(*arguments)
    commands = {command: asked for asked, ran in told.items() for command in suggested(ran.out + ran.err)}
    assert STATES[state] <= commands.keys()
    # What changes the mesh comes last, and publishing last of all.
    for command in sorted(commands, key=lambda c: (c[0] == "build", c[0] == "adopt", c)):
        ran = mesh.run(*command)
        assert ran.status == 0, f"`mesh {commands[command]}` suggests {command}: {ran.err}"
