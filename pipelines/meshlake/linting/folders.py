"""Files of a product's folder that nothing reads: most likely their names are mistyped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.errors import Fault
from meshlake.linting.finding import Gravity
from meshlake.products.transform import CONTRACT_FILE, EXAMPLES_FILE, TRANSFORMS
from meshlake.suggest import close_names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHECKS_FOLDER = "checks"
# A file with another ending is somebody's note, unless it is called like one of ours.
_OUR_ENDINGS = frozenset({".sql", ".yaml", ".yml"})


def unread_files(folder: Path) -> Iterator[tuple[Fault, Gravity]]:
    """Each with how bad it is: one that is called almost like a file that is read is an error."""
    known = {CONTRACT_FILE, EXAMPLES_FILE, CHECKS_FOLDER, *TRANSFORMS.names}
    for path in sorted(folder.iterdir()):
        if path.name not in known and not path.name.startswith((".", "_")):
            yield from _unread(path, known)
    for path in sorted((folder / CHECKS_FOLDER).glob("*")):
        if path.suffix != ".sql" and not path.name.startswith((".", "_")):
            hint = "A check is a file of its own, checks/NAME.sql: a SELECT of the rows that violate it."
            yield Fault(path, "nothing reads it", hint), Gravity.ERROR


def _unread(path: Path, known: set[str]) -> Iterator[tuple[Fault, Gravity]]:
    meant = close_names(path.name.lower(), known)
    if meant:
        yield Fault(path, "nothing reads it", f"Did you mean {meant[0]}?"), Gravity.ERROR
    elif path.suffix in _OUR_ENDINGS:
        hint = f"A product's files are {', '.join(sorted(known - {CHECKS_FOLDER}))} and checks/*.sql."
        yield Fault(path, "nothing reads it", hint), Gravity.WARNING
