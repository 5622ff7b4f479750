"""A kind of transform is one file and one line: a product of literal rows, read from YAML, is built with it."""

from __future__ import annotations

import pytest

from meshlake.products.transform import CONTRACT_FILE, TRANSFORMS, Transform
from support.package_copy import PackageCopy
from support.small_mesh import SmallMesh

LITERAL_ROWS = '''
"""`rows.yaml`: the rows written out."""

from dataclasses import dataclass

import pyarrow as pa
import yaml

from meshlake.products.transform import Rows, Transform, read_text


@dataclass(frozen=True)
class LiteralRows(Transform):
    rows: list

    @classmethod
    def read(cls, path, contract):
        return cls(path, (), yaml.safe_load(read_text(path)))

    def make_rows(self, context):
        context.session.local.register("literal_rows", pa.Table.from_pylist(self.rows))
        return Rows("SELECT * FROM literal_rows", is_local=True)
'''
BUILD = """
import json
import meshlake
from meshlake.building.build import build_product
from meshlake.names import ProductName

mesh = meshlake.open().workspace
name = ProductName("crm", "plans")
build_product(mesh, name)
rows = mesh.lake.table(("crm", "plans")).scan().to_arrow().to_pylist()
print(json.dumps({"rows": rows, "kind": mesh.products.get(name).kind}))
"""


def test_one_more_kind_is_one_file_and_one_line(tmp_path):
    copy = PackageCopy(tmp_path)
    copy.add_file("transforms/rows_yaml.py", LITERAL_ROWS)
    copy.add_line(
        "products/transform.py",
        '"transform.py": "meshlake.transforms',
        '        "rows.yaml": "meshlake.transforms.rows_yaml:LiteralRows",',
    )
    mesh = SmallMesh(tmp_path / "mesh")
    rows = "- {plan: basic, price: 5}\n- {plan: plus, price: 9}\n"
    mesh.product("crm.plans", {"plan": "string", "price": "integer"}, {"rows.yaml": rows})
    told = copy.run(BUILD, **mesh.variables).facts
    assert told["rows"] == [{"plan": "basic", "price": 5}, {"plan": "plus", "price": 9}]
    assert told["kind"] == "aggregate"
    assert len(copy.touched) <= 2


@pytest.mark.parametrize("file", TRANSFORMS.names)
def test_every_kind_is_found_by_the_file_it_stands_in(file):
    assert issubclass(TRANSFORMS.get(file), Transform)


def test_a_product_has_one_transform(mesh):
    folder = mesh.product(
        "crm.plans", {"id": "integer"}, {"transform.sql": "SELECT 1 AS id\n", "model.yaml": "task: churn\n"}
    )
    (broken,) = mesh.workspace.products.broken.values()
    assert broken.error.message == f"{folder}: has transform.sql and model.yaml; a product has one transform"


def test_a_product_of_no_transform_reads_what_landed_under_its_name(mesh):
    mesh.product("crm.plans", {"id": "integer"})
    (product,) = mesh.workspace.products.products.values()
    assert product.rows_file.name == CONTRACT_FILE
    assert str(product.transform.landed) == "landing.crm.plans"
