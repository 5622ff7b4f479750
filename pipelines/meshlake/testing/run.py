"""Examples run, and what came of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from meshlake.errors import BuildError, ContractError, LandingError
from meshlake.products.examples import read_examples_file
from meshlake.products.transform import EXAMPLES_FILE
from meshlake.testing.differences import RowDifferences, compare
from meshlake.testing.rows import example_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from meshlake.errors import MeshError
    from meshlake.names import ProductName
    from meshlake.products.examples import Example
    from meshlake.workspace import Workspace


@dataclass(frozen=True)
class ExampleRun:
    """What came of one example.

    Args:
        product: whose it is.
        example: its name; that of the file where it cannot be read.
        place: the file and line where it stands.
        differences: of the rows found from those expected; empty when all is as expected.
        error: why there are no rows to compare.
    """

    product: str
    example: str
    place: str
    differences: RowDifferences = field(default_factory=RowDifferences)
    error: MeshError | None = None

    @property
    def is_passed(self) -> bool:
        """Whether the rows were those expected."""
        return self.error is None and not self.differences

    def told(self, width: int = 80) -> str:
        """What is wrong, in words folded to `width`; empty when nothing is."""
        return self.differences.text(width) if self.error is None else str(self.error)

    def as_dict(self) -> dict[str, object]:
        """As JSON-able facts."""
        return {
            "product": self.product,
            "example": self.example,
            "place": self.place,
            "is_passed": self.is_passed,
            "differences": self.differences.as_dict(),
            "error": None if self.error is None else str(self.error),
        }


def run_examples(mesh: Workspace, names: Collection[ProductName] | None = None) -> list[ExampleRun]:
    """Run the examples of `names`, or all, on the mesh's engine; what fails hides no other.

    Raises:
        SystemFailure: the machine or a server lets nothing be run.
    """
    files = sorted(mesh.settings.products.glob(f"*/*/{EXAMPLES_FILE}"))
    return [run for path in files for run in _of_file(mesh, path, names)]


def run_example(mesh: Workspace, example: Example) -> ExampleRun:
    """Run one example on the mesh's engine."""
    run = ExampleRun(str(example.product), example.name, example.place)
    try:
        rows = example_rows(mesh, example)
    except (BuildError, ContractError, LandingError) as error:
        return ExampleRun(run.product, run.example, run.place, error=error)
    key = mesh.products.get(example.product).contract.primary_key
    return ExampleRun(run.product, run.example, run.place, compare(example.expected, rows, key))


def _of_file(mesh: Workspace, path: Path, names: Collection[ProductName] | None) -> Iterator[ExampleRun]:
    name = f"{path.parent.parent.name}.{path.parent.name}"
    if names is not None and name not in {str(each) for each in names}:
        return
    try:
        examples = list(read_examples_file(path))
    except ContractError as error:
        yield ExampleRun(name, path.name, str(path), error=error)
        return
    for example in examples:
        yield run_example(mesh, example)
