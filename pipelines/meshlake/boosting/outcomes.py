"""Which columns of the mesh's products say what came after their row's day: labels that models learn, and what is made
of them.

A `model.yaml` names its label, and how long after the cut-off it is seen (`horizon_days`); a contract says the same of
any column by `customProperties: [{property: knownAfterDays, value: 90}]`, of one that was known on its day by 0. What a
column is passed on from is as late as it is. So is what is made of it in SQL, of which nobody knows by how much.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from meshlake.names import ProductName
from meshlake.products.lineage import ANY_COLUMN, InputColumn, select_lineage
from meshlake.transforms.model import model_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from meshlake.products.lineage import ColumnLineage
    from meshlake.products.load import ProductSet
    from meshlake.products.product import Product


@dataclass(frozen=True)
class Outcome:
    """What came after a row's day, as `told`: known so many `days` after it, None where nobody says when.

    One that is `is_of_no_day` is the label of a model without cut-offs: of rows that have a date it may be a fact
    of it.
    """

    told: str
    days: int | None = None
    is_of_no_day: bool = False


@dataclass
class Outcomes:
    """Those of all products that are `loaded`."""

    loaded: ProductSet
    _known: dict[ProductName, dict[str, Outcome]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for product in self.loaded.products.values():
            for column, outcome in self._learned(product):
                self._pass_up(column, outcome)
        self._named = dict(self._known)
        self._known = {}

    def of(self, name: ProductName) -> Mapping[str, Outcome]:
        """The columns of a product that say what came later; none of a product that is not known."""
        if name not in self._known and (product := self.loaded.products.get(name)):
            # Also what products that go round find of themselves.
            self._known[name] = self._named.get(name, {})
            inputs = [each for each in product.inputs if isinstance(each, ProductName)]
            made = dict(self._made_of(product)) if any(self.of(each) for each in inputs) else {}
            self._known[name] = self._said(product, {**made, **self._known[name]})
        return self._known.get(name, {})

    def _learned(self, product: Product) -> Iterator[tuple[InputColumn, Outcome]]:
        """The columns that a model learns as labels, and passes on from what it reads."""
        definition = model_of(product)
        if definition is None:
            return
        document, columns_of = definition.document, self.loaded.classifications.columns_of
        days, cutoff = (getattr(document, name, None) for name in ("horizon_days", "cutoff"))
        outcome = Outcome(f"a label that {product.name} learns", days, is_of_no_day=cutoff is None)
        lineage = select_lineage(definition.features_sql, product.inputs, columns_of)
        for label in document.label_columns:
            if lineage is None:
                yield from (
                    (InputColumn(str(name), column), outcome)
                    for name in product.inputs
                    for column in columns_of(name)
                    if column.lower() == label.lower()
                )
            elif (found := lineage.get(label.lower())) and found.made_by is None:
                yield from ((each, outcome) for each in found.inputs)

    def _pass_up(self, column: InputColumn, outcome: Outcome) -> None:
        """Note a label, and what it is passed on from as it is."""
        product = self._product(column)
        if product is None or column.column in (known := self._known.setdefault(product.name, {})):
            return
        known[column.column] = outcome
        lineage = self.loaded.classifications.lineage(product).get(column.column)
        if lineage is not None and lineage.made_by is None and lineage.is_exact:
            for each in lineage.inputs:
                self._pass_up(each, outcome)

    def _made_of(self, product: Product) -> Iterator[tuple[str, Outcome]]:
        for name, lineage in self.loaded.classifications.lineage(product).items():
            found = next(self._inputs(name, lineage), None)
            if found is not None:
                outcome = self._outcome(found)
                yield name, replace(outcome, told=f"made of {found}, {outcome.told}", days=None)

    def _inputs(self, name: str, lineage: ColumnLineage) -> Iterator[InputColumn]:
        """The outcomes that a column is made of; where that is not known for sure, those of its own name."""
        for each in lineage.inputs:
            product = self._product(each)
            for column in self.of(product.name) if product else ():
                is_it = lineage.is_exact or column.lower() == name.lower()
                if is_it and each.column in {column, ANY_COLUMN}:
                    yield InputColumn(each.table, column)

    def _outcome(self, column: InputColumn) -> Outcome:
        return self.of(ProductName.parse(column.table))[column.column]

    def _said(self, product: Product, found: Mapping[str, Outcome]) -> dict[str, Outcome]:
        """With what its contract says."""
        said = {each.name: each.known_after_days for each in product.contract.columns}
        told = {name: Outcome("as its contract says", days) for name, days in said.items() if days}
        return {name: each for name, each in found.items() if said.get(name) is None} | told

    def _product(self, column: InputColumn) -> Product | None:
        domain, _, product = column.table.partition(".")
        # A landed dataset has three parts.
        return None if "." in product else self.loaded.products.get(ProductName(domain, product))
