"""The rows that a model learns from: all, or of very many a sample that the engine draws, so that no more leave it.

A row is drawn by a hash of its key, so that the same rows give the same sample in any order and on any engine, and all
rows of one customer are in it or none. What a training does with them belongs in `ml_assets`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.ml_assets.training_rows import MAX_TRAINING_ROWS, MAX_UNLABELLED_ROWS
from meshlake.models.frames import to_frame
from meshlake.names import quote_identifier, quote_literal

if TYPE_CHECKING:
    import pandas as pd

    from meshlake.models.definition import ModelDefinition
    from meshlake.products.transform import RowsSession

# Twice what is fitted, since of them a latest cut-off is held out.
MOST_ROWS = 2 * MAX_TRAINING_ROWS
_HEX_DIGITS = 8


@dataclass(frozen=True)
class LearnedRows:
    """The rows as models take them, and of how many they were drawn; `None` if they are all there are."""

    frame: pd.DataFrame
    drawn_of: int | None = None

    @property
    def told(self) -> str | None:
        """That it is a sample, in words."""
        if self.drawn_of is None:
            return None
        return f"{len(self.frame):,} of {self.drawn_of:,} rows are learned from, drawn by a hash of the key"


def learned_rows(model: ModelDefinition, session: RowsSession) -> LearnedRows:
    """The rows of the features of `model`; of more than `MOST_ROWS` about so many of those that can teach it.

    Raises:
        MeshError: they cannot be read.
    """
    sql, document = model.features_sql, model.document
    labels, asked = document.label_columns, {*document.key, *document.label_columns}
    total = _count(session, sql)
    # A column that is missing is told of where all are looked for.
    if total <= MOST_ROWS or not asked <= set(session.columns(sql)):
        return LearnedRows(to_frame(session.table(sql)))
    teaching = f"SELECT * FROM (\n{sql}\n)"
    if labels:
        are_known = " AND ".join(f"{quote_identifier(label)} IS NOT NULL" for label in labels)
        teaching += f" WHERE {are_known}"
        if document.learns_from_unlabelled:
            teaching += f" OR {_hash(model)} < {_share_in_hex(MAX_UNLABELLED_ROWS / total)}"
        total = _count(session, teaching)
    if total <= MOST_ROWS:
        return LearnedRows(to_frame(session.table(teaching)))
    drawn = f"SELECT * FROM (\n{teaching}\n) WHERE {_hash(model)} < {_share_in_hex(MOST_ROWS / total)}"
    return LearnedRows(to_frame(session.table(drawn)), total)


def _hash(model: ModelDefinition) -> str:
    """Of the key of a row: hexadecimal digits, as both DuckDB and Trino have them."""
    cells = (f"coalesce(CAST({quote_identifier(name)} AS VARCHAR), '')" for name in model.document.key)
    key = " || '|' || ".join(cells)
    return f"substr(md5({key}), 1, {_HEX_DIGITS})"


def _share_in_hex(share: float) -> str:
    return quote_literal(f"{round(share * 16**_HEX_DIGITS):0{_HEX_DIGITS}x}")


def _count(session: RowsSession, sql: str) -> int:
    return int(str(session.rows(f"SELECT count(*) FROM (\n{sql}\n)")[0][0]))
