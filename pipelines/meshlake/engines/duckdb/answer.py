"""A user's question answered by DuckDB, in this process, and what DuckDB says of it in words a user can act on."""

from __future__ import annotations

import errno
import json
import logging
import time
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import duckdb

from meshlake.engines.answer import ParsedQuery
from meshlake.engines.duckdb.confined import ANSWERS_CATALOG, closed_on_failure, open_mesh_file
from meshlake.engines.duckdb.interrupt import close, interruptible
from meshlake.errors import MeshError, UsageError, system_failure
from meshlake.lake.mesh_file import read_state
from meshlake.lake.state import mesh_state
from meshlake.names import (
    CATALOG,
    DISCOVERED_TABLES,
    LANDING_CATALOG,
    SYSTEM_TABLES,
    quote_identifier,
    quote_literal,
)
from meshlake.sql_place import position_text
from meshlake.suggest import did_you_mean
from meshlake.types.duckdb import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from meshlake.engines.answer import Answer, Question
    from meshlake.sources import Landed
    from meshlake.types.tree import Type

_LOG = logging.getLogger(__name__)
_NOT_FOUND = 404
_TEXT_HINT = (
    "VARCHAR is text, as columns of landed CSV are: cast it, as in CAST(x AS DOUBLE), or ask a product that has, "
    "which `mesh adopt D.N` drafts of a landed dataset."
)
_READ_ONLY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
_KEPT = f"{quote_identifier(ANSWERS_CATALOG)}.main.answer"


class DuckDBAnswer:
    """See `Answer`: `query` on a connection that holds the mesh."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, query: ParsedQuery) -> None:
        self.asked_at = time.perf_counter()
        self._connection = connection
        self._query = query
        self.is_kept = False

    @property
    def is_plan(self) -> bool:
        """Whether the answer is a plan."""
        return self._query.is_explain

    def columns(self) -> list[tuple[str, Type]]:
        """Name and type of each column; no row is read."""
        described = execute(self._connection, self._query, before="DESCRIBE FROM (", after="\n)")
        return [(row[0], parse(row[1])) for row in described.fetchall()]

    def run(self, *, before: str = "", after: str = "") -> duckdb.DuckDBPyConnection:
        """See `Answer.run`."""
        return execute(self._connection, self._query, before=before, after=after)

    def keep(self) -> DuckDBAnswer:
        """See `Answer.keep`; the connection, which has let go of the mesh, is then the rows' own."""
        query = self._query
        if query.is_explain:
            rows = ", ".join(f"({', '.join(map(quote_literal, row))})" for row in self.run().fetchall())
            query = ParsedQuery(f"FROM (VALUES {rows}) AS plan(part, plan)")
        execute(self._connection, query, before=f"CREATE TABLE {_KEPT} AS SELECT * FROM (", after="\n)")
        _leave_the_mesh(self._connection)
        self.is_kept = True
        return DuckDBAnswer(self._connection, ParsedQuery(f"SELECT * FROM {_KEPT}"))

    def close(self) -> None:
        """End the connection, unless kept rows are on it."""
        if not self.is_kept:
            close(self._connection)


@contextmanager
def duckdb_answer(question: Question) -> Iterator[Answer]:
    """The mesh for `question`; what is wrong with a landed dataset it reads is told in its source's words."""
    landed = question.landed
    try:
        with (
            _mesh_file(question) as file,
            closed_on_failure(connection := _opened(question, file)),
            interruptible(connection),
            closing(DuckDBAnswer(connection, question.query)) as answer,
        ):
            yield answer
            refuse_replaced(landed)
            _tell_unreadable(connection, landed)
    except (MeshError, duckdb.Error) as error:
        refuse_replaced(landed)
        cause = error if isinstance(error, duckdb.Error) else error.__cause__
        told = (each.explain(cause) for each in landed) if isinstance(cause, duckdb.Error) else ()
        if (found := next(filter(None, told), None)) is None:
            raise
        raise found from error


def refuse_replaced(landed: Sequence[Landed]) -> None:
    """See that all that was read of each dataset was there at one moment.

    Raises:
        ReadAgainError: files of one were replaced or removed meanwhile.
    """
    for each in landed:
        if each.files is not None:
            each.files.refuse_replaced()


def _tell_unreadable(connection: duckdb.DuckDBPyConnection, landed: Sequence[Landed]) -> None:
    """Say what the answer was read without.

    Raises:
        ReadAgainError: more than can be said; asked again in this process, all is read.
    """
    for each in landed:
        if each.files is not None and (found := each.files.unreadable(connection)).count:
            name = str(each.name).partition(".")[2]
            _LOG.warning(
                "%s: %s cannot be read and left out; see `mesh discover %s`", each.name, found.told, name
            )


@contextmanager
def _mesh_file(question: Question) -> Iterator[Path]:
    """The file of views, brought up to date first when somebody has published since, or moved the home.

    Who may only read the home is given one that is made for the query.
    """
    settings, query = question.settings, question.query
    is_mesh_read = bool(query.products or query.system_tables) or not query.datasets
    # What was discovered can be asked for before anything is published.
    is_of_discovery = query.system_tables and query.system_tables <= DISCOVERED_TABLES and not query.products
    if not is_mesh_read or read_state(settings.mesh_file) == mesh_state(
        settings, must_be_published=not is_of_discovery
    ):
        yield settings.mesh_file
        return
    with ExitStack() as until_answered:
        file = settings.mesh_file
        try:
            question.refresh_views()
        except OSError as error:
            if error.errno not in _READ_ONLY:
                raise
            file = Path(until_answered.enter_context(TemporaryDirectory(prefix="mesh-"))) / file.name
            question.refresh_views(file)
        yield file


