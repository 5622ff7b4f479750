"""Trino as an engine: a server, which reads the object store and the catalog that others share."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from meshlake.errors import BuildError, UsageError
from meshlake.settings import without_keys
from meshlake.sources import configured_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from meshlake.engines.answer import Answer, Question
    from meshlake.engines.session import Session
    from meshlake.errors import MeshError
    from meshlake.lake.catalog import Lake
    from meshlake.landing.zone import LandingZone
    from meshlake.names import InputName
    from meshlake.settings import Settings
    from meshlake.types.tree import Type


class TrinoEngine:
    """See `Engine`."""

    kind = "trino"
    is_served = True

    def refuse(self, settings: Settings) -> None:
        """Trino reaches neither folders of this machine nor SQLite."""
        if not settings.trino:
            raise UsageError("MESH_ENGINE=trino, but MESH_TRINO is not set", "Set it to Trino's address.")
        places = {"MESH_LANDING": settings.landing, "MESH_WAREHOUSE": settings.warehouse}
        here = [f"{name}: it is a folder" for name in places if settings.store_of(places[name]).is_local]
        here += ["MESH_CATALOG: it is SQLite"] if settings.is_embedded else []
        if here:
            raise UsageError(
                f"Trino cannot reach {here[0]} of this machine", "See docs/how-to/scaling-out.md."
            )

    def examinations(self, settings: Settings, *, is_chosen: bool) -> Mapping[str, Callable[[], None]]:
        """That it answers and has the catalogs, and where products are built by it those of other sources."""
        if not settings.trino:
            return {}
        from meshlake.engines.trino.health import examine

        sources = configured_sources(settings) if is_chosen else []
        catalogs = tuple(source.trino_catalog for source in sources if source.trino_catalog is not None)
        return {f"Trino {without_keys(settings.trino)}": partial(examine, settings.trino, catalogs)}

    def refusal(
        self, select: str, tables: Mapping[InputName, Mapping[str, Type]], file: Path
    ) -> MeshError | None:
        """That it cannot be said in Trino's SQL."""
        from meshlake.engines.trino.dialect import Relation
        from meshlake.engines.trino.transpiling import transpile_select

        relations = {name: Relation(name.sql, columns) for name, columns in tables.items()}
        try:
            transpile_select(select, relations, str(file), file)
        except BuildError as error:
            return error
        return None

    def session(self, settings: Settings, lake: Lake, where: str, file: Path | None = None) -> Session:
        """See `Engine.session`."""
        from meshlake.engines.trino.session import TrinoSession

        return TrinoSession(settings, lake, where, file)

    def answer(self, question: Question) -> AbstractContextManager[Answer]:
        """From snapshots and landed datasets; the system tables only this machine has."""
        from meshlake.engines.trino.answer import trino_answer

        return trino_answer(question)

    def forget_gone(self, settings: Settings, landing: LandingZone, grace_seconds: float) -> int:
        """Its tables of landed datasets, and their copies."""
        from meshlake.engines.trino.connection import connect
        from meshlake.engines.trino.landing_gone import forget_gone

        with closing(connect(settings.trino)) as trino:
            return forget_gone(trino, landing, settings, grace_seconds)


ENGINE = TrinoEngine()
