"""For pytest, in any mesh: every example of every product is a test, and `mesh` the mesh to write tests of.

    $ pytest data_products                      # the examples; `-k customers`, `data_products/crm/customers` choose
    $ pytest --mesh-engine trino data_products  # on the servers that the settings name

An example is collected as `data_products/crm/customers/examples.yaml::NAME` where such a file lies beside a contract;
where there is none, nothing is done or loaded.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meshlake.mesh import Mesh
    from meshlake.products.examples import Example
    from meshlake.testing.run import ExampleRun
    from meshlake.workspace import Workspace

_WORKSPACES = pytest.StashKey[dict[Path, "Workspace"]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The engine that examples run on, and where the mesh is."""
    group = parser.getgroup("meshlake")
    group.addoption(
        "--mesh-engine", metavar="ENGINE", help="engine that products' examples run on: duckdb or trino"
    )
    parser.addini("mesh_folder", "folder of the mesh that the fixture `mesh` opens", default=".")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The examples of a product."""
    if file_path.name == "examples.yaml" and (file_path.parent / "contract.odcs.yaml").is_file():
        collector: pytest.Collector = ExamplesFile.from_parent(parent, path=file_path)
        return collector
    return None


class ExamplesFile(pytest.File):
    """The `examples.yaml` of a product."""

    def collect(self) -> Iterator[pytest.Item]:
        """Its examples."""
        from meshlake.errors import ContractError
        from meshlake.products.examples import read_examples_file

        try:
            examples = list(read_examples_file(self.path))
        except ContractError as error:
            raise self.CollectError(str(error)) from error
        for example in examples:
            yield ExampleItem.from_parent(self, name=example.name, example=example)


class ExampleItem(pytest.Item):
    """One example, run on the engine of the command line, on DuckDB if none is named."""

    def __init__(self, *, example: Example, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._example = example

    def runtest(self) -> None:
        """See that the rows are those expected."""
        from meshlake.testing.run import run_example

        run = run_example(_workspace(self), self._example)
        if not run.is_passed:
            raise ExampleFailedError(run)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The rows that differ, without a traceback."""
        from meshlake.errors import MeshError

        if isinstance(excinfo.value, ExampleFailedError | MeshError):
            return f"{self._example.place}: {self._example.product}: {self.name}\n{excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where it stands, and what it is called."""
        line = self._example.file.line((self._example.position,))
        return self.path, line - 1, f"{self._example.product}: {self.name}"


class ExampleFailedError(Exception):
    """The rows of an example are not those expected."""

    def __init__(self, run: ExampleRun) -> None:
        super().__init__(run.told())


@pytest.fixture(scope="session")
def mesh(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Mesh:
    """The mesh of the folder that pytest runs in, on DuckDB, with home, warehouse and catalog of the tests' own."""
    from meshlake.mesh.apart import open_apart

    folder = pytestconfig.rootpath / str(pytestconfig.getini("mesh_folder"))
    return open_apart(folder, tmp_path_factory.mktemp("mesh"))


@pytest.fixture(scope="session")
def built_mesh(mesh: Mesh) -> Mesh:
    """`mesh`, with every product built from what has landed; it is an error when one fails."""
    mesh.build()
    return mesh


def _workspace(item: ExampleItem) -> Workspace:
    """The mesh that the example's product is of, opened once in a session."""
    from meshlake.mesh.apart import open_for_examples

    config, products = item.config, item.path.parents[2]
    opened = config.stash.setdefault(_WORKSPACES, {})
    if products not in opened:
        home = TemporaryDirectory(prefix="mesh-examples-")
        config.add_cleanup(home.cleanup)
        opened[products] = open_for_examples(products, Path(home.name), config.getoption("--mesh-engine"))
    return opened[products]
