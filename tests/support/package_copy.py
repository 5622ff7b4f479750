"""A copy of the package to which a test adds what a contributor would: one file and one line, counted."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import meshlake
from support.ran import Ran, clean_environment, run_apart


def _ignored(folder: str, names: list[str]) -> set[str]:
    """Compiled files, and the demo's products, which are a link in a checkout."""
    demo = {"mesh"} if Path(folder).name == "demo" else set()
    return {name for name in names if name == "__pycache__"} | demo


class PackageCopy:
    """`meshlake` in a folder of its own. `touched` are the places that were written, a file or a line each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.touched: list[str] = []
        source = Path(meshlake.__file__).parent
        shutil.copytree(source, folder / "meshlake", ignore=_ignored)

    def add_file(self, path: str, text: str) -> None:
        """Write a new file of the package."""
        target = self.folder / "meshlake" / path
        assert not target.exists()
        target.write_text(text, encoding="utf-8")
        self.touched.append(path)

    def add_line(self, path: str, after: str, line: str) -> None:
        """Write one line behind the one that holds `after`, which only one does."""
        target = self.folder / "meshlake" / path
        lines = target.read_text(encoding="utf-8").splitlines()
        (position,) = [number for number, each in enumerate(lines) if after in each]
        lines.insert(position + 1, line)
        target.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.touched.append(f"{path}: {line.strip()}")

    def run(self, code: str, **variables: str) -> Ran:
        """Run `code` with the copy as the package, in the copy's folder; fails when it does."""
        environment = clean_environment() | {"PYTHONPATH": str(self.folder)} | variables
        return run_apart([sys.executable, "-c", code], environment, self.folder).ended()
