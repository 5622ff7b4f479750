"""The rule that texts match a regular expression."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Self

from meshlake.names import quote_literal
from meshlake.rules.facts import FactError, rule_name
from meshlake.rules.measure import Aggregate, AuditedTable, failing_rows
from meshlake.rules.rule import Rule
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from open_data_contract_standard.model import SchemaProperty

    from meshlake.column import Column

# RE2, which both engines use, has neither; Python's re does, so compiling alone does not find them.
_NOT_RE2 = re.compile(r"\(\?(?:[=!>]|<[=!])|(?<!\\)(?:\\\\)*\\[1-9]")


# What a text is that a contract gives one of these formats, as RFCs have it in short.
_OCTET = "(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HEX = "[0-9A-Fa-f]"
FORMATS = {
    "email": r"^[^@\s]+@[^@\s]+[.][^@\s.]+$",
    "uuid": f"^{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}$",
    "uri": r"^[A-Za-z][A-Za-z0-9+.-]*:\S+$",
    "hostname": rf"^{_LABEL}([.]{_LABEL})*[.]?$",
    "ipv4": rf"^{_OCTET}([.]{_OCTET}){{3}}$",
    "ipv6": rf"^(({_HEX}{{0,4}}:){{2,7}}({_HEX}{{0,4}}|{_OCTET}([.]{_OCTET}){{3}}))$",
    "byte": "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
}


class Pattern(Rule):
    """A regular expression, argument `pattern`, is found in every text."""

    kind: ClassVar[str] = "pattern"
    options: ClassVar[tuple[str, ...]] = ("pattern",)

    @classmethod
    def of_property(cls, prop: SchemaProperty, column: Column) -> Iterator[Self]:
        given = prop.logicalTypeOptions or {}
        if "pattern" in given:
            pattern = checked_pattern(given["pattern"], column, "logicalTypeOptions")
            name, description = rule_name(f"{column.name}_pattern"), f"{column.name} matches {pattern}"
            yield cls(name, column.name, {"pattern": pattern}, description=description)
        format_ = str(given.get("format"))
        if column.type is Scalar.VARCHAR and format_ in FORMATS:
            pattern = FORMATS[format_]
            name, description = rule_name(f"{column.name}_format"), f"{column.name} is {format_}"
            yield cls(name, column.name, {"pattern": pattern}, description=description)

    def measure(self, table: AuditedTable) -> Aggregate:
        return failing_rows(is_unlike(self.column_sql, self.arguments["pattern"]), table)

    def is_told_by_a_day(self, day_column: str) -> bool:
        return True


def is_unlike(column_sql: str, pattern: str) -> str:
    """The condition that `pattern` is not found in a column."""
    return f"NOT regexp_matches({column_sql}, {quote_literal(pattern)})"


def checked_pattern(pattern: object, column: Column, key: str) -> str:
    """`pattern`, when it is a regular expression RE2 can run and `column` holds text.

    Raises:
        FactError: under `key`, when not.
    """
    if column.type is not Scalar.VARCHAR:
        raise FactError(key, f"a column of type {column.type} has no pattern")
    if not isinstance(pattern, str):
        raise FactError(key, f"pattern {pattern!r} is not text")
    try:
        re.compile(pattern)
    except re.error as error:
        raise FactError(key, f"pattern '{pattern}' is not a regular expression: {error}") from error
    if _NOT_RE2.search(pattern):
        message = f"pattern '{pattern}' uses look-around or back-references, which RE2 does not have"
        raise FactError(key, message)
    return pattern
