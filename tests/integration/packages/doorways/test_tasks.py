"""A kind of model is one file and one line: the share of each row in a sum is a model that is trained and scores."""

from __future__ import annotations

import pytest

from meshlake.models.task import TASKS, HasNoLabel
from support.package_copy import PackageCopy
from support.small_mesh import SmallMesh

SHARES = '''
"""`task: shares`: what part of the sum of a column each row is."""

import json

from meshlake.ml_assets.promotion import Decision
from meshlake.ml_assets.document import ModelDocument
from meshlake.models.evaluation import Evaluation
from meshlake.models.task import Trained


class ShareDocument(ModelDocument):
    column: str


class ShareTask:
    document = ShareDocument

    def __init__(self, document):
        (self._key,), self._column = document.key, document.column

    def train(self, features, report, champion):
        report("adding up")
        total = float(features[self._column].sum())
        record = {"needed_columns": [self._key, self._column], "algorithm": "sum", "measured_on": "all rows"}
        record |= {"metrics": {"total": total}, "dropped": {}, "warnings": []}
        return Trained(record, {"total.json": json.dumps(total).encode()})

    def decide(self, challenger, features, champion, *, can_score, is_replaced):
        return Decision(True, "sums are not compared")

    def rows_to_score(self, features_sql):
        return features_sql

    def scored_select(self, version, rows_sql, columns):
        return rows_sql

    def scorer(self, version, wanted):
        total = json.loads(version.read("total.json"))
        return lambda batch: batch[[self._key]].assign(share=batch[self._column] / total)

    def amounts(self, version):
        return {"parts": self._column}

    def unforeseen(self, version, features_sql, session):
        return []

    def published(self, version, scores, columns):
        return f"SELECT * FROM {scores}"

    def evaluate(self, version):
        return Evaluation(f"Shares of {version.record['metrics']['total']:g}.")

    def maturing(self):
        return None

    def compare(self, version, other):
        raise NotImplementedError
'''
BUILD = """
import json
import meshlake
from meshlake.building.build import build_product
from meshlake.names import ProductName

mesh = meshlake.open().workspace
build_product(mesh, ProductName("shop", "orders"))
result = build_product(mesh, ProductName("shop", "shares"))
wrong = mesh.products.broken[ProductName("shop", "wrong")].error.message
rows = mesh.lake.table(("shop", "shares")).scan().to_arrow().to_pylist()
page = meshlake.open().model_report("shop.shares").page()
print(json.dumps({"page": page, "rows": rows, "model": result.facts["model"], "wrong": wrong}))
"""


def test_one_more_kind_is_one_file_and_one_line(tmp_path):
    copy = PackageCopy(tmp_path)
    copy.add_file("models/shares.py", SHARES)
    copy.add_line(
        "models/task.py",
        '"segments": "meshlake.models.segments',
        '        "shares": "meshlake.models.shares:ShareTask",',
    )
    mesh = SmallMesh(tmp_path / "mesh")
    mesh.land("shop/orders/a.csv", "id,price\n1,10\n2,30\n")
    mesh.product("shop.orders", {"id": "integer", "price": "number"})
    model = "task: shares\nfeatures: shop.orders\nkey: id\ncolumn: price\n"
    mesh.product("shop.shares", {"id": "integer", "share": "number"}, {"model.yaml": model})
    mesh.product("shop.wrong", {"id": "integer"}, {"model.yaml": model.replace("column", "colum")})
    told = copy.run(BUILD, **mesh.variables).facts
    assert told["rows"] == [{"id": 1, "share": 0.25}, {"id": 2, "share": 0.75}]
    assert told["model"]["task"] == "shares"
    assert told["model"]["metrics"] == {"total": 40.0}
    assert "model.yaml:4: 'colum' is not known. Did you mean 'column'?" in told["wrong"]
    assert "Shares of 40." in told["page"]
    assert len(copy.touched) <= 2


@pytest.mark.parametrize("name", TASKS.names)
def test_every_kind_can_be_loaded(name):
    assert TASKS.get(name).__name__.endswith("Task")


@pytest.mark.parametrize("name", TASKS.names)
def test_every_kind_that_learns_a_label_can_be_compared_measured_and_trained_again(name):
    task = TASKS.get(name)
    assert {"compare", "maturing"} <= set(dir(task))
    fields = task.document.model_fields["policy"].annotation.model_fields
    assert ("retrain_when_off" in fields) is not issubclass(task, HasNoLabel)
    assert not getattr(task, "__abstractmethods__", ())
