"""`examples.yaml`: literal input rows of a product, and the rows expected of them.

Running them is `meshlake.testing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, Field, RootModel

from meshlake.errors import ContractError
from meshlake.names import DatasetName, ProductName
from meshlake.products.transform import EXAMPLES_FILE
from meshlake.suggest import nearest
from meshlake.validation import Document, mistakes
from meshlake.yaml_file import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from meshlake.contract.model import Contract
    from meshlake.errors import Fault
    from meshlake.names import InputName
    from meshlake.products.product import Product
    from meshlake.validation import Location
    from meshlake.yaml_file import YamlFile

Row = dict[str, Any]
_START = "- name: what it shows"


class ExampleEntry(Document):
    """One example: a few rows, the awkward ones first."""

    name: str = Field(description="What it shows.")
    inputs: dict[str, list[Row]] = Field(
        description="The rows of each input, by its SQL name. Columns left out are null; those of a product are typed "
        "by its contract, those that landed are text unless YAML gives a number, boolean, date or timestamp."
    )
    expected: list[Row] = Field(
        description="Every row the transform gives, in any order; the columns named are compared."
    )


class ExamplesDocument(RootModel[list[ExampleEntry]]):
    """The examples of a product."""

    model_config = ConfigDict(title="Examples")


@dataclass(frozen=True)
class Example:
    """One entry of the `examples.yaml` of `product`, which is `file`, at `position` from 0."""

    product: ProductName
    name: str
    inputs: Mapping[str, list[Row]]
    expected: list[Row]
    file: YamlFile
    position: int

    @property
    def place(self) -> str:
        """Its file and line."""
        return f"{self.file.path}:{self.file.line((self.position,))}"

    def fault(self, location: Location, message: str, hint: str | None = None) -> Fault:
        """What `message` says of a part of it."""
        return self.file.fault((self.position, *location), message, hint)


def read_examples(products: Path) -> Iterator[Example]:
    """Every example below a folder of products.

    Raises:
        ContractError: a file is none of examples, with every mistake and its line.
    """
    for path in sorted(products.glob(f"*/*/{EXAMPLES_FILE}")):
        yield from read_examples_file(path)


def read_examples_file(path: Path) -> Iterator[Example]:
    """Every example of the product in whose folder the file lies.

    Raises:
        ContractError: it is none of examples, with every mistake and its line.
    """
    product = ProductName(path.parent.parent.name, path.parent.name)
    file = read_yaml(path, "examples", _START, is_list=True)
    if found := mistakes(ExamplesDocument, file.data):
        raise file.error_of(found, "`mesh schema examples` prints all it can say.")
    for position, entry in enumerate(ExamplesDocument.model_validate(file.data).root):
        yield Example(product, entry.name, entry.inputs, entry.expected, file, position)


def check_example(example: Example, product: Product, contracts: Mapping[InputName, Contract]) -> None:
    """See that an example fits what its product reads and promises.

    Args:
        example: one of `product`.
        product: whose rows it tells.
        contracts: those of the products that it reads.

    Raises:
        ContractError: its inputs are not those that the product reads, or a column is none of theirs or the product's.
    """
    faults = list(_faults(example, product, contracts))
    if faults:
        raise ContractError.of(*faults)


def _faults(example: Example, product: Product, contracts: Mapping[InputName, Contract]) -> Iterator[Fault]:
    read = {str(name): name for name in product.inputs}
    if unknown := sorted(example.inputs.keys() - read.keys()):
        message = f"{product.name} does not read {', '.join(unknown)}"
        yield example.fault(("inputs", unknown[0]), message, nearest(unknown[0], read))
    if missing := sorted(read.keys() - example.inputs.keys()):
        message = f"has no rows of {', '.join(missing)}, which {product.name} reads"
        yield example.fault(("inputs",), message, f"Write `{missing[0]}: []` for none.")
    for name in sorted(example.inputs.keys() & read.keys()):
        if not isinstance(read[name], DatasetName):
            rows, contract = example.inputs[name], contracts[read[name]]
            yield from _unknown_columns(example, ("inputs", name), rows, name, contract)
    yield from _unknown_columns(example, ("expected",), example.expected, str(product.name), product.contract)


def _unknown_columns(
    example: Example, location: Location, rows: Sequence[Row], of: str, contract: Contract
) -> Iterator[Fault]:
    known = [column.name for column in contract.columns]
    told: set[str] = set()
    for position, row in enumerate(rows):
        for column in row.keys() - {*known, *told}:
            told.add(column)
            hint = nearest(str(column), known)
            yield example.fault((*location, position, column), f"{of} has no column {column}", hint)