def _opened(question: Question, mesh_file: Path) -> duckdb.DuckDBPyConnection:
    settings, landed = question.settings, question.landed
    formats = {each.files.format for each in landed if each.files is not None}
    copied = sorted({folder for each in formats for folder in each.folders_read()})
    return open_mesh_file(
        mesh_file,
        [settings.warehouse, settings.landing, *copied],
        landing=landed,
        as_of=question.published if question.as_of else None,
        output_path=question.output_path,
        stores=settings.used_stores,
        timezone=settings.timezone,
        memory_limit=settings.memory_limit,
    )


def _leave_the_mesh(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"USE {quote_identifier(ANSWERS_CATALOG)}")
    others = connection.execute("SELECT database_name FROM duckdb_databases() WHERE NOT internal").fetchall()
    for (name,) in others:
        if name != ANSWERS_CATALOG:
            connection.execute(f"DETACH {quote_identifier(name)}")


def execute(
    connection: duckdb.DuckDBPyConnection, query: ParsedQuery, *, before: str = "", after: str = ""
) -> duckdb.DuckDBPyConnection:
    """Run `query`, with the platform's own SQL before and after it.

    Raises:
        UsageError: when a table is not there (naming the nearest) or the query cannot run (naming the place).
        MeshError: when memory, disk or a file fails.
    """
    check_tables_exist(connection, query)
    try:
        return connection.execute(f"{before}{query.sql}{after}")
    except duckdb.InternalException:
        raise  # a defect, not the user's
    except duckdb.Error as error:
        plain = type(error)(_detail(error)["exception_message"])
        raise _as_mesh_error(error, query.sql, len(before.encode())) from plain


def check_tables_exist(connection: duckdb.DuckDBPyConnection, query: ParsedQuery) -> None:
    """Refuse a query on tables that are not there: DuckDB would take an unknown `crm.csv` for a file."""
    rows = connection.execute(
        "SELECT lower(table_catalog), lower(table_schema), lower(table_name) FROM information_schema.tables "
        f"WHERE table_catalog IN ({quote_literal(CATALOG)}, {quote_literal(LANDING_CATALOG)})"
    ).fetchall()
    known = {_spoken_name(*row) for row in rows}
    wanted = {str(name) for name in query.products | query.datasets} | {
        f"{CATALOG}.{name}" for name in query.system_tables
    }
    for name in sorted(wanted):
        if name.lower() not in known:
            hint = did_you_mean(name.lower(), known, "`mesh list` shows what there is.", most=3)
            raise UsageError(f"there is no table {name}", hint)


def _as_mesh_error(error: duckdb.Error, sql: str, before_bytes: int) -> MeshError:
    detail = _detail(error)
    whole = detail["exception_message"]
    message, *rest = [line.strip() for line in whole.splitlines() if line.strip()]
    if isinstance(error, duckdb.OutOfMemoryException):
        return MeshError(
            f"the query needs more memory or disk than it may take: {message}",
            "Filter or group first; or raise MESH_MEMORY_LIMIT, or memory_limit in mesh.toml.",
        )
    is_gone = isinstance(error, duckdb.HTTPException) and getattr(error, "status_code", 0) == _NOT_FOUND
    if not is_gone and (failure := system_failure(error, message=whole)):
        return failure
    if isinstance(error, duckdb.IOException | duckdb.PermissionException):
        return MeshError(
            f"a file could not be read or written: {message}",
            "If products were rebuilt or cleaned meanwhile, run the query again.",
        )
    where = ""
    if "position" in detail and int(detail["position"]) >= before_bytes:
        where = f" ({position_text(sql, int(detail['position']) - before_bytes)})"
    if detail.get("error_subtype") == "NO_MATCHING_FUNCTION" and "VARCHAR" in detail.get("call", ""):
        return UsageError(f"the query cannot run: {message}{where}", _TEXT_HINT)
    candidates = detail.get("candidates", "")
    hint = f"Did you mean {candidates.replace(',', ', ')}?" if candidates else " ".join(rest[:1])
    return UsageError(f"the query cannot run: {message.rstrip('!')}{where}", hint or None)


def _spoken_name(catalog: str, schema: str, table: str) -> str:
    """The name a user writes for a table of the connection."""
    if catalog == LANDING_CATALOG:
        return f"{catalog}.{schema}.{table}"
    return f"{CATALOG}.{table}" if schema == "main" and table in SYSTEM_TABLES else f"{schema}.{table}"


def _detail(error: duckdb.Error) -> dict[str, str]:
    """DuckDB's account of an error: `exception_message` and, where known, `position` in bytes."""
    _, _, text = str(error).partition(": ")
    try:
        detail: dict[str, str] = json.loads(text)
    except json.JSONDecodeError:
        return {"exception_message": text or str(error)}
    return detail
