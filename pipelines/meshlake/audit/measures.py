"""Each rule as SQL: the number that is measured, and the query that finds every failing row.

Text only, in DuckDB's dialect; nothing is run here. A measure is either an aggregate over the audited rows,
so that all of them fit in one query, or a query of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlglot
from sqlglot import exp

from meshlake.contract.model import Contract, Rule, RuleKind
from meshlake.names import quote_identifier, quote_literal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_FLOATS = ("FLOAT", "DOUBLE")
_PLACEHOLDER = re.compile(r"\$?\{(object|table|property|column)\}")


@dataclass(frozen=True)
class Measure:
    """How one rule is measured.

    `aggregate` is an expression over the audited rows, or `query` a SELECT that gives one number. The number
    is that of the failing rows when `is_row_count`; else the rows of `failing_sql` have to be counted.
    """

    aggregate: str | None = None
    query: str = ""
    failing_sql: str | None = None
    is_row_count: bool = False


def measure(rule: Rule, contract: Contract, table: str, now_seconds: float) -> Measure:
    """The measure of `rule` on `table`.

    Args:
        rule: any rule but those on the schema and those Great Expectations runs itself.
        contract: the contract whose column types the rule's values are read as.
        table: the quoted SQL name of the audited rows.
        now_seconds: the time ages are counted back from, in seconds since 1970 UTC.
    """
    if rule.kind == RuleKind.ROW_COUNT:
        return Measure(aggregate="count(*)")
    if rule.kind == RuleKind.FRESHNESS:
        # epoch() takes a timestamp without zone as UTC, whatever the session's zone is.
        return Measure(aggregate=f"{now_seconds!r} - epoch(max({_column(rule)}))")
    if rule.kind == RuleKind.SQL:
        query = _fill_in(rule, table)
        return Measure(query=query, failing_sql=_rows_counted_by(query))
    if rule.kind == RuleKind.VIOLATING_ROWS:
        query = rule.arguments["query"]
        return Measure(query=f"SELECT count(*) FROM (\n{query}\n)", failing_sql=query, is_row_count=True)
    if rule.kind in (RuleKind.UNIQUE, RuleKind.DUPLICATE_VALUES, RuleKind.PRIMARY_KEY):
        return _repetition(rule, contract, table)
    failing = _PREDICATES[rule.kind](rule, contract)
    return Measure(
        aggregate=f"count(*) FILTER (WHERE {failing})",
        failing_sql=f"SELECT * FROM {table} WHERE {failing}",
        is_row_count=True,
    )


def literal(value: str | int | float | bool, type_text: str) -> str:
    """`value` as a SQL literal of a column's type."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return (
            quote_literal(value) if type_text == "VARCHAR" else f"CAST({quote_literal(value)} AS {type_text})"
        )
    return repr(value)


def _repetition(rule: Rule, contract: Contract, table: str) -> Measure:
    """Rows whose key an earlier row has; for a primary key also the rows with a null in it.

    Nulls repeat nothing, as in SQL's own UNIQUE.
    """
    names: Sequence[str] = rule.arguments.get("columns") or [rule.column or ""]
    columns = [quote_identifier(name) for name in names]
    key = columns[0] if len(columns) == 1 else f"({', '.join(columns)})"
    given = " AND ".join(f"{column} IS NOT NULL" for column in columns)
    repeated = f"count(*) FILTER (WHERE {given}) - count(DISTINCT {key}) FILTER (WHERE {given})"
    is_shared = f"count(*) OVER (PARTITION BY {', '.join(columns)}) > 1"
    # Trino has no QUALIFY, and its translation would give * one column more.
    rows = f"SELECT {', '.join(quote_identifier(column.name) for column in contract.columns)} FROM {table}"
    failing = f"{rows} WHERE {given} QUALIFY {is_shared}"
    if rule.kind == RuleKind.PRIMARY_KEY:
        repeated = f"count(*) - count(DISTINCT {key}) FILTER (WHERE {given})"
        failing = f"{rows} QUALIFY NOT ({given}) OR {is_shared}"
    return Measure(aggregate=repeated, failing_sql=failing)


def _is_null(rule: Rule, _contract: Contract) -> str:
    return f"{_column(rule)} IS NULL"


