"""A churn model's product over landed features: 200 customers, of whom the last 20 have no label yet."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import yaml

from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from meshlake.building.build import BuildResult

FILE = "crm/features/a.csv"
KEY = {"logicalType": "string", "primaryKey": True, "required": True}
FEATURES = {"customer_id": KEY, "usage": "number", "plan": "string", "is_churned": "boolean"}
PREDICTIONS = {
    "customer_id": KEY,
    "churn_probability": "number",
    "is_predicted_churn": "boolean",
    "is_labelled": "boolean",
    "reason_1": "string",
    "reason_2": "string",
    "reason_3": "string",
    "model_version": "string",
    "scored_at": {"logicalType": "timestamp", "logicalTypeOptions": {"timezone": True}},
}
MODEL = {
    "task": "churn",
    "features": "crm.features",
    "key": "customer_id",
    "label": "is_churned",
    "policy": {"candidates": ["logistic_regression"], "folds": 2, "seed": 7, "flag_share": 0.2},
}


def csv(rows: int = 200, unlabelled: int = 20, offset: int = 0, *, is_turned: bool = False) -> str:
    """Those of little usage leave, all but every seventh; those of much where behaviour `is_turned`."""
    lines = ["customer_id,usage,plan,is_churned"]
    for number in range(offset, offset + rows):
        usage = (number * 37) % 100
        has_left = (usage >= 70 if is_turned else usage < 30) != (number % 7 == 0)
        label = "" if number >= offset + rows - unlabelled else str(has_left).lower()
        lines.append(f"c{number:05},{usage},{'basic' if number % 3 else 'plus'},{label}")
    return "\n".join(lines) + "\n"


def shuffled(text: str) -> str:
    """The same rows, with the labels of the labelled ones dealt out at random."""
    header, *lines = text.splitlines()
    split = [line.rsplit(",", 1) for line in lines]
    labels = [label for _, label in split if label]
    random.Random(5).shuffle(labels)  # noqa: S311 - the same rows each time
    dealt = iter(labels)
    return "\n".join([header, *(f"{row},{next(dealt) if label else ''}" for row, label in split)]) + "\n"


class ChurnMesh(SmallMesh):
    """The folder, and its predictions by customer; `first` is what came of the build of a copied one."""

    first: BuildResult

    def describe(self, **changes) -> None:
        self.product("crm.features", FEATURES)
        self.product("crm.predictions", PREDICTIONS, {"model.yaml": yaml.safe_dump({**MODEL, **changes})})

    def build_model(self, **options):
        self.build_product("crm.features")
        return self.build_product("crm.predictions", **options)

    def predictions(self) -> dict[str, dict]:
        return {row["customer_id"]: row for row in self.rows("crm.predictions")}


def make(root) -> ChurnMesh:
    folder = ChurnMesh(root)
    folder.land(FILE, csv())
    folder.describe()
    return folder
