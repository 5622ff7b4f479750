"""Drafts are written whole or not at all, and their YAML reads back as what was meant."""

from __future__ import annotations

from datetime import date

import pytest
import yaml

from meshlake.drafting.product_folder import Flow, dump_plain, dump_yaml, write_product
from meshlake.errors import UsageError
from meshlake.names import ProductName
from meshlake.settings import load_settings

NAME = ProductName("crm", "people")


def test_yaml_reads_back(tmp_path) -> None:
    content = {
        "words": ("yes", "No", "1", "2024-01-05", "a: b", "ü"),
        "flow": Flow(mustBe=0, name="x"),
        "sql": "SELECT\n    1\nFROM t\n",
        "nested": [{"a": {"b": True}}],
    }
    text = dump_yaml(content)
    assert yaml.safe_load(text) == {**content, "words": list(content["words"])}
    assert "flow: {mustBe: 0, name: x}" in text
    assert "sql: |\n" in text


def test_a_folder_is_made_whole(tmp_path) -> None:
    settings = load_settings({"MESH_PRODUCTS": "deep/products"}, tmp_path)
    drafted = write_product(settings, NAME, {"id": 1}, {"task": "churn"}, ["note"])
    assert sorted(p.name for p in drafted.folder.iterdir()) == ["contract.odcs.yaml", "model.yaml"]
    assert [p.name for p in drafted.folder.parent.iterdir()] == ["people"]
    assert drafted.as_dict()["files"] == ["contract.odcs.yaml", "model.yaml"]


def test_a_drafted_file_leads_its_editor_to_a_schema(tmp_path) -> None:
    drafted = write_product(load_settings({}, tmp_path), NAME, {"id": 1}, {"task": "churn"}, [])
    for file, schema in (("contract.odcs.yaml", "contract"), ("model.yaml", "model")):
        first = (drafted.folder / file).read_text(encoding="utf-8").splitlines()[0]
        mark, _, path = first.partition("=")
        assert mark == "# yaml-language-server: $schema"
        assert (drafted.folder / path).resolve() == tmp_path / f".mesh/schemas/{schema}.schema.json"
        assert (drafted.folder / path).is_file()


def test_a_folder_that_cannot_be_written(tmp_path) -> None:
    (tmp_path / "products").write_text("a file")
    with pytest.raises(UsageError, match="cannot be written") as caught:
        write_product(load_settings({"MESH_PRODUCTS": "products"}, tmp_path), NAME, {}, None, [])
    assert "MESH_PRODUCTS" in str(caught.value.hint)


def test_what_programs_read_says_the_same_as_what_people_do() -> None:
    content = {
        "a": Flow({"b": [1, "two: 2"]}),
        "on": ("yes", None, 1.5),
        "text": "one\ntwo ü",
        "day": date(2024, 1, 2),
    }
    assert yaml.safe_load(dump_plain(content)) == yaml.safe_load(dump_yaml(content))