def _is_out_of_range(rule: Rule, contract: Contract) -> str:
    column, type_text = _column(rule), _type(rule, contract)
    signs = {"minimum": "<", "maximum": ">", "exclusiveMinimum": "<=", "exclusiveMaximum": ">="}
    parts = [
        f"{column} {sign} {literal(rule.arguments[key], type_text)}"
        for key, sign in signs.items()
        if key in rule.arguments
    ]
    if type_text in _FLOATS and rule.arguments.keys() & {"maximum", "exclusiveMaximum"}:
        # NaN is above every number on DuckDB, and neither above nor below any on Trino.
        parts.append(f"isnan({column})")
    return " OR ".join(parts)


def _is_of_wrong_length(rule: Rule, contract: Contract) -> str:
    length = "array_length" if _type(rule, contract).endswith("[]") else "length"
    signs = {"minLength": "<", "maxLength": ">"}
    return " OR ".join(
        f"{length}({_column(rule)}) {sign} {rule.arguments[key]}"
        for key, sign in signs.items()
        if key in rule.arguments
    )


def _is_unlike_pattern(rule: Rule, _contract: Contract) -> str:
    return f"NOT regexp_matches({_column(rule)}, {quote_literal(rule.arguments['pattern'])})"


def _is_missing(rule: Rule, contract: Contract) -> str:
    values = rule.arguments.get("missingValues", ())
    listed = f" OR {_column(rule)} IN ({_literals(rule, values, contract)})" if values else ""
    return f"{_column(rule)} IS NULL{listed}"


def _is_invalid(rule: Rule, contract: Contract) -> str:
    column, parts = _column(rule), []
    if "validValues" in rule.arguments:
        values = rule.arguments["validValues"]
        # SQL has no empty list; with no valid value every value is invalid.
        parts.append(
            f"{column} NOT IN ({_literals(rule, values, contract)})" if values else f"{column} IS NOT NULL"
        )
    if "pattern" in rule.arguments:
        parts.append(_is_unlike_pattern(rule, contract))
    if not parts:
        parts.append(f"{column} IS NOT NULL AND TRY_CAST({column} AS {_type(rule, contract)}) IS NULL")
    return " OR ".join(parts)


_PREDICATES: dict[RuleKind, Callable[[Rule, Contract], str]] = {
    RuleKind.REQUIRED: _is_null,
    RuleKind.NULL_VALUES: _is_null,
    RuleKind.RANGE: _is_out_of_range,
    RuleKind.LENGTH: _is_of_wrong_length,
    RuleKind.PATTERN: _is_unlike_pattern,
    RuleKind.MISSING_VALUES: _is_missing,
    RuleKind.INVALID_VALUES: _is_invalid,
}


def _column(rule: Rule) -> str:
    return quote_identifier(rule.column or "")


def _type(rule: Rule, contract: Contract) -> str:
    return contract.column(rule.column or "").type


def _literals(rule: Rule, values: Sequence[Any], contract: Contract) -> str:
    return ", ".join(literal(value, _type(rule, contract)) for value in values)


def _fill_in(rule: Rule, table: str) -> str:
    """The rule's query with the names of its table and column in place of ODCS's placeholders."""
    names = dict.fromkeys(("object", "table"), table) | dict.fromkeys(("property", "column"), _column(rule))
    return _PLACEHOLDER.sub(lambda match: names[match[1]], rule.arguments["query"])


def _rows_counted_by(query: str) -> str | None:
    """The rows a plain `SELECT count(*) FROM ... WHERE ...` counts; None for any other query."""
    try:
        parsed = sqlglot.parse_one(query, dialect="duckdb")
    except sqlglot.errors.SqlglotError:
        return None
    if not isinstance(parsed, exp.Select) or len(parsed.expressions) != 1:
        return None
    counted = parsed.expressions[0].unalias()
    is_plain = not any(
        parsed.args.get(part) for part in ("group", "having", "qualify", "limit", "offset", "distinct")
    )
    if not (is_plain and isinstance(counted, exp.Count) and isinstance(counted.this, exp.Star)):
        return None
    return parsed.select("*", append=False).sql(dialect="duckdb")
