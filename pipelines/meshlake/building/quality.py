"""Check results kept as rows of `mesh.quality_results`, so that SQL asks for them as for any product."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from meshlake.column import Column
from meshlake.names import quote_literal
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.lake.catalog import Lake
    from meshlake.names import ProductName
    from meshlake.products.product import Product
    from meshlake.rules.result import CheckResult
    from meshlake.workspace import Workspace

QUALITY_RESULTS = ("mesh", "quality_results")
# Builds of all products append to one such table.
_COMMIT_RETRIES = 20
QUALITY_COLUMNS = (
    Column("checked_at", Scalar.TIMESTAMPTZ, "When the check had run"),
    Column("product", Scalar.VARCHAR, "<domain>.<product>"),
    Column("check_name", Scalar.VARCHAR, "Name of the check, unique within the product"),
    Column("kind", Scalar.VARCHAR, "What kind of rule it holds to"),
    Column("column_name", Scalar.VARCHAR, "The column it is about; null when about the table"),
    Column("severity", Scalar.VARCHAR, "error keeps rows from being published, warning does not"),
    Column("dimension", Scalar.VARCHAR, "Quality dimension, as the contract names it"),
    Column("is_passed", Scalar.BOOLEAN, "Whether the rule held"),
    Column("observed", Scalar.VARCHAR, "What was measured"),
    Column("failing_rows", Scalar.BIGINT, "Rows that break the rule; null where no row can be named"),
    Column("failing_sql", Scalar.VARCHAR, "SQL that finds all of them"),
    Column("samples", Scalar.VARCHAR, "Up to 20 of them, as JSON"),
    Column("message", Scalar.VARCHAR, "The result in words"),
    Column("seconds", Scalar.DOUBLE, "How long the query took that measured it"),
    Column(
        "snapshot_id",
        Scalar.BIGINT,
        "The Iceberg snapshot that was checked, published or not; null of no rows",
    ),
    Column("run", Scalar.VARCHAR, "The build that checked it, or the word check"),
)


def record_results(
    mesh: Workspace, name: ProductName, run: str, snapshot_id: int | None, results: Sequence[CheckResult]
) -> None:
    """Append `results` of one audit."""
    now = datetime.now(UTC)
    rows = [
        {
            "checked_at": now,
            "product": str(name),
            "check_name": result.rule.name,
            "kind": result.rule.kind,
            "column_name": result.rule.column,
            "severity": result.rule.severity.value,
            "dimension": result.rule.dimension,
            "is_passed": result.is_passed,
            "observed": None if result.observed is None else str(result.observed),
            "failing_rows": result.failing_rows,
            "failing_sql": result.failing_sql,
            "samples": json.dumps(result.samples, default=str) if result.samples else None,
            "message": result.message,
            "seconds": result.seconds,
            "snapshot_id": snapshot_id,
            "run": run,
        }
        for result in results
    ]
    append_rows(mesh.lake, QUALITY_RESULTS, QUALITY_COLUMNS, rows)


def append_rows(
    lake: Lake, identifier: tuple[str, str], columns: Sequence[Column], rows: list[dict[str, Any]]
) -> None:
    """Append `rows`, if any, to a table of the mesh itself, which is made when there is none yet, and given the columns
    that it has not."""
    if not rows:
        return
    import pyarrow as pa

    from meshlake.lake.schema import table_schema
    from meshlake.lake.transaction import PlannedTransaction

    table = lake.create_table(identifier, columns, commit_retries=_COMMIT_RETRIES)
    if not {column.name for column in columns} <= set(table.schema().column_names):
        with table.update_schema() as update:
            update.union_by_name(table_schema(columns))
    with PlannedTransaction(table) as transaction:
        transaction.append(pa.Table.from_pylist(rows, schema=table.schema().as_arrow()))


def recorded_results(mesh: Workspace, product: Product, run: str) -> tuple[CheckResult, ...]:
    """What the audit of `run` found, for the rules that `product` still has."""
    from meshlake.rules.result import CheckResult

    table = mesh.lake.table(QUALITY_RESULTS)
    if table is None:
        return ()
    rules = {rule.name: rule for rule in product.all_rules}
    rows = table.scan(row_filter=f"run = {quote_literal(run)}").to_arrow().to_pylist()
    return tuple(
        CheckResult(
            rule=rules[row["check_name"]],
            is_passed=row["is_passed"],
            observed=row["observed"],
            message=row["message"],
            failing_rows=row["failing_rows"],
            samples=tuple(json.loads(row["samples"])) if row["samples"] else (),
            failing_sql=row["failing_sql"],
            seconds=row["seconds"],
        )
        for row in rows
        if row["product"] == str(product.name) and row["check_name"] in rules
    )


@dataclass(frozen=True)
class Audit:
    """What one audit of a product said, whether or not its rows were then published."""

    checked_at: datetime
    run: str
    passed: int
    failed: tuple[str, ...]


def audits(mesh: Workspace, name: ProductName, since: datetime | None = None) -> list[Audit]:
    """The audits of `name` that are recorded, newest first; those from `since` on, where it is given."""
    table = mesh.lake.table(QUALITY_RESULTS)
    if table is None:
        return []
    wanted = f"product = {quote_literal(str(name))}"
    if since is not None:
        wanted += f" AND checked_at >= '{since.isoformat()}'"
    fields = ("checked_at", "run", "check_name", "is_passed")
    rows = table.scan(row_filter=wanted, selected_fields=fields).to_arrow().to_pylist()
    found: dict[tuple[datetime, str], list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault((row["checked_at"], row["run"]), []).append(row)
    return [
        Audit(
            checked_at,
            run,
            sum(row["is_passed"] for row in results),
            tuple(sorted(row["check_name"] for row in results if not row["is_passed"])),
        )
        for (checked_at, run), results in sorted(found.items(), reverse=True)
    ]
