"""`transform.sql`: one SELECT in DuckDB's dialect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from meshlake.contract.misfits import misfits
from meshlake.errors import Fault
from meshlake.products.inputs import select_inputs
from meshlake.products.lineage import select_lineage
from meshlake.products.transform import Rows, Transform, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from meshlake.contract.model import Contract
    from meshlake.products.lineage import ColumnLineage, ColumnsOf
    from meshlake.products.transform import RowsContext
    from meshlake.types.tree import Type


@dataclass(frozen=True)
class SqlTransform(Transform):
    """The rows are what the SELECT gives."""

    sql: str
    tools: ClassVar[frozenset[str]] = frozenset({"sql"})

    @classmethod
    def read(cls, path: Path, contract: Contract) -> Self:  # noqa: ARG003
        """See `Transform.read`."""
        sql = read_text(path)
        return cls(path, select_inputs(sql, path), sql)

    @property
    def queries(self) -> Mapping[str, str]:
        """The SELECT itself."""
        return {"rows": self.sql}

    def lineage(self, contract: Contract, columns_of: ColumnsOf) -> Mapping[str, ColumnLineage]:
        """See `Transform.lineage`."""
        found = select_lineage(self.sql, self.inputs, columns_of) or {}
        told = {c.name: found[c.name.lower()] for c in contract.columns if c.name.lower() in found}
        if len(told) == len(contract.columns):
            return told
        return {**super().lineage(contract, columns_of), **told}

    def faults(self, contract: Contract, columns: Mapping[str, Mapping[str, Type]]) -> Iterator[Fault]:
        """That the SELECT gives other columns than the contract promises."""
        for message, hint in misfits(columns["rows"], contract) if "rows" in columns else ():
            yield Fault(self.path, message, hint)

    def make_rows(self, context: RowsContext) -> Rows:  # noqa: ARG002
        """See `Transform.make_rows`."""
        return Rows(self.sql.strip().rstrip(";"))
