"""A mesh written literally into a folder of its own: landing files and product folders, opened as users open theirs."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import yaml

from meshlake.building.build import build_product
from meshlake.names import ProductName
from meshlake.settings import load_settings
from meshlake.workspace import open_workspace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from meshlake.building.build import BuildResult
    from meshlake.settings import Settings
    from meshlake.workspace import Workspace


class MeshFolder:
    """`root` holds `landing/`, `data_products/` and the mesh's home."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.products = root / "data_products"
        self.landing = root / "landing"
        self.home = root / "home"
        self.products.mkdir(parents=True, exist_ok=True)
        self.landing.mkdir(exist_ok=True)

    @property
    def variables(self) -> dict[str, str]:
        """The settings of this mesh, and no other's, as environment variables."""
        return {
            "MESH_HOME": str(self.home),
            "MESH_LANDING": str(self.landing),
            "MESH_PRODUCTS": str(self.products),
        }

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a process that works on this mesh alone."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("MESH_", "DAGSTER_"))}
        return kept | self.variables

    @property
    def settings(self) -> Settings:
        """The settings of this mesh, no server asked."""
        return load_settings(self.variables, self.root)

    def command(
        self, *arguments: str, timeout_seconds: float = 120, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """`mesh ARGUMENTS` in a process of its own, with `variables` over the mesh's settings; it may fail."""
        return subprocess.run(
            [sys.executable, "-m", "meshlake.cli.main", *arguments],
            env=self.environment | variables,
            cwd=self.root,
            capture_output=True,
            text=True,
            timeout=timeout_seconds,
        )

    def open(self) -> Workspace:
        """The mesh as its folders are now."""
        return open_workspace(self.settings)

    def build(self, *names: str, **options: Any) -> BuildResult:
        """Build `names` in the order given; the last one's result."""
        mesh = self.open()
        return [build_product(mesh, ProductName.parse(name), **options) for name in names][-1]

    def rows(self, name: str) -> list[dict[str, Any]]:
        """What is published of `name`, read by pyiceberg rather than by the mesh's own reader."""
        table = self.open().lake.table(_identifier(name))
        if table is None:
            return []
        rows = table.scan().to_arrow().to_pylist()
        return sorted(rows, key=lambda row: str(list(row.values())))

    def land(self, path: str, text: str) -> Path:
        """Write `<landing>/<path>`, such as `crm/people/a.csv`."""
        file = self.landing / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

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
        *,
        quality: Sequence[Mapping[str, Any]] = (),
        custom: Mapping[str, Any] | None = None,
        **contract: Any,
    ) -> Path:
        """Write one product folder anew, leaving files of an earlier one that are not named.

        `columns` maps names to a logical type, or to all that ODCS says of the property; `quality` are the rules of
        the table, `custom` its customProperties, `files` what lies beside the contract.
        """
        domain, product = _identifier(name)
        folder = self.products / domain / product
        properties = [
            {"name": column, **({"logicalType": facts} if isinstance(facts, str) else facts)}
            for column, facts in columns.items()
        ]
        table: dict[str, Any] = {"name": product, "physicalType": "table", "properties": properties}
        if quality:
            table["quality"] = list(quality)
        if custom:
            table["customProperties"] = [{"property": k, "value": v} for k, v in custom.items()]
        document = {
            "apiVersion": "v3.1.0",
            "kind": "DataContract",
            "id": name,
            "name": product,
            "version": "1.0.0",
            "status": "active",
            "domain": domain,
            "dataProduct": product,
            "description": {"purpose": f"Tests of {name}."},
            "team": {"name": domain, "members": [{"username": "ana@example.com", "role": "owner"}]},
            "schema": [table],
            **contract,
        }
        written = {"contract.odcs.yaml": yaml.safe_dump(document, sort_keys=False), **(files or {})}
        for file_name, text in written.items():
            path = folder / file_name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return folder


def _identifier(name: str) -> tuple[str, str]:
    domain, product = name.split(".")
    return domain, product
