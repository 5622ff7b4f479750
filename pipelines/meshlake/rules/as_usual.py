"""The rule that the newest day is like days before it: in its rows, in their nulls, or in the mean of a column."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from meshlake.names import quote_identifier
from meshlake.rules.bounds import Bounds
from meshlake.rules.facts import FactError
from meshlake.rules.measure import AuditedTable, ByDay, DayMetric
from meshlake.rules.quality_rule import QualityRule
from meshlake.suggest import nearest
from meshlake.types.tree import Scalar, is_moment, is_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from open_data_contract_standard.model import DataQuality

    from meshlake.column import Column

ENGINE = "meshlake"
# Every day of the month is seen twice and every weekday nine times; of fewer days nothing is told.
FEWEST_DAYS = 63
_METRICS = tuple(DayMetric)
_HINT = "Write implementation: {asUsual: rowCount, day: <a date column>}."


class AsUsual(QualityRule):
    """A number of the newest day that is over lies where days like it let expect.

    Arguments: `asUsual`, the number; `day`, the column that says of which day a row is; and `lateAfterDays`, after how
    many days a day without rows is late. Of less than nine weeks nothing is told (docs/adr/0078).
    """

    kind: ClassVar[str] = "asUsual"
    quality_type: ClassVar[str | None] = "custom"

    @classmethod
    def is_stated_by(cls, item: DataQuality) -> bool:
        return (item.engine or "").lower() == ENGINE

    @classmethod
    def read_arguments(
        cls, item: DataQuality, column: Column | None, columns: tuple[Column, ...]
    ) -> dict[str, Any]:
        given = item.implementation
        if not isinstance(given, dict) or given.get("asUsual") not in _METRICS:
            raise FactError("implementation", f"asUsual is none of {', '.join(_METRICS)}", _HINT)
        if unknown := given.keys() - {"asUsual", "day", "lateAfterDays"}:
            raise FactError("implementation", f"asUsual takes no '{min(unknown)}'", _HINT)
        metric, day, late = given["asUsual"], given.get("day"), given.get("lateAfterDays")
        types = {each.name: each.type for each in columns}
        if not isinstance(day, str) or day not in types:
            raise FactError(
                "implementation", f"'{day}' is no column of the product", nearest(str(day), types) or _HINT
            )
        if not is_moment(types[day]):
            raise FactError("implementation", f"'{day}' is of type {types[day]}, not a date or timestamp")
        if (metric == DayMetric.ROWS) is not (column is None):
            place = "the quality of the schema" if metric == DayMetric.ROWS else "a column's quality"
            raise FactError("implementation", f"asUsual: {metric} belongs into {place}", "Move it there.")
        if (
            metric == DayMetric.MEAN
            and column
            and not (is_number(column.type) or column.type is Scalar.BOOLEAN)
        ):
            raise FactError("implementation", f"'{column.name}' is of type {column.type}, which has no mean")
        if late is not None and (metric != DayMetric.ROWS or type(late) is not int or late < 1):
            raise FactError("implementation", "lateAfterDays is a number of days, beside asUsual: rowCount")
        return {"asUsual": metric, "day": day, "lateAfterDays": late}

    @classmethod
    def read_bounds(cls, item: DataQuality) -> Bounds:  # days before give them
        return Bounds()

    @classmethod
    def default_word(cls, arguments: Mapping[str, Any]) -> str:
        words = {DayMetric.ROWS: "rows", DayMetric.NULLS: "nulls", DayMetric.MEAN: "mean"}
        return f"{words[arguments['asUsual']]}_as_usual"

    def measure(self, table: AuditedTable) -> ByDay:
        today = datetime.fromtimestamp(table.now_seconds, UTC).date()
        late = self.arguments["lateAfterDays"]
        last = today - timedelta(days=late) if late else None
        day = f"CAST({quote_identifier(self.arguments['day'])} AS DATE)"
        metric = DayMetric(self.arguments["asUsual"])
        return ByDay(day, today, metric, self.column_sql, self.column or "", last)
