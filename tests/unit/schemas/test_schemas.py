"""Schemas for editors say what the platform reads: they accept every file shipped, and refuse what it refuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from meshlake.errors import UsageError
from meshlake.schemas.schemas import SCHEMAS, editor_comment, json_schema, schema_text, write_schemas
from meshlake.settings import known_settings, load_settings

REPOSITORY = Path(__file__).parents[3]
FILES = {"contract": "contract.odcs.yaml", "model": "model.yaml", "examples": "examples.yaml"}
SHIPPED = [
    pytest.param(name, path, id=str(path.relative_to(REPOSITORY)))
    for name, file in FILES.items()
    for folder in (REPOSITORY / "data_products", *sorted(REPOSITORY.glob("examples/*/data_products")))
    for path in sorted(folder.glob(f"*/*/{file}"))
]
CHURN = {"task": "churn", "features": "crm.features", "key": "id", "label": "is_churned"}
MULTILABEL = {"task": "multilabel", "features": "crm.features", "key": "id", "labels": ["a", "b"]}
DRAFT = {"version": "1.0.0", "kind": "DataContract", "id": "a", "status": "draft"}
SEGMENTS = {"task": "segments", "features": "crm.features", "key": ["id"], "columns": {"usage": "log"}}


@cache
def validator(name: str) -> Any:
    """That of a schema which is one itself."""
    schema = json_schema(name)
    kind = jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator)
    kind.check_schema(schema)
    return kind(schema)


def accepts(name: str, content: object) -> bool:
    return validator(name).is_valid(content)


@pytest.mark.parametrize("name", ["model", "examples", "mesh"])
def test_what_is_published_is_what_is_read(name):
    published = files("meshlake.schemas").joinpath(f"{name}.schema.json").read_text(encoding="utf-8")
    assert published == schema_text(name), (
        f"mesh schema {name} > pipelines/meshlake/schemas/{name}.schema.json"
    )


@pytest.mark.slow
@pytest.mark.parametrize(("name", "path"), SHIPPED)
def test_every_file_shipped_is_accepted(name, path):
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert accepts(name, json.loads(json.dumps(content, default=str)))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "content", "is_accepted"),
    [
        ("model", CHURN, True),
        ("model", SEGMENTS, True),
        ("model", CHURN | {"policy": {"folds": 3, "retrain_cron": "0 4 * * 1"}}, True),
        ("model", CHURN | {"policy": {"folds": 1}}, False),
        ("model", CHURN | {"policy": {"candidates": ["oracle"]}}, False),
        ("model", CHURN | {"policy": {"candidates": [{"random_forest": {"n_estimators": 300}}]}}, True),
        ("model", CHURN | {"policy": {"candidates": [{"random_forest": {"n_estimators": 0}}]}}, False),
        ("model", CHURN | {"policy": {"candidates": [{"random_forest": {"trees": 300}}]}}, False),
        ("model", CHURN | {"columns": {"usage": "log"}}, False),
        ("model", CHURN | {"task": "classification", "policy": {"min_class_rows": 20}}, True),
        ("model", CHURN | {"task": "classification", "policy": {"flag_share": 0.1}}, False),
        ("model", CHURN | {"task": "classification", "policy": {"candidates": ["one_vs_rest"]}}, True),
        ("model", MULTILABEL | {"wanted": {"a": False}}, True),
        ("model", MULTILABEL | {"labels": ["a"]}, False),
        ("model", SEGMENTS | {"columns": {"usage": "square"}}, False),
        ("model", SEGMENTS | {"label": "is_churned"}, False),
        ("model", CHURN | {"task": "chrun"}, False),
        ("examples", [{"name": "x", "inputs": {"crm.people": [{"id": 1}]}, "expected": []}], True),
        ("examples", [{"name": "x", "inputs": {"crm.people": {"id": 1}}, "expected": []}], False),
        ("examples", [{"name": "x", "inputs": {}}], False),
        ("mesh", {"home": ".mesh", "engine": "trino", "s3_region": "eu-central-1"}, True),
        ("mesh", {"source_sqlite_file": "shop.db"}, True),
        ("mesh", {"engine": "spark"}, False),
        ("mesh", {"hoem": ".mesh"}, False),
        ("mesh", {"home": 7}, False),
        *(
            ("contract", DRAFT | {"apiVersion": version}, is_read)
            for version, is_read in {
                "v2.2.0": False,
                "v3.0.0": True,
                "v3.0.3": True,
                "v3.1.1": True,
                "3.1.0": True,
                "v3.2.0": True,
                "v3.3.0": False,
                "v4.0.0": False,
            }.items()
        ),
    ],
)
def test_what_the_platform_refuses_is_refused(name, content, is_accepted):
    assert accepts(name, content) is is_accepted


def test_every_setting_is_described():
    assert list(json_schema("mesh")["properties"]) == list(known_settings())
    assert all(known_settings().values())


@pytest.mark.parametrize(
    ("name", "folder", "comment"),
    [
        (
            "model",
            "data_products/crm/leavers",
            "# yaml-language-server: $schema=../../../.mesh/schemas/model.schema.json\n",
        ),
        ("mesh", ".", "#:schema ./.mesh/schemas/mesh.schema.json\n"),
    ],
)
def test_a_file_leads_its_editor_to_the_schema(tmp_path, name, folder, comment):
    settings = load_settings({}, tmp_path)
    assert editor_comment(settings, name, tmp_path / folder) == comment
    write_schemas(settings)
    place = comment.strip().rpartition("=" if "=" in comment else " ")[2]
    schema = json.loads((tmp_path / folder / place).resolve().read_text(encoding="utf-8"))
    assert schema == json_schema(name)


def test_a_schema_that_is_up_to_date_stays_untouched(tmp_path):
    settings = load_settings({}, tmp_path)
    first = write_schemas(settings)
    first[0].write_text("{}")
    before = [path.stat().st_mtime_ns for path in first]
    assert write_schemas(settings) == first
    changed = [path.stat().st_mtime_ns != then for path, then in zip(first, before, strict=True)]
    assert changed == [True, *[False] * (len(SCHEMAS) - 1)]


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "schemas").write_text("a file")
    with pytest.raises(UsageError, match=r"schemas/contract\.schema\.json cannot be written") as caught:
        write_schemas(load_settings({"MESH_HOME": "home"}, tmp_path))
    assert "MESH_HOME" in str(caught.value.hint)


def test_a_task_of_another_distribution_is_in_the_schema_of_models(tmp_path):
    facts = tmp_path / "others-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: others\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text("[meshlake.tasks]\nshares = others:ShareTask\n")
    (tmp_path / "others.py").write_text(
        "from meshlake.ml_assets.document import ModelDocument\n\n\n"
        "class ShareDocument(ModelDocument):\n    column: str\n\n\n"
        "class ShareTask:\n    document = ShareDocument\n"
    )
    program = "from meshlake.schemas.schemas import schema_text; print(schema_text('model'))"
    printed = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    schema = json.loads(printed)
    assert schema["properties"]["task"]["enum"] == [
        *(
            "anomalies",
            "churn",
            "classification",
            "multilabel",
            "regression",
            "segments",
            "survival",
            "uplift",
        ),
        "shares",
    ]
    assert "column" in schema["$defs"]["ShareDocument"]["properties"]
