"""The rows that answer a query, held so that they can be taken in any form, more than once."""

from __future__ import annotations

import html
import io
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from meshlake.counting import counted
from meshlake.extras import needs_extra

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from meshlake.engines.answer import Answer as OpenAnswer
    from meshlake.engines.answer import Rows

# A state of the mesh: a time, a snapshot's id or an audit branch.
Moment = str | int | datetime
_SHOWN_ROWS = 20
_SHOWN_COLUMNS = 120  # characters of a line


@dataclass(frozen=True)
class Answer:
    """The answer to one query.

    Args:
        columns: the names of the columns, in order.
        types: their types, as DuckDB writes them.
        seconds: how long the engine took, from being asked to the last row.

    Example:
        >>> answer = mesh.sql("SELECT id, plan, fee FROM shop.customers ORDER BY id LIMIT 2")
        >>> answer.columns
        ('id', 'plan', 'fee')
        >>> answer.fetchall()
        [(1, 'basic', 10.0), (2, 'basic', 12.5)]
        >>> answer.arrow().num_rows
        2
    """

    columns: tuple[str, ...]
    types: tuple[str, ...]
    seconds: float
    _kept: OpenAnswer = field(repr=False)

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows, as tuples of Python values."""
        return self._rows().fetchall()

    def dicts(self) -> list[dict[str, Any]]:
        """All rows, each as a dictionary by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self]

    def arrow(self) -> pa.Table:
        """All rows as an Arrow table."""
        return self._rows().to_arrow_table()

    def df(self) -> pd.DataFrame:
        """All rows as a pandas data frame."""
        return self._rows().df()

    def pl(self) -> pl.DataFrame:
        """All rows as a polars data frame.

        Raises:
            MissingPackageError: polars is not installed; Meshlake itself does not need it.
        """
        with needs_extra("polars", "a polars data frame"):
            return self._rows().pl()

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self.fetchall())

    def __len__(self) -> int:
        row = self._kept.run(before="SELECT count(*) FROM (", after=")").fetchone()
        return int(row[0]) if row else 0

    def __bool__(self) -> bool:
        """True, of an answer without rows too: it is there."""
        return True

    def __repr__(self) -> str:
        from meshlake.query.table import write_table

        text = io.StringIO()
        write_table(
            self._kept, text, row_limit=_SHOWN_ROWS, screen_columns=_SHOWN_COLUMNS, seconds=self.seconds
        )
        return text.getvalue().rstrip("\n")

    def _repr_html_(self) -> str:
        """The first rows as a table for notebooks."""
        texts = "SELECT CAST(COLUMNS(*) AS VARCHAR) FROM ("
        shown = self._kept.run(before=texts, after=f") LIMIT {_SHOWN_ROWS}").fetchall()
        head = "".join(f"<th>{html.escape(name)}</th>" for name in self.columns)
        body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in shown)
        count = len(self)
        more = f", the first {len(shown)} shown" if count > len(shown) else ""
        return (
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
            f"<p>{counted(count, 'row')}{more}, {self.seconds:.3f} s</p>"
        )

    def _rows(self) -> Rows:
        return self._kept.run()


def hold(answer: OpenAnswer) -> Answer:
    """The rows of `answer`, of which nothing then stays open.

    Raises:
        UsageError: the query cannot run.
        MeshError: memory, disk or a file fails.
    """
    kept = answer.keep()
    seconds = time.perf_counter() - answer.asked_at
    described = kept.columns()
    return Answer(
        tuple(name for name, _ in described), tuple(str(kind) for _, kind in described), seconds, kept
    )


def _cell(value: str | None) -> str:
    return "<td><em>NULL</em></td>" if value is None else f"<td>{html.escape(value)}</td>"
