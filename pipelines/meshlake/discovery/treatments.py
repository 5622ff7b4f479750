"""Two groups of rows that look drawn at random, as an experiment's are: what came of a treatment can be compared."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from meshlake.discovery.labelled_rows import IS_SO, labelled_rows, telling
from meshlake.names import name_words

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import duckdb

    from meshlake.discovery.dataset_profile import ColumnProfile

_WORDS = (
    "treatment treated treat group variant arm campaign experiment experimental control ab exposed exposure "
    "gruppe groupe grupo gruppo behandlung behandelt traitement traite tratamiento tratado tratamento trattamento "
    "variante bras brazo kontrolle kampagne campagne campana campanha"
)
_TREATMENT_WORDS = frozenset(_WORDS.split())


def with_treatments(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[ColumnProfile], keys: Collection[tuple[str, ...]]
) -> tuple[ColumnProfile, ...]:
    """`columns`, those told that are named like a treatment and whose two groups are alike in all other columns.

    Likely labels, and what is known only after them, may well differ: that is what a treatment is for.
    """
    asked = [each for each in telling(columns, keys) if not each.is_likely_label and not each.leaks]
    told = {
        each.name: _told(connection, each, [other for other in asked if other is not each])
        for each in asked
        if len(each.values) == 2 and not _TREATMENT_WORDS.isdisjoint(name_words(each.name))
    }
    return tuple(replace(each, randomised=told.get(each.name, "")) for each in columns)


def _told(
    connection: duckdb.DuckDBPyConnection, treatment: ColumnProfile, others: Sequence[ColumnProfile]
) -> str:
    """What says that it was drawn at random; empty where nothing does."""
    # scipy, which only a dataset with a treatment needs.
    from meshlake.ml_assets.balance import balance

    rows = labelled_rows(connection, treatment, others)
    is_so = rows.pop(IS_SO).to_numpy(dtype=bool)
    found = balance(rows, rows.columns, is_so)
    if found is None:
        return ""
    here, there = found.row_counts
    return (
        f"as if drawn at random: {here:,} sampled rows of one value and {there:,} of the other are alike in all "
        f"{found.column_count} other columns that can be compared (p {found.p_value:.2f}, corrected for their number)"
    )
