"""`Mesh`: what can be done with a mesh, from Python. The commands are these methods, printed."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from meshlake.errors import UsageError
from meshlake.settings import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from meshlake.engines.answer import Answer as OpenAnswer
    from meshlake.mesh.answer import Answer
    from meshlake.query.output import Written
    from meshlake.workspace import Workspace

Moment = str | int | datetime


def open_mesh(folder: str | Path | None = None, /, **settings: str | Path | None) -> Mesh:
    """Open the mesh of a folder; as `meshlake.open`, the beginning of everything.

    What is given here goes before the `MESH_*` variables, those before `mesh.toml` in the folder, that before the
    defaults: `meshlake.open(folder)` is the mesh that the command `mesh` sees in that folder. Nothing is read, asked or
    written before it is needed.

    Args:
        folder: where `mesh.toml` and `data_products/` are; the working folder when not given.
        settings: by the names that `mesh.toml` has for them, such as `home`, `landing`, `engine`, `catalog`; relative
            paths are below `folder`, and what is None is not given.

    Raises:
        UsageError: the folder is not there, or a setting is unknown or cannot be.

    Example:
        >>> import meshlake
        >>> mesh = meshlake.open(folder, home="state", engine="duckdb")
        >>> mesh.settings.home.name
        'state'
        >>> meshlake.open(folder, hoem="state")
        Traceback (most recent call last):
        ...
        meshlake.errors.UsageError: 'hoem' is not a setting (MESH_HOEM or mesh.toml)
        Did you mean home?
    """
    place = None if folder is None else Path(folder).expanduser()
    if place is not None and not place.is_dir():
        raise UsageError(f"there is no folder {place}", "Make it first: mesh init FOLDER")
    chosen = {name: str(value) for name, value in settings.items() if value is not None}
    return Mesh(load_settings(folder=place, chosen=chosen))


class Mesh:
    """A mesh, opened. Every method sees its folders, its landing zone and its catalog as they are when it is called.

    Args:
        settings: all that tells one mesh from another; `meshlake.open` reads them.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def __repr__(self) -> str:
        return f"<Mesh of {self.settings.products} in {self.settings.home}, on {self.settings.engine}>"

    @property
    def workspace(self) -> Workspace:
        """The mesh as the packages below the front door take it, opened anew."""
        from meshlake.workspace import open_workspace

        return open_workspace(self.settings)

    def sql(self, query: str, *, as_of: Moment | None = None, engine: str | None = None) -> Answer:
        """Ask the mesh in SQL, DuckDB's dialect; reading only, and only what the mesh holds.

        Args:
            query: one SELECT over products (`crm.customers`), landed datasets (`landing.crm.customers`) and the tables
                that tell of the mesh (`mesh.products`, `mesh.snapshots`, `mesh.quality_results`).
            as_of: a time, a snapshot's id or an audit branch; what is published now when not given.
            engine: `duckdb`, `trino` or another; the settings' engine when not given.

        Raises:
            UsageError: the query cannot run, or writes, or reads what is not the mesh's.
            MeshError: a server, a file or the machine fails.

        Example:
            >>> mesh.sql("SELECT plan, count(*) AS customers FROM shop.customers GROUP BY plan ORDER BY plan").dicts()
            [{'plan': 'basic', 'customers': 24}, {'plan': 'plus', 'customers': 16}]
            >>> mesh.sql("SELECT * FROM shop.custommers")
            Traceback (most recent call last):
            ...
            meshlake.errors.UsageError: there is no table shop.custommers
            Did you mean shop.customers?
        """
        from meshlake.mesh.answer import hold
        from meshlake.mesh.asking import asked
        from meshlake.query.guard import check_select

        settings, parsed = self.settings.on(engine), check_select(query)
        with asked(settings, parsed, _as_text(as_of)) as answer:
            return hold(answer)

    def write(
        self,
        query: str,
        target: Path | IO[bytes],
        format_name: str,
        *,
        as_of: Moment | None = None,
        engine: str | None = None,
    ) -> Written:
        """Write the answer to `query` to a file or an open stream; rows stream, however many they are.

        A file appears whole or not at all.

        Args:
            query: as in `sql`.
            target: the file, or the stream.
            format_name: `csv`, `json`, `jsonl` or `parquet`.
            as_of: as in `sql`.
            engine: as in `sql`.

        Raises:
            UsageError: as in `sql`; the format is unknown, or the file's folder is not there.
            MeshError: as in `sql`.

        Example:
            >>> mesh.write("SELECT id, plan FROM shop.customers", folder / "plans.csv", "csv").row_count
            40
        """
        from meshlake.query.output import destination, write_answer

        with (
            destination(target) as path,
            self.asked(query, as_of=as_of, engine=engine, output_path=path) as answer,
        ):
            return write_answer(answer, format_name, path)

    @contextmanager
    def asked(
        self,
        query: str,
        *,
        as_of: Moment | None = None,
        engine: str | None = None,
        output_path: str | None = None,
    ) -> Iterator[OpenAnswer]:
        """`query` about to be answered, for those who read rows as they come: see `meshlake.mesh.asking.asked`."""
        from meshlake.mesh.asking import asked
        from meshlake.query.guard import check_select

        settings, parsed = self.settings.on(engine), check_select(query)
        with asked(settings, parsed, _as_text(as_of), output_path) as answer:
            yield answer


def _as_text(moment: Moment | None) -> str | None:
    if moment is None:
        return None
    return moment.isoformat() if isinstance(moment, datetime) else str(moment)
