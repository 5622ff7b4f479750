"""The `mesh` command run in this process on a small mesh, and what it printed."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from typing import Any

import pytest

from meshlake.cli.main import main
from support.small_mesh import SmallMesh

ID = {"logicalType": "integer", "primaryKey": True, "required": True, "description": "The person's number."}


@dataclass(frozen=True)
class Answer:
    """What one command did."""

    status: int
    out: str
    err: str

    @property
    def facts(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def crm(tmp_path, monkeypatch) -> SmallMesh:
    """Two people landed and their ages, not built yet; the settings of this process are those of that mesh."""
    folder = SmallMesh(tmp_path / "mesh")
    folder.land("crm/people/a.csv", "id,born\n1,1984\n2,1990\n")
    folder.product("crm.people", {"id": ID, "born": "integer"}, tags=["source-aligned"])
    ages = {"transform.sql": "SELECT id, 2024 - born AS age_years FROM crm.people\n"}
    folder.product("crm.ages", {"id": ID, "age_years": "integer"}, ages)
    for name in [name for name in os.environ if name.startswith(("MESH_", "DAGSTER_"))]:
        monkeypatch.delenv(name)
    for name, value in folder.variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(folder.root)
    return folder


@pytest.fixture
def mesh(monkeypatch, capfd):
    """`mesh(*arguments)`: run the command as the shell would."""

    def run(*arguments: str) -> Answer:
        monkeypatch.setattr(sys, "argv", ["mesh", *arguments])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capfd.readouterr()
        return Answer(ended.value.code or 0, out, err)

    return run
