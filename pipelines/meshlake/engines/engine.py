"""Engines, each one object that is found by its name: all that is asked of DuckDB, Trino or one of somebody else's.

An engine of one's own is a class with these members and a line in `ENGINES`, or in another distribution an entry point
of group `meshlake.engines`. Nothing outside an engine asks which one it is.

Example:
    >>> from meshlake.engines.engine import ENGINES
    >>> ENGINES.names
    ('duckdb', 'trino')
    >>> ENGINES.get("duckdb").is_served
    False
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from meshlake.plugins import Doorway

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from meshlake.engines.answer import Answer, Question
    from meshlake.engines.session import LocalSession, Session
    from meshlake.errors import MeshError
    from meshlake.lake.catalog import Lake
    from meshlake.landing.zone import LandingZone
    from meshlake.names import InputName
    from meshlake.settings import Settings
    from meshlake.types.tree import Type


class Engine(Protocol):
    """What runs SQL over the mesh: builds, audits and answers. It keeps nothing between two calls.

    All SQL given to it, and to what it gives, is in DuckDB's dialect.
    """

    @property
    def kind(self) -> str:
        """The kind by which Dagster shows what runs on it, such as `duckdb`."""

    @property
    def is_served(self) -> bool:
        """Whether it is a server, so that work on it can fail since that does not answer."""

    def refuse(self, settings: Settings) -> None:
        """See that the settings are enough for it, without asking any server.

        Raises:
            UsageError: one is missing, or names what the engine cannot reach.
        """

    def examinations(self, settings: Settings, *, is_chosen: bool) -> Mapping[str, Callable[[], None]]:
        """What `mesh doctor` tries of it, by what is tried; each returns within 15 seconds.

        An examination raises `ServiceError` when the engine cannot be used as `settings` say. There is none where they
        do not name it. `is_chosen` says that it is the engine of the mesh, which must reach all that products read.
        """

    def refusal(
        self, select: str, tables: Mapping[InputName, Mapping[str, Type]], file: Path
    ) -> MeshError | None:
        """What keeps it from running a SELECT that DuckDB can run, over tables of such columns; no server is asked.

        `file` is the one that the SELECT stands in; `None` says that nothing is known against it.
        """

    def session(self, settings: Settings, lake: Lake, where: str, file: Path | None = None) -> Session:
        """A connection for one build.

        For errors, `where` names what is being run and `file` is the one its SQL stands in.
        """

    def answer(self, question: Question) -> AbstractContextManager[Answer]:
        """The answer to a user's question, open as long as the block is.

        Raises:
            UsageError: the engine cannot answer it.
            MeshError: what it reads cannot be read, or the engine fails.
        """

    def forget_gone(self, settings: Settings, landing: LandingZone, grace_seconds: float) -> int:
        """Take away what it holds of landed datasets that are gone; gives how many. Those younger than
        `grace_seconds` are left, as a build may be reading them.

        Raises:
            MeshError: the engine or the store fails.
        """


class Binder(Protocol):
    """Tables without rows, to see whether SQL fits them."""

    def columns(self, select: str, file: Path) -> dict[str, Type]:
        """Names and types of the columns that `select` gives, which stands in `file`.

        Raises:
            BuildError: it names what there is not, or what does not fit.
        """


# The engine that every mesh has, in this process: it alone knows the tables that tell of the mesh itself.
LOCAL = "duckdb"
ENGINES: Doorway[Engine] = Doorway(
    "meshlake.engines",
    "engine",
    {
        "duckdb": "meshlake.engines.duckdb.engine:ENGINE",
        "trino": "meshlake.engines.trino.engine:ENGINE",
    },
)


def engine_of(settings: Settings) -> Engine:
    """The engine that `settings` name.

    Raises:
        UsageError: there is none of that name; the nearest is told.
    """
    return ENGINES.get(settings.engine)


def open_binder(
    tables: Mapping[InputName, Mapping[str, Type]],
) -> AbstractContextManager[Binder]:
    """Tables of such columns in DuckDB in this process; nothing is read, from nowhere."""
    from meshlake.engines.duckdb.binding import open_binder as open_in_duckdb

    return open_in_duckdb(tables)


def open_local(settings: Settings, where: str, file: Path | None = None) -> LocalSession:
    """DuckDB in this process, whatever the engine of the mesh is; `where` and `file` as for `Engine.session`."""
    from meshlake.engines.duckdb.session import DuckDBSession

    return DuckDBSession(settings, where, file)
