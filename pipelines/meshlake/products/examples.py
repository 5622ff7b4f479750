"""`examples.yaml`: literal input rows of a product, the rows expected of them, and how given rows differ from these.

Running them is `meshlake.building.examples`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, Field, RootModel

from meshlake.errors import ContractError
from meshlake.names import DatasetName, ProductName
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

EXAMPLES_FILE = "examples.yaml"
RELATIVE_TOLERANCE = 1e-9
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


def differences(expected: Sequence[Row], given: Sequence[Row]) -> str:
    """What keeps `given` from being `expected` in the columns named there, in any order; empty when nothing does."""
    unmatched, missing = list(given), []
    for row in expected:
        match = next((other for other in unmatched if _is_match(row, other)), None)
        if match is None:
            missing.append(row)
        else:
            unmatched.remove(match)
    named = list(dict.fromkeys(name for row in expected for name in row))
    lines = [f"  expected, not given: {_shown(row, list(row))}{_nearest(row, unmatched)}" for row in missing]
    lines += [f"  given, not expected: {_shown(row, named or list(row))}" for row in unmatched]
    return "\n".join(lines)


def _is_match(expected: Row, given: Row) -> bool:
    return all(name in given and _is_equal(value, given[name]) for name, value in expected.items())


def _is_equal(expected: Any, given: Any) -> bool:
    if isinstance(given, datetime):
        return isinstance(expected, date) and _moment(expected) == _moment(given)
    if isinstance(expected, bool) or isinstance(given, bool):
        return expected is given
    if isinstance(expected, int | float) and isinstance(given, int | float | Decimal):
        return math.isclose(expected, given, rel_tol=RELATIVE_TOLERANCE)
    return bool(expected == given)


def _moment(value: date) -> datetime:
    """A date is its midnight, and a time without a zone is in UTC, as the engine has it."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _nearest(row: Row, candidates: Sequence[Row]) -> str:
    """Of the rows left over, the one that agrees in most columns, and where it does not."""

    def wrong(other: Row) -> list[str]:
        return [name for name, value in row.items() if name not in other or not _is_equal(value, other[name])]

    if not candidates:
        return ""
    nearest = min(candidates, key=lambda other: len(wrong(other)))
    pairs = ", ".join(f"{name} is {nearest.get(name, 'not there')!r}" for name in wrong(nearest))
    return f"\n    nearest row given: {pairs}"


def _shown(row: Row, names: Sequence[str]) -> str:
    return "{" + ", ".join(f"{name}: {row.get(name)}" for name in names) + "}"
