"""How drafted products are printed."""

from __future__ import annotations

import os
import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from meshlake.cli.printing import print_json, print_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.drafting.decisions import Decision
    from meshlake.drafting.product_folder import Drafted
    from meshlake.drafting.whole_mesh import MeshDraft


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
    print_text(f"Drafted {drafted.name} in {_shown(drafted.folder)}/ ({', '.join(drafted.files)})")
    for note in drafted.notes:
        print_text(f"  {note}")
    print_text(f"\nRead it, then: mesh build {drafted.name}")


def print_mesh_draft(found: MeshDraft, *, as_json: bool) -> None:
    """What was drafted and what not, what people have to decide, and the next commands."""
    if as_json:
        print_json(found.as_dict())
        return
    for dataset, name in found.present.items():
        print_text(f"= {name} reads {dataset.partition('.')[2]} already")
    for each in found.drafted:
        print_text(f"+ {each.name} in {_shown(each.folder)}/")
    for dataset, error in found.failures.items():
        print(f"mesh: {dataset}: {error.message}", file=sys.stderr)
        if error.hint:
            print(f"      {error.hint}", file=sys.stderr)
    _print_decisions(found.decisions)
    print_text(
        f"\n{len(found.drafted)} drafted, {len(found.present)} there already, {len(found.failures)} failed"
    )
    if found.drafted:
        print_text("Read them, then: mesh build")
    for command in [each.command for each in found.decisions if each.command]:
        print_text(f"Once they are built: {command}")


def _print_decisions(decisions: Sequence[Decision]) -> None:
    if decisions:
        print_text("\nTo decide, in their contracts:")
    for name, of_product in groupby(decisions, lambda each: each.product):
        print_text(f"\n{name}")
        for each in of_product:
            print_text(f"  {each.kind}: {each.column}{': ' if each.column else ''}{each.message}")


def _shown(folder: Path) -> Path:
    relative = os.path.relpath(folder)
    return folder if relative.startswith("..") else Path(relative)
