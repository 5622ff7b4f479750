"""`mesh sql` and `mesh questions`."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from pipelines.cli.printing import print_json, print_table
from pipelines.errors import EXIT_FAILED, MeshError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import duckdb

    from pipelines.lake.catalog import Lake
    from pipelines.lake.snapshot import Snapshot
    from pipelines.landing.zone import Landed
    from pipelines.names import ProductName
    from pipelines.query.guard import ParsedQuery
    from pipelines.settings import Settings


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


def sql(
    query: str | None = typer.Argument(
        None, help="One SELECT over products (crm.customers), landed datasets and mesh.* tables."
    ),
    file: Path | None = typer.Option(None, "-f", "--file", help="Read the SELECT from a file."),
    output_format: OutputFormat = typer.Option(
        OutputFormat.TABLE, "--format", help="How to write the answer."
    ),
    output: Path | None = typer.Option(None, "-o", "--output", help="Write to a file instead of the screen."),
    engine: str | None = typer.Option(
        None, "--engine", help="duckdb or trino; the settings' engine when not given."
    ),
    as_of: str | None = typer.Option(
        None, "--as-of", help="A time (2026-11-24T12:00), a snapshot id or an audit branch."
    ),
    limit: int = typer.Option(1000, "--limit", help="Rows shown in a table; 0 for all."),
    as_json: bool = typer.Option(False, "--json", help="The same as --format json."),
) -> None:
    """Query the mesh in SQL; reading only, and only what the mesh holds.

    Examples:

      mesh sql "SELECT plan, count(*) FROM crm.customers GROUP BY plan"

      mesh sql -f sql/questions/01_revenue_at_risk.sql --format csv -o answer.csv

      mesh sql "SELECT count(*) FROM crm.customers" --as-of 2026-11-24T12:00

      mesh sql "SELECT product, check_name, message FROM mesh.quality_results WHERE NOT is_passed"
    """
    from pipelines.query.guard import check_select
    from pipelines.query.output import destination, write_answer
    from pipelines.query.table import write_plan, write_table
    from pipelines.services import naming_servers
    from pipelines.settings import load_settings

    chosen = OutputFormat.JSON if as_json else output_format
    parsed = check_select(_text(query, file))
    settings = load_settings(os.environ | ({"MESH_ENGINE": engine} if engine else {}))
    ask = _ask_trino if settings.engine == "trino" else _ask_duckdb
    if chosen is OutputFormat.TABLE and output is None:
        with naming_servers(settings), ask(settings, parsed, as_of, None) as (connection, asked, asked_at):
            if asked.is_explain:
                write_plan(connection, asked, sys.stdout)
            else:
                width = None if not sys.stdout.isatty() else _screen_columns()
                write_table(
                    connection,
                    asked,
                    sys.stdout,
                    row_limit=limit or None,
                    screen_columns=width,
                    asked_at=asked_at,
                )
        return
    if chosen is OutputFormat.TABLE:
        raise UsageError(
            "a table is for the screen", "Write files with --format csv, json, jsonl or parquet."
        )
    with (
        naming_servers(settings),
        destination(output or sys.stdout.buffer) as path,
        ask(settings, parsed, as_of, path) as (connection, asked, _),
    ):
        write_answer(connection, asked, chosen.value, path)


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

      mesh questions 01_revenue_at_risk --runs 20
    """
    from pipelines.query.questions import read_questions, time_question
    from pipelines.settings import load_settings

    settings = load_settings()
    known = read_questions(settings.questions)
    chosen = [q for q in known if not names or q.name in names]
    if not chosen:
        raise UsageError(
            f"no such question in {settings.questions}",
            f"There are: {', '.join(q.name for q in known) or 'none'}.",
        )
    timings = []
    for question in chosen:
        with _open(settings, question.query, None, None) as connection:
            timings.append(time_question(connection, question, runs))
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
        raise UsageError("give one SELECT, as text or with -f FILE", 'mesh sql "SELECT * FROM mesh.products"')
    if query is not None:
        return query
    try:
        return Path(str(file)).read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8 at byte {error.start}", "Save it as UTF-8.") from error


@contextmanager
def _ask_trino(
    settings: Settings, query: ParsedQuery, as_of: str | None, _output_path: str | None
) -> Iterator[tuple[duckdb.DuckDBPyConnection, ParsedQuery, float]]:
    """Trino's answer to `query` on a DuckDB connection, the query that reads it there, and when Trino was asked."""
    from pipelines.build.mesh import open_mesh
    from pipelines.query.trino import trino_answer

    mesh = open_mesh(settings)
    datasets = [mesh.landing.landed(name) for name in sorted(query.datasets)]
    with trino_answer(settings, mesh.lake, query, _snapshots(mesh.lake, query, as_of), datasets) as answer:
        yield answer


