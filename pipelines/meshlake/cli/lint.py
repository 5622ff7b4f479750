"""`mesh lint`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from meshlake.cli.printing import print_json, print_text
from meshlake.cli.selectors import SELECTORS
from meshlake.errors import EXIT_FAILED, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.linting.finding import Finding

_FORMATS = ("text", "github")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(lint)


def lint(
    selectors: list[str] = SELECTORS,
    engine: str = typer.Option(
        None,
        "--engine",
        help="Whose refusals are errors: duckdb or trino; the settings' engine if not given.",
    ),
    format_name: str = typer.Option(
        "text", "--format", metavar="FORMAT", help="text, or github for annotations of a pull request."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print the facts as JSON."),
) -> None:
    """Tell all that is wrong in product folders and mesh.toml, each with file, line and column; nothing is run.

    Contracts, SQL (also what Trino cannot run), models, examples, and files that nothing reads.

    Examples:

      mesh lint

      mesh lint retention tag:predictions --json

      mesh lint --format github
    """
    from meshlake.mesh.linting import lint_folder

    if format_name not in _FORMATS:
        raise UsageError(f"'{format_name}' is no format of findings", f"Use {' or '.join(_FORMATS)}.")
    findings = lint_folder(None, *selectors or (), engine=engine)
    if as_json:
        print_json([finding.as_dict() for finding in findings])
    elif format_name == "github":
        for finding in findings:
            print(_annotation(finding))
    else:
        _print(findings)
    if any(finding.is_error for finding in findings):
        raise typer.Exit(EXIT_FAILED)


def _print(findings: Sequence[Finding]) -> None:
    for finding in findings:
        print_text(f"{finding.place}: {finding.gravity}: {finding.message}")
        if finding.hint:
            print_text(f"    {finding.hint}")
    errors = sum(finding.is_error for finding in findings)
    counts = [_count(errors, "error"), _count(len(findings) - errors, "warning")]
    print_text(" and ".join(filter(None, counts)) + "." if findings else "Nothing is wrong.")


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}" if number else ""


def _annotation(finding: Finding) -> str:
    """A workflow command of GitHub Actions, which shows it beside the line it is about."""
    properties = {
        "file": finding.path_from_here,
        "line": finding.line,
        "col": finding.column,
        "title": finding.product,
    }
    told = ",".join(
        f"{name}={_escaped(str(value)).replace(':', '%3A').replace(',', '%2C')}"
        for name, value in properties.items()
        if value is not None
    )
    return f"::{finding.gravity} {told}::{_escaped(' '.join(filter(None, [finding.message, finding.hint])))}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
