"""`mesh build`, `mesh check`, `mesh test`, `mesh clean`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from meshlake.cli.printing import print_json, print_table, screen_columns, size_text
from meshlake.cli.selectors import SELECTORS
from meshlake.errors import EXIT_FAILED, UsageError
from meshlake.partitions import read_day

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

WIDTH = 80  # of what is no screen
JSON = typer.Option(False, "--json", help="Print the facts as JSON.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(build)
    app.command()(check)
    app.command("test")(run_tests)
    app.command()(clean)


def build(
    selectors: list[str] = SELECTORS,
    only: bool = typer.Option(
        False, "--only", help="Build exactly what is selected, reading what is published of all else."
    ),
    force: bool = typer.Option(
        False,
        "--force",
        help="Build even what has not changed, and train models anew; of what is held, only what is selected itself.",
    ),
    breaking: bool = typer.Option(
        False,
        "--breaking",
        help="Of what is selected, take away, or retype, columns that other products read.",
    ),
    days: str = typer.Option(
        "",
        metavar="DAY[..DAY]",
        help="Of the products selected, build these days even if they have not changed.",
    ),
    as_json: bool = JSON,
) -> None:
    """Build the products selected and all they need, or everything; only what changed is rebuilt.

    Examples:

      mesh build

      mesh build crm 'usage.*'

      mesh build state:modified+ --only

      mesh build crm.customers+ tag:predictions

      mesh build retention.churn_predictions --force

      mesh build crm.customers --breaking

      mesh build usage.daily_usage --days 2024-01-01..2024-01-07
    """
    import meshlake
    from meshlake.cli.progress import TerminalReporter

    asked = _days(days, selectors or ())
    with TerminalReporter(is_quiet=as_json) as reporter:
        outcome = meshlake.open().build(
            *selectors or (),
            is_only=only,
            is_forced=force,
            is_breaking=breaking,
            days=asked,
            reporter=reporter,
            has_to_be_complete=False,
        )
    if as_json:
        print_json(outcome.as_dict())
    else:
        reporter.summary(outcome)
    if not outcome.is_complete:
        raise typer.Exit(EXIT_FAILED)


def check(selectors: list[str] = SELECTORS, as_json: bool = JSON) -> None:
    """Run the checks on what is published now.

    Examples:

      mesh check

      mesh check crm.customers --json

      mesh check retention tag:predictions
    """
    import meshlake

    checked = meshlake.open().check(*selectors or ())
    facts = [(name, result) for name, results in checked.items() for result in results]
    if as_json:
        print_json([{"product": name, **result.as_dict()} for name, result in facts])
    else:
        columns = ("product", "check", "severity", "result", "observed", "failing rows")
        print_table(
            columns,
            [
                (
                    n,
                    r.rule.name,
                    r.rule.severity.value,
                    "passed" if r.is_passed else "FAILED",
                    r.observed,
                    r.failing_rows,
                )
                for n, r in facts
            ],
        )
        for name, result in facts:
            if not result.is_passed and result.failing_sql:
                print(f"\n{name} {result.rule.name}: find the rows with\n  {result.failing_sql}")
    if any(not r.is_passed and r.rule.severity.value == "error" for _, r in facts):
        raise typer.Exit(EXIT_FAILED)


def run_tests(
    selectors: list[str] = SELECTORS,
    engine: str = typer.Option(
        None, "--engine", help="Run them on duckdb or trino; on the settings' engine if not given."
    ),
    as_json: bool = JSON,
) -> None:
    """Run the examples that stand in product folders: literal rows through the real transforms; what differs is told.

    Examples:

      mesh test

      mesh test crm.customers --json

      mesh test +retention.churn_predictions
    """
    import meshlake

    runs = meshlake.open().test(*selectors or (), engine=engine)
    if as_json:
        print_json([run.as_dict() for run in runs])
    else:
        rows = [(run.product, run.example, "passed" if run.is_passed else "FAILED") for run in runs]
        print_table(("product", "example", "result"), rows)
        for run in runs:
            if not run.is_passed:
                told = run.told(screen_columns() or WIDTH)
                place = run.place.removeprefix(f"{Path.cwd()}/")
                print(f"\n{place}: {run.product}: {run.example}\n{told}")
    if not all(run.is_passed for run in runs):
        raise typer.Exit(EXIT_FAILED)


def clean(
    keep_audits: bool = typer.Option(
        False, "--keep-audits", help="Keep failed audit branches for investigation."
    ),
    as_json: bool = JSON,
) -> None:
    """Remove what failed, killed or outdated builds left: stages, audit branches, orphan files, expired snapshots.

    Where many small builds left many small files, their rows are put into few.

    Examples:

      mesh clean

      mesh clean --keep-audits
    """
    import meshlake

    cleaned = meshlake.open().clean(keep_audits=keep_audits)
    if as_json:
        print_json(cleaned.as_dict())
        return
    removed = cleaned.removed
    print(
        f"Removed {removed.stages} stages, {removed.branches} audit branches, "
        f"{removed.snapshots} expired snapshots, {removed.dropped} dropped tables "
        f"and {removed.files} files ({size_text(removed.size_bytes)}), "
        f"{cleaned.leftovers} leftovers of models and scratch, "
        f"{cleaned.model_versions} outlived versions of models, "
        f"{cleaned.gone_datasets} landed datasets that are gone; "
        f"{cleaned.compacted_files} fewer small files."
    )


def _days(text: str, names: Sequence[str]) -> list[date]:
    """The days from `2024-01-01..2024-01-07`, or the one that is given.

    Raises:
        UsageError: it is neither, or no product is named.
    """
    if not text:
        return []
    begin, dots, end = text.partition("..")
    first, last = read_day(begin), read_day(end if dots else begin)
    if first is None or last is None or last < first:
        raise UsageError(
            f"'{text}' is no day and no span of days",
            "Write --days 2024-01-05, or --days 2024-01-01..2024-01-07.",
        )
    if not names:
        raise UsageError(
            "--days is for products that are named", "Name them: mesh build D.P --days 2024-01-05"
        )
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