@contextmanager
def _ask_duckdb(
    settings: Settings, query: ParsedQuery, as_of: str | None, output_path: str | None
) -> Iterator[tuple[duckdb.DuckDBPyConnection, ParsedQuery, float]]:
    """The mesh for `query` on DuckDB, the query as it is, and when it is asked."""
    with _open(settings, query, as_of, output_path) as connection:
        yield connection, query, time.perf_counter()


@contextmanager
def _open(
    settings: Settings, query: ParsedQuery, as_of: str | None, output_path: str | None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The mesh for `query`; what is wrong with a landed file it reads is told in the landing zone's words."""
    import duckdb

    from pipelines.landing.failures import landing_error
    from pipelines.landing.zone import Dataset
    from pipelines.query.interrupt import interruptible

    datasets = _landed(settings, query)
    try:
        with _connect(settings, query, datasets, as_of, output_path) as connection, interruptible(connection):
            yield connection
    except (MeshError, duckdb.Error) as error:
        files = [dataset for dataset in datasets if isinstance(dataset, Dataset)]
        cause = error if isinstance(error, duckdb.Error) else error.__cause__
        told = landing_error(cause, files) if isinstance(cause, duckdb.Error) else None
        if told is None:
            raise
        raise told from error


def _landed(settings: Settings, query: ParsedQuery) -> list[Landed]:
    """The landed datasets that `query` reads; which of them are tables only the contracts say."""
    if not query.datasets:
        return []
    from pipelines.products.load import load_products
    from pipelines.products.operational import open_landing

    zone = open_landing(settings, load_products(settings.products).products.values())
    return [zone.landed(name) for name in sorted(query.datasets)]


def _connect(
    settings: Settings,
    query: ParsedQuery,
    datasets: Sequence[Landed],
    as_of: str | None,
    output_path: str | None,
) -> duckdb.DuckDBPyConnection:
    """Open the mesh for `query`, its views brought up to date first when somebody has published since."""
    from pipelines.engine.operational import duckdb_relation
    from pipelines.landing.relation import relation_sql
    from pipelines.landing.zone import Dataset
    from pipelines.query.mesh_file import read_state
    from pipelines.query.run import open_mesh_file
    from pipelines.query.state import catalog_state

    is_mesh_read = bool(query.products or query.system_tables) or not query.datasets
    if is_mesh_read and read_state(settings.mesh_file) != catalog_state(settings):
        from pipelines.build.mesh import open_mesh
        from pipelines.build.views import refresh_views

        refresh_views(open_mesh(settings))
    return open_mesh_file(
        settings.mesh_file,
        [settings.warehouse, settings.landing],
        landing={
            each.name: relation_sql(each) if isinstance(each, Dataset) else duckdb_relation(each)
            for each in datasets
        },
        as_of=_published(settings, query, as_of) if as_of else None,
        output_path=output_path,
        s3=settings.s3 if settings.is_on_s3 else None,
        operational=settings.operational if any(not isinstance(d, Dataset) for d in datasets) else None,
    )


def _published(settings: Settings, query: ParsedQuery, as_of: str) -> Iterable[Any]:
    from pipelines.build.mesh import open_mesh
    from pipelines.build.views import published

    mesh = open_mesh(settings)
    return [published(mesh, *named) for named in _snapshots(mesh.lake, query, as_of).items()]


def _snapshots(lake: Lake, query: ParsedQuery, as_of: str | None) -> dict[ProductName, Snapshot]:
    """The snapshots that `query` reads: the current ones, or those of `as_of`."""
    from pipelines.lake.draft import audited_snapshot

    identifiers = {name: (name.domain, name.product) for name in sorted(query.products)}
    # On an audit branch stands one product; what its checks join is asked for as it is published.
    audited = {n: audited_snapshot(lake, i, as_of) if as_of else None for n, i in identifiers.items()}
    if as_of is not None and not any(audited.values()):
        return {n: lake.as_of(n, as_of) for n in identifiers}
    found = {n: audited[n] or lake.head(i) for n, i in identifiers.items()}
    if missing := [name for name, snapshot in found.items() if snapshot is None]:
        raise UsageError(f"there is no table {missing[0]}", "`mesh list` shows what there is.")
    return {name: snapshot for name, snapshot in found.items() if snapshot is not None}


def _screen_columns() -> int:
    import shutil

    return shutil.get_terminal_size().columns
