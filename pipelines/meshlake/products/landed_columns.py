"""The columns of a landed dataset, found by the names that a contract has for them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp

from meshlake.errors import ContractError, LandingError
from meshlake.suggest import close_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from meshlake.column import Column
    from meshlake.names import DatasetName
    from meshlake.types.tree import Type

_SHOWN_NAMES = 20


class LandedColumns:
    """The columns that landed, found by name as SQL finds them: exactly, else whatever their case."""

    def __init__(self, dataset: DatasetName, columns: Mapping[str, Type]) -> None:
        self._dataset = dataset
        self._names = {name.lower(): name for name in columns} | {name: name for name in columns}

    def find(self, name: str) -> str | None:
        """The landed column called `name`, if there is one."""
        return self._names.get(name) or self._names.get(name.lower())

    def read_by(self, column: Column) -> Column:
        """`column`, without sources none of which landed where its own name did: to others they are tables."""
        has_any = any(self.find(name) for name in column.sources)
        return column if has_any or self.find(column.name) is None else replace(column, sources=())

    def sources_of(self, column: Column) -> list[str]:
        """The landed columns that `column` is read from.

        Raises:
            LandingError: it is required, and none has landed.
        """
        names = column.sources or (column.name,)
        found = [landed for name in names if (landed := self.find(name)) is not None]
        if column.is_required and not found:
            raise self._missing(f"column {column.name} is required", names)
        return list(dict.fromkeys(found))

    def all_of(self, names: Sequence[str], where: str) -> list[str]:
        """The landed columns called `names`, each of them.

        Raises:
            LandingError: one has not landed.
        """
        found = {name: self.find(name) for name in names}
        if absent := [name for name, landed in found.items() if landed is None]:
            raise self._missing(where, absent[:1])
        return list(dict.fromkeys(filter(None, found.values())))

    def columns_of(self, sql: str, where: str) -> set[str]:
        """The landed columns that `sql` names.

        Raises:
            ContractError: it cannot be parsed.
            LandingError: one has not landed.
        """
        try:
            named = named_in(sql)
        except sqlglot.errors.SqlglotError as error:
            raise ContractError(f"{where} is no SQL expression: {sql}", str(error).split("\n")[0]) from error
        found = set()
        for name in named:
            landed = self.find(name)
            if landed is None:
                raise self._missing(where, [name])
            found.add(landed)
        return found

    def _missing(self, where: str, names: Sequence[str]) -> LandingError:
        present = list(dict.fromkeys(self._names.values()))
        by_letters = {"".join(filter(str.isalnum, name.lower())): name for name in present}
        wanted = "".join(filter(str.isalnum, names[0].lower()))
        near = [by_letters[key] for key in close_names(wanted, by_letters, 3)] or present[:_SHOWN_NAMES]
        return LandingError(
            f"{self._dataset} has no column '{' or '.join(names)}' ({where})",
            f"Columns that have landed: {', '.join(near)}. Name one of them in transformSourceObjects.",
        )


def named_in(sql: str) -> list[str]:
    """The columns that SQL names.

    Raises:
        sqlglot.errors.SqlglotError: it cannot be parsed.
    """
    parsed = sqlglot.parse_one(sql, dialect="duckdb")
    return [column.parts[0].name for column in parsed.find_all(exp.Column)]
