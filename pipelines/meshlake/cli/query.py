"""`mesh sql` and `mesh questions`."""

from __future__ import annotations

import io
import sys
from contextlib import suppress
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, TextIO

import typer

from meshlake.cli.printing import HeldBack, print_json, print_table, screen_columns
from meshlake.errors import EXIT_FAILED, UsageError
from meshlake.names import LANDING_CATALOG

if TYPE_CHECKING:
    from meshlake.engines.answer import Answer
    from meshlake.mesh.mesh import Mesh


class OutputFormat(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
    PARQUET = "parquet"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(sql)
    app.command()(questions)
    app.command()(search)


def sql(
    query: str | None = typer.Argument(
        None, help="One SELECT over products (crm.customers), landed datasets and mesh.* tables."
    ),
    file: Path | None = typer.Option(
        None, "-f", "--file", help="Read the SELECT from a file; - is standard input."
    ),
    output_format: OutputFormat | None = typer.Option(
        None, "--format", help="How to write the answer; else a table, or what the file's name ends in."
    ),
    output: Path | None = typer.Option(
        None, "-o", "--output", help="Write to a file: .csv, .json, .jsonl or .parquet."
    ),
    engine: str | None = typer.Option(
        None,
        "--engine",
        help="duckdb, trino or another that is installed; the settings' engine when not given.",
    ),
    as_of: str | None = typer.Option(
        None, "--as-of", help="A time (2026-11-24T12:00), a snapshot id or an audit branch."
    ),
    timezone: str | None = typer.Option(
        None, "--timezone", help="Tell moments, and count days, in another zone than UTC: Europe/Berlin."
    ),
    limit: int = typer.Option(1000, "--limit", help="Rows shown in a table; 0 for all."),
    as_json: bool = typer.Option(False, "--json", help="The same as --format json."),
) -> None:
    """Query the mesh in SQL; reading only, and only what the mesh holds.

    Examples:

      mesh sql "SELECT plan, count(*) FROM crm.customers GROUP BY plan"

      mesh sql -f sql/questions/01_revenue_at_risk_by_region.sql -o answer.csv

      echo "SELECT count(*) FROM crm.customers" | mesh sql -f - --json

      mesh sql "SELECT count(*) FROM crm.customers" --as-of 2026-11-24T12:00

      mesh sql "SELECT product, check_name, message FROM mesh.quality_results WHERE NOT is_passed"
    """
    import meshlake

    chosen = OutputFormat.JSON if as_json else output_format
    text = _text(query, file)
    mesh = meshlake.open(timezone=timezone)
    if output is not None:
        if chosen is OutputFormat.TABLE:
            raise UsageError(
                "a table is for the screen", "Write files as .csv, .json, .jsonl or .parquet: -o answer.csv"
            )
        mesh.write(text, output, chosen and chosen.value, as_of=as_of, engine=engine)
    elif chosen in (None, OutputFormat.TABLE):
        _print_table(mesh, text, as_of, engine, limit or None)
    elif chosen is OutputFormat.JSON or _may_read_landed(text):
        _print_held_back(mesh, text, chosen, as_of, engine)
    else:
        mesh.write(text, sys.stdout.buffer, chosen.value, as_of=as_of, engine=engine)


def _print_table(mesh: Mesh, text: str, as_of: str | None, engine: str | None, row_limit: int | None) -> None:
    """Show the answer; what is read of landed lines may have to be read again, so none of it before the end."""
    from meshlake.formats.unreadable import ReadAgainError

    while True:
        shown = io.StringIO() if _may_read_landed(text) else sys.stdout
        with suppress(ReadAgainError):
            with mesh.asked(text, as_of=as_of, engine=engine) as answer:
                _show(answer, shown, row_limit=row_limit)
            break
    if isinstance(shown, io.StringIO):
        sys.stdout.write(shown.getvalue())


def _print_held_back(
    mesh: Mesh, text: str, chosen: OutputFormat, as_of: str | None, engine: str | None
) -> None:
    """Print the answer as a whole, read again where lines were left out or files replaced, unless some is printed."""
    from meshlake.formats.unreadable import ReadAgainError

    while True:
        held = HeldBack()
        try:
            mesh.write(text, held, chosen.value, as_of=as_of, engine=engine)
            break
        except ReadAgainError:
            if held.is_released:
                raise
    held.release()


def _may_read_landed(text: str) -> bool:
    return LANDING_CATALOG in text.lower()


def questions(
    names: list[str] = typer.Argument(
        None, metavar="[NAME ...]", help="Questions by file name; all when none is given."
    ),
    runs: int = typer.Option(5, "--runs", help="How often each is asked."),
    as_json: bool = typer.Option(False, "--json", help="Print the facts as JSON."),
) -> None:
    """Ask the questions of sql/questions and hold their answer times (p95) against what they promise.

    Examples:

      mesh questions

      mesh questions 01_revenue_at_risk_by_region --runs 20
    """
    import meshlake

    timings = meshlake.open().questions(*names or (), runs=runs)
    rows = [
        (t.question.name, t.question.text, t.row_count, t.p95_seconds, t.question.promised_seconds, t.is_kept)
        for t in timings
    ]
    columns = ("name", "question", "rows", "p95_seconds", "promised_seconds", "is_kept")
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        print_table(columns, rows)
    if not all(t.is_kept for t in timings):
        raise typer.Exit(EXIT_FAILED)


def _text(query: str | None, file: Path | None) -> str:
    if (query is None) == (file is None):
        raise UsageError("give one SELECT, as text or with -f FILE", "For examples: mesh sql --help")
    if file is None:
        return query or ""
    is_input = str(file) == "-"
    try:
        content = sys.stdin.buffer.read() if is_input else file.read_bytes()
        return content.decode("utf-8")
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        where = "standard input" if is_input else file
        raise UsageError(f"{where} is not UTF-8 at byte {error.start}", "Save it as UTF-8.") from error


def _show(answer: Answer, stream: TextIO, *, row_limit: int | None) -> None:
    from meshlake.query.table import write_plan, write_table

    if answer.is_plan:
        write_plan(answer, stream)
        return
    write_table(answer, stream, row_limit=row_limit, screen_columns=screen_columns())


def search(
    words: list[str] = typer.Argument(..., metavar="WORDS...", help="What it is about, in words."),
    most: int = typer.Option(20, "--most", min=1, help="So many at most."),
    as_json: bool = typer.Option(False, "--json", help="Print the facts as JSON."),
) -> None:
    """Find what is about some words: discovered datasets, products, columns, their values, named questions.

    Words are compared by their stems: `payments` finds `paying`. After pip install 'meshlake[meaning]' what is near in
    meaning is found, too: `wages` finds `salary`. Personal values are never shown.

    Examples:

      mesh search customers who stopped paying

      mesh search "monthly charges" --json
    """
    from dataclasses import asdict

    import meshlake

    hits = meshlake.open().search(" ".join(words), most=most)
    if as_json:
        print_json([asdict(hit) for hit in hits])
    elif hits:
        print_table(
            ("kind", "name", "score", "since"),
            [(hit.kind, hit.name, f"{hit.score:.2f}", hit.reason) for hit in hits],
        )
    else:
        print("Nothing found. What has landed is found once `mesh discover` has seen it.")
