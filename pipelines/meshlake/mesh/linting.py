"""`mesh lint`: all that is wrong in the folders of a mesh, `mesh.toml` too, which keeps a mesh from being opened."""

from __future__ import annotations

from pathlib import Path

from meshlake.errors import UsageError
from meshlake.linting.finding import Finding
from meshlake.mesh.mesh import Mesh, open_mesh
from meshlake.settings import load_settings


def lint_folder(folder: str | Path | None = None, *products: str, engine: str | None = None) -> list[Finding]:
    """As `Mesh.lint` of the mesh in `folder`, the working folder unless given; and what is wrong in its `mesh.toml`.

    Raises:
        UsageError: as `meshlake.open` and `Mesh.lint`, but for what is wrong in `mesh.toml`.

    Example:
        >>> _ = (folder / "mesh.toml").write_text("ladning = 'files'")
        >>> [(finding.line, finding.message) for finding in lint_folder(folder)]
        [(1, "'ladning' is not a setting")]
    """
    findings: list[Finding] = []
    try:
        mesh = open_mesh(folder)
    except UsageError as error:
        if not error.faults:
            raise
        findings = [Finding.of(fault, None) for fault in error.faults]
        place = None if folder is None else Path(folder).expanduser()
        mesh = Mesh(load_settings(folder=place, is_lenient=True))
    return [*findings, *mesh.lint(*products, engine=engine)]
