"""The tables a session makes: one for each draft, whose files become the product's, one for each answer that this
process reads as files, and one for each snapshot that must be read as a table. All are gone from the catalog when the
session ends.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from meshlake.lake.schema import spec_of, table_schema
from meshlake.lake.stage import ANSWERS, STAGE_MARK, Stage, empty_stage, pinned_stage
from meshlake.names import CATALOG, quote_identifier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meshlake.column import Column
    from meshlake.engines.trino.client import TrinoClient
    from meshlake.lake.catalog import Lake
    from meshlake.lake.draft import Draft
    from meshlake.lake.snapshot import Snapshot


class Stages:
    """The stage tables of one session."""

    def __init__(self, lake: Lake, client: TrinoClient) -> None:
        self._lake = lake
        self._client = client
        self._drafts: dict[tuple[str, str], Stage] = {}
        self._passing: list[Stage] = []

    def of_draft(self, draft: Draft, files: tuple[str, ...] = ()) -> Stage:
        """The stage of `draft`; when it has none yet, one that is read from `files`."""
        domain, product = draft.identifier
        identifier = domain, f"{product}{STAGE_MARK}{draft.run}"
        if identifier not in self._drafts:
            spec = spec_of(draft.schema, draft.partition_column)
            self._drafts[identifier] = empty_stage(self._lake, identifier, draft.schema, draft.location, spec)
            self._drafts[identifier].add_files(files)
        return self._drafts[identifier]

    def answer(self, columns: Sequence[Column]) -> Stage:
        """An empty table, whose files are removed too."""
        identifier, place = self._new_place("answer")
        self._passing.append(empty_stage(self._lake, identifier, table_schema(columns), place))
        return self._passing[-1]

    def of_snapshot(self, snapshot: Snapshot) -> Stage:
        """A table of the rows of `snapshot`, whatever is published meanwhile."""
        identifier, place = self._new_place("snapshot")
        self._passing.append(pinned_stage(self._lake, identifier, snapshot, place))
        return self._passing[-1]

    def insert(self, stage: Stage, trino_select: str) -> None:
        """Write the rows of a SELECT in Trino's words into `stage`."""
        # Trino inserts by position; a schema that has changed need not have the SELECT's order.
        names = ", ".join(quote_identifier(field.name) for field in stage.schema.fields)
        self._client.run(f"INSERT INTO {relation_of(stage)}\nSELECT {names} FROM (\n{trino_select}\n)")

    def forget(self) -> None:
        """Take all of them out of the catalog, and remove what files only they have."""
        for stage in self._drafts.values():
            stage.forget()
        for stage in self._passing:
            stage.discard()

    def _new_place(self, kind: str) -> tuple[tuple[str, str], str]:
        """The name of a new table in the catalog, and where its files are."""
        name = uuid.uuid4().hex
        return (CATALOG, f"{kind}{STAGE_MARK}{name}"), f"{self._lake.settings.warehouse}/{ANSWERS}/{name}"


def relation_of(stage: Stage) -> str:
    """The Trino relation that reads `stage`."""
    return f"{quote_identifier(CATALOG)}.{stage.sql}"
