"""DuckDB as an engine: in this process, reading every file itself, with no server to be had or to fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from meshlake.engines.answer import Answer, Question
    from meshlake.engines.session import LocalSession
    from meshlake.errors import MeshError
    from meshlake.lake.catalog import Lake
    from meshlake.landing.zone import LandingZone
    from meshlake.names import InputName
    from meshlake.settings import Settings
    from meshlake.types.tree import Type


class DuckDBEngine:
    """See `Engine`."""

    kind = "duckdb"
    is_served = False

    def refuse(self, settings: Settings) -> None:
        """Nothing: it reaches whatever the mesh is in."""

    def examinations(self, _settings: Settings, *, is_chosen: bool) -> Mapping[str, Callable[[], None]]:  # noqa: ARG002
        """None: what is in this process answers."""
        return {}

    def refusal(
        self,
        _select: str,
        _tables: Mapping[InputName, Mapping[str, Type]],
        _file: Path,
    ) -> MeshError | None:
        """Nothing: it runs what it can run."""
        return None

    def session(
        self,
        settings: Settings,
        lake: Lake,  # noqa: ARG002 - files are read as they are bound
        where: str,
        file: Path | None = None,
    ) -> LocalSession:
        """See `Engine.session`."""
        from meshlake.engines.duckdb.session import DuckDBSession

        return DuckDBSession(settings, where, file)

    def answer(self, question: Question) -> AbstractContextManager[Answer]:
        """From the views of `mesh.duckdb`, on a connection that reads them and nothing else."""
        from meshlake.engines.duckdb.answer import duckdb_answer

        return duckdb_answer(question)

    def forget_gone(self, _settings: Settings, _landing: LandingZone, _grace_seconds: float) -> int:
        """None: it keeps nothing."""
        return 0


ENGINE = DuckDBEngine()
