"""What the columns of products are classified as: what their contracts say, else what the columns they come from are.

It flows through SQL by the lineage of columns. Of a hash or a count nothing flows on: such a column is told as derived.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from meshlake.names import DatasetName, ProductName
from meshlake.products.lineage import ANY_COLUMN, InputColumn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from meshlake.column import Column
    from meshlake.contract.model import Contract
    from meshlake.names import InputName
    from meshlake.products.lineage import ColumnLineage
    from meshlake.products.product import Product

_STRICTNESS = {
    "open": 0,
    "public": 0,
    "internal": 1,
    "confidential": 3,
    "personal": 4,
    "pii": 4,
    "sensitive": 4,
    "restricted": 5,
    "secret": 5,
}
# A word of the house's own: stricter than what everybody may see, until its owner says otherwise.
_OWN_WORD, _PERSONAL = 2, 4


def strictness(word: str | None) -> int:
    """How strict a classification is, from 0 on; -1 for none."""
    return -1 if word is None else _STRICTNESS.get(word.strip().lower(), _OWN_WORD)


def is_personal(word: str | None) -> bool:
    """Whether a classification says that values are personal.

    Example:
        >>> [is_personal(word) for word in ("personal", "PII", "restricted", "confidential", None)]
        [True, True, True, False, False]
    """
    return strictness(word) >= _PERSONAL


@dataclass(frozen=True)
class Classified:
    """What a column is classified as: `word`, its contract's own or inherited.

    Args:
        word: None where neither its contract nor what it comes from is classified.
        inherited_from: the strictest columns that it comes from, whose word it has or would have.
        derived_from: the classified columns of which it shows a hash or a count alone.
        is_said: whether its own contract says the word.
    """

    word: str | None
    inherited_from: tuple[InputColumn, ...] = ()
    derived_from: tuple[InputColumn, ...] = ()
    is_said: bool = False

    @property
    def inherited_names(self) -> list[str]:
        """The columns that its word comes from; none where its own contract says it."""
        return [] if self.is_said else [str(each) for each in self.inherited_from]


class Classifications:
    """Those of all columns of `products`."""

    def __init__(self, products: Mapping[ProductName, Product]) -> None:
        self._products = products
        self._known: dict[ProductName, dict[str, Classified]] = {}
        self._lineages: dict[ProductName, Mapping[str, ColumnLineage]] = {}

    def of(self, name: ProductName) -> Mapping[str, Classified]:
        """Each column of a product; none of one that is not known."""
        if name not in self._known and (product := self._products.get(name)):
            # Also what products that go round find of themselves.
            self._known[name] = {c.name: _as_said(c) for c in product.contract.columns}
            if any(isinstance(n, ProductName) and self._has_words(n) for n in product.inputs):
                lineage = self.lineage(product)
                self._known[name] = {
                    c.name: self._of_column(c, lineage[c.name]) for c in product.contract.columns
                }
        return self._known.get(name, {})

    def lineage(self, product: Product) -> Mapping[str, ColumnLineage]:
        """Where each column of `product` comes from, found once; of landed datasets its SQL is believed."""
        if product.name not in self._lineages:
            self._lineages[product.name] = product.transform.lineage(product.contract, self.columns_of)
        return self._lineages[product.name]

    def contract_of(self, product: Product) -> Contract:
        """The contract of `product`, each column with the classification that it has or inherits."""
        found = self.of(product.name)
        columns = (
            replace(c, classification=found[c.name].word if c.name in found else c.classification)
            for c in product.contract.columns
        )
        return replace(product.contract, columns=tuple(columns))

    def loosened(self, name: ProductName) -> Iterator[tuple[str, str, str, InputColumn]]:
        """The columns that their contract says anybody may see, or those of the house, though what they come from is
        stricter: column, its word, the word of what it comes from, and that."""
        for column, each in self.of(name).items():
            if each.is_said and each.word and each.inherited_from and strictness(each.word) < _OWN_WORD:
                source = each.inherited_from[0]
                word = self._word(source) or ""
                if strictness(word) > strictness(each.word):
                    yield column, each.word, word, source

    def _of_column(self, column: Column, lineage: ColumnLineage) -> Classified:
        inputs = set(self._classified(column, lineage))
        hidden = inputs & set(lineage.hidden)
        open_ones = inputs - hidden
        strictest = max((strictness(self._word(each)) for each in open_ones), default=-1)
        sources = tuple(sorted(each for each in open_ones if strictness(self._word(each)) == strictest))
        inherited = self._word(sources[0]) if sources else None
        is_said = column.classification is not None
        return Classified(
            column.classification if is_said else inherited, sources, tuple(sorted(hidden)), is_said
        )

    def _classified(self, column: Column, lineage: ColumnLineage) -> Iterator[InputColumn]:
        """The classified columns that it comes from; where that is not known for sure, those of its own name."""
        for each in self._spelled_out(lineage.inputs):
            is_it = lineage.is_exact or each.column.lower() == column.name.lower()
            if is_it and self._word(each) is not None:
                yield each

    def _spelled_out(self, inputs: Iterable[InputColumn]) -> Iterator[InputColumn]:
        for each in inputs:
            if each.column == ANY_COLUMN and (name := _product_name(each)):
                yield from (InputColumn(each.table, column) for column in self.of(name))
            else:
                yield each

    def _word(self, column: InputColumn) -> str | None:
        name = _product_name(column)
        found = self.of(name).get(column.column) if name else None
        return found.word if found else None

    def _has_words(self, name: ProductName) -> bool:
        return any(each.word is not None for each in self.of(name).values())

    def columns_of(self, name: InputName) -> tuple[str, ...]:
        """The columns of a product, by its contract; none of what is not known."""
        if isinstance(name, DatasetName) or name not in self._products:
            return ()
        return tuple(column.name for column in self._products[name].contract.columns)


def _as_said(column: Column) -> Classified:
    return Classified(column.classification, is_said=column.classification is not None)


def _product_name(column: InputColumn) -> ProductName | None:
    """Of `crm.customers`; None of a landed dataset, whose name has three parts and which nothing classifies."""
    domain, _, product = column.table.partition(".")
    return None if "." in product else ProductName(domain, product)
