"""`mesh build`, `mesh check`, `mesh clean`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import typer

from meshlake.cli.printing import print_json, print_table, size_text
from meshlake.errors import EXIT_FAILED, AuditError, UsageError
from meshlake.names import ProductName
from meshlake.partitions import read_day

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from meshlake.building.build import BuildResult
    from meshlake.errors import MeshError

JSON = typer.Option(False, "--json", help="Print the facts as JSON.")
PRODUCTS = typer.Argument(None, metavar="[D.P ...]", help="Products by name; all when none is given.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(build)
    app.command()(check)
    app.command()(clean)


def build(
    products: list[str] = PRODUCTS,
    force: bool = typer.Option(
        False, "--force", help="Build even what has not changed, and train models anew."
    ),
    days: str = typer.Option(
        "",
        metavar="DAY[..DAY]",
        help="Of the products named, build these days even if they have not changed.",
    ),
    as_json: bool = JSON,
) -> None:
    """Build the named products and all they need, or everything; only what changed is rebuilt.

    Examples:

      mesh build

      mesh build retention.churn_predictions --force

      mesh build usage.daily_usage --days 2024-01-01..2024-01-07
    """
    from meshlake.building.views import refresh_views
    from meshlake.cli.progress import TerminalReporter
    from meshlake.orchestration.run import run_build
    from meshlake.workspace import open_workspace

    names = [ProductName.parse(text) for text in products or ()]
    asked = _days(days, names)
    mesh = open_workspace()
    reporter = TerminalReporter(is_quiet=as_json)
    with reporter:
        outcome = run_build(mesh, names, is_forced=force, reporter=reporter, days=asked)
    if outcome.results:
        refresh_views(mesh)
    if as_json:
        print_json(
            {
                "built": [_result_facts(result) for result in outcome.results],
                "failed": [
                    {"product": str(name), "error": e.message, "hint": e.hint, "checks": _failed_checks(e)}
                    for name, e in outcome.failures.items()
                ],
                "skipped": [str(name) for name in outcome.skipped],
            }
        )
    else:
        reporter.summary(outcome)
    if not outcome.is_complete:
        raise typer.Exit(EXIT_FAILED)


def check(products: list[str] = PRODUCTS, as_json: bool = JSON) -> None:
    """Run the checks on what is published now.

    Examples:

      mesh check

      mesh check crm.customers --json
    """
    from meshlake.building.audit import check_published
    from meshlake.workspace import open_workspace

    mesh = open_workspace()
    names = [ProductName.parse(text) for text in products or ()] or mesh.lake.products()
    facts = [check_fact for name in names for check_fact in check_published(mesh, name)]
    if as_json:
        print_json([{"product": str(name), **result.as_dict()} for name, result in facts])
    else:
        columns = ("product", "check", "severity", "result", "observed", "failing rows")
        print_table(
            columns,
            [
                (
                    str(n),
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
    from meshlake.building.compact import compact_lake
    from meshlake.building.leftovers import remove_leftovers
    from meshlake.building.quality import QUALITY_RESULTS
    from meshlake.lake.clean import GRACE_SECONDS, clean_lake
    from meshlake.workspace import open_workspace

    mesh = open_workspace()
    retention = {
        str(n): p.contract.service_levels.retention_seconds for n, p in mesh.products.products.items()
    }
    # Its rows are kept, and nobody asks how the table itself was an hour ago.
    retention[".".join(QUALITY_RESULTS)] = 0.0
    compacted = compact_lake(mesh)
    removed = clean_lake(mesh.lake, retention, keep_audits=keep_audits)
    leftovers = remove_leftovers(mesh.settings, GRACE_SECONDS)
    gone = mesh.engine.forget_gone(mesh.settings, mesh.landing, GRACE_SECONDS)
    if as_json:
        others = {"leftovers": leftovers, "compacted_files": compacted, "gone_datasets": gone}
        print_json(removed.as_dict() | others)
        return
    print(
        f"Removed {removed.stages} stages, {removed.branches} audit branches, "
        f"{removed.snapshots} expired snapshots and {removed.files} files ({size_text(removed.size_bytes)}), "
        f"{leftovers} leftovers of models and scratch, {gone} landed datasets that are gone; "
        f"{compacted} fewer small files."
    )


def _days(text: str, names: Sequence[ProductName]) -> list[date]:
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
            "--days is for products that are named", "mesh build usage.daily_usage --days 2024-01-05"
        )
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _failed_checks(error: MeshError) -> list[dict[str, object]]:
    """The checks that kept rows from being published, each with up to 20 of them and the SQL that finds all."""
    results = error.results if isinstance(error, AuditError) else ()
    return [result.as_dict() for result in results if result.is_blocking]


def _result_facts(result: BuildResult) -> dict[str, object]:
    return {
        "product": str(result.name),
        "snapshot_id": str(result.snapshot.snapshot_id),
        "is_rebuilt": result.is_rebuilt,
        "rows": result.snapshot.row_count,
        "size_bytes": result.snapshot.size_bytes,
        "seconds": round(result.seconds, 3),
        "checks_passed": sum(c.is_passed for c in result.checks),
        "checks": len(result.checks),
        "facts": dict(result.facts),
    }
