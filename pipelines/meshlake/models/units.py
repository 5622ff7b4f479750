"""The units of features: those that contracts name, of columns that are passed on as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.products.inputs import select_inputs
from meshlake.products.lineage import select_lineage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.contract.model import Contract
    from meshlake.models.definition import ModelDefinition
    from meshlake.names import InputName, ProductName


def feature_units(model: ModelDefinition, contracts: Mapping[ProductName, Contract]) -> dict[str, str]:
    """The unit of each feature of `model`, as far as contracts name one; by its column in lower case.

    What is computed of columns may be in another unit than they are: its unit is for the contract of a product to say.
    Where the features read what has no contract, none is known.

    Args:
        model: whose features they are.
        contracts: those of the products that they read.
    """
    units = {
        (str(name), column.name.lower()): column.unit
        for name, contract in contracts.items()
        for column in contract.columns
        if column.unit
    }
    inputs = select_inputs(model.features_sql, model.path)
    if not units or not contracts.keys() >= set(inputs):
        return {}

    def columns_of(name: InputName) -> list[str]:
        return [
            column.name for each, contract in contracts.items() if each == name for column in contract.columns
        ]

    found = {}
    for feature, lineage in (select_lineage(model.features_sql, inputs, columns_of) or {}).items():
        if lineage.made_by is None and len(lineage.inputs) == 1:
            (read,) = lineage.inputs
            found[feature.lower()] = units.get((read.table, read.column.lower()), "")
    return {feature: unit for feature, unit in found.items() if unit}
