"""Help whose examples stand each on a line of its own, as they are typed: never folded, so that they can be pasted."""

from __future__ import annotations

import inspect
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand, TyperGroup

from meshlake.errors import UsageError

if TYPE_CHECKING:
    import typer

_HEADING = "Examples:"
# What those who come from dbt type, and what does it here.
_ELSEWHERE = {
    "run": "Products are built, checked and published at once: mesh build",
    "compile": "What is wrong with SQL and contracts: mesh lint",
    "parse": "What is wrong with SQL and contracts: mesh lint",
    "docs": "Products are described by: mesh list, mesh show D.P, mesh ui",
    "ls": "Products are listed by: mesh list",
    "seed": "Files are landed: mesh land FILE --domain DOMAIN",
    "source": "What has landed is described by: mesh discover",
    "debug": "What is wrong with settings and servers: mesh doctor",
    "retry": "A build leaves what has not changed: mesh build",
    "deps": "A mesh of your own is a Python project: pip install .",
}
_SELECT_HINT = "Products are named without an option, as in: mesh build crm.customers+"
_OPTIONS_ELSEWHERE = {
    "--select": _SELECT_HINT,
    "--models": _SELECT_HINT,
    "--exclude": "Name the products to take: mesh build D.P ...; `mesh list` shows all.",
    "--full-refresh": "Build all of a product anew: mesh build D.P --force",
    "--target": "Settings are chosen by MESH_* variables, or by the folder that mesh.toml is in.",
    "--vars": "There are no variables in SQL; what differs from place to place is a setting: MESH_*.",
}


class Command(TyperCommand):
    """A command whose help ends in examples."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Tell of options that another tool has."""
        known = {name for parameter in self.params for name in parameter.opts}
        options = [each.partition("=")[0] for each in takewhile(lambda each: each != "--", args)]
        if name := next((o for o in options if o in _OPTIONS_ELSEWHERE and o not in known), None):
            raise UsageError(f"{ctx.command_path} has no option {name}", _OPTIONS_ELSEWHERE[name])
        return super().parse_args(ctx, args)

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


class Commands(TyperGroup):
    """The commands, which know what is called otherwise in dbt."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that is asked for."""
        if args[0] in _ELSEWHERE and args[0] not in self.commands:
            raise UsageError(f"there is no command '{args[0]}'", _ELSEWHERE[args[0]])
        return super().resolve_command(ctx, args)


def use(app: typer.Typer) -> None:
    """Make all commands of `app`, and of its groups, such."""
    for command in app.registered_commands:
        command.cls = Command
    for group in app.registered_groups:
        if group.typer_instance is not None:
            use(group.typer_instance)
