"""What `mesh show` prints of one product."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from meshlake.cli.printing import print_record, print_table, size_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Longer SQL is read in its file.
_SHOWN_SQL = 60


def print_product(facts: Mapping[str, Any]) -> None:
    """All that `facts`, those of `DataProduct.as_dict`, say for people."""
    print_record(_head(facts), ": ".join(filter(None, [facts["product"], facts["description"]])))
    _print_columns(facts["columns"])
    _print_lineage(facts["columns"])
    _print_checks(facts["checks"])
    print_levels([level | {"product": None} for level in facts["service_levels"]])


def print_levels(levels: Sequence[Mapping[str, Any]]) -> None:
    """Promises and whether they are kept, of one product or of several."""
    rows = [
        (
            level["product"],
            level["level"],
            _promised(level["promised"]),
            _seconds(level["observed"]),
            kept_text(level["is_kept"]),
            level["told"],
        )
        for level in levels
    ]
    _print_filled(("product", "service level", "promised", "observed", "kept", "how it is known"), rows)


def _head(facts: Mapping[str, Any]) -> dict[str, Any]:
    consumers, failed, quarantined = facts["consumers"], facts["failed_build"], facts["quarantined"]
    size = facts["size_bytes"]
    return {
        "a row is": facts["grain"],
        "kind": facts["kind"],
        "owner": facts["owner"],
        "version": facts["version"],
        "state": facts["state"],
        "held": f"at snapshot {facts['snapshot']['snapshot_id']} until its folder or "
        f"{facts['held']['waits_for']} changes, or: mesh release {facts['product']}"
        if facts["held"]
        else "",
        "model": facts["retraining"] or "",
        "built from": _held_inputs(facts["snapshot"]),
        "last build": f"failed {failed['failed_at']} UTC: {facts['last_build_error']}" if failed else "",
        "what to do": (failed["hint"] or "") if failed else "",
        "published": f"{facts['published_at']} UTC" if facts["published_at"] else "",
        "snapshot": facts["snapshot"]["snapshot_id"] if facts["snapshot"] else "",
        "rows": f"{facts['rows']:,}, {size_text(size)}" if size is not None else "",
        "quarantined": _quarantined(quarantined) if quarantined else "",
        "reads": ", ".join(facts["inputs"]),
        "read by": ", ".join(consumers["products"]) or "no product",
        "questions": ", ".join(consumers["questions"]),
        "folder": facts["folder"],
        "pictures": ", ".join(facts["pictures"]),
    }


def _quarantined(facts: Mapping[str, Any]) -> str:
    lines = f" and {facts['lines']:,} lines that cannot be read" if facts["lines"] else ""
    return f"{facts['rows']:,} rows for {facts['values']:,} values{lines}, see {facts['table']}"


def _held_inputs(snapshot: Mapping[str, Any] | None) -> str:
    held = snapshot["held_inputs"] if snapshot else {}
    return "; ".join(
        f"{name} as it was held, at snapshot {each['snapshot_id']}" for name, each in held.items()
    )


def _print_columns(columns: Sequence[Mapping[str, Any]]) -> None:
    rows = [
        (
            c["name"],
            c["type"],
            c["is_required"],
            ", ".join(filter(None, (_classification(c), *c["tags"]))),
            c["description"],
        )
        for c in columns
    ]
    _print_filled(("column", "type", "required", "classification", "description"), rows)


def _classification(column: Mapping[str, Any]) -> str:
    """Its word; where it has none of its own, of what it is inherited, or of what it is a hash or a count."""
    if column["classified_from"]:
        return f"{column['classification']} (as {', '.join(column['classified_from'])})"
    derived = f"derived from {', '.join(column['derived_from'])}" if column["derived_from"] else ""
    return column["classification"] or derived


def _print_lineage(columns: Sequence[Mapping[str, Any]]) -> None:
    rows = [(c["name"], _sources(c["lineage"]), _maker(c["lineage"])) for c in columns]
    _print_filled(("column", "comes from", "made by"), rows)


def _sources(lineage: Mapping[str, Any]) -> str:
    """`crm.customers (plan, region), usage.daily_usage (used_on)`; of what is not exact, how many it may be."""
    tables = groupby(lineage["inputs"], key=lambda each: each["table"])
    named = {table: [each["column"] for each in columns] for table, columns in tables}
    if not lineage["is_exact"]:
        told = [
            f"any column of {t}" if c == ["*"] else f"any of {len(c)} columns of {t}"
            for t, c in named.items()
        ]
        return ", ".join(told)
    return ", ".join(f"{table} ({', '.join(columns)})" for table, columns in named.items())


def _maker(lineage: Mapping[str, Any]) -> str:
    made_by = " ".join((lineage["made_by"] or "").split())
    return made_by if len(made_by) <= _SHOWN_SQL else "longer SQL, see its folder"


def _print_checks(checks: Sequence[Mapping[str, Any]]) -> None:
    rows = [
        (
            c["name"],
            _result(c),
            _observed(c),
            c["severity"],
            c["description"],
            c["message"] if c["is_passed"] is False else "",
        )
        for c in checks
    ]
    _print_filled(("check", "result", "observed", "severity", "what it holds to", "what failed"), rows)


def _observed(check: Mapping[str, Any]) -> str | None:
    """What was measured, an age with its unit."""
    observed: str | None = check["observed"]
    return _seconds(float(observed)) if check["kind"] == "freshness" and observed else observed


def _print_filled(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A table after an empty line, without the columns that are empty in every row; none of no rows."""
    filled = [n for n in range(len(columns)) if any(row[n] not in ("", None) for row in rows)]
    if filled:
        print()
        print_table([columns[n] for n in filled], [[row[n] for n in filled] for row in rows])


def _result(check: Mapping[str, Any]) -> str:
    return {None: "not run", True: "passed", False: "FAILED"}[check["is_passed"]]


def kept_text(is_kept: bool | None) -> str:
    """Whether a promise is kept, as far as that is known."""
    return {None: "not known", True: "yes", False: "NO"}[is_kept]


def _promised(promised: float | str) -> str:
    return promised if isinstance(promised, str) else _seconds(promised)


def _seconds(seconds: float | None) -> str:
    """A duration for people: `0.3 s`, `2 h`, `30 d`."""
    if seconds is None:
        return ""
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if abs(seconds) >= 2 * length:
            return f"{seconds / length:,.1f}".removesuffix(".0") + f" {unit}"
    return f"{seconds:,.3f}".rstrip("0").removesuffix(".") + " s"
