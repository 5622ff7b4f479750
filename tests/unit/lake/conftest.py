"""A lake in a folder of its own, and rows brought into it as a build does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from meshlake.column import Column
from meshlake.engines.duckdb.session import DuckDBSession
from meshlake.lake.catalog import Lake
from meshlake.lake.draft import Draft
from meshlake.settings import load_settings
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from meshlake.lake.snapshot import Snapshot
    from meshlake.settings import Settings

PEOPLE = ("crm", "people")
ID_NAME = (Column("id", Scalar.BIGINT), Column("name", Scalar.VARCHAR, "Full name"))


class LakeFolder:
    """A lake, and rows given as SQL taken through its drafts."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.lake = Lake(settings)

    def draft(
        self, run: str, columns: Sequence[Column] = ID_NAME, identifier: tuple[str, str] = PEOPLE
    ) -> Draft:
        return Draft(self.lake, identifier, columns, run)

    def stage(self, draft: Draft, select: str) -> tuple[str, ...]:
        with DuckDBSession(self.settings, "test") as session:
            return session.stage(select, draft).files

    def audited(self, run: str, select: str, columns: Sequence[Column] = ID_NAME, **properties: str) -> Draft:
        """A draft whose rows wait on its branch."""
        draft = self.draft(run, columns)
        draft.write_branch(self.stage(draft, select), properties)
        return draft

    def publish(
        self, run: str, select: str, columns: Sequence[Column] = ID_NAME, **properties: str
    ) -> Snapshot:
        return self.audited(run, select, columns, **properties).publish()

    def rows(self, snapshot_id: int | None = None) -> list[Mapping[str, Any]]:
        """What pyiceberg reads of `main`, or of one snapshot, by that snapshot's schema."""
        table = self.lake.table(PEOPLE)
        assert table is not None
        rows = table.scan(snapshot_id=snapshot_id).to_arrow().to_pylist()
        return sorted(rows, key=lambda row: str(list(row.values())))

    def branches(self) -> set[str]:
        table = self.lake.table(PEOPLE)
        return set(table.metadata.refs) - {"main"} if table else set()


@pytest.fixture
def folder(tmp_path) -> LakeFolder:
    return LakeFolder(load_settings({"MESH_HOME": str(tmp_path / "home")}, tmp_path))
