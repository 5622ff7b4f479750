"""Rules that a contract states as quality items: what they share, and the library metrics among them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, Self

from meshlake.rules.bounds import Bounds, read_bounds
from meshlake.rules.facts import FactError, MistypedError, read_severity, rule_name
from meshlake.rules.rule import Rule
from meshlake.suggest import mistyped, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from open_data_contract_standard.model import DataQuality

    from meshlake.column import Column, Severity

LIBRARY = "library"
_UNITS = {"%": "percent", "percentage": "percent", "percent": "percent", "row": "rows", "rows": "rows"}


class QualityRule(Rule):
    """A rule stated by a quality item."""

    @classmethod
    def of_quality(cls, item: DataQuality, column: Column | None, columns: tuple[Column, ...]) -> Self:
        severity = _severity(item)
        arguments = cls.read_arguments(item, column, columns)
        word = cls.default_word(arguments)
        return cls(
            name=rule_name(item.name or (f"{column.name}_{word}" if column else word)),
            column=column.name if column else None,
            arguments=arguments,
            bounds=cls.read_bounds(item),
            severity=severity,
            description=item.description or "",
            dimension=item.dimension,
        )

    @classmethod
    def read_arguments(
        cls, item: DataQuality, column: Column | None, columns: tuple[Column, ...]
    ) -> dict[str, Any]:
        """The arguments of the rule that `item` states.

        Raises:
            FactError: they do not fit the product.
        """
        raise NotImplementedError

    @classmethod
    def read_bounds(cls, item: DataQuality) -> Bounds:
        """The bounds of the number that is measured.

        Raises:
            FactError: the item gives none that can be.
        """
        return read_bounds(item)

    @classmethod
    def default_word(cls, arguments: Mapping[str, Any]) -> str:  # some are called by them
        """What a rule with `arguments` is called, after its column, when its author gave it no name."""
        return re.sub(r"([A-Z])", r"_\1", cls.kind).lower()


class Metric(QualityRule):
    """A library metric: a number with bounds, of a column unless `is_of_column` or `is_of_table` say otherwise."""

    quality_type: ClassVar[str | None] = LIBRARY
    takes: ClassVar[tuple[str, ...]] = ()
    units: ClassVar[tuple[str, ...]] = ("rows", "percent")
    is_of_column: ClassVar[bool] = True
    is_of_table: ClassVar[bool] = False

    @classmethod
    def read_arguments(
        cls, item: DataQuality, column: Column | None, columns: tuple[Column, ...]
    ) -> dict[str, Any]:
        arguments = item.arguments or {}
        for key in arguments:
            if key not in cls.takes:
                hint = nearest(key, cls.takes) or f"It takes {', '.join(cls.takes) or 'none'}."
                told = MistypedError if mistyped(key, cls.takes) else FactError
                raise told("arguments", f"metric {cls.kind} has no argument '{key}'", hint)
        if column is not None and not cls.is_of_column:
            hint = "Move it to the quality of the schema."
            raise FactError("metric", f"{cls.kind} is of the table, not of a column", hint)
        if column is None and not cls.is_of_table:
            hint = "Move it to the column's quality."
            raise FactError("metric", f"metric {cls.kind} is of a column, not of the table", hint)
        return cls.checked(arguments, (column,) if column else columns, columns)

    @classmethod
    def checked(
        cls,
        arguments: Mapping[str, Any],
        of: tuple[Column, ...],
        columns: tuple[Column, ...],
    ) -> dict[str, Any]:
        """`arguments`, whose keys are of `takes`, with values that fit.

        Args:
            arguments: as the contract has them.
            of: the column the metric is of; all of them for the table.
            columns: all columns of the product.

        Raises:
            FactError: one does not fit.
        """
        return dict(arguments)

    @classmethod
    def read_bounds(cls, item: DataQuality) -> Bounds:
        unit = _UNITS.get((item.unit or "rows").lower(), item.unit or "rows")
        if unit not in cls.units:
            hint = "Use rows, or percent of the rows."
            raise FactError("unit", f"unit '{unit}' does not fit metric {cls.kind}", hint)
        return read_bounds(item, unit)


def _severity(item: DataQuality) -> Severity:
    try:
        return read_severity(item.severity)
    except ValueError as error:
        raise FactError("severity", str(error), "Write error (blocks publishing) or warning.") from error
