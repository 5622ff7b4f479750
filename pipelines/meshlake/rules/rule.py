"""What every kind of rule is and does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Self

from meshlake.column import Severity
from meshlake.names import quote_identifier
from meshlake.rules.bounds import NONE_FAIL, Bounds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from open_data_contract_standard.model import DataQuality, SchemaProperty, ServiceLevelAgreementProperty

    from meshlake.column import Column
    from meshlake.rules.measure import AuditedTable, Measure


@dataclass(frozen=True)
class Rule(ABC):
    """One check of a product. `name` is unique within it and is the name of its Dagster asset check.

    `line` is the one of the contract that states it, where that is a quality item.

    A kind of rule is a class of its own with a `kind`, the word that results are told under. It says how a contract
    states it by those of the methods `of_...` that fit; the others find nothing.
    """

    kind: ClassVar[str]
    # Keys of a property's logicalTypeOptions that state a rule of this kind.
    options: ClassVar[tuple[str, ...]] = ()
    # The type of quality item that states one; of a `library` item, its metric is the kind.
    quality_type: ClassVar[str | None] = None
    # The property of slaProperties that states one.
    service_level: ClassVar[str | None] = None
    # Whether the number of rows, which a snapshot knows of itself, decides it.
    is_of_row_count: ClassVar[bool] = False

    name: str
    column: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    bounds: Bounds = NONE_FAIL
    severity: Severity = Severity.ERROR
    description: str = ""
    dimension: str | None = None
    line: int | None = field(default=None, compare=False)

    @classmethod
    def of_table(cls, columns: tuple[Column, ...]) -> Iterator[Self]:
        """The rules of this kind that follow from all columns of a contract together."""
        yield from ()

    @classmethod
    def of_property(cls, prop: SchemaProperty, column: Column) -> Iterator[Self]:
        """The rules of this kind that follow from what a contract says of one column.

        Raises:
            FactError: it says what does not fit the column.
        """
        yield from ()

    @classmethod
    def of_quality(cls, item: DataQuality, column: Column | None, columns: tuple[Column, ...]) -> Self:
        """The rule that a quality item of `quality_type` states.

        Args:
            item: one item, of a column or of the table.
            column: the column it is of; None for the table.
            columns: all columns of the product.

        Raises:
            FactError: it cannot be checked as written.
        """
        raise NotImplementedError(f"{cls.__name__} is stated by no quality item")

    @classmethod
    def of_service_level(
        cls, item: ServiceLevelAgreementProperty, element: str | None, columns: tuple[Column, ...]
    ) -> Self:
        """The rule that an item of `slaProperties` states, whose property is `service_level`.

        Raises:
            FactError: it cannot be checked as written.
        """
        raise NotImplementedError(f"{cls.__name__} is stated by no service level")

    @classmethod
    def is_stated_by(cls, item: DataQuality) -> bool:  # some look at it
        """Whether a quality item of `quality_type` states a rule of this kind, and none of another of that type."""
        return True

    @abstractmethod
    def measure(self, table: AuditedTable) -> Measure:
        """What is to be found out of the rows of `table`."""

    def message(self, observed: float | str | None, failing_rows: int | None, *, is_passed: bool) -> str:
        """One plain line on what was found, and what was promised when that is broken."""
        unit = " percent" if self.bounds.unit == "percent" else ""
        number = "no value" if observed is None else f"{observed}{unit}"
        if is_passed:
            return number
        if failing_rows is not None and not unit:
            return f"{failing_rows} failing row{'' if failing_rows == 1 else 's'}"
        return f"{number}, must be {self.bounds}"

    def holds_day_by_day(self, day_column: str) -> bool:
        """Whether the rule holds for all rows of a product when it holds for those of each of its days.

        It must let no row fail it, and be told by single rows, or by rows of one day together. And a broken one must
        block publishing: of a warning, earlier days may be breaking it already, so it is always asked of all rows.
        """
        return self.severity is Severity.ERROR and self.is_told_by_a_day(day_column)

    def is_told_by_a_day(self, day_column: str) -> bool:  # those who need it know by its name
        """Whether the rows of one day tell by themselves which of them fail, and none may."""
        return False

    @property
    def is_about_casts(self) -> bool:
        """Whether it speaks of values that cannot be cast, which is settled before the rows are written."""
        return False

    def query_of(self, table_sql: str) -> str | None:  # those who state one know the name it is to have
        """The query that the contract states, on the table `table_sql`; None where the rule states none."""
        return None

    def sql_file(self, folder: Path) -> Path | None:
        """The file below the product's `folder` that its SQL stands in, if it has one of its own."""
        return None

    @property
    def promises(self) -> Mapping[str, object]:
        """What it sets in the contract's `ServiceLevels`, stated by a service level."""
        return {}

    @property
    def column_sql(self) -> str:
        """Its column's name as SQL has it."""
        return quote_identifier(self.column or "")
