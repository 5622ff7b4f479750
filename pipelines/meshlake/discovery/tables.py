"""What a database's catalog knows of a table, put in place of what was guessed from its rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from meshlake.discovery.dataset_profile import ColumnProfile, DatasetProfile, TableProfile
from meshlake.discovery.names import is_identifier
from meshlake.discovery.readings import INTEGER, NUMBER, Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.discovery.sample import ReadAs
    from meshlake.sources import Sample
    from meshlake.sources.catalog import CatalogColumn, CatalogTable


# Of what is declared a number, no writing says that it is none: a double is to keep each, that is all.
_DECLARED_NUMBER = Reading("number", "-?[0-9]+([.][0-9]+)?")


def read_as_of(table: CatalogTable) -> ReadAs:
    """Who declares text for digits or yes/no means text; but dates are kept so, and numbers of any length come so."""
    numbers = {column.name for column in table.columns if column.is_number}

    def read_as(name: str, likely: Sequence[Reading]) -> Sequence[Reading]:
        if name in numbers:
            is_whole = INTEGER in likely and is_identifier(name)
            return (INTEGER, _DECLARED_NUMBER) if is_whole else (_DECLARED_NUMBER,)
        return [reading for reading in likely if reading.logical_type in {"date", "timestamp"}]

    return read_as


def with_catalog(profile: DatasetProfile, table: CatalogTable, part: Sample) -> DatasetProfile:
    """`profile` of the rows of `part`, what the catalog knows of `table` put in place of what was guessed."""
    is_sample = profile.row_count >= (part.limit_rows or 0) if part.share is None else part.share < 1
    rows = None if is_sample and part.share is None else round(profile.row_count / (part.share or 1))
    # What is unique in a sample may be so by chance.
    found = () if is_sample else profile.keys
    return replace(
        profile,
        name=str(table),
        format=table.kind,
        fingerprint="",
        file_count=0,
        size_bytes=table.size_bytes,
        keys=table.keys or found,
        columns=tuple(
            _column(column, known, table, is_sample=is_sample)
            for column, known in zip(profile.columns, table.columns, strict=True)
        ),
        table=TableProfile(
            table.table,
            table.comment,
            table.primary_key,
            table.foreign_keys,
            is_sample,
            rows,
            table.product,
            table.server,
        ),
    )


def _column(
    column: ColumnProfile, known: CatalogColumn, table: CatalogTable, *, is_sample: bool
) -> ColumnProfile:
    is_required = known.is_required if table.is_enforced else column.is_required and not is_sample
    told = replace(column, comment=known.comment, is_required=is_required and not column.missing)
    if known.is_number and not column.distinct_count:  # no row has a value to tell it by
        return replace(told, reading=NUMBER, found_type="number")
    return told
