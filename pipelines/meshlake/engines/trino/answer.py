"""A user's question asked of Trino. The answer comes back as Arrow batches on a DuckDB connection, to be read there.

What the query may say is judged already; it is transpiled, and reads only what is bound here.
"""

from __future__ import annotations

import re
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import duckdb

from meshlake.engines.answer import ParsedQuery
from meshlake.engines.duckdb.answer import DuckDBAnswer, refuse_replaced
from meshlake.engines.duckdb.confined import attach_answers, closed_on_failure, set_timezone
from meshlake.engines.trino.session import TrinoSession
from meshlake.errors import BuildError, UsageError
from meshlake.names import CATALOG

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from meshlake.engines.answer import Answer, Question, Rows
    from meshlake.types.tree import Type

_ANSWER = "answer"
# That SQL is transpiled for: days begin and end in it, and moments are written so.
_ZONE = "UTC"
_OF_ANSWER = ParsedQuery(f"SELECT * FROM {_ANSWER}")
_EXPLAIN = re.compile(r"^EXPLAIN\s+(ANALYZE\s+)?", re.IGNORECASE)


@contextmanager
def trino_answer(question: Question) -> Iterator[Answer]:
    """Trino's answer over the snapshots and landed datasets that `question` reads.

    Raises:
        UsageError: it asks for what only this machine knows.
        MeshError: Trino cannot run it.
    """
    query, lake, snapshots = question.query, question.lake, question.snapshots
    if query.system_tables:
        names = ", ".join(f"{CATALOG}.{name}" for name in sorted(query.system_tables))
        raise UsageError(f"{names} is no table of Trino", "Ask for it with --engine duckdb.")
    if (zone := question.settings.timezone) != _ZONE:
        hint = f"Ask with --engine duckdb, or convert in the SQL: at AT TIME ZONE '{zone}'."
        raise UsageError(f"Trino answers in {_ZONE}, and {zone} is asked for", hint)
    connection = duckdb.connect()
    set_timezone(connection, _ZONE)
    with (
        closed_on_failure(connection),
        TrinoSession(question.settings, lake, "the query") as session,
        closing(TrinoAnswer(session, query, connection)) as answer,
    ):
        for name, snapshot in snapshots.items():
            session.bind_snapshot(name, lake, snapshot)
        for landed in question.landed:
            session.bind_where_it_lives(landed)
        attach_answers(connection)
        yield answer
        refuse_replaced(question.landed)


class TrinoAnswer:
    """See `Answer`: `query` on `session`, whose rows come as Arrow batches to `connection`, DuckDB's, to be read there.

    A plan comes as rows too, a line each.
    """

    is_plan = False

    def __init__(
        self, session: TrinoSession, query: ParsedQuery, connection: duckdb.DuckDBPyConnection
    ) -> None:
        self.asked_at = time.perf_counter()
        self._session = session
        self._query = query
        self._connection = connection
        self._arrived = DuckDBAnswer(connection, _OF_ANSWER)
        self._is_waiting = False

    def columns(self) -> list[tuple[str, Type]]:
        """Name and type of each column; the rows wait for the next `run`."""
        self._ask()
        return self._arrived.columns()

    def run(self, *, before: str = "", after: str = "") -> Rows:
        """See `Answer.run`."""
        self._ask()
        self._is_waiting = False
        return self._arrived.run(before=before, after=after)

    def keep(self) -> Answer:
        """See `Answer.keep`."""
        self._ask()
        return self._arrived.keep()

    def close(self) -> None:
        """Let go of the rows, unless they are kept."""
        self._arrived.close()

    def _ask(self) -> None:
        """Ask Trino, unless an answer waits to be read: its rows come once."""
        if self._is_waiting:
            return
        self.asked_at = time.perf_counter()
        try:
            rows = self._rows()
        except BuildError as error:
            raise UsageError(error.message.replace("the query", "the query cannot run", 1)) from error
        self._connection.register(_ANSWER, rows)
        self._is_waiting = True

    def _rows(self) -> pa.Table | pa.RecordBatchReader:
        if self._query.is_explain:
            return self._session.plan(_EXPLAIN.sub("", self._query.sql))
        return self._session.stream(self._query.sql)
