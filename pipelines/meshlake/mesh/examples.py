"""The examples of products, run: which of them give the rows that they expect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.building.examples import example_rows
from meshlake.products.examples import differences, read_examples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.names import ProductName
    from meshlake.workspace import Workspace


@dataclass(frozen=True)
class ExampleRun:
    """What came of one example.

    Args:
        product: whose it is.
        example: its name.
        place: the file and line where it stands.
        differences: in words, what is missing and what is too many; empty when all is as expected.
    """

    product: str
    example: str
    place: str
    differences: str

    @property
    def is_passed(self) -> bool:
        """Whether the rows were those expected."""
        return not self.differences

    def as_dict(self) -> dict[str, object]:
        """As JSON-able facts."""
        return {
            "product": self.product,
            "example": self.example,
            "place": self.place,
            "is_passed": self.is_passed,
            "differences": self.differences,
        }


def run_examples(mesh: Workspace, names: Sequence[ProductName] | None = None) -> list[ExampleRun]:
    """Run the examples of `names`, or all.

    Raises:
        UsageError: one of `names` is no product.
        ContractError: an example cannot be read, or does not fit what its product reads.
    """
    for name in names or ():
        mesh.products.get(name)
    return [
        ExampleRun(
            str(example.product),
            example.name,
            example.place,
            differences(example.expected, example_rows(mesh, example)),
        )
        for example in read_examples(mesh.settings.products)
        if names is None or example.product in names
    ]
