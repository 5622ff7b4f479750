"""The catalog `landing` of Trino: tables over files, and the view under which people and builds know a dataset.

A table never changes once it is made, for other builds may be reading it: what changes is a table of another version,
and the view goes over to it in one step. What a table stands on is decided by `trino_landing`.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from meshlake.engines.trino.connection import once_started, trino_errors
from meshlake.names import LANDING_CATALOG, DatasetName, quote_identifier, quote_literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trino.dbapi import Connection

_KEPT = timedelta(days=1)
_VERSION = re.compile(r"__[0-9a-f]{12}")
_VERSION_AT_END = re.compile(rf"{_VERSION.pattern}$")
_ATTEMPTS = 4
_PAUSE_SECONDS = 0.5


@dataclass(frozen=True)
class Bound:
    """What the view of a dataset stands for; kept, as JSON, in its comment.

    `columns` are names and DuckDB types as found in the files of `fingerprint`. `copied_because` is empty where Trino
    reads these files themselves, of which `checked` (digests) are known to be read right.
    """

    fingerprint: str
    version: str
    columns: dict[str, str]
    copied_because: str
    checked: tuple[str, ...]


def known_datasets(trino: Connection) -> set[tuple[str, str]]:
    """Domain and dataset, in lower case, of every view and table there is."""
    cursor = trino.cursor()
    rows = cursor.execute(
        f"SELECT table_schema, table_name FROM {quote_identifier(LANDING_CATALOG)}.information_schema.tables "
        "WHERE table_schema <> 'information_schema'"
    ).fetchall()
    return {(schema, _VERSION_AT_END.sub("", table)) for schema, table in rows}


class HiveCatalog:
    """The tables and the view of one dataset, over a Trino connection."""

    def __init__(self, trino: Connection, name: DatasetName) -> None:
        self._trino = trino
        self._name = name

    def table(self, version: str) -> DatasetName:
        """The name of one version's table."""
        return DatasetName(self._name.domain, f"{self._name.dataset}__{version}")

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement to its end and give its rows."""
        rows = once_started(lambda: self._trino.cursor().execute(sql).fetchall())
        return [tuple(row) for row in rows]

    def bound(self) -> Bound | None:
        """What the view stands for; `None` when there is none, or one not made here."""
        comment = self._comments(f"= {quote_literal(self._name.dataset.lower())}").get(
            self._name.dataset.lower()
        )
        try:
            facts = json.loads(comment or "")
            return Bound(**{**facts, "checked": tuple(facts["checked"])})
        except (ValueError, TypeError, KeyError):
            return None

    def create_table(self, version: str, columns: Mapping[str, str], properties: Mapping[str, str]) -> None:
        """Make the table of `version`, unless there is one: `columns` with Trino's types, `properties` as SQL text."""
        table = self.table(version).sql
        schema = ".".join(map(quote_identifier, (LANDING_CATALOG, self._name.domain)))
        listed = ", ".join(f"{quote_identifier(name)} {declared}" for name, declared in columns.items())
        given = ", ".join(f"{name} = {value}" for name, value in properties.items())
        self._define(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        self._define(f"CREATE TABLE IF NOT EXISTS {table} ({listed}) WITH ({given})")
        # It may be one that was superseded before, and is about to be dropped.
        self._define(f"COMMENT ON TABLE {table} IS NULL")

    def drop_table(self, version: str) -> None:
        """Forget a table; its files stay."""
        self._define(f"DROP TABLE IF EXISTS {self.table(version).sql}")

    def forget(self) -> None:
        """Drop the view and the tables of all versions; files stay."""
        self._define(f"DROP VIEW IF EXISTS {self._name.sql}")
        for version in self._versions():
            self.drop_table(version)

    def find_partitions(self, version: str) -> None:
        """Let the table know the folders there are now."""
        names = (self._name.domain.lower(), self.table(version).dataset.lower(), "FULL")
        arguments = ", ".join(map(quote_literal, names))
        self._define(f"CALL {LANDING_CATALOG}.system.sync_partition_metadata({arguments})")

    def show(self, bound: Bound, select: str) -> None:
        """Let the view give the rows of `select`, and say what it stands for."""
        self._define(
            f"CREATE OR REPLACE VIEW {self._name.sql} COMMENT {quote_literal(json.dumps(asdict(bound)))} "
            f"SECURITY INVOKER AS {select}"
        )

    def drop_superseded(self, current: str) -> set[str]:
        """Drop tables of versions other than `current` that were superseded a day ago; give the versions left.

        Until then builds that began before may read them.
        """
        now = datetime.now(UTC)
        left = {current}
        for version, comment in self._versions().items():
            if version == current:
                continue
            if comment and datetime.fromisoformat(comment) < now - _KEPT:
                self.drop_table(version)
                continue
            left.add(version)
            if not comment:
                self._define(
                    f"COMMENT ON TABLE {self.table(version).sql} IS {quote_literal(now.isoformat())}"
                )
        return left

    def _versions(self) -> dict[str, str | None]:
        """The comment of each version's table."""
        prefix = self._name.dataset.lower()
        comments = self._comments(f"LIKE {quote_literal(prefix + '%')}")
        return {
            table[len(prefix) + 2 :]: comment
            for table, comment in comments.items()
            if table.startswith(prefix) and _VERSION.fullmatch(table[len(prefix) :])
        }

    def _comments(self, names: str) -> dict[str, str | None]:
        rows = self.run(
            "SELECT table_name, comment FROM system.metadata.table_comments "
            f"WHERE catalog_name = {quote_literal(LANDING_CATALOG)} "
            f"AND schema_name = {quote_literal(self._name.domain.lower())} AND table_name {names}"
        )
        return dict(rows)

    def _define(self, sql: str) -> None:
        """Run DDL; another build may do the same at this moment, which some metastores refuse, so again."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                self.run(sql)
            except trino_errors():
                if attempt == _ATTEMPTS:
                    raise
                time.sleep(_PAUSE_SECONDS * attempt)
            else:
                return
