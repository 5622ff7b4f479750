"""Rows that are sums of others, as reports have them between and below their rows: suspected, named, and left in.

A word for a sum stands in one column, and either no other text beside it, though most rows have some, or a number that
is the sum of the rows above: of those since the last such row, or of all in the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.counting import counted
from meshlake.discovery.landed_view import SAMPLE
from meshlake.formats.format import FILE_COLUMN, ROW_COLUMN
from meshlake.landing.relation import lineage_sql
from meshlake.names import quote_identifier, quote_literal
from meshlake.types.tree import Scalar, is_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from meshlake.discovery.dataset_profile import ColumnProfile
    from meshlake.discovery.landed_view import LandedView

# English, German, French, Spanish, Italian, Dutch, Polish; at the end as pivot tables of Excel write them.
_WORD = (
    r"(?i)^\W*(?:(?:grand\s+|sub\s?-?\s?|sous-|zwischen|end|gesamt)?"
    r"(?:totals?|totale|totaal|sums?|summen?|somme|suma|gesamt|ergebnis)\b|[^\d]*\s(?:total|summe|ergebnis)\s*$)"
)
# Such words stand left, and of few numbers one tells.
_MOST_WORD_COLUMNS, _MOST_TEXTS, _MOST_NUMBERS = 3, 100, 4
_SHOWN_ROWS, _MOST_EMPTY = 3, 0.5


def subtotals_told(
    connection: duckdb.DuckDBPyConnection, view: LandedView, columns: Sequence[ColumnProfile]
) -> list[str]:
    """What is told of rows that may be sums of others, if the sample has any."""
    texts = [
        each
        for each in columns
        if each.type is Scalar.VARCHAR and not (each.reading and each.reading.is_number)
    ]
    with_words = [
        each for each in columns if each.type is Scalar.VARCHAR and (not each.reading or each.misfit_count)
    ]
    numbers = [sql for sql in map(_number_sql, columns) if sql][:_MOST_NUMBERS]
    words = [f"TRIM({quote_identifier(each.name)})" for each in with_words[:_MOST_WORD_COLUMNS]]
    if not words or not numbers:
        return []
    matches = [f"CASE WHEN regexp_matches({word}, {quote_literal(_WORD)}) THEN {word} END" for word in words]
    word = f"coalesce({', '.join(matches)})"
    ((is_suspected,),) = connection.execute(f"SELECT count({word}) > 0 FROM {SAMPLE}").fetchall()
    if not is_suspected:
        return []
    found = _found(connection, view, word, _is_alone_sql(texts), numbers)
    if not found:
        return []
    shown = ", ".join(f"row {row} of {file} ({text!r})" for file, row, text in found[:_SHOWN_ROWS])
    more = f" and {len(found) - _SHOWN_ROWS:,} more" if len(found) > _SHOWN_ROWS else ""
    return [
        f"{counted(len(found), 'row')} may be a sum of others, and would count twice: {shown}{more}; "
        "a rowFilter in the contract leaves them out"
    ]


def _found(
    connection: duckdb.DuckDBPyConnection, view: LandedView, word: str, is_alone: str, numbers: Sequence[str]
) -> list[tuple[str, int, str]]:
    """File, number and word of each row that looks like a sum."""
    connection.execute("SET preserve_insertion_order = true")
    found = [
        row
        for rows in lineage_sql(view.dataset, lambda: view.given)
        for row in connection.execute(_sums_sql(rows, view, word, is_alone, numbers)).fetchall()
    ]
    connection.execute("SET preserve_insertion_order = false")
    return found


def _sums_sql(rows: str, view: LandedView, word: str, is_alone: str, numbers: Sequence[str]) -> str:
    named = ", ".join(f"{number} AS n{i}" for i, number in enumerate(numbers))
    above = "FILTER (word IS NULL) OVER (PARTITION BY file{} ORDER BY row ROWS UNBOUNDED PRECEDING)"
    sums = ", ".join(
        f"sum(n{i}) {above.format(', part')} AS part{i}, sum(n{i}) {above.format('')} AS all{i}"
        for i in range(len(numbers))
    )
    equal = " OR ".join(
        f"(n{i} <> 0 AND least(abs(n{i} - part{i}), abs(n{i} - all{i})) < 0.005 + 1e-9 * abs(n{i}))"
        for i in range(len(numbers))
    )
    return f"""
        WITH cells AS (
            SELECT file, row, {word} AS word, {is_alone} AS is_alone, {named}
            FROM (SELECT {view.selected_sql}, {FILE_COLUMN} AS file, {ROW_COLUMN} AS row FROM {rows})
        ), parts AS (
            SELECT *, count(word) OVER (
                PARTITION BY file ORDER BY row ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS part
            FROM cells
        ), sums AS (SELECT *, {sums} FROM parts)
        SELECT file, row, word FROM sums WHERE word IS NOT NULL AND (is_alone OR {equal}) ORDER BY file, row"""


def _is_alone_sql(texts: Sequence[ColumnProfile]) -> str:
    """SQL for whether a row has one text alone, where most have more."""
    filled = [quote_identifier(each.name) for each in texts if each.null_share < _MOST_EMPTY][:_MOST_TEXTS]
    are_given = [f"CAST(coalesce(trim({cell}) <> '', false) AS INTEGER)" for cell in filled]
    return f"{' + '.join(are_given)} = 1" if len(filled) > 1 else "false"


def _number_sql(column: ColumnProfile) -> str | None:
    cell = quote_identifier(column.name)
    if column.reading and column.reading.is_number:
        return f"CAST({column.reading.value(cell)} AS DOUBLE)"
    return f"CAST({cell} AS DOUBLE)" if is_number(column.type) else None
