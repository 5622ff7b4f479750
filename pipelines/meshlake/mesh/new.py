"""`mesh init`: a mesh of one's own, that builds, tests and opens in Dagster as it stands."""

from __future__ import annotations

from pathlib import Path

from meshlake.errors import UsageError
from meshlake.schemas.schemas import write_schemas
from meshlake.settings import load_settings

_TEMPLATE = Path(__file__).with_name("template")
# What git, Dagster, pytest or the mesh itself would take for theirs where it lies in the package.
_NAMES = {
    "mesh.toml.txt": "mesh.toml",
    "gitignore.txt": ".gitignore",
    "readme.md": "README.md",
    "definitions.py.txt": "definitions.py",
    "pyproject.toml.txt": "pyproject.toml",
    "test_mesh.py.txt": "tests/test_mesh.py",
    "workflow.yaml": ".github/workflows/mesh.yaml",
}


def init_mesh(folder: str | Path = ".") -> tuple[Path, ...]:
    """Write a new mesh into `folder`, which is made if it is not there; as `meshlake.init`.

    It has settings, an example product with its data, one that reads it, a question, tests, a workflow for CI and a
    Dagster code location; editors find the schemas of its files. Nothing is overwritten.

    Gives the files that were written.

    Raises:
        UsageError: one of the files is there already, or cannot be written.

    Example:
        >>> import meshlake
        >>> sorted(file.name for file in meshlake.init(empty_folder / "new"))[:3]
        ['.gitignore', '2024.csv', 'README.md']
        >>> meshlake.open(empty_folder / "new").build().is_complete
        True
        >>> meshlake.init(empty_folder / "new")
        Traceback (most recent call last):
        ...
        meshlake.errors.UsageError: ...mesh.toml is there already, and nothing is overwritten
        Name another folder.
    """
    root = Path(folder).expanduser()
    sources = sorted(path for path in _TEMPLATE.rglob("*") if path.is_file())
    targets = {_target(root, source.relative_to(_TEMPLATE)): source for source in sources}
    for target in sorted(targets, key=lambda path: path.name != "mesh.toml"):
        if target.exists():
            raise UsageError(f"{target} is there already, and nothing is overwritten", "Name another folder.")
    try:
        for target, source in targets.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                file.write(source.read_bytes())
    except OSError as error:
        raise UsageError(
            f"{error.filename} cannot be written: {error.strerror}", "Name a folder of yours."
        ) from error
    write_schemas(load_settings({}, root))
    return tuple(targets)


def _target(root: Path, source: Path) -> Path:
    return root / _NAMES.get(str(source), str(source))
