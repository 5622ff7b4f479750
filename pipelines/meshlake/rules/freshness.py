"""The rule that the newest rows are not too old."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from meshlake.column import Severity
from meshlake.rules.bounds import Bounds
from meshlake.rules.durations import read_seconds
from meshlake.rules.facts import FactError, MistypedError, UnheldError, rule_name
from meshlake.rules.measure import Aggregate, AuditedTable
from meshlake.rules.rule import Rule
from meshlake.suggest import mistyped, nearest
from meshlake.types.tree import is_moment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from open_data_contract_standard.model import ServiceLevelAgreementProperty

    from meshlake.column import Column


class Freshness(Rule):
    """The newest value of a column is at most argument `maximum_age_seconds` old."""

    kind: ClassVar[str] = "freshness"
    service_level: ClassVar[str | None] = "latency"

    @classmethod
    def of_service_level(
        cls, item: ServiceLevelAgreementProperty, element: str | None, columns: tuple[Column, ...]
    ) -> Self:
        seconds = read_seconds(item)
        column = _column_of(item.element or element, columns)
        return cls(
            rule_name(f"{column}_freshness"),
            column,
            {"maximum_age_seconds": seconds},
            Bounds(at_most=seconds),
            # Keeping rows back would only make what readers see older still.
            Severity.WARNING,
            description=item.description or f"The newest {column} is at most {_words(item)} old",
            dimension="timeliness",
        )

    @property
    def promises(self) -> Mapping[str, object]:
        return {
            "freshness_seconds": self.arguments["maximum_age_seconds"],
            "freshness_column": self.column,
        }

    def measure(self, table: AuditedTable) -> Aggregate:
        # epoch() takes a timestamp without zone as UTC, whatever the session's zone is.
        return Aggregate(f"{table.now_seconds!r} - epoch(max({self.column_sql}))")

    def message(self, observed: float | str | None, failing_rows: int | None, *, is_passed: bool) -> str:
        if is_passed or observed is None:
            return super().message(observed, failing_rows, is_passed=True)
        return (
            f"newest value {float(observed):.0f} s old, at most {self.arguments['maximum_age_seconds']:.0f}"
        )


def _words(item: ServiceLevelAgreementProperty) -> str:
    return " ".join(str(each) for each in (item.value, item.unit) if each is not None)


def _column_of(element: str | None, columns: tuple[Column, ...]) -> str:
    if not element:
        hint = "Add element: <product>.<column>."
        raise UnheldError("property", "latency names no element to measure it on", hint)
    name = element.rpartition(".")[2]
    types = {column.name: column.type for column in columns}
    if name not in types:
        near = nearest(name, types)
        told = MistypedError if mistyped(name, types) else FactError
        raise (told if near else UnheldError)("element", f"'{name}' is no column of the product", near)
    if not is_moment(types[name]):
        raise FactError("element", f"'{name}' is of type {types[name]}, not a date or timestamp")
    return name
