"""The mesh that tests are made of: written literally into a folder, opened by the front door, run as users run it."""

from __future__ import annotations

import shutil
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import duckdb

import meshlake
from meshlake.building.build import build_product
from meshlake.landing.zone import files_zone
from meshlake.names import DatasetName, ProductName
from support.contracts import contract_text
from support.ran import COMMAND, Ran, clean_environment, run_apart, run_here

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.building.build import BuildResult
    from meshlake.landing.zone import Dataset
    from meshlake.orchestration.run import BuildOutcome
    from meshlake.settings import Settings
    from meshlake.workspace import Workspace


class SmallMesh:
    """`root` holds `landing/`, `data_products/` and the mesh's home.

    Args:
        root: its folder; made if it is not there.
        settings: by the names that `meshlake.open` has for them, besides or in place of those three folders.
    """

    def __init__(self, root: Path, **settings: str | Path) -> None:
        self.root = root
        folders = {"home": root / "home", "landing": root / "landing", "products": root / "data_products"}
        self.given: dict[str, str | Path] = folders | settings
        self.landing = folders["landing"]
        self.products.mkdir(parents=True, exist_ok=True)

    def having(self, **settings: str | Path) -> Self:
        """The same folder with other settings."""
        other = copy(self)
        other.given = self.given | settings
        return other

    def copied_to(self, root: Path) -> Self:
        """All of its folder, what was built included, at another place: what tests change is made only once.

        Its landed files are written anew, which no program can hide: a build builds what reads them once more.
        """
        shutil.copytree(self.root, root)
        return type(self)(root)

    # --- its settings ---

    @property
    def home(self) -> Path:
        """What the mesh writes is in there."""
        return Path(self.given["home"])

    @property
    def products(self) -> Path:
        """The folder of product folders."""
        return Path(self.given["products"])

    @property
    def variables(self) -> dict[str, str]:
        """The settings of this mesh, and no other's, as environment variables."""
        return {f"MESH_{name.upper()}": str(value) for name, value in self.given.items()}

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a process that works on this mesh alone."""
        return clean_environment() | self.variables

    # --- opened ---

    def open(self) -> meshlake.Mesh:
        """The mesh by its front door."""
        return meshlake.open(self.root, **self.given)

    @property
    def settings(self) -> Settings:
        """What its settings come to, no server asked."""
        return self.open().settings

    @property
    def workspace(self) -> Workspace:
        """The inside of the mesh, as its folders are now."""
        return self.open().workspace

    # --- written ---

    def land(self, path: str, content: str | bytes) -> Path:
        """Write a file of the landing zone, such as `crm/people/a.csv`."""
        return _write(self.landing / path, content)

    def land_rows(self, path: str, select: str) -> Path:
        """Write the rows of `select` into the landing zone as Parquet."""
        file = self.land(path, b"")
        with duckdb.connect() as connection:
            connection.sql(select).write_parquet(str(file))
            return file

    def land_files(self, dataset: str, files: Mapping[str, str | bytes]) -> Dataset:
        """Write files of a dataset, such as `crm.people`, by their names in its folder; the dataset."""
        name = DatasetName.parse(dataset)
        for file, content in files.items():
            self.land(f"{name.domain}/{name.dataset}/{file}", content)
        return files_zone(self.settings).dataset(name)

    def replace(self, path: str, text: str) -> None:
        """Land `<landing>/<path>` in place of any before, at once for every reader."""
        domain, _, rest = path.partition("/")
        temporary = self.land(f"{domain}/.arriving", text)
        target = self.landing / domain / rest
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.rename(target)

    def product(
        self,
        name: str,
        columns: Mapping[str, str | Mapping[str, Any]],
        files: Mapping[str, str] | None = None,
        **contract: Any,
    ) -> Path:
        """Write one product folder anew, leaving files of an earlier one that are not named.

        Args:
            name: `<domain>.<product>`.
            columns: as in `contract_text`.
            files: what lies beside the contract, by name.
            contract: as in `contract_text`.
        """
        path = self.write(name, "contract.odcs.yaml", contract_text(name, columns, **contract))
        for file, text in (files or {}).items():
            self.write(name, file, text)
        return path.parent

    def write(self, name: str, file: str, content: str | bytes) -> Path:
        """Write one file of the folder of product `name`."""
        return _write(self.products / name.replace(".", "/") / file, content)

    # --- run ---

    def run(self, *arguments: str, **variables: str) -> Ran:
        """`mesh ARGUMENTS` in this process, with `variables` over the mesh's own; it may fail."""
        return run_here(arguments, self.environment | variables, self.root)

    def process(self, *arguments: str, timeout_seconds: float = 280, **variables: str) -> Ran:
        """`mesh ARGUMENTS` in a process of its own."""
        environment = self.environment | variables
        return run_apart(self.command(*arguments), environment, self.root, timeout=timeout_seconds)

    @staticmethod
    def command(*arguments: str) -> list[str]:
        """The command line of `mesh ARGUMENTS`."""
        return [*COMMAND, *arguments]

    # --- built and read ---

    def build(self, *names: str, **options: Any) -> BuildOutcome:
        """Build `names` and all they need, or everything, as `Mesh.build` does."""
        return self.open().build(*names, **options)

    def build_product(self, *names: str, **options: Any) -> BuildResult:
        """Build each of `names` by itself, in the order given; the last one's result."""
        workspace = self.workspace
        return [build_product(workspace, ProductName.parse(name), **options) for name in names][-1]

    def rows(self, name: str) -> list[dict[str, Any]]:
        """What is published of `name`, read by pyiceberg rather than by the mesh's own reader."""
        domain, product = name.split(".")
        table = self.workspace.lake.table((domain, product))
        if table is None:
            return []
        rows = table.scan().to_arrow().to_pylist()
        return sorted(rows, key=lambda row: str(list(row.values())))

    def ask(self, query: str, *options: str) -> list[dict[str, Any]]:
        """What `mesh sql` answers, as JSON."""
        answer: list[dict[str, Any]] = self.run("sql", query, "--json", *options).ended().facts
        return answer

    def cells(self, query: str) -> list[list[str]]:
        """What `mesh sql` answers, as the text of each value."""
        return self.run("sql", query, "--format", "csv").ended().cells


def _write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
