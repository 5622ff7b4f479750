"""How a drafted product is printed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from meshlake.cli.printing import print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.drafting.product_folder import Drafted


def print_all_drafted(drafted: Sequence[Drafted], *, as_json: bool) -> None:
    """Several, of one contract."""
    if as_json:
        print_json([each.as_dict() for each in drafted])
        return
    for each in drafted:
        print_drafted(each, as_json=False)


def print_drafted(drafted: Drafted, *, as_json: bool) -> None:
    """What was written and decided, and the next command."""
    if as_json:
        print_json(drafted.as_dict())
        return
    folder = os.path.relpath(drafted.folder)
    shown = Path(drafted.folder) if folder.startswith("..") else Path(folder)
    print(f"Drafted {drafted.name} in {shown}/ ({', '.join(drafted.files)})")
    for note in drafted.notes:
        print(f"  {note}")
    print(f"\nRead it, then: mesh build {drafted.name}")
