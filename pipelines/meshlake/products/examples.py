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

from meshlake.names import ProductName
from meshlake.validation import Document, mistakes
from meshlake.yaml_file import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

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
    """One entry of the `examples.yaml` of `product`; `place` is its file and line, for errors."""

    product: ProductName
    name: str
    inputs: Mapping[str, list[Row]]
    expected: list[Row]
    place: str


def read_examples(products: Path) -> Iterator[Example]:
    """Every example below a folder of products.

    Raises:
        ContractError: a file is none of examples, with every mistake and its line.
    """
    for path in sorted(products.glob(f"*/*/{EXAMPLES_FILE}")):
        product = ProductName(path.parent.parent.name, path.parent.name)
        file = read_yaml(path, "examples", _START, is_list=True)
        if found := mistakes(ExamplesDocument, file.data):
            raise file.error_of(found, "`mesh schema examples` prints all it can say.")
        for position, entry in enumerate(ExamplesDocument.model_validate(file.data).root):
            place = f"{path}:{file.line((position,))}"
            yield Example(product, entry.name, entry.inputs, entry.expected, place)


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
