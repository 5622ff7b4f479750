"""Which columns of products are protected: such as gender or age, by which customers must not be treated unlike.

A contract marks a column by `customProperties: [{property: protected, value: true}]`; what is made of one in SQL is
protected, too, by the lineage of columns, unless its own contract says `false`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from meshlake.names import ProductName
from meshlake.products.lineage import ANY_COLUMN, select_lineage

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from meshlake.contract.model import Contract
    from meshlake.names import InputName
    from meshlake.products.classification import Classifications
    from meshlake.products.lineage import ColumnLineage, InputColumn
    from meshlake.products.product import Product


class ProtectedColumns:
    """Those of all `products`, whose columns' lineage `classifications` know."""

    def __init__(self, products: Mapping[ProductName, Product], classifications: Classifications) -> None:
        self._products = products
        self._classifications = classifications
        self._known: dict[ProductName, dict[str, str]] = {}

    def of(self, name: ProductName) -> Mapping[str, str]:
        """The protected columns of a product, each with the column that a contract marks; of one not known none."""
        if name not in self._known and (product := self._products.get(name)):
            columns = product.contract.columns
            # Also what products that go round find of themselves.
            self._known[name] = {c.name: f"{name}.{c.name}" for c in columns if c.is_protected}
            unsaid = [c.name for c in columns if c.is_protected is None]
            if unsaid and self._has_any(product.inputs):
                lineage = self._classifications.lineage(product)
                found = {column: self._mark(column, lineage[column]) for column in unsaid}
                self._known[name] |= {column: mark for column, mark in found.items() if mark}
        return self._known.get(name, {})

    def marked(self, contract: Contract) -> Contract:
        """The contract of a product, each column saying whether it is protected."""
        found = self.of(contract.name)
        columns = (replace(each, is_protected=each.name in found) for each in contract.columns)
        return replace(contract, columns=tuple(columns))

    def in_select(self, sql: str, inputs: Collection[InputName]) -> dict[str, str]:
        """The protected columns of a SELECT over `inputs`, each with the column that a contract marks.

        Where it cannot be told where its columns come from, those are that are called like a protected one.
        """
        if not self._has_any(inputs):
            return {}
        lineage = select_lineage(sql, inputs, self._classifications.columns_of)
        if lineage is None:
            named = [self.of(name) for name in inputs if isinstance(name, ProductName)]
            return {column: mark for each in named for column, mark in each.items()}
        found = {column: self._mark(column, each) for column, each in lineage.items()}
        return {column: mark for column, mark in found.items() if mark}

    def _has_any(self, inputs: Collection[InputName]) -> bool:
        return any(isinstance(name, ProductName) and self.of(name) for name in inputs)

    def _mark(self, column: str, lineage: ColumnLineage) -> str | None:
        """What marks `column`: of what is not known for sure only that of its own name; a count shows none."""
        return next(
            (
                mark
                for each in lineage.inputs
                if each not in lineage.hidden
                for name, mark in self._marks(each)
                if lineage.is_exact or name.lower() == column.lower()
            ),
            None,
        )

    def _marks(self, column: InputColumn) -> Iterator[tuple[str, str]]:
        domain, _, product = column.table.partition(".")
        if "." in product:  # a landed dataset, of which no contract says anything
            return
        for name, mark in self.of(ProductName(domain, product)).items():
            if column.column in {name, ANY_COLUMN}:
                yield name, mark
