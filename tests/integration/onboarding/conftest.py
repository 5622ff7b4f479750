"""An empty folder outside the repository, and `mesh` as a new user runs it there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.ran import Ran


class NewMesh(SmallMesh):
    """A folder with nothing in it yet, and no settings but the defaults."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.products.rmdir()
        self.given = {}

    @property
    def products(self) -> Path:
        return self.root / "data_products"

    def does(self, *arguments: str, status: int = 0) -> Ran:
        """Run `mesh ARGUMENTS` in a process of its own; it must end with `status`, and never with a traceback."""
        return self.process(*arguments).ended(status)

    def facts(self, *arguments: str) -> Any:
        """The JSON that `mesh ARGUMENTS --json` prints."""
        return self.does(*arguments, "--json").facts


@pytest.fixture
def mesh(tmp_path: Path) -> NewMesh:
    return NewMesh(tmp_path / "my mesh")


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes a file of the user's."""

    def written(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written
