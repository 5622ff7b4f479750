"""The library metric `duplicateValues`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from meshlake.rules.facts import FactError, listed
from meshlake.rules.quality_rule import Metric
from meshlake.rules.repetition import Repetition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.column import Column


class DuplicateValues(Repetition, Metric):
    """How many rows repeat the values of an earlier one, in a column or in those that argument `columns` names."""

    kind: ClassVar[str] = "duplicateValues"
    takes: ClassVar[tuple[str, ...]] = ("properties",)
    is_of_table: ClassVar[bool] = True

    @classmethod
    def checked(
        cls, arguments: Mapping[str, Any], of: tuple[Column, ...], columns: tuple[Column, ...]
    ) -> dict[str, Any]:
        names = listed(arguments.get("properties") or [column.name for column in of], "properties")
        known = {column.name for column in columns}
        unknown = [name for name in names if name not in known]
        if unknown:
            raise FactError("arguments", f"'{unknown[0]}' is no column of the product")
        return {"columns": names}
