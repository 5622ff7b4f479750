"""The SQL that makes a source-aligned product of a landed dataset: the contract's columns, cast.

The rows take one pass: a cell that does not fit fails the SELECT in a column whose bad values are errors, and
leaves its row out in one whose bad values are quarantined. Which cells those were is asked afterwards, by the
other queries here. How one cell is cast is `meshlake.landing.casts`; running any of this is the build's.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlglot

from meshlake.column import Severity
from meshlake.formats.format import FILE_COLUMN, ROW_COLUMN
from meshlake.landing.casts import Cast, cast_cell, cast_expression
from meshlake.landing.written import cast_written
from meshlake.names import DatasetName, quote_identifier, quote_literal
from meshlake.products.landed_columns import LandedColumns, named_in
from meshlake.products.row_filter import typed_filter
from meshlake.products.row_key import RowKey
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from meshlake.column import Column
    from meshlake.contract.model import Contract
    from meshlake.types.tree import Type

SHOWN_CELLS = 20
_NOTHING_MADE = "CAST(NULL AS VARCHAR)"
# A fraction with a point, which is surely none between thousands.
_POINTED = "-?[0-9]+[.]([0-9]{1,2}|[0-9]{4,})"


@dataclass(frozen=True)
class _Field:
    column: Column
    cast: Cast

    @property
    def is_bad(self) -> str:
        """SQL that is true, never null, for a cell that has a value and cannot be cast."""
        if self.cast.is_bad is not None:
            return self.cast.is_bad
        return f"CASE WHEN {self.cast.lenient} IS NULL THEN {self.cast.has_value} ELSE FALSE END"


@dataclass(frozen=True)
class SourceSelect:
    """The queries of one source-aligned product over what has landed now.

    `unknown_columns` have landed and are used nowhere in the contract, `absent_columns` are optional columns
    of the contract that have not landed and are null.
    """

    contract: Contract
    relation: str
    unknown_columns: tuple[str, ...]
    absent_columns: tuple[str, ...]
    _fields: tuple[_Field, ...]
    row_filter: str = ""
    row_key: RowKey | None = None

    @property
    def select_sql(self) -> str:
        """The product's rows. Fails on a bad cell in a column whose `on_bad_value` is error."""
        cells = [f"{f.cast.strict} AS {quote_identifier(f.column.name)}" for f in self._fields]
        values = ",\n    ".join([*cells, *([self.row_key.cell_sql] if self.row_key else [])])
        kept = [*self._row_filter, *(f"NOT {field.is_bad}" for field in self._quarantining)]
        distinct = "DISTINCT " if self.contract.is_deduplicated else ""
        where = f"\nWHERE {' AND '.join(kept)}" if kept else ""
        rows = f"SELECT {distinct}\n    {values}\nFROM {self.relation}{where}"
        return self.row_key.numbered(rows, self.contract.columns) if self.row_key else rows

    @property
    def lenient_sql(self) -> str:
        """The rows that the filter keeps, null in place of each bad cell."""
        values = ", ".join(f"{f.cast.lenient} AS {quote_identifier(f.column.name)}" for f in self._fields)
        where = f" WHERE {' AND '.join(self._row_filter)}" if self.row_filter else ""
        return f"SELECT {values} FROM {self.relation}{where}"

    @property
    def checked_columns(self) -> tuple[Column, ...]:
        """The columns in which a cell can be bad, in the order in which `counts_sql` counts them."""
        return tuple(field.column for field in self._checked)

    @property
    def counts_sql(self) -> str:
        """One row: rows landed, left out by the filter, quarantined, then bad cells of each checked column.

        Cells of rows that the filter leaves out are not counted, nor, in a column whose bad values are
        errors, those of quarantined rows. Rows removed as duplicates are what is left of these and the rows
        published.
        """
        kept = " AND ".join(self._row_filter) or "TRUE"
        counts = ["COUNT(*)", f"COUNT(*) - {_count(kept)}", _count(kept, f"({self._is_quarantined})")]
        counts += [_count(*self._conditions(field)) for field in self._checked]
        return f"SELECT {', '.join(counts)} FROM {self.relation}"

    def fitting_sql(self, column: str) -> str:
        """How many cells of a checked column have a value that fits, and how many of these are surely with a point."""
        (field,) = (each for each in self._checked if each.column.name == column)
        has_point = f"REGEXP_FULL_MATCH(TRIM({field.cast.text}), {quote_literal(_POINTED)})"
        return (
            f"SELECT COUNT(*), COUNT(CASE WHEN {has_point} THEN 1 END) FROM {self.relation} "
            f"WHERE {field.cast.has_value} AND NOT {field.is_bad}"
        )

    def bad_cells_sql(
        self,
        lineage: str,
        columns: Iterable[str] | None = None,
        limit: int | None = None,
        *,
        shows_made: bool = False,
    ) -> str:
        """The bad cells of `columns` (default: all checked) as file, row, column_name, value, wanted_type.

        With `shows_made` also `made`, what transformLogic makes of the value, null where there is none.

        `lineage` is the dataset's relation with `FILE_COLUMN` and `ROW_COLUMN`. Each column named costs a pass over it.
        In order of file and row, so the same cells come first each time.
        """
        named = None if columns is None else set(columns)
        cells = [
            f"SELECT {FILE_COLUMN} AS file, {ROW_COLUMN} AS row, "
            f"{quote_literal(field.column.name)} AS column_name, {field.cast.text} AS value, "
            f"{quote_literal(field.column.wanted)} AS wanted_type"
            f"{f', {field.cast.made or _NOTHING_MADE} AS made' if shows_made else ''} "
            f"FROM {lineage} AS landed WHERE {' AND '.join(self._conditions(field))}"
            for field in self._checked
            if named is None or field.column.name in named
        ]
        if not cells:
            raise ValueError("no column named can have bad cells")
        limited = "" if limit is None else f" LIMIT {limit}"
        return (
            "SELECT * FROM ("
            + "\nUNION ALL\n".join(cells)
            + f") AS cells ORDER BY file, row, column_name{limited}"
        )

    @property
    def _checked(self) -> tuple[_Field, ...]:
        return tuple(field for field in self._fields if field.cast.can_fail)

    @property
    def _quarantining(self) -> tuple[_Field, ...]:
        return tuple(field for field in self._checked if field.column.on_bad_value is Severity.WARNING)

    @property
    def _is_quarantined(self) -> str:
        return " OR ".join(field.is_bad for field in self._quarantining) or "FALSE"

    def _conditions(self, field: _Field) -> list[str]:
        """What holds for a row whose cell of `field` is bad and counts as such."""
        is_quarantining = field in self._quarantining
        return [
            *self._row_filter,
            *([] if is_quarantining else [f"NOT ({self._is_quarantined})"]),
            field.is_bad,
        ]

    @property
    def _row_filter(self) -> list[str]:
        return [f"({self.row_filter})"] if self.row_filter else []


