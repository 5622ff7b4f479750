"""A user's query asked of Trino. The answer comes back as Arrow batches on a DuckDB connection, to be written there.

What the query may say `guard.py` has judged already; it is translated, and reads only what is bound here.
"""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from meshlake.engines.trino.session import TrinoSession
from meshlake.errors import BuildError, UsageError
from meshlake.landing.zone import Dataset
from meshlake.names import CATALOG
from meshlake.query.guard import ParsedQuery
from meshlake.query.run import attach_answers, closed_on_failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pyarrow as pa

    from meshlake.lake.catalog import Lake
    from meshlake.lake.snapshot import Snapshot
    from meshlake.landing.zone import Landed
    from meshlake.names import ProductName
    from meshlake.settings import Settings

_ANSWER = "answer"
_EXPLAIN = re.compile(r"^EXPLAIN\s+(ANALYZE\s+)?", re.IGNORECASE)


@contextmanager
def trino_answer(
    settings: Settings,
    lake: Lake,
    query: ParsedQuery,
    snapshots: Mapping[ProductName, Snapshot],
    datasets: Sequence[Landed],
) -> Iterator[tuple[duckdb.DuckDBPyConnection, ParsedQuery, float]]:
    """Run `query` on Trino over `snapshots` and `datasets`.

    Gives a DuckDB connection, which is the caller's to close, the query that reads the answer there, and when Trino was
    asked (`time.perf_counter`).

    Raises:
        UsageError: it asks for what only this machine knows.
        MeshError: Trino cannot run it.
    """
    if query.system_tables:
        names = ", ".join(f"{CATALOG}.{name}" for name in sorted(query.system_tables))
        raise UsageError(f"{names} is no table of Trino", "Ask for it with --engine duckdb.")
    connection = duckdb.connect()
    with closed_on_failure(connection), TrinoSession(settings, lake, "the query") as session:
        for name, snapshot in snapshots.items():
            session.bind_snapshot(name, lake, snapshot)
        for dataset in datasets:
            if isinstance(dataset, Dataset):
                session.bind_landed(dataset)
            else:
                session.bind_live(dataset)
        attach_answers(connection)
        asked_at = time.perf_counter()
        connection.register(_ANSWER, _run(session, query))
        yield connection, ParsedQuery(f"SELECT * FROM {_ANSWER}"), asked_at


def _run(session: TrinoSession, query: ParsedQuery) -> pa.Table | pa.RecordBatchReader:
    try:
        if query.is_explain:
            return session.plan(_EXPLAIN.sub("", query.sql))
        return session.stream(query.sql)
    except BuildError as error:
        raise UsageError(error.message.replace("the query", "the query cannot run", 1)) from error
