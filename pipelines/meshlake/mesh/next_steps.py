"""What to do next with a mesh of which something is published; a command is named only where it works as it stands."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from meshlake.errors import MeshError
from meshlake.query.questions import read_questions

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from meshlake.names import ProductName
    from meshlake.settings import Settings
    from meshlake.workspace import Workspace


def next_steps(
    mesh: Workspace, published: AbstractSet[ProductName], first: str | None
) -> list[dict[str, str]]:
    """Each command and what it does; `first` is the product to look into first, if there is one."""
    if not published:
        return [_step("mesh list", "what there is, and how it stands")]
    query = f"SELECT * FROM {first or 'mesh.products'} LIMIT 10"
    found = [_step(f'mesh sql "{query}"', "ask in SQL")]
    if _can_be_asked(mesh.settings, published):
        found.append(_step("mesh questions", "what is asked often, timed"))
    if described := sorted(published & mesh.products.products.keys()):
        found.append(_step(f"mesh show {first or described[0]}", "all that is known of one product"))
    return [*found, _step("mesh ui", "the graph, runs, checks and schedules in Dagster")]


def after_discovery(settings: Settings, dataset: str) -> str:
    """The command for a dataset that was looked at (`landing.crm.people`): to draft its product, or build that one."""
    from meshlake.drafting.adopt import default_name

    found = shlex.quote(dataset.partition(".")[2])
    try:
        name = default_name(dataset)
    except MeshError:
        return f"mesh adopt {found} --as D.P"
    is_there = (settings.products / name.domain / name.product).exists()
    return f"mesh build {name}" if is_there else f"mesh adopt {found}"


def _can_be_asked(settings: Settings, published: AbstractSet[ProductName]) -> bool:
    """Whether there are questions, and all they read is published."""
    try:
        questions = read_questions(settings.questions)
    except MeshError:
        return False
    return bool(questions) and all(question.query.products <= published for question in questions)


def _step(command: str, what_it_does: str) -> dict[str, str]:
    return {"command": command, "what_it_does": what_it_does}