def source_select(contract: Contract, landing_columns: Mapping[str, Type]) -> SourceSelect:
    """The queries for `contract` over its dataset, whose columns are `landing_columns` (name to type).

    Raises:
        LandingError: a required column, or one named in SQL of the contract, has not landed.
        ContractError: SQL in the contract cannot be parsed.
    """
    dataset = source_dataset(contract)
    landed = LandedColumns(dataset, landing_columns)
    used: set[str] = set()
    absent: list[str] = []
    fields: list[_Field] = []
    if contract.row_filter:
        used.update(landed.columns_of(contract.row_filter, f"{contract.name}: rowFilter"))
    row_key = None
    for column in contract.columns:
        if column.is_row_key:
            row_key = RowKey(column, tuple(landed.all_of(column.sources, f"{contract.name}.{column.name}")))
            used.update(row_key.landed)
            continue
        if column.expression is not None:
            read = landed.columns_of(column.expression, f"{contract.name}.{column.name}: transformLogic")
            used.update(read)
            inputs = [quote_identifier(name) for name in landing_columns if name in read]
            texts = [name for name in read if landing_columns[name] is Scalar.VARCHAR]
            fields.append(_Field(column, cast_expression(column.expression, column.type, inputs, texts)))
            continue
        column = landed.read_by(column)
        sources = landed.sources_of(column)
        if not sources:
            absent.append(column.name)
        used.update(sources)
        fields.append(_Field(column, _cast_sources(sources, landing_columns, column)))
    unknown = tuple(name for name in landing_columns if name not in used)
    row_filter = contract.row_filter and typed_filter(contract, landing_columns)
    return SourceSelect(
        contract, dataset.sql, unknown, tuple(absent), tuple(fields), row_filter or "", row_key
    )


def columns_in_sql(contract: Contract) -> set[str]:
    """The landed columns that SQL of the contract names, in small letters; of SQL that cannot be parsed none."""
    texts = filter(None, [contract.row_filter, *(column.expression for column in contract.columns)])
    with suppress(sqlglot.errors.SqlglotError):
        return {name.lower() for sql in texts for name in named_in(sql)}
    return set()


def source_dataset(contract: Contract) -> DatasetName:
    """The landed dataset that `contract` is a contract for."""
    if contract.source is not None:
        return DatasetName.parse(contract.source)
    return DatasetName(contract.name.domain, contract.name.product)


def _cast_sources(sources: Sequence[str], types: Mapping[str, Type], column: Column) -> Cast:
    """The first of `sources` that has a value, cast; a typed null when there is none."""
    cells = [(quote_identifier(name), types[name]) for name in sources]
    casts = [
        cast_written(cell, given, column.type, column.format, column.zone)
        or cast_cell(cell, given, column.type)
        for cell, given in cells
    ]
    if not casts:
        null = f"CAST(NULL AS {column.type})"
        return Cast(null, null, "FALSE", null, can_fail=False)
    if len(casts) == 1:
        return casts[0]
    return Cast(
        strict=_first(casts, [cast.strict for cast in casts]),
        lenient=_first(casts, [cast.lenient for cast in casts]),
        has_value="(" + " OR ".join(cast.has_value for cast in casts) + ")",
        text=_first(casts, [cast.text for cast in casts]),
        can_fail=any(cast.can_fail for cast in casts),
    )


def _first(casts: Sequence[Cast], values: Sequence[str]) -> str:
    branches = " ".join(
        f"WHEN {cast.has_value} THEN {value}" for cast, value in zip(casts, values, strict=True)
    )
    return f"CASE {branches} END"


def _count(*conditions: str) -> str:
    return f"COUNT(*) FILTER (WHERE {' AND '.join(conditions)})"
