"""The mesh opened for one question, whichever engine answers it: what it reads is found, and pinned, when it is needed.

A question that DuckDB answers from views as they are takes neither the catalog nor the contracts to be read.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from meshlake.engines.answer import ParsedQuery
from meshlake.engines.engine import LOCAL, engine_of
from meshlake.errors import MeshError, UsageError
from meshlake.names import CATALOG, SYSTEM_TABLES, quote_literal
from meshlake.suggest import close_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from meshlake.engines.answer import Answer
    from meshlake.lake.catalog import Lake
    from meshlake.lake.mesh_file import PublishedProduct
    from meshlake.lake.snapshot import Snapshot
    from meshlake.names import ProductName
    from meshlake.query.questions import Timing
    from meshlake.settings import Settings
    from meshlake.sources import Landed


def read_query(settings: Settings, text: str) -> ParsedQuery:
    """`text` as a query that may run; SHOW TABLES names what has landed, too.

    Raises:
        UsageError: as `meshlake.query.guard.check_select` does; of a table without its domain the tables of that name
            are told.
    """
    from meshlake.query.guard import SHOW_TABLES, UnknownTableError, check_select

    try:
        parsed = check_select(text)
    except UnknownTableError as error:
        if (found := _called(settings, error.table)) and "/" not in error.table:
            raise UsageError(error.message, f"Did you mean {' or '.join(found)}?") from error
        raise
    if parsed.sql == SHOW_TABLES and (landed := _landed(settings)):
        rows = ", ".join(f"({quote_literal(name)})" for name in landed)
        return ParsedQuery(
            f"SELECT name FROM (({SHOW_TABLES}) UNION ALL (VALUES {rows})) AS t(name) ORDER BY name"
        )
    return parsed


def _called(settings: Settings, table: str) -> list[str]:
    """The tables of the mesh whose last name is, or is like, that of `table`."""
    folders = settings.products.glob("*/*")
    known = [f"{each.parent.name}.{each.name}" for each in sorted(folders) if each.is_dir()]
    known += [*_landed(settings), *(f"{CATALOG}.{name}" for name in sorted(SYSTEM_TABLES))]
    last = {name: name.rpartition(".")[2] for name in known}
    wanted = table.rpartition(".")[2].lower()
    near = {wanted} & set(last.values()) or set(close_names(wanted, set(last.values())))
    return [name for name in known if last[name] in near]


def _landed(settings: Settings) -> list[str]:
    from meshlake.landing.zone import files_zone

    with suppress(MeshError, OSError):  # what cannot be listed can still be asked for
        return [str(name) for name in files_zone(settings).datasets()]
    return []


@contextmanager
def asked(
    settings: Settings, query: ParsedQuery, as_of: str | None = None, output_path: str | None = None
) -> Iterator[Answer]:
    """The answer to `query` of the engine that `settings` name, open as long as the block is.

    Args:
        settings: of the mesh.
        query: what is asked, as `meshlake.query.guard.check_select` lets it through.
        as_of: a time, a snapshot or an audit branch, if not what is published now.
        output_path: the one file that may be written while it is read.

    Raises:
        UsageError: there is no such engine or table, or the query cannot run.
        MeshError: a server, a file or the machine fails.
    """
    from meshlake.health import naming_servers

    question = Question(settings, query, as_of, output_path)
    with naming_servers(settings), engine_of(settings).answer(question) as answer:
        yield answer


@dataclass(frozen=True)
class Question:
    """See `meshlake.engines.answer.Question`."""

    settings: Settings
    query: ParsedQuery
    as_of: str | None = None
    output_path: str | None = None

    @cached_property
    def landed(self) -> Sequence[Landed]:
        """The landed datasets; which of them live elsewhere than in files only their contracts say."""
        datasets = sorted(self.query.datasets)
        if not datasets:
            return ()
        from meshlake.products.load import load_describing
        from meshlake.products.places import open_landing

        products = load_describing(self.settings.products, datasets)
        landing = open_landing(self.settings, products.values())
        return [landing.landed(name) for name in datasets]

    @cached_property
    def lake(self) -> Lake:
        """What is published, once the servers that the settings name are known to answer."""
        from meshlake.workspace import open_lake

        return open_lake(self.settings)

    @cached_property
    def snapshots(self) -> Mapping[ProductName, Snapshot]:
        """The current snapshot of each product that is read, or that of `as_of`."""
        from meshlake.lake.draft import audited_snapshot

        lake, as_of = self.lake, self.as_of
        identifiers = {name: (name.domain, name.product) for name in sorted(self.query.products)}
        # On an audit branch stands one product; what its checks join is asked for as it is published.
        audited = {n: audited_snapshot(lake, i, as_of) if as_of else None for n, i in identifiers.items()}
        if as_of is not None and not any(audited.values()):
            return {n: lake.as_of(n, as_of) for n in identifiers}
        found = {n: audited[n] or lake.head(i) for n, i in identifiers.items()}
        if missing := [name for name, snapshot in found.items() if snapshot is None]:
            raise UsageError(f"there is no table {missing[0]}", "`mesh list` shows what there is.")
        return {name: snapshot for name, snapshot in found.items() if snapshot is not None}

    @property
    def published(self) -> Iterable[PublishedProduct]:
        """The same snapshots as readers of the mesh file see them."""
        from meshlake.building.views import published
        from meshlake.workspace import open_workspace

        mesh = open_workspace(self.settings)
        return [published(mesh, name, snapshot) for name, snapshot in self.snapshots.items()]

    def refresh_views(self, file: Path | None = None) -> None:
        """Bring the mesh file, or another `file` of its kind, up to what is published now."""
        from meshlake.building.views import refresh_views
        from meshlake.workspace import open_workspace

        refresh_views(open_workspace(self.settings, has_products=False), file)


def ask_questions(settings: Settings, names: Collection[str], runs: int) -> list[Timing]:
    """Ask the questions called `names`, or all, `runs` times each.

    Raises:
        UsageError: there is none of these names.
        MeshError: one cannot be answered.
    """
    from meshlake.query.questions import keep_timings, read_questions, time_question

    known = read_questions(settings.questions)
    there = [question.name for question in known]
    if unknown := [name for name in names if name not in there]:
        raise UsageError(
            f"no question '{unknown[0]}' in {settings.questions}", f"There are: {', '.join(there) or 'none'}."
        )
    chosen = [question for question in known if not names or question.name in names]
    if not known:
        hint = f"Write one, with lines `-- question: ...` and `-- promised_seconds: ...`: {settings.questions}/NAME.sql"
        raise UsageError(f"there are no questions in {settings.questions}", hint)
    if not chosen:
        raise UsageError(f"no question in {settings.questions}", "Write one: a file of SQL that ends in .sql")
    timings = []
    for question in chosen:
        with asked(settings, question.query) as answer:
            timings.append(time_question(answer, question, runs))
    # Who may only read the mesh is told all the same.
    with suppress(OSError):
        keep_timings(settings.make_home(), timings, settings.engine)
    return timings


def answered_locally(settings: Settings, sql: str) -> list[dict[str, Any]]:
    """The rows that answer `sql`, each by column, from the engine in this process whichever the settings name."""
    from meshlake.query.guard import check_select

    with asked(settings.on(LOCAL), check_select(sql)) as answer:
        names = [name for name, _ in answer.columns()]
        return [dict(zip(names, row, strict=True)) for row in answer.run().fetchall()]
