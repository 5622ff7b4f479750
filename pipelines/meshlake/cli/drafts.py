"""How drafted products are printed."""

from __future__ import annotations

import json
import os
import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from meshlake.cli.printing import print_json, print_text
from meshlake.discovery.questions import alike

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.drafting.decisions import Decision
    from meshlake.drafting.product_folder import Drafted
    from meshlake.drafting.redraft import Change, Redrafted
    from meshlake.drafting.whole_mesh import MeshDraft


def print_all_drafted(drafted: Sequence[Drafted], *, as_json: bool) -> None:
    """Several, of one contract."""
    if as_json:
        print_json([each.as_dict() for each in drafted])
        return
    for each in drafted:
        print_drafted(each, as_json=False)


def print_drafted(drafted: Drafted | Redrafted, *, as_json: bool) -> None:
    """What was written and decided, and the next command; or what differs of what is there."""
    if as_json:
        print_json(drafted.as_dict())
        return
    from meshlake.drafting.redraft import Redrafted

    if isinstance(drafted, Redrafted):
        _print_redrafted(drafted)
        _print_next_of([drafted])
        return
    print_written(drafted)
    print_text(f"\nRead it, then: mesh build {drafted.name}")


def print_written(drafted: Drafted) -> None:
    """What was written where, and decided."""
    print_text(f"Drafted {drafted.name} in {_shown(drafted.folder)}/ ({', '.join(drafted.files)})")
    for note in drafted.notes:
        print_text(f"  {note}")


def print_mesh_draft(found: MeshDraft, *, as_json: bool) -> None:
    """What was drafted and what not, what people have to decide, and the next commands."""
    if as_json:
        print_json(found.as_dict())
        return
    redrafted = {each.name for each in found.redrafted}
    for dataset, name in found.present.items():
        if name not in redrafted:
            print_text(f"= {name} reads {dataset.partition('.')[2]} already")
    for again in found.redrafted:
        _print_redrafted(again)
    for before in found.derived:
        _print_redrafted(before, "it was drafted")
    _print_next_of(found.redrafted)
    for each in found.drafted:
        print_text(f"+ {each.name} in {_shown(each.folder)}/")
    for dataset, error in found.failures.items():
        print(f"mesh: {dataset}: {error.message}", file=sys.stderr)
        if error.hint:
            print(f"      {error.hint}", file=sys.stderr)
    _print_decisions(found.decisions)
    there_count = len(found.present) + len(found.derived)
    print_text(f"\n{len(found.drafted)} drafted, {there_count} there already, {len(found.failures)} failed")
    if found.drafted:
        print_text("Read them, then: mesh build")
    for command in [each.command for each in found.decisions if each.command]:
        print_text(f"Once they are built: {command}")


def _print_next_of(redrafted: Sequence[Redrafted]) -> None:
    if any(change.is_taken for again in redrafted for change in again.changes):
        print_text("\nRead what was taken, then: mesh build")
    elif any(change.is_news for again in redrafted for change in again.changes):
        print_text("\nTo take what the data says anew: --update columns, checks or all")


def _print_redrafted(again: Redrafted, against: str = "it would be drafted now") -> None:
    """What stands otherwise than the draft that it is held `against`."""
    if not again.changes:
        print_text(f"= {again.name} is as {against}")
        return
    print_text(f"~ {again.name} in {_shown(again.folder)}/ is otherwise than {against}")
    for change in again.changes:
        place = f"line {change.line}: " if change.line else ""
        about = f"{change.fact.column}: " if change.fact.column else ""
        who = "taken" if change.is_taken else change.in_words
        print_text(f"    {place}{about}{change.fact.what}: {_difference(change)} ({who})")


def _difference(change: Change) -> str:
    """What stands and what would be drafted; of two rules only where they differ."""
    before, after = change.standing, change.drafted
    if before is None or after is None:
        value = after if before is None else before
        word = "would be new" if before is None else "would be gone"
        return word if value is True else f"{word}: {_value(value)}"
    if isinstance(before, dict) and isinstance(after, dict):
        keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
        return "; ".join(f"{key} {_value(before.get(key))} -> {_value(after.get(key))}" for key in keys)
    return f"{_value(before)} -> {_value(after)}"


def _value(value: object) -> str:
    return "none" if value is None else json.dumps(value, ensure_ascii=False, default=str)


def _print_decisions(decisions: Sequence[Decision]) -> None:
    if decisions:
        print_text("\nTo decide, in their contracts:")
    for name, of_product in groupby(decisions, lambda each: each.product):
        print_text(f"\n{name}")
        told = alike((each.column, (each.kind, each.message)) for each in of_product)
        for (kind, message), columns in told.items():
            print_text(f"  {kind}: {', '.join(columns)}{': ' if columns else ''}{message}")


def _shown(folder: Path) -> Path:
    relative = os.path.relpath(folder)
    return folder if relative.startswith("..") else Path(relative)
