"""On any small table, every rule finds what a plain loop over its rows finds."""

from __future__ import annotations

import random
import re
from collections import Counter
from contextlib import closing
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from meshlake.audit.numbers import MAX_SAMPLES
from meshlake.names import quote_literal
from meshlake.rules.bounds import Bounds
from meshlake.rules.duplicate_values import DuplicateValues
from meshlake.rules.invalid_values import InvalidValues
from meshlake.rules.length import Length
from meshlake.rules.missing_values import MissingValues
from meshlake.rules.null_values import NullValues
from meshlake.rules.pattern import Pattern
from meshlake.rules.primary_key import PrimaryKey
from meshlake.rules.range import Range
from meshlake.rules.required import Required
from meshlake.rules.unique import Unique
from support.auditing import DuckDBAuditing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.rules.rule import Rule

COLUMNS = {"n": "INTEGER", "t": "VARCHAR", "d": "DATE", "f": "DOUBLE"}
FLOATS = [-1.5, 0.0, 2.5, float("nan"), float("inf")]
TEXTS = ["", "a", "ab", "ü", "%", "it's", ":x", "🦆🦆"]
ROWS = st.lists(
    st.tuples(
        st.none() | st.integers(-3, 3),
        st.none() | st.sampled_from(TEXTS),
        st.none() | st.dates(date(2023, 12, 30), date(2024, 1, 2)),
        st.none() | st.sampled_from(FLOATS),
    ),
    max_size=8,
)


def _failing(rule: Rule, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of `rows` that break `rule`."""
    arguments, values = rule.arguments, [row.get(rule.column) for row in rows]
    if type(rule) in (Unique, PrimaryKey, DuplicateValues):
        names = arguments.get("columns", [rule.column])
        # text tells NaN equal to itself, as SQL does
        keys = [tuple(None if row[name] is None else str(row[name]) for name in names) for row in rows]
        counts = Counter(keys)
        return [
            row
            for row, key in zip(rows, keys, strict=True)
            if (None in key and type(rule) is PrimaryKey) or (None not in key and counts[key] > 1)
        ]
    return [row for row, value in zip(rows, values, strict=True) if _is_wrong(type(rule), arguments, value)]


def _is_wrong(kind: type[Rule], arguments: Any, value: Any) -> bool:
    if value is None:
        return kind in (Required, NullValues, MissingValues)
    if kind is Range:
        value = value.isoformat() if isinstance(value, date) else value
        if value != value:  # NaN is above every number in SQL
            return "maximum" in arguments or "exclusiveMaximum" in arguments
        return (
            value < arguments.get("minimum", value)
            or value > arguments.get("maximum", value)
            or ("exclusiveMinimum" in arguments and value <= arguments["exclusiveMinimum"])
            or ("exclusiveMaximum" in arguments and value >= arguments["exclusiveMaximum"])
        )
    if kind is Length:
        return not arguments.get("minLength", 0) <= len(value) <= arguments.get("maxLength", 99)
    if kind is Pattern:
        return re.search(arguments["pattern"], value) is None
    if kind is MissingValues:
        return value in arguments["missingValues"]
    return kind is InvalidValues and value not in arguments["validValues"]


RANGES = [
    Range("n_range", "n", {"minimum": -1, "exclusiveMaximum": 2}),
    Range("f_range", "f", {"exclusiveMinimum": -1.5, "maximum": 2.5}),
    Range("f_minimum", "f", {"minimum": 0}),
    Range("d_range", "d", {"minimum": "2023-12-31", "maximum": "2024-01-01"}),
]
RULES = [
    *RANGES,
    *(Required(f"{name}_required", name) for name in COLUMNS),
    *(Unique(f"{name}_unique", name) for name in COLUMNS),
    PrimaryKey("key", None, {"columns": ["t", "n"]}),
    PrimaryKey("key_n", None, {"columns": ["n"]}),
    DuplicateValues("twice", None, {"columns": ["d", "t"]}),
    Length("length", "t", {"minLength": 1, "maxLength": 2}),
    Pattern("pattern", "t", {"pattern": "^[a-zü]+$"}),
    MissingValues("missing", "t", {"missingValues": ["", "it's"]}),
    InvalidValues("valid", "t", {"validValues": ["a", "%", ":x"]}),
    NullValues("few", "n", {}, Bounds(below=25, unit="percent")),
    NullValues("some", "n", {}, Bounds(at_most=2)),
]


def _sql(value: Any, type_text: str) -> str:
    """A value of a Python row as SQL, on either engine."""
    if value is None:
        return f"NULL::{type_text}"
    return f"{quote_literal({'nan': 'NaN', 'inf': 'Infinity'}.get(str(value), str(value)))}::{type_text}"


def _assert_found(auditing: Any, rows: Sequence[tuple[Any, ...]]) -> None:
    """Every rule finds in `rows` what a loop finds."""
    names, kinds = list(COLUMNS), list(COLUMNS.values())
    no_row = [(None,) * len(names)] * (not rows)  # VALUES cannot be empty
    values = ", ".join(f"({', '.join(map(_sql, row, kinds))})" for row in [*rows, *no_row])
    kept = "false" if no_row else "true"
    results = auditing.check(
        f"SELECT * FROM (VALUES {values}) AS rows ({', '.join(names)}) WHERE {kept}", COLUMNS, *RULES
    )
    records = [dict(zip(names, row, strict=True)) for row in rows]
    for rule in RULES:
        failing, result = _failing(rule, records), results[rule.name]
        share = 100 * len(failing) / len(rows) if rows else 0
        expected = share < 25 if rule.name == "few" else len(failing) <= (rule.bounds.at_most or 0)
        assert (rule.name, result.is_passed) == (rule.name, expected), result.message
        if not result.is_passed:
            found = auditing.rows(result.failing_sql)
            assert Counter(map(str, found)) == Counter(str(tuple(row.values())) for row in failing)
            assert result.failing_rows == len(failing)
            assert len(result.samples) == min(len(failing), MAX_SAMPLES)


@settings(deadline=None, max_examples=40)
@given(rows=ROWS)
def test_every_rule_finds_what_a_loop_finds(rows):
    with closing(DuckDBAuditing()) as auditing:
        _assert_found(auditing, rows)


def test_many_rows(auditing):
    choose = random.Random(7).choice  # noqa: S311
    days = [None, *(date(2023, 12, 30) + timedelta(n) for n in range(4))]
    rows = [
        (choose([None, *range(-3, 4)]), choose([None, *TEXTS]), choose(days), choose([None, *FLOATS]))
        for _ in range(60)
    ]
    _assert_found(auditing, rows)
    _assert_found(auditing, rows[:1])
