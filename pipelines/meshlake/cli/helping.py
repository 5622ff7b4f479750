"""Help whose examples stand each on a line of its own, as they are typed: never folded, so that they can be pasted."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand

if TYPE_CHECKING:
    import typer

_HEADING = "Examples:"


class Command(TyperCommand):
    """A command whose help ends in examples."""

    @property
    def examples(self) -> list[str]:
        """The command lines of its help."""
        lines = inspect.cleandoc(self.help or "").partition(_HEADING)[2].splitlines()
        return [line.strip() for line in lines if line.strip()]

    def format_help_text(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - typer's
        """Write what it does, folded to the screen, and then the examples."""
        text = inspect.cleandoc(self.help or "").partition(_HEADING)[0].strip()
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(text)
        formatter.write(f"\n{_HEADING}\n")
        formatter.write("".join(f"  {example}\n" for example in self.examples))


def use(app: typer.Typer) -> None:
    """Make all commands of `app`, and of its groups, such."""
    for command in app.registered_commands:
        command.cls = Command
    for group in app.registered_groups:
        if group.typer_instance is not None:
            use(group.typer_instance)
