"""Every command of `mesh`, for the tests that hold something of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from meshlake.cli.commands import app

if TYPE_CHECKING:
    from collections.abc import Iterator


def _unfolded(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _unfolded(command, (*path, name))
        else:
            yield (*path, name), command


COMMANDS: dict[tuple[str, ...], Any] = dict(_unfolded(typer.main.get_command(app)))
"""By the words of its name, such as `("model", "churn")`."""
