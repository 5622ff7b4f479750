"""`mesh schema` prints what editors and tools take, and writes it where drafts look for it."""

from __future__ import annotations

import json

import pytest


@pytest.mark.parametrize("name", ["contract", "model", "examples", "mesh"])
def test_a_schema_is_printed(mesh, name):
    answer = mesh.run("schema", name)
    assert answer.status == 0
    assert json.loads(answer.out)["title"]


def test_all_are_written_where_drafts_look(crm):
    answer = crm.run("schema", "--write")
    assert answer.status == 0
    assert answer.out.splitlines() == [
        str(crm.home / f"schemas/{name}.schema.json") for name in ("contract", "model", "examples", "mesh")
    ]
    assert (
        json.loads((crm.home / "schemas/model.schema.json").read_text(encoding="utf-8"))["title"] == "Model"
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["modle"], "Did you mean 'model'?"), ([], "There are: contract, model, examples, mesh.")],
)
def test_a_name_that_is_none_is_told(mesh, arguments, told):
    answer = mesh.run("schema", *arguments)
    assert answer.status == 2
    assert told in answer.err
